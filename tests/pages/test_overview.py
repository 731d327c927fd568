from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from selectolax.lexbor import LexborHTMLParser, LexborNode

from numbers.pages.overview import MIN_WIDTH
from numbers.quo.errors import from_answer
from quo_admin.times import format_time
from tests.support.pages import (
    HTMX,
    PageClient,
    assert_no_inline_code,
    attribute,
    find_one,
    notices_of,
    parse_page,
    sync_all,
    sync_failure,
    sync_incomplete,
    sync_number,
    text_of,
    texts,
    total_of,
)
from tests.support.quo_answers import number, user

HOME = "/"
ANN, BOB = user("US1", firstName="Ann", lastName="Lee"), user("US2", firstName="Bob", lastName="Roe")
DAY = timedelta(days=1)


def restrictions(calling: str = "restricted", messaging: str = "restricted") -> dict[str, Any]:
    """Return restrictions with everything allowed except these facts abroad."""
    near = {"US": "unrestricted", "CA": "unrestricted"}
    return {"calling": {**near, "Intl": calling}, "messaging": {**near, "Intl": messaging}}


def home(manager: PageClient) -> LexborHTMLParser:
    return parse_page(manager.get(HOME))


def look(page: LexborHTMLParser, key: str) -> LexborNode:
    return find_one(page, f'[data-look="{key}"]')


def listed(manager: PageClient, link: LexborNode) -> int:
    """Return the count in the list that a link opens."""
    return total_of(parse_page(manager.get(attribute(link, "href"))))


def test_the_page_counts_numbers_and_teammates(manager: PageClient) -> None:
    sync_all(number("PN1", users=[ANN, user("US2")]), number("PN2", users=[ANN]))
    sync_all(number("PN1", users=[ANN, BOB]), number("PN2", users=[ANN]))

    links = find_one(home(manager), ".totals").css("a")

    assert texts(links) == ["2 numbers", "2 teammates"]
    assert [attribute(link, "href") for link in links] == ["/numbers/", "/teammates/"]


def test_gone_numbers_are_not_counted(manager: PageClient) -> None:
    sync_all(number("PN1", users=[]), number("PN2", users=[]))
    sync_all(number("PN1", users=[]))

    page = home(manager)

    assert attribute(find_one(page, "#all-numbers"), "data-numbers") == "1"
    assert attribute(look(page, "unassigned"), "data-count") == "1"
    assert attribute(find_one(page, '[data-bar="calling.US"] li'), "data-count") == "1"


# What needs attention


def test_a_healthy_workspace_needs_no_attention(manager: PageClient) -> None:
    sync_all(number("PN1", users=[ANN]))

    page = home(manager)

    assert text_of(look(page, "nothing")).startswith("Nothing needs you.")
    assert len(page.css("[data-look]")) == 1


def test_restrictions_alone_need_no_attention(manager: PageClient) -> None:
    closed = {"US": "restricted", "CA": "restricted", "Intl": "restricted"}
    sync_all(number("PN1", restrictions={"calling": closed, "messaging": {**closed, "US": None}}))

    assert look(home(manager), "nothing")


@pytest.mark.parametrize(
    ("key", "changes", "matter"),
    [
        ("unassigned", {"users": []}, "1 number has nobody on it"),
        ("forward", {"forward": "+442079460958"}, "1 number forwards its calls outside the company"),
        ("porting", {"portingStatus": "pending"}, "1 port is not marked as completed in Quo"),
    ],
)
def test_a_number_that_needs_attention_is_named_and_listed(
    manager: PageClient, key: str, changes: dict[str, Any], matter: str
) -> None:
    sync_all(number("PN1", name="Leasing", **changes), number("PN2", number="+15555550199"))

    page = home(manager)

    item = look(page, key)
    assert text_of(find_one(item, ".matter")) == matter
    assert texts(item.css(".few a")) == ["Leasing"]
    assert attribute(find_one(item, ".few a"), "href") == "/numbers/PN1/"
    assert listed(manager, find_one(item, ".matter a")) == 1
    assert len(page.css("[data-look]")) == 1


def test_of_many_numbers_the_first_are_named_and_the_rest_counted(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place}", name=f"Line {place}", users=[]) for place in range(12)])

    item = look(home(manager), "unassigned")

    assert text_of(find_one(item, ".matter")) == "12 numbers have nobody on them"
    assert text_of(find_one(item, ".few")) == "Line 0, Line 1, Line 2, Line 3 and 8 more"
    assert attribute(item, "data-count") == "12"


