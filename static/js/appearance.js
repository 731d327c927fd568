// How pages look: the chosen appearance, and times in the reader's zone.
"use strict";

// The server is told the zone once, for the pages that follow.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in older browsers and on plain HTTP.
  document.cookie = `timezone=${zone}; path=/; max-age=31536000; samesite=lax${secure}`;
}

// The chosen appearance shows at once; the form around the button saves it.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".themes button");
  if (!button) return;
  if (button.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = button.value;
  for (const other of button.parentElement.querySelectorAll("button")) other.ariaPressed = String(other === button);
});
