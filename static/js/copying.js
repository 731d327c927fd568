// Copies a short address to the clipboard, if the browser allows it.
"use strict";

for (const copying of document.querySelectorAll(".copying")) {
  copying.hidden = !navigator.clipboard;
  const button = copying.querySelector("[data-copy]");
  const done = copying.querySelector("[role=status]");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
      done.textContent = "Copied.";
    } catch {
      done.textContent = "Not copied: the browser does not allow it.";
    }
  });
}
