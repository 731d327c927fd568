// Marks requests that nobody triggered, and dims what is slow.
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
  const answer = window.htmx.ajax("GET", link.getAttribute("href"), { event, source: "#results" });
  answer.catch(() => {}); // outages.js reports the failure
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
