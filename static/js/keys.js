// Keyboard shortcuts, and keys that belong to an input method. Every page also works with Tab and Enter alone.
"use strict";

// While somebody composes a text, as for Japanese, it is not final and the input method has the keys: no script receives
// them. The search starts with `compositionend`.
function keepFromScripts(event) {
  const isConfirming = event.keyCode === 229; // Safari's key that confirms, which comes after the composition
  if (!event.isComposing && !isConfirming) return;
  event.stopImmediatePropagation();
  if (event.key === "Escape") event.preventDefault(); // browsers would clear the search or close a popover
}

// A composition that is cancelled leaves the text as it was, so there is nothing to search for.
let textBefore;
document.addEventListener(
  "compositionstart",
  ({ target }) => {
    textBefore = target.value;
  },
  true,
);
document.addEventListener(
  "compositionend",
  (event) => {
    if (event.target.value === textBefore) event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("input", keepFromScripts, true);
document.addEventListener("keydown", keepFromScripts, true);

const OFF = "single-keys-off"; // voice or switch input can trigger single keys by accident
const ROWS = "#results tbody th[scope=row] a";

function isTyping(element) {
  return element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function searchField() {
  return document.getElementById("q");
}

// Moves the focus down or up the rows of the list; above the first row is the search.
function step(by) {
  const rows = [...document.querySelectorAll(ROWS)];
  const row = document.activeElement.closest("#results tbody tr");
  const at = row ? rows.findIndex((link) => row.contains(link)) : -1;
  const next = at === -1 && by < 0 ? undefined : rows[at + by];
  if (next) next.focus();
  else if (by < 0 && at === 0) searchField()?.focus();
  return Boolean(next) || at === 0;
}

// Leaves the focused element; if there is none, goes from a detail page back to its list.
function leave() {
  const crumb = document.querySelector(".crumbs a");
  if (document.activeElement !== document.body) document.activeElement.blur();
  else if (crumb && document.referrer.startsWith(crumb.href)) history.back();
  else if (crumb) crumb.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const focused = document.activeElement;
  const isInSearch = focused === searchField();
  const isInMenu = document.querySelector(".picker[open], :popover-open");
  if (event.key === "Escape" && !isInMenu) {
    if (isInSearch) event.preventDefault(); // browsers would clear the search, and with it the list
    leave();
  }
  if (isInMenu || (isTyping(focused) && !isInSearch)) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const isInList = isInSearch || focused === document.body || focused.closest("#results");
    if (isInList && step(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
  }
  if (isInSearch || localStorage.getItem(OFF)) return;
  if (event.key === "/" && searchField()) {
    event.preventDefault();
    searchField().focus();
    searchField().select();
  }
  if (event.key === "?") document.getElementById("keys")?.showPopover();
});

const singleKeys = document.getElementById("single-keys");
if (singleKeys) {
  singleKeys.checked = !localStorage.getItem(OFF);
  singleKeys.addEventListener("change", () => {
    if (singleKeys.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
}
