// Keeps what was typed while its user signs in again: until then in this tab, afterwards back in the page.
"use strict";

const DRAFT = "draft";
const SECRET = "[type=hidden], [type=password], [autocomplete=one-time-code]";
const TYPED = `input:not(${SECRET}, [type=file], [type=submit]), select, textarea`;

function owner() {
  return document.querySelector("meta[name=account]")?.content;
}

function isChanged(field) {
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.matches("[type=checkbox], [type=radio]")
    ? field.checked !== field.defaultChecked
    : field.value !== field.defaultValue;
}

function changedFields() {
  const fields = [...document.querySelectorAll(TYPED)].filter((field) => field.id && field.form && isChanged(field));
  return fields.map(({ id, value, checked }) => ({ id, value, checked }));
}

function restore({ id, value, checked }) {
  const field = document.getElementById(id);
  if (!field?.matches(TYPED) || (field.value === value && field.checked === checked)) return;
  field.value = value;
  field.checked = checked;
  for (let menu = field.closest("details"); menu; menu = menu.parentElement.closest("details")) menu.open = true;
  field.dispatchEvent(new Event(field.matches("select, [type=checkbox]") ? "change" : "input", { bubbles: true }));
}

// A page of sign-in sends its visitor back to the page of the draft; any other page ends it.
function read() {
  const draft = JSON.parse(sessionStorage.getItem(DRAFT));
  if (!draft) return;
  if (!owner()) return sessionStorage.setItem(DRAFT, JSON.stringify({ ...draft, isInterrupted: true }));
  sessionStorage.removeItem(DRAFT);
  const isHere = draft.path === location.pathname && draft.owner === owner();
  // A page of sign-in came between, or the browser's own page because Quo Admin did not answer.
  const isInterrupted = draft.isInterrupted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (isInterrupted && isHere) for (const field of draft.fields) restore(field);
}

// Without a script, what was typed here comes back in an address (see accounts/middleware.py).
document.addEventListener("formdata", (event) => {
  if (event.target.id === "save-form") event.formData.set("restored", "1");
});

document.addEventListener("DOMContentLoaded", read); // after htmx, which then searches for a restored text
window.addEventListener("pagehide", () => {
  const fields = owner() ? changedFields() : [];
  if (fields.length) sessionStorage.setItem(DRAFT, JSON.stringify({ path: location.pathname, owner: owner(), fields }));
});
