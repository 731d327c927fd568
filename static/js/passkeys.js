// Passkeys: passes a form's WebAuthn options to the browser, and submits the credential that it returns.
"use strict";

const TRY_AGAIN = "Try again, or use another way.";

// Returns what an error of `navigator.credentials` means. Browsers do not tell a cancelled request from one without a
// passkey for this address.
function explain(error, { site, passkey }) {
  const absence = passkey === "get" ? ` A passkey made under another address than ${site} does not work here.` : "";
  const messages = {
    NotAllowedError: `The browser was given no passkey: it was cancelled, or took too long.${absence} ${TRY_AGAIN}`,
    InvalidStateError: "This device has a passkey for your account already.",
    SecurityError: `Passkeys work only at ${site}. Open Quo Admin there.`,
    NotSupportedError: `This device cannot keep passkeys. ${TRY_AGAIN}`,
    Error: error.message,
  };
  return messages[error.name] ?? `That did not work. ${TRY_AGAIN}`;
}

function decodeBase64url(encoded) {
  const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function encodeBase64url(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// Not every browser has parseRequestOptionsFromJSON, so we decode the server's base64url ourselves.
function decodeOptions(options) {
  const publicKey = { ...options, challenge: decodeBase64url(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: decodeBase64url(options.user.id) };
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (options[name]) publicKey[name] = options[name].map((item) => ({ ...item, id: decodeBase64url(item.id) }));
  }
  return { publicKey };
}

function encodeCredential(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = encodeBase64url(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: encodeBase64url(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
  });
}

async function loadOptions(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const response = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (response.status === 429) throw new Error("Too many attempts. Wait a minute, then try again.");
  if (response.redirected) return null;
  if (!response.ok) throw new Error("Quo Admin did not answer as expected. Reload the page.");
  return (await response.json()).request_options?.publicKey;
}

async function requestCredential(form) {
  const encoded = await loadOptions(form);
  if (!encoded) return form.submit(); // another tab has signed in meanwhile: the form leads to its target
  const options = decodeOptions(encoded);
  const credential = await (form.dataset.passkey === "create"
    ? navigator.credentials.create(options)
    : navigator.credentials.get(options));
  form.elements.credential.value = encodeCredential(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const alert = form.querySelector("[role=alert]");
  const button = form.querySelector("button[type=submit]");
  if (window.PublicKeyCredential) form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    alert.hidden = true;
    try {
      if (!window.PublicKeyCredential) throw new Error("This browser knows no passkeys.");
      await requestCredential(form);
    } catch (error) {
      alert.textContent = explain(error, form.dataset);
      alert.hidden = false;
      button.disabled = false;
    }
  });
}
