// Marks requests that nobody triggered, dims what is slow, and says when requests fail.
"use strict";

// Only requests that the user triggers keep a session alive, not those of polling.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-By-Itself"] = "1";
});

// Fragments show times in the zone of their page, although another page may have told the server a new one meanwhile.
document.addEventListener("htmx:configRequest", (event) => {
  const zone = document.getElementById("time-zone");
  if (zone) event.detail.headers["X-Time-Zone"] = zone.textContent;
});

// A teammate in a row links to the list of their numbers. Handled here, because htmx is slow to process a hundred links.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-list]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.getAttribute("href"), { event, source: "#results" });
});

// Dims what a slow request will replace (see list.css); a fast one paints nothing.
const LONG = 350; // milliseconds
document.addEventListener("htmx:beforeSend", (event) => {
  const { target, xhr } = event.detail;
  xhr.becomesLong = setTimeout(() => {
    target.ariaBusy = "true";
  }, LONG);
});
document.addEventListener("htmx:afterRequest", (event) => {
  clearTimeout(event.detail.xhr.becomesLong);
  event.detail.target.ariaBusy = null;
});

// Shows that Quo Admin does not answer, until it does.
function say(sentence) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
}

document.addEventListener("htmx:sendError", () =>
  say("Quo Admin does not answer. The page shows what it last knew; it goes on trying."),
);
document.addEventListener("htmx:timeout", () =>
  say("Quo Admin takes very long to answer. The page shows what it last knew."),
);
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(
    status === 403
      ? "That is not allowed, or your session has changed. Reload the page."
      : `Quo Admin could not answer (${status}). Reload the page, or try again in a minute.`,
  );
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) say("");
});