def test_unconfirmed_numbers_are_named(manager: PageClient) -> None:
    sync_all(number("PN1", name="Sales"), number("PN2"))
    sync_all(number("PN1", name="Leasing"), number("PN2"))
    sync_incomplete(number("PN1", id=42), number("PN2"))

    item = look(home(manager), "unconfirmed")

    assert text_of(find_one(item, ".matter")) == "1 number is shown as last seen"
    assert texts(item.css(".few a")) == ["Leasing"]
    assert attribute(find_one(item, ".matter a"), "href") == "/status/"


def test_a_forward_in_the_national_format_of_an_own_number_abroad_needs_no_attention(manager: PageClient) -> None:
    sync_all(number("PN1", forward="020 7946 0958"), number("PN2", number="+442079460958"))

    assert look(home(manager), "nothing")


def test_a_forward_to_an_own_number_is_not_outside(manager: PageClient) -> None:
    sync_all(number("PN1", forward="+15555550199"), number("PN2", number="+15555550199"))

    assert look(home(manager), "nothing")


# The cells


def test_each_count_of_a_cell_links_to_those_numbers(manager: PageClient) -> None:
    sync_all(
        number("PN1", restrictions=restrictions()),
        number("PN2", restrictions=restrictions(messaging="sometimes")),
        number(
            "PN3", restrictions={"calling": {"US": "unrestricted", "CA": None, "Intl": "unrestricted"}, "messaging": {}}
        ),
    )

    page = home(manager)

    bars = {attribute(bar, "data-bar"): bar for bar in page.css("[data-bar]")}
    assert list(bars) == [
        f"{channel}.{region}" for channel in ("calling", "messaging") for region in ("US", "CA", "Intl")
    ]
    counted = {
        key: {attribute(item, "data-fact"): int(attribute(item, "data-count")) for item in bar.css("li")}
        for key, bar in bars.items()
    }
    assert counted == {
        "calling.US": {"allowed": 3},
        "calling.CA": {"allowed": 2, "unknown": 1},
        "calling.Intl": {"allowed": 1, "restricted": 2},
        "messaging.US": {"allowed": 2, "unknown": 1},
        "messaging.CA": {"allowed": 2, "unknown": 1},
        "messaging.Intl": {"restricted": 1, "unknown": 2},
    }
    for bar in bars.values():
        for item in bar.css("li"):
            assert listed(manager, find_one(item, "a")) == int(attribute(item, "data-count"))


def test_the_accessible_name_of_a_count_has_cell_and_fact(manager: PageClient) -> None:
    sync_all(number("PN1", restrictions={"calling": {}, "messaging": {}}))

    assert text_of(find_one(home(manager), '[data-bar="messaging.CA"] li')) == "Messaging, Canada: 1 not reported"


def test_the_segments_fill_the_whole_bar(manager: PageClient) -> None:
    facts = ["unrestricted", "restricted", "sometimes"]
    sync_all(*[number(f"PN{place}", restrictions=restrictions(facts[place % 3])) for place in range(7)])

    parts = find_one(home(manager), '[data-bar="calling.Intl"] svg').css("rect")

    ends = [(float(attribute(part, "x")[:-1]), float(attribute(part, "width")[:-1])) for part in parts]
    assert [width for _, width in ends] == pytest.approx([300 / 7, 200 / 7, 200 / 7], abs=0.01)
    assert [start for start, _ in ends] == pytest.approx([0, 300 / 7, 500 / 7], abs=0.01)


def test_one_number_of_many_is_visible_in_a_bar(manager: PageClient) -> None:
    sync_all(number("PN0", restrictions=restrictions()), *[number(f"PN{n}") for n in range(1, 200)])

    parts = find_one(home(manager), '[data-bar="messaging.CA"] svg').css("rect")

    widths = [float(attribute(part, "width")[:-1]) for part in parts]
    assert min(widths) > MIN_WIDTH * 0.95
    assert sum(widths) == pytest.approx(100, abs=0.02)


# Who reaches abroad


