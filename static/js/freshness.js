// The line that says how old the copy on the page is.
"use strict";

// A hidden page does not poll.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.id === "look" && document.hidden) event.preventDefault();
});

// If a poll removes a notice, its space stays empty until the user acts, so that nothing moves up.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "freshness") return;
  const head = event.detail.target.parentElement;
  head.style.minHeight =
    "X-By-Itself" in event.detail.requestConfig.headers ? `${head.getBoundingClientRect().height}px` : "";
});

// Keeps "40 seconds ago" up to date between two polls.
const UNITS = Object.entries({ day: 86_400, hour: 3_600, minute: 60, second: 1 });

// Counted from the age that the server said, because this clock may differ from the server's.
const began = new WeakMap();

function age(time) {
  if (!began.has(time)) began.set(time, Date.now() - 1000 * Number(time.dataset.ago));
  const seconds = Math.max(0, Math.floor((Date.now() - began.get(time)) / 1000));
  const [unit, length] = UNITS.find((each) => seconds >= each[1]) ?? UNITS.at(-1);
  const style = { style: "unit", unit, unitDisplay: "long" };
  return new Intl.NumberFormat("en", style).format(Math.floor(seconds / length));
}

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = age(time);
}, 5000);
