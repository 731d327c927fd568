// Trusted Types policy: allows strings as HTML, for htmx and Django's administration, which load them from this site
// only. Scripts inside them do not run. Strings as scripts stay forbidden.
"use strict";

window.trustedTypes?.createPolicy("default", { createHTML: (text) => text });
