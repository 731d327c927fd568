// Menus and the teammate picker: the cursor goes into the search; Escape and a click elsewhere close them.
"use strict";

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches(".picker[open]")) event.target.querySelector("input[type=search]")?.focus();
  },
  true,
);
document.addEventListener("click", (event) => {
  for (const picker of document.querySelectorAll(".picker[open]")) {
    if (!picker.contains(event.target)) picker.open = false;
  }
});

// In the picker the arrows move between what is typed in and the choices, and Enter chooses. While the choices that fit
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

// Once somebody has chosen, choices that come late would take the chosen one away.
document.addEventListener("htmx:beforeSend", (event) => {
  if (event.target.matches(".choice")) window.htmx.trigger("#who", "htmx:abort");
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const picker = document.activeElement.closest(".picker[open]");
  if (picker && isInPicker(event, picker)) event.preventDefault();
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(".picker[open]")) {
    event.preventDefault(); // so that no other key's meaning follows
    open.open = false;
    open.querySelector("summary").focus();
  }
});
