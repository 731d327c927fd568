// The browser takes text as a page's content only through this policy, and text as a program not at all. It is for htmx,
// which asks only this site, and whose answers hold no scripts that would run.
"use strict";

window.trustedTypes?.createPolicy("default", { createHTML: (text) => text });
