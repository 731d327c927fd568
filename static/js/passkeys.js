// Passkeys: puts a form's question to the browser, and the browser's answer into the form.
"use strict";

const OURSELVES = "Try again, or use another way.";
const TROUBLES = {
  NotAllowedError: `The browser was given no passkey: it was cancelled, or took too long. ${OURSELVES}`,
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address. Open Quo Admin by its usual address.",
  NotSupportedError: `This device cannot keep passkeys. ${OURSELVES}`,
};

function bytes(encoded) {
  const plain = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The server writes bytes as base64url; browsers want them as bytes, and not all read the first by themselves.
function question(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) asked[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return { publicKey: asked };
}

function answer(credential) {
  const given = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) given[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: given,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
  });
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const response = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (response.status === 429) throw new Error("Too many attempts. Wait a minute, then try again.");
  if (!response.ok) throw new Error("Quo Admin did not answer as expected. Reload the page.");
  return (await response.json()).request_options.publicKey;
}

async function ask(form) {
  const asked = question(await optionsOf(form));
  const credential = await (form.dataset.passkey === "create"
    ? navigator.credentials.create(asked)
    : navigator.credentials.get(asked));
  form.elements.credential.value = answer(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[role=alert]");
  const button = form.querySelector("button[type=submit]");
  if (window.PublicKeyCredential) form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    trouble.hidden = true;
    try {
      if (!window.PublicKeyCredential) throw new Error("This browser knows no passkeys.");
      await ask(form);
    } catch (error) {
      trouble.textContent =
        TROUBLES[error.name] ?? (error.name === "Error" ? error.message : `That did not work. ${OURSELVES}`);
      trouble.hidden = false;
      button.disabled = false;
    }
  });
}
