"""Detects what no page may do: log errors, violate the policy, fail to load, leave the site."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request

# Chromium reports violations of the Content-Security-Policy as events, also those that are not in the console.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `Content-Security-Policy: ${event.effectiveDirective} refuses ${event.blockedURI || "inline"} (${event.sourceFile})`
));
"""

# htmx logs requests that a newer one replaced, and failed requests twice, first without a reason.
REPLACED = ("htmx:afterRequest", "htmx:sendAbort")


class Watch:
    """Collects the problems of all pages in a browser context.

    `expects` names parts of problems that the test causes on purpose: each must occur, and is then not reported.
    """

    def __init__(self, context: BrowserContext, site_url: str) -> None:
        self.problems: list[str] = []
        self._expected: list[str] = []
        self._site = f"{site_url}/"
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))
        context.on("request", self._on_request)
        context.on("requestfailed", self._on_failure)

    def expects(self, *parts: str) -> None:
        self._expected += parts

    def verdict(self) -> list[str]:
        """Return unexpected problems, and expected ones that did not occur."""
        missing = [part for part in self._expected if not any(part in problem for problem in self.problems)]
        surprises = [problem for problem in self.problems if not any(part in problem for part in self._expected)]
        return surprises + [f"expected, but did not occur: {part}" for part in missing]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"} and not message.text.startswith(REPLACED):
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self._site):
            self.problems.append(f"left the site: {request.method} {request.url}")

    def _on_failure(self, request: Request) -> None:
        # Requests are aborted when a newer search replaces them, a link is followed, or a download starts.
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.method} {request.url} ({request.failure})")
