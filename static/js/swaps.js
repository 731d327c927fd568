// What stays as it was when htmx swaps a part of the page. The focus stays by itself on an element with the same id.
"use strict";

let opened = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  opened = [...event.detail.target.querySelectorAll("details[open][id]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});

// What was pressed may be gone: the focus moves to where one would go on.
function goOn(pressed) {
  if (pressed.matches(".choice")) return document.getElementById("teammate-summary");
  if (pressed.matches(".chip, .chip-all")) return document.querySelector(".chip") ?? document.getElementById("q");
  const label = pressed.closest(".pages")?.ariaLabel;
  return document.querySelector(`.pages[aria-label="${label}"] a[rel]`);
}

document.addEventListener("htmx:afterSettle", (event) => {
  const pressed = event.detail.requestConfig?.elt;
  if (!pressed || document.activeElement !== document.body) return;
  const isScrolled = pressed.getAttribute("hx-swap")?.includes("show:");
  goOn(pressed)?.focus({ preventScroll: isScrolled });
});
