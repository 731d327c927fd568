// The keyboard: every page works by Tab and Enter alone; these keys are quicker.
"use strict";

const OFF = "single-keys-off"; // people whose voice or switch types letters can turn single keys off
const ROWS = "#results tbody th[scope=row] a";

function isTyping(element) {
  return element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function searchField() {
  return document.getElementById("q");
}

// Steps down or up the list's rows; above the first is the search.
function step(by) {
  const rows = [...document.querySelectorAll(ROWS)];
  const row = document.activeElement.closest("#results tbody tr");
  const at = row ? rows.findIndex((link) => row.contains(link)) : -1;
  const next = at === -1 && by < 0 ? undefined : rows[at + by];
  if (next) next.focus();
  else if (by < 0 && at === 0) searchField()?.focus();
  return Boolean(next) || at === 0;
}

// Leaves what one is in: a field, the list, and then the page, for the list that it came from.
function leave() {
  const crumb = document.querySelector(".crumbs a");
  if (document.activeElement !== document.body) document.activeElement.blur();
  else if (crumb && document.referrer.startsWith(crumb.href)) history.back();
  else if (crumb) crumb.click();
}

// An open picker: the arrows move between what is typed in and the choices, Enter chooses. While the choices that fit
// what was typed are still on their way, the key waits for them.
let awaited = null;

function stepInPicker(picker, by) {
  const stops = [...picker.querySelectorAll("summary, input[type=search], .choice")];
  stops[stops.indexOf(document.activeElement) + by]?.focus();
}

// Chooses the only teammate found; of several it marks the first, which Enter then chooses.
function choose(picker) {
  const found = picker.querySelectorAll(".choice[data-teammate]");
  if (found.length === 1) found[0].click();
  else found[0]?.focus();
}

function isInPicker(event, picker) {
  const field = document.activeElement;
  const isField = field.matches("input[type=search]");
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by && !(isField && event.key === "Enter")) return false;
  if (!isField && !field.matches("summary, .choice")) return false;
  const act = by ? () => stepInPicker(picker, by) : () => choose(picker);
  if (isField && by !== -1 && field.value !== field.dataset.shown) awaited = act;
  else act();
  return true;
}

document.addEventListener("input", () => {
  awaited = null;
});
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt: field, formData } = event.detail.requestConfig ?? {};
  if (field?.id !== "who") return;
  field.dataset.shown = formData.get("who");
  if (field.value !== field.dataset.shown) return; // an earlier answer: what the key waits for is still to come
  if (document.activeElement === field) awaited?.();
  awaited = null;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  const focused = document.activeElement;
  const isInSearch = focused === searchField();
  const picker = focused.closest(".picker[open]");
  if (picker && isInPicker(event, picker)) event.preventDefault();
  const isInMenu = document.querySelector(".picker[open], :popover-open");
  if (event.key === "Escape" && !isInMenu) {
    if (isInSearch) event.preventDefault(); // browsers would clear what is searched for, and so the list
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
