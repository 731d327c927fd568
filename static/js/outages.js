// While Quo Admin does not answer, the page says so, and repeats what failed until it answers.
"use strict";

const AGAIN_AFTER = 5000; // milliseconds
const AWAY = 502; // and above: a proxy answers, such as Cloudflare with 520 to 530, or Quo Admin without its database
const PATIENCE = { get: 20_000, post: 120_000 }; // milliseconds; a check waits for Quo
const NOT_ASKED_FOR =
  "This list is not yet what you asked for, because Quo Admin does not answer. It changes as soon as Quo Admin does.";

const troubles = new Map(); // sentences by their cause: "server", or the id of an element whose request was refused
const missed = new Map(); // failed requests by the id of the element that they would change
let nextTry;

function write(id, sentence) {
  const notice = document.getElementById(id);
  if (!notice) return;
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

function writeNotices() {
  write("trouble", [...troubles.values()].at(-1) ?? "");
  write("missed", missed.has("results") ? NOT_ASKED_FOR : "");
}

function send(verb, path, options) {
  window.htmx.ajax(verb, path, options).catch(() => {}); // an event reports the failure
}

function repeatMissed() {
  for (const [id, { requestConfig, pathInfo }] of missed) {
    const { elt, verb, path, formData } = requestConfig;
    const source = document.getElementById(elt.id) ?? elt;
    const values = Object.fromEntries(formData); // with the pressed button
    if (verb !== "get") send(verb, path, { source, values });
    else if (elt.isConnected) send(verb, path, { source: elt });
    else send(verb, pathInfo.finalRequestPath, { source: document.getElementById(id) });
  }
}

// Returns whether a request only refreshes a list that is not the one that the user asked for.
function refreshesOldList({ requestConfig, target }) {
  return requestConfig.elt.id === "refresh" && (missed.get(target.id)?.requestConfig.elt.id ?? "refresh") !== "refresh";
}

function fail(detail) {
  troubles.set("server", "Quo Admin does not answer. The page shows what it last knew; it goes on trying.");
  if (!refreshesOldList(detail)) missed.set(detail.target.id, detail);
  clearTimeout(nextTry);
  nextTry = setTimeout(repeatMissed, AGAIN_AFTER);
  writeNotices();
}

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  detail.xhr.timeout = PATIENCE[detail.requestConfig.verb];
});

// A newer request replaces the failed one.
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (!missed.has(detail.target.id) || refreshesOldList(detail)) return;
  clearTimeout(nextTry);
  missed.set(detail.target.id, detail);
});

document.addEventListener("htmx:sendError", ({ detail }) => fail(detail));
document.addEventListener("htmx:timeout", ({ detail }) => fail(detail));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const status = detail.xhr.status;
  if (status >= AWAY) {
    fail(detail);
    return;
  }
  missed.delete(detail.target.id);
  troubles.set(
    detail.target.id,
    status === 403
      ? "That is not allowed, or your session has changed. Reload the page."
      : `Quo Admin could not answer (${status}). Reload the page, or try again in a minute.`,
  );
  writeNotices();
});

document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  if (!detail.successful) return;
  if (!refreshesOldList(detail)) missed.delete(detail.target.id);
  troubles.delete(detail.target.id);
  if (!missed.size) troubles.delete("server");
  writeNotices();
  repeatMissed();
});
window.addEventListener("online", repeatMissed);
