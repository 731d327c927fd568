// The swap of lists. What is the same stays, and of the rest only what differs is changed: to make fifty rows again takes
// a browser several times as long.
"use strict";

// A reader would notice if one of these became another one: it may have the focus, or be what was typed.
const WHOLE = "a, nav, button, input, select, textarea, [hx-get]";

function isAnother(old, fresh) {
  return ["nodeName", "id", "className"].some((name) => old[name] !== fresh[name]) || fresh.matches?.(WHOLE);
}

// Makes `old` what `fresh` is.
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
    return [target]; // htmx looks at what is new in it
  },
});
