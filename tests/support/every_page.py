"""Every page and its possible states, for tests that apply to all pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.support.browser_pages import MARCUS, detail_path
from tests.support.sites import Office

Act = Callable[[Page], object]


@dataclass(frozen=True)
class Place:
    """A page of the demo. `then` acts on it; `complains` are expected problems."""

    name: str
    path: str
    then: Act = field(default=lambda _page: None)
    complains: tuple[str, ...] = ()
    signed_in: bool = True

    def __str__(self) -> str:
        return self.name


def _open_picker(page: Page) -> None:
    page.locator("#teammate-summary").click()
    expect(page.locator(".choice").first).to_be_visible()


def _refused_sign_in(page: Page) -> None:
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_be_visible()


def _refused_password(page: Page) -> None:
    page.get_by_label("Current password").fill("not the password")
    page.get_by_label("New password", exact=True).fill("12345")
    page.get_by_label("New password, again").fill("123456")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator(".field-error").first).to_be_visible()


def _open(details: str) -> Act:
    return lambda page: page.locator(f"{details} > summary").click()


def _show_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


PLACES = (
    Place("the list", "/numbers/"),
    Place("the last page of the list", "/numbers/?page=2&sort=-teammates"),
    Place("a search", "/numbers/?q=dispatch"),
    Place("a search for nothing", "/numbers/?q=zebra"),
    Place("a teammate's numbers", f"/numbers/?user={MARCUS}&q=support"),
    Place("an unknown teammate", "/numbers/?user=USnobody"),
    Place("invalid parameters", "/numbers/?q=dispatch&user=bob&sort=colour&page=7"),
    Place("the picker", "/numbers/?q=dispatch", then=_open_picker),
    Place("more filters", "/numbers/?q=dispatch&kind=local&calling_us=allowed", then=_open("#more-filters")),
    Place("the columns", "/numbers/?q=dispatch", then=_open("#columns-menu")),
    Place("the saved filters", "/numbers/?q=dispatch", then=_open("#saved-menu")),
    Place("the account's menu", "/numbers/?q=dispatch", then=_open("#account-menu")),
    Place("the keys", "/numbers/?q=dispatch", then=_show_keys),
    Place("the overview", "/"),
    Place("the teammates", "/teammates/"),
    Place("a search for teammates", "/teammates/?q=alasdair&role=member&numbers=several"),
    Place("a search for no teammate", "/teammates/?q=zebra"),
    Place("a teammate", f"/teammates/{MARCUS}/"),
    Place("an unknown teammate's page", "/teammates/USnobody/", complains=("status of 404",)),
    Place("the audit", "/audit/?by=kind&kind=toll-free"),
    Place("the audit by group", "/audit/?q=leasing"),
    Place("the audit by teammate", "/audit/?by=teammate&q=dispatch"),
    Place("an audit without numbers", "/audit/?q=zebra"),
    Place("no saved filters", "/saved/"),
    Place("a local number", detail_path("Toronto – front desk"), then=_open("#answer")),
    Place("a toll-free number", detail_path("Emergency maintenance, after hours")),
    Place("a number without teammates", detail_path("Old main line – do not use")),
    Place("an unknown number", "/numbers/PNnobody/", complains=("status of 404",)),
    Place("the status", "/status/"),
    Place("a page that does not exist", "/no-such-page/", complains=("status of 404",)),
    Place("a new password", "/accounts/password/change/"),
    Place("a refused new password", "/accounts/password/change/", then=_refused_password),
    Place("signing out", "/accounts/logout/"),
    Place("signing in", "/accounts/login/", signed_in=False),
    Place("a refused sign-in", "/accounts/login/", then=_refused_sign_in, signed_in=False),
    Place("no sign-up", "/accounts/signup/", signed_in=False),
    Place("an account switched off", "/accounts/inactive/", signed_in=False),
)


@dataclass(frozen=True)
class State:
    """A page of a site whose Quo or database is not as usual."""

    name: str
    arrange: Callable[[Office], object]
    arrived: Act
    path: str = "/numbers/"

    def __str__(self) -> str:
        return self.name


def _never(office: Office) -> None:
    office.forget()
    office.quo.fault = "401"


def _empty(office: Office) -> None:
    office.forget()
    office.has(0)


def _stale(office: Office) -> None:
    office.grow_old(timedelta(days=2))
    office.quo.fault = "403"


def _all_missing(office: Office) -> None:
    office.grow_old(timedelta(minutes=4))
    office.quo.fault = "empty"


def _unreadable(office: Office) -> None:
    office.grow_old(timedelta(minutes=4))
    office.quo.fault = "wrong-types"


def _unknown_values(office: Office) -> None:
    office.forget()
    office.quo.fault = "unknown-values"


def _sees(text: str) -> Act:
    return lambda page: expect(page.get_by_text(text).first).to_be_visible()


def _opens(summary: str, text: str) -> Act:
    """Expand the result of the automatic check and expect its text."""

    def act(page: Page) -> None:
        page.locator("#doubts > summary", has_text=summary).click()
        expect(page.get_by_text(text).first).to_be_visible()

    return act


LAST_GOOD = "What you see is the last good copy."
INCOMPLETE = "Quo’s answer looks incomplete."
UNREADABLE = "could not be read"

STATES = (
    State("a list before the first sync", _never, _sees("The last try failed")),
    State("a workspace without numbers", _empty, _sees("The workspace has no numbers")),
    State("a stale copy", _stale, _opens("Check failed", LAST_GOOD), "/numbers/?q=dispatch"),
    State("an incomplete answer", _all_missing, _opens("Looks incomplete", INCOMPLETE), "/numbers/?q=dispatch"),
    State("an overview before the first sync", _never, _sees("Nothing has been read from Quo yet"), "/"),
    State("an overview of a stale copy", _stale, _opens("Check failed", LAST_GOOD), "/"),
    State("teammates before the first sync", _never, _sees("Nothing has been read from Quo yet"), "/teammates/"),
    State("an audit before the first sync", _never, _sees("Nothing has been read from Quo yet"), "/audit/"),
    State("records that cannot be read", _unreadable, _opens("", UNREADABLE), "/numbers/?q=dispatch"),
    State("unknown values", _unknown_values, _sees("pending_review"), "/numbers/?q=dispatch"),
)
