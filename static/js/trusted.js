// The browser takes text as a page's content only through this policy, and text as a program not at all. It is for htmx
// and the administration's pages, which take it from this site alone; scripts in it do not run.
"use strict";

window.trustedTypes?.createPolicy("default", { createHTML: (text) => text });