def test_teammates_who_reach_abroad_are_named_with_the_count_of_numbers(manager: PageClient) -> None:
    sync_all(number("PN1", users=[user("US1", firstName="Anna")]))
    sync_all(
        number("PN1", users=[BOB, ANN], restrictions=restrictions(calling="unrestricted")),
        number("PN2", users=[ANN], restrictions=restrictions(calling="unrestricted")),
        number("PN3", users=[user("US3", firstName="Cas")], restrictions=restrictions()),
    )

    page = home(manager)

    calling = find_one(page, '[data-abroad="calling"]')
    assert texts(calling.css("p"))[0].startswith("2 teammates may call other countries, through 2 numbers.")
    people = calling.css(".few a")
    assert texts(people) == ["Ann Lee", "Bob Roe"]
    assert [attribute(person, "href") for person in people] == ["/teammates/US1/", "/teammates/US2/"]
    assert listed(manager, find_one(calling, "#abroad-calling")) == 2
    assert (
        text_of(find_one(page, '[data-abroad="messaging"] p'))
        == "Nobody may text other countries: Quo reports no number that allows it."
    )


def test_a_teammate_who_left_the_number_does_not_reach_abroad(manager: PageClient) -> None:
    abroad = restrictions(messaging="unrestricted")
    sync_all(number("PN1", users=[ANN], restrictions=abroad), number("PN2", users=[BOB], restrictions=abroad))
    sync_all(number("PN1", users=[], restrictions=abroad), number("PN2", users=[BOB], restrictions=restrictions()))

    words_ = text_of(find_one(home(manager), '[data-abroad="messaging"] p'))

    assert words_ == "Nobody may text other countries: nobody is on the 1 number that allows it."


def test_of_many_teammates_abroad_the_first_are_named(manager: PageClient) -> None:
    people = [user(f"US{place}", firstName=f"Ann {place}") for place in range(9)]
    sync_all(number("PN1", users=people, restrictions=restrictions(calling="unrestricted")))

    calling = find_one(home(manager), '[data-abroad="calling"]')

    assert text_of(find_one(calling, ".few")) == "Ann 0, Ann 1, Ann 2, Ann 3, Ann 4, Ann 5 and 3 more"
    assert attribute(find_one(calling, "#calling-more"), "href") == "/teammates/?calling_intl=allowed"
    assert listed(manager, find_one(calling, "#calling-more")) == 9


# What changed


def test_the_newest_changes_are_shown_and_the_rest_of_the_week_counted(manager: PageClient) -> None:
    sync_all(number("PN1", name="0"), ago=12 * DAY)
    sync_all(number("PN1", name="long ago"), ago=8 * DAY)
    for days in range(6):
        sync_all(*[number(f"PN{n}", name=f"{days}") for n in range(1, 3)], ago=(6 - days) * DAY)

    section = find_one(home(manager), "#changes")

    assert attribute(section, "data-changes") == "12"
    assert len(section.css("[data-change]")) == 8
    assert "the name went from “4” to “5”" in text_of(section.css("[data-change]")[0])
    assert "And 4 more in the last 7 days." in text_of(section)
    assert "long ago" not in text_of(section)


def test_a_change_shows_what_changed_and_between_which_syncs(manager: PageClient, settings: Any) -> None:
    settings.TIME_ZONE = "America/Vancouver"
    sync_all(number("PN1", name="Leasing", users=[]), ago=1 * DAY)
    sync_all(number("PN1", name="Leasing", users=[ANN]))

    change = find_one(home(manager), "[data-change]")

    sentence, when = texts(change.css("p"))
    assert sentence == "Ann Lee was put on Leasing"
    assert [attribute(link, "href") for link in change.css("a")] == ["/teammates/US1/", "/numbers/PN1/"]
    assert "between" in when
    assert [attribute(time, "datetime")[-6:] in {"-08:00", "-07:00"} for time in change.css("time")] == [True, True]


