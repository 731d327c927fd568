// The rows of long tables pass htmx by, which would look at each of their thousand elements several times: they are
// taken out of its answer, and stand in their table as soon as that is swapped. They hold nothing that is htmx's.
"use strict";

const BODIES = /(<tbody data-rows[^>]*>)([^]*?)(?=<\/tbody>)/g;
let onTheirWay = [];
let left = null; // the link in a row that has the focus: its row, and which one it is there

function linkIn(element) {
  const row = element.closest("tbody[data-rows] tr");
  return row && { name: row.dataset.row, at: [...row.querySelectorAll("a")].indexOf(element) };
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const swap = event.detail;
  onTheirWay = [];
  if (!swap.shouldSwap) return;
  swap.serverResponse = swap.serverResponse.replace(BODIES, (_all, body, rows) => {
    onTheirWay.push(rows);
    return body;
  });
  left = swap.target.contains(document.activeElement) ? linkIn(document.activeElement) : null;
  for (const body of swap.target.querySelectorAll("tbody[data-rows]")) body.replaceChildren();
});

document.addEventListener("htmx:afterSwap", () => {
  for (const body of document.querySelectorAll("tbody[data-rows]:empty")) body.innerHTML = onTheirWay.shift() ?? "";
  if (!left) return;
  const row = [...document.querySelectorAll("tbody[data-rows] tr")].find((each) => each.dataset.row === left.name);
  row?.querySelectorAll("a")[left.at]?.focus({ preventScroll: true });
  left = null;
});

// A teammate in a row is a link to the list of only their numbers. The page asks, not the link, which will be gone.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-list]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.getAttribute("href"), { event, target: "#results", swap: "outerHTML" });
});
