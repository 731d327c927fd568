"""What no page may do, whatever a test does with it: complain, break the policy, fail to load, leave the site."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

# Chromium reports each break of the Content-Security-Policy as an event, also where the console is silent.
REPORT_BREAKS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `Content-Security-Policy: ${event.effectiveDirective} refuses ${event.blockedURI || "inline"} (${event.sourceFile})`
));
"""

# htmx logs a request that a newer one replaced; and each failed one twice, the first time without its reason.
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")


class Watch:
    """Notes what the pages of a browser context do wrong.

    `expects` names parts of complaints that the test provokes on purpose: each must come, and is then no complaint.
    """

    def __init__(self, context: BrowserContext, site_url: str) -> None:
        self.complaints: list[str] = []
        self._expected: list[str] = []
        self._site = f"{site_url}/"
        context.add_init_script(REPORT_BREAKS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        context.on("request", self._see)
        context.on("requestfailed", self._miss)

    def expects(self, *parts: str) -> None:
        self._expected += parts

    def verdict(self) -> list[str]:
        """Return what nobody expected, and what was expected in vain."""
        missing = [part for part in self._expected if not any(part in said for said in self.complaints)]
        surprises = [said for said in self.complaints if not any(part in said for part in self._expected)]
        return surprises + [f"expected in vain: {part}" for part in missing]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"} and not message.text.startswith(REPLACED):
            self.complaints.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _see(self, request: Request) -> None:
        if not request.url.startswith(self._site):
            self.complaints.append(f"left the site: {request.method} {request.url}")

    def _miss(self, request: Request) -> None:
        # Aborted: a newer search replaced it, a link was followed meanwhile, or it became a download.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"failed: {request.method} {request.url} ({request.failure})")