def test_a_change_in_the_repeated_hour_of_a_clock_change_shows_offsets(
    manager: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.cookies["timezone"] = "America/New_York"
    now = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    sync_all(number("PN1", name="Leasing"), ago=timedelta(minutes=40))
    sync_all(number("PN1", name="Sales"))

    change = find_one(home(manager), "[data-change]")

    assert texts(change.css("p"))[1] == "between Nov 1, 2026, 1:30 AM UTC−4 and Nov 1, 2026, 1:10 AM UTC−5"


def test_a_change_within_one_minute_shows_one_time(manager: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now().replace(second=30)
    monkeypatch.setattr(timezone, "now", lambda: now)
    sync_all(number("PN1", name="Leasing"), ago=timedelta(seconds=10))
    sync_all(number("PN1", name="Sales"))

    change = find_one(home(manager), "[data-change]")

    assert texts(change.css("p"))[1] == f"at {format_time(now)}"


def test_a_changed_fact_is_shown_by_shape_and_word(manager: PageClient) -> None:
    sync_all(number("PN1", name="Main line", restrictions=restrictions("restricted")))
    sync_all(number("PN1", name="Main line", restrictions=restrictions("unrestricted")))

    change = find_one(home(manager), "[data-change]")

    assert texts(change.css("p"))[0] == "Main line: calling, international went from restricted to allowed"
    assert [attribute(fact, "data-fact") for fact in change.css("[data-fact]")] == ["restricted", "allowed"]


@pytest.mark.parametrize(
    ("ago", "sentence"),
    [(8 * DAY, "No change was seen in the last 7 days."), (1 * DAY, "No change was seen since the first check, on ")],
)
def test_without_changes_the_page_says_since_when(manager: PageClient, ago: timedelta, sentence: str) -> None:
    sync_all(number("PN1"), ago=ago)
    sync_all(number("PN1"))

    assert text_of(find_one(home(manager), "#changes .fine")).startswith(sentence)


def test_before_a_complete_answer_no_changes_are_shown(manager: PageClient) -> None:
    sync_number(number("PN1"))

    assert (
        text_of(find_one(home(manager), "#changes .fine"))
        == "What changes from one check with Quo to the next is told here."
    )


# States of the page


def test_before_the_first_answer_the_page_says_what_is_happening(manager: PageClient) -> None:
    page = home(manager)

    assert text_of(find_one(page, ".empty h2")) == "Nothing has been read from Quo yet"
    assert "Press “Check now”" in text_of(find_one(page, ".empty"))
    assert not page.css("[data-look], [data-bar], #changes")


def test_before_the_first_answer_a_failure_is_shown(manager: PageClient) -> None:
    sync_failure(from_answer(401, b"", resource="list"))

    page = home(manager)

    assert text_of(find_one(page, ".empty p")) == "The overview appears here as soon as Quo answers."
    assert "The last try failed" in text_of(find_one(page, "#freshness"))


def test_after_syncs_of_single_numbers_the_page_says_it_is_partial(manager: PageClient) -> None:
    sync_number(number("PN1"))

    page = home(manager)

    assert "Quo has not listed every number yet, so this is only a part. Press “Check now”." in notices_of(page)
    assert look(page, "doubtful")


def test_an_empty_workspace_says_so_and_shows_what_disappeared(manager: PageClient) -> None:
    sync_all(number("PN1", name="Leasing"))
    sync_all()

    page = home(manager)

    assert text_of(find_one(page, ".empty h2")) == "The workspace has no numbers"
    assert "Leasing is gone: Quo no longer has it" in text_of(find_one(page, "#changes"))
    assert not page.css("[data-look], [data-bar]")


def test_an_old_copy_does_not_claim_that_nothing_needs_attention_now(manager: PageClient) -> None:
    sync_all(number("PN1", users=[ANN]), ago=5 * DAY)

    page = home(manager)

    assert text_of(look(page, "doubtful")) == "Nothing needed you when Quo last answered."
    assert "This is how it was 5 days ago. Press “Check now” to ask Quo how it is." in notices_of(page)


@pytest.mark.parametrize("ago", [0 * DAY, 5 * DAY])
def test_after_a_failure_the_page_does_not_claim_it_either(manager: PageClient, ago: timedelta) -> None:
    sync_all(number("PN1", users=[ANN]), ago=ago)
    sync_failure(from_answer(500, b"", resource="list"))

    page = home(manager)

    assert look(page, "doubtful")
    assert [notice.startswith("The last try failed") for notice in texts(page.css(".notice:not(#trouble)"))] == [True]


def test_an_incomplete_answer_is_reported(manager: PageClient) -> None:
    sync_all(*[number(f"PN{place}") for place in range(12)])
    sync_incomplete(number("PN0"))

    page = home(manager)

    assert "Quo’s answer looks incomplete." in text_of(find_one(page, "#freshness"))
    assert text_of(find_one(look(page, "unconfirmed"), ".matter")) == "11 numbers are shown as last seen"


# The page as a whole


@pytest.mark.parametrize("query", ["x=1", "user=US1", "page=0", "%00=%ff", "q=a&q=b", "=", "&&", "messaging_us="])
def test_unknown_parameters_are_reported_and_ignored(manager: PageClient, query: str) -> None:
    sync_all(number("PN1"))

    page = parse_page(manager.get(f"{HOME}?{query}"))

    assert look(page, "nothing")
    assert len(notices_of(page)) == (0 if query == "&&" else 1)


def test_a_notice_names_the_unknown_parameter(manager: PageClient) -> None:
    sync_all(number("PN1"))

    assert notices_of(parse_page(manager.get(f"{HOME}?messaging_us=restricted"))) == [
        "“messaging_us” means nothing here and was ignored."
    ]


def test_the_page_has_a_title_and_one_heading(manager: PageClient) -> None:
    page = home(manager)

    assert text_of(find_one(page, "title")) == "Overview · Quo Admin"
    assert texts(page.css("h1")) == ["Overview"]


def test_the_content_refreshes_when_the_memory_changed(manager: PageClient) -> None:
    sync_all(number("PN1", users=[]))

    page = parse_page(manager.get(f"{HOME}?x=1"))

    content = find_one(page, "#overview")
    assert attribute(content, "hx-get") == "/?x=1"
    assert attribute(content, "hx-trigger") == "memory-changed from:body"
    assert attribute(content, "hx-swap") == "outerHTML"


@pytest.mark.parametrize("state", ["calm", "stale", "failed", "never"])
def test_content_that_a_sync_alone_outdates_refreshes_after_each_sync(manager: PageClient, state: str) -> None:
    if state != "never":
        sync_all(number("PN1", users=[ANN] if state == "calm" else []), ago=5 * DAY if state == "stale" else 0 * DAY)
    if state == "failed":
        sync_failure(from_answer(500, b"", resource="list"))

    assert attribute(find_one(home(manager), "#overview"), "hx-trigger").endswith(", synced from:body")


def test_htmx_gets_only_the_content(manager: PageClient) -> None:
    sync_all(number("PN1"))

    response = manager.get(HOME, headers=HTMX)

    page = parse_page(response)
    assert find_one(page, "#overview")
    assert not page.css("#freshness, h1, title")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_check_now_syncs_the_workspace_and_returns_here(manager: PageClient) -> None:
    form = find_one(home(manager), "#check-form")

    assert attribute(find_one(form, "[name=next]"), "value") == HOME
    assert not form.css("[name=user], [name=number]")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(manager: PageClient, method: str) -> None:
    assert getattr(manager, method)(HOME).status_code == 405


def test_a_signed_out_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(HOME).headers["Location"] == "/accounts/login/?next=/"


def everything(manager: PageClient, text: str) -> LexborHTMLParser:
    """Return a page that shows `text` in every place for outside text."""
    person = user(f"US{text}", firstName=text, lastName=text, role="member")
    fields = {"name": text, "symbol": text, "portingStatus": text, "groupId": text, "forward": text}
    abroad = restrictions("unrestricted", "unrestricted")
    sync_all(number("PN1"), number(f"PN2{text}", restrictions=abroad), number("PN3"), number("PNlost"))
    sync_all(
        number("PN1", users=[person], **fields, restrictions=restrictions(text)),
        number(f"PN2{text}", name=text, users=[person], restrictions=abroad),
        number("PN3", name=text, users=[]),
        {**number("PNlost"), "name": 42},
    )
    return parse_page(manager.get(HOME))


@pytest.mark.parametrize(
    "text", ["<b data-evil>&amp;</b>", '"><img src=x>', "{{ page }}{% now 'Y' %}", "\u202e\u200b", "W" * 9000]
)
def test_hostile_text_is_escaped(manager: PageClient, text: str) -> None:
    page = everything(manager, text)

    assert_no_inline_code(page.html or "")
    assert not page.css("[data-evil], #overview img")
    ids = [attribute(node, "id") for node in page.css("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_outside_text_is_isolated(manager: PageClient) -> None:
    page = everything(manager, "OUTSIDE")

    holders = [
        node
        for node in page.css("#overview *")
        if "OUTSIDE" in "".join(child.text() or "" for child in node.iter(include_text=True) if child.tag == "-text")
    ]
    assert len(holders) > 12
    assert {node.tag for node in holders} == {"bdi"}
