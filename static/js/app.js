// What htmx leaves to us. Every page works without this file.
"use strict";

// Pages show times in the reader's zone; it is told once and kept for the next page.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in older browsers and on plain HTTP.
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
}

// The chosen appearance shows at once; the form beside it has it kept.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".themes button");
  if (!button) return;
  if (button.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = button.value;
  for (const other of button.parentElement.querySelectorAll("button")) other.ariaPressed = String(other === button);
});

// A page that nobody looks at does not ask Quo by itself.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id === "look" && document.hidden) event.preventDefault();
});

// What a page asks by itself is told from what somebody does: only the latter keeps a session going.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent?.isTrusted) event.detail.headers["X-By-Itself"] = "1";
});

// Once somebody looks again, it asks where it has not for a minute: however young the copy is, its own question may
// be old, which only the dashboard knows.
let looked = 0;
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id === "look") looked = Date.now();
});
document.addEventListener("visibilitychange", () => {
  const look = document.getElementById("look");
  if (!document.hidden && look && Date.now() - looked > 60_000) window.htmx.trigger(look, "look");
});

// "40 seconds ago" goes on counting between two checks.
function secondsOld(time) {
  return time ? Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000)) : Infinity;
}

function inWords(seconds) {
  for (const [unit, length] of [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ]) {
    if (seconds >= length) {
      const count = Math.floor(seconds / length);
      return `${count} ${unit}${count === 1 ? "" : "s"}`;
    }
  }
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = inWords(secondsOld(time));
}, 5000);

// Of several lists on their way only the newest is shown, in whatever order they come. None is called off, which htmx
// would complain of. A list that fetches itself anew gives way to what somebody asked for.
const LONG = 350; // milliseconds, after which a list shows that it is on its way; for a quick one nothing is drawn anew
let newest = null;
let isAwaited = false;
let becomingLong = 0;
function setBusy(isBusy) {
  const results = document.getElementById("results");
  if (isBusy) results?.setAttribute("aria-busy", "true");
  else results?.removeAttribute("aria-busy");
}

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "results") return;
  if (isAwaited && "X-Refresh" in event.detail.requestConfig.headers) {
    event.preventDefault();
    return;
  }
  newest = event.detail.xhr;
  isAwaited = true;
  clearTimeout(becomingLong);
  becomingLong = setTimeout(setBusy, LONG, true);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target.id;
  const isOld = target === "results" && event.detail.xhr !== newest;
  // Somebody has just chosen one, or has typed on.
  const isNoLongerAsked =
    target === "teammate-choices" &&
    (isAwaited || event.detail.requestConfig.formData.get("who") !== document.getElementById("who")?.value);
  if (isOld || isNoLongerAsked) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr !== newest) return;
  isAwaited = false;
  clearTimeout(becomingLong);
  setBusy(false);
});

// The address follows the list. htmx would write it twice, and into a store besides, before anybody sees the rows; a step
// back it knows by this state, and loads that page.
const STEP = { htmx: true };
document.addEventListener("htmx:pushedIntoHistory", (event) => {
  if (!history.state?.htmx) history.replaceState(STEP, "");
  history.pushState(STEP, "", event.detail.path);
});
document.addEventListener("htmx:replacedInHistory", (event) => {
  setTimeout(() => history.replaceState(STEP, "", event.detail.path));
});

// Say it when the dashboard itself does not answer; say no more once it does.
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

// Folded parts that were opened stay open when their page is swapped.
let opened = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  opened = [...event.detail.target.querySelectorAll("details[open][id]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  opened = [];
});

// Where the page's own check takes a notice away, its place stays free until somebody does something: nothing moves up.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "freshness") return;
  const head = event.detail.target.parentElement;
  head.style.minHeight =
    "X-By-Itself" in event.detail.requestConfig.headers ? `${head.getBoundingClientRect().height}px` : "";
});

// A short address can be copied where the browser lets pages do that.
for (const copying of document.querySelectorAll(".copying")) copying.hidden = !navigator.clipboard;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const done = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    done.textContent = "Copied.";
  } catch {
    done.textContent = "Not copied: the browser does not allow it.";
  }
});

// Menus and the teammate picker: the cursor goes into the search, Escape and a click elsewhere close them.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches(".picker") && event.target.open) event.target.querySelector("input[type=search]")?.focus();
  },
  true,
);
let pagesPressed = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  pagesPressed = event.detail.requestConfig.elt.closest(".pages")?.ariaLabel;
});
document.addEventListener("htmx:afterSettle", (event) => {
  // What was pressed may be gone with the swap: the focus goes to where one would go on.
  const pressed = event.detail.requestConfig?.elt;
  if (!pressed || document.activeElement !== document.body) return;
  if (pressed.matches(".choice")) document.getElementById("teammate-summary")?.focus();
  if (pressed.matches(".chip, .chip-all, #show-all"))
    (document.querySelector(".chip") ?? document.getElementById("q"))?.focus();
  // On the last page there is no "Next" any more, on the first no "Previous": the other one is beside where it was.
  const isScrolled = pressed.getAttribute("hx-swap")?.includes("show:");
  if (pagesPressed)
    document.querySelector(`.pages[aria-label="${pagesPressed}"] a[rel]`)?.focus({ preventScroll: isScrolled });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const picker of document.querySelectorAll(".picker[open]")) {
    event.preventDefault(); // so that no other key's meaning follows
    picker.open = false;
    picker.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const picker of document.querySelectorAll(".picker[open]")) {
    if (!picker.contains(event.target)) picker.open = false;
  }
});
