// How htmx swaps a fragment, and what is preserved. htmx itself keeps the focus on an element with the same id.
"use strict";

// Lists are patched: only what differs is changed. Rendering fifty new rows takes a browser several times as long.

// Elements that are replaced, never patched: they may have the focus, or hold what was typed.
const WHOLE = "a, nav, button, input, select, textarea, [hx-get]";

function isAnother(old, fresh) {
  return ["nodeName", "id", "className"].some((name) => old[name] !== fresh[name]) || fresh.matches?.(WHOLE);
}

// Changes `old` into a copy of `fresh`.
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (isAnother(old, fresh)) old.replaceWith(fresh);
  else if (fresh.nodeType === Node.ELEMENT_NODE) patchElement(old, fresh);
  else old.nodeValue = fresh.nodeValue;
}

function patchElement(old, fresh) {
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  for (const node of before.splice(after.length)) node.remove();
  old.append(...after.splice(before.length));
  before.forEach((node, place) => {
    patch(node, after[place]);
  });
}

window.htmx.defineExtension("patch", {
  handleSwap(style, target, fragment) {
    if (style !== "patch") return false;
    patchElement(target, fragment.firstElementChild);
    return [target]; // htmx processes what is new in it
  },
});

// Open <details> stay open.
let opened = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  opened = [...event.detail.target.querySelectorAll("details[open][id]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});

// If the pressed element is gone, moves the focus to where the user would continue.
function goOn(pressed) {
  if (pressed.matches(".choice")) return document.getElementById("teammate-summary");
  if (pressed.matches(".chip, .chip-all")) return document.querySelector(".chip") ?? document.getElementById("q");
  return null;
}

document.addEventListener("htmx:afterSettle", (event) => {
  const pressed = event.detail.requestConfig?.elt;
  if (!pressed || document.activeElement !== document.body) return;
  goOn(pressed)?.focus();
});

// Shows another page of a list from its top and focuses its count, unless the user went elsewhere meanwhile.
document.addEventListener("htmx:afterSettle", (event) => {
  const pages = event.detail.requestConfig?.elt.closest(".pages");
  const count = document.getElementById(pages?.dataset.count);
  if (!count || !document.activeElement.matches("body, .pages a")) return;
  count.scrollIntoView();
  count.focus({ preventScroll: true });
});
