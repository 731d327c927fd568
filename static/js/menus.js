// Menus and the teammate picker: opening one focuses its search; Escape and a click elsewhere close it.
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

// In the picker, arrow keys move between the search and the choices, and Enter chooses. A key pressed before the choices
// for the typed text have arrived waits for them.
let awaited = null;

function stepInPicker(picker, by) {
  const stops = [...picker.querySelectorAll("summary, input[type=search], .choice")];
  stops[stops.indexOf(document.activeElement) + by]?.focus();
}

// Chooses the only teammate found; if there are several, focuses the first, which Enter then chooses.
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

for (const typing of ["input", "compositionstart"]) {
  document.addEventListener(typing, () => {
    awaited = null;
  });
}
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt: field, formData } = event.detail.requestConfig ?? {};
  if (field?.id !== "who") return;
  field.dataset.shown = formData.get("who");
  if (field.value !== field.dataset.shown) return; // an earlier response: the one that the key waits for is still to come
  if (document.activeElement === field) awaited?.();
  awaited = null;
});

// Late choices would remove the one that was chosen.
document.addEventListener("htmx:beforeSend", (event) => {
  if (event.target.matches(".choice")) window.htmx.trigger("#who", "htmx:abort");
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const picker = document.activeElement.closest(".picker[open]");
  if (picker && isInPicker(event, picker)) event.preventDefault();
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(".picker[open]")) {
    event.preventDefault(); // so that no other handler reacts to the key
    open.open = false;
    open.querySelector("summary").focus();
  }
});
