"""Input methods (IME): while somebody composes a text, no search starts, and the keys belong to the input method."""

from playwright.sync_api import CDPSession, Page, expect

from tests.support.browser_pages import expect_total

KEYS = ("Escape", "Enter", "ArrowDown", "ArrowUp")
LATER = 1000  # milliseconds, longer than every delay before a search


def compose(session: CDPSession, text: str) -> None:
    """Compose a text that is not confirmed yet, as after a few keys."""
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def press(session: CDPSession, key: str) -> None:
    """Press a key that the input method handles: the browser gives it the code 229."""
    for kind in ("rawKeyDown", "keyUp"):
        session.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": 229})


def requests_with(page: Page, part: str) -> list[str]:
    """Return a list that will have the URL of every request that contains this part."""
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url) if part in request.url else None)
    return requested


def test_composing_starts_no_search_until_it_is_confirmed(page: Page) -> None:
    page.clock.install()
    page.goto("/numbers/")
    session = page.context.new_cdp_session(page)
    requested = requests_with(page, "q=d")
    search = page.get_by_label("Search", exact=True)
    search.focus()
    for text in ("d", "disp", "dispatch"):
        compose(session, text)
        page.clock.run_for(LATER)
    for key in KEYS:
        press(session, key)
        page.clock.run_for(LATER)
    expect(search).to_have_value("dispatch")
    expect(search).to_be_focused()
    assert requested == []
    session.send("Input.insertText", {"text": "dispatch"})
    press(session, "Enter")  # Safari reports the key that confirms after the composition
    page.clock.run_for(LATER)
    expect_total(page, 3)
    expect(page).to_have_url("/numbers/?q=dispatch")
    assert len(requested) == 1


def test_composing_closes_no_picker_and_chooses_nobody(page: Page) -> None:
    page.clock.install()
    page.goto("/numbers/")
    session = page.context.new_cdp_session(page)
    requested = requests_with(page, "who=m")
    page.locator("#teammate-summary").click()
    who = page.get_by_label("Find a teammate by name or email")
    expect(who).to_be_focused()
    compose(session, "marcus")
    page.clock.run_for(LATER)
    for key in KEYS:
        press(session, key)
        page.clock.run_for(LATER)
    expect(who).to_be_focused()
    assert requested == []
    session.send("Input.insertText", {"text": "marcus"})
    page.clock.run_for(LATER)
    expect(page.locator("#teammate-choices .choice")).to_have_count(1)
    expect(page).to_have_url("/numbers/")


def test_composing_that_is_cancelled_leaves_the_list_as_it_is(page: Page) -> None:
    page.clock.install()
    page.goto("/numbers/?page=2")
    session = page.context.new_cdp_session(page)
    requested = requests_with(page, "q=")
    page.get_by_label("Search", exact=True).focus()
    compose(session, "dispatch")
    compose(session, "")
    page.clock.run_for(LATER)
    assert requested == []
    expect(page).to_have_url("/numbers/?page=2")
