// The theme and the time zone of pages.
"use strict";

// Tells the server the time zone, for the pages that follow. A page without a context names no cookie.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const { timeZoneCookie, cookieSeconds } = document.currentScript.dataset;
if (zone && timeZoneCookie) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in older browsers and on plain HTTP.
  document.cookie = `${timeZoneCookie}=${zone}; path=/; max-age=${cookieSeconds}; samesite=lax${secure}`;
}

// Applies the chosen theme at once; the form around the button saves it.
document.addEventListener("click", (event) => {
  const button = event.target.closest(".themes button");
  if (!button) return;
  if (button.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = button.value;
  for (const other of button.parentElement.querySelectorAll("button")) other.ariaPressed = String(other === button);
});
