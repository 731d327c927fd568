// The swap that lists ask for: what is the same in htmx's answer stays where it stands, of the rest only what differs is
// changed. Most cells of fifty rows are alike, and what is not touched need not be drawn anew.
"use strict";

const FIELDS = "input, select, textarea, button"; // what somebody may have changed is taken whole

// The names of the attributes in which they differ. What somebody opened stays open.
function differences(old, fresh) {
  const names = [];
  let shared = 0;
  for (const { name, value } of fresh.attributes) {
    const before = old.getAttribute(name);
    if (before !== null) shared += 1;
    if (before !== value) names.push(name);
  }
  if (shared < old.attributes.length) {
    for (const { name } of old.attributes) if (!fresh.hasAttribute(name) && name !== "open") names.push(name);
  }
  return names;
}

// Makes the one what the other is. Says no where htmx, which has looked at it, or a reader would take it for another.
function patchElement(old, fresh, added) {
  if (old.nodeName !== fresh.nodeName || old.id !== fresh.id || old.matches(FIELDS)) return false;
  const names = differences(old, fresh);
  if (names.some((name) => name === "class" || name.startsWith("hx-"))) return false;
  for (const name of names) {
    if (fresh.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
    else old.removeAttribute(name);
  }
  patchChildren(old, fresh, added);
  return true;
}

// Makes `old` what `fresh` is; `added` gets the elements that htmx has not seen.
function patch(old, fresh, added) {
  if (old.nodeType === Node.TEXT_NODE && fresh.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  const areElements = old.nodeType === Node.ELEMENT_NODE && fresh.nodeType === Node.ELEMENT_NODE;
  if (old.isEqualNode(fresh) || (areElements && patchElement(old, fresh, added))) return;
  old.replaceWith(fresh);
  added.push(fresh);
}

function patchChildren(old, fresh, added) {
  let [before, after] = [old.firstChild, fresh.firstChild];
  while (before && after) {
    const [nextBefore, nextAfter] = [before.nextSibling, after.nextSibling];
    patch(before, after, added);
    [before, after] = [nextBefore, nextAfter];
  }
  while (before) {
    const next = before.nextSibling;
    before.remove();
    before = next;
  }
  while (after) {
    const next = after.nextSibling;
    old.append(after);
    added.push(after);
    after = next;
  }
}

// Rows stand in one another's elements then: a link that has the focus keeps it by its row, and which one it is there.
function focusedLink() {
  const link = document.activeElement;
  const row = link?.closest("tr[data-row]");
  return row && { link, name: row.dataset.row, at: [...row.querySelectorAll("a")].indexOf(link) };
}

function focusAgain({ link, name, at }) {
  const row = [...document.querySelectorAll("tr[data-row]")].find((each) => each.dataset.row === name);
  const again = row?.querySelectorAll("a")[at];
  if (again) again.focus({ preventScroll: true });
  else link.blur();
}

window.htmx.defineExtension("patch", {
  handleSwap(style, target, fragment) {
    const fresh = fragment.firstElementChild;
    if (style !== "patch" || !fresh) return false;
    const focused = focusedLink();
    const added = [];
    if (!fresh.className) target.removeAttribute("class"); // htmx has its own there meanwhile
    patch(target, fresh, added);
    if (focused) focusAgain(focused);
    return added.filter((each) => each.nodeType === Node.ELEMENT_NODE && !each.closest("[data-rows]")); // rows hold nothing of htmx's
  },
});

// A teammate in a row is a link to the list of only their numbers. The page asks, not the link, which will be another.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-list]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", link.getAttribute("href"), { event, target: "#results", swap: "patch" });
});
