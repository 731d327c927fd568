"""The filter form: its choices, its state, and which parts htmx swaps."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from numbers.filters.choices import MAX_CHOICES
from numbers.filters.numbers import NARROWING
from numbers.quo.ids import MAX_LENGTH
from numbers.vocabulary.cells import CELLS
from tests.support.hostile import HOSTILE, assert_harmless
from tests.support.pages import (
    HTMX,
    LIST,
    PageClient,
    attribute,
    find_one,
    notices_of,
    parse_page,
    sync_all,
    text_of,
    texts,
)
from tests.support.quo_answers import number

CELL_FIELDS = [cell.field for cell in CELLS]
OTHERS = ["group", "kind", "country", "porting", "forward", "unassigned", "unusual"]
SITE = f"http://testserver{LIST}"
OF_A_CHIP = {**HTMX, "HX-Trigger": "chip-kind"}
OF_THE_FORM = {**HTMX, "HX-Trigger": "filters"}


def offered(page: LexborHTMLParser, name: str) -> dict[str, str]:
    """Return the labels of a select by value."""
    options = find_one(page, f"#filters select[name={name}]").css("option")
    return {option.attributes.get("value") or "": text_of(option) for option in options}


def chosen(page: LexborHTMLParser, name: str) -> str:
    """Return the selected option as a browser does: the last marked one, else the first."""
    options = find_one(page, f"#filters select[name={name}]").css("option")
    marked = [option for option in options if "selected" in option.attributes] or options[:1]
    return marked[-1].attributes.get("value") or ""


def swapped(page: LexborHTMLParser) -> set[str]:
    """Return the ids of the elements that a fragment swaps."""
    return {attribute(node, "id") for node in page.css("#results, [hx-swap-oob]")}


@pytest.fixture
def mixed(manager: PageClient) -> PageClient:
    sync_all(
        number("PN1", name="Front", groupId="GR1", number="+14155550100", portingStatus="pending"),
        number("PN2", name="Back", groupId="GR1", number="+16045550100", portingStatus="completed"),
        number("PN3", name="  ", groupId="GR2", number="+442079460958", portingStatus=None),
    )
    return manager


def test_the_form_has_a_labelled_field_for_every_filter(mixed: PageClient) -> None:
    sync_all(number("PN1", symbol=5))
    form = find_one(parse_page(mixed.get(LIST)), "#filters")

    fields = {attribute(field, "name"): field for field in form.css("input, select")}
    assert set(fields) == {*NARROWING, "who"}
    for name in (*CELL_FIELDS, *OTHERS):
        assert text_of(find_one(form, f"label[for={attribute(fields[name], 'id')}]"))
    assert attribute(form, "method") == "get"
    assert attribute(form, "action") == LIST


def test_unusual_answers_are_a_filter_only_if_there_are_some(mixed: PageClient) -> None:
    assert not parse_page(mixed.get(LIST)).css("#filters [name=unusual]")
    assert parse_page(mixed.get(f"{LIST}?unusual=yes")).css("#filters [name=unusual]")


def test_a_cell_offers_its_facts(mixed: PageClient) -> None:
    page = parse_page(mixed.get(LIST))

    for name in CELL_FIELDS:
        assert offered(page, name) == {
            "": "any",
            "allowed": "allowed",
            "restricted": "restricted",
            "unknown": "not reported",
        }
    assert [text_of(label) for label in page.css(".cell-fields label")] == [
        "Calling US",
        "Calling CA",
        "Calling Intl",
        "Messaging US",
        "Messaging CA",
        "Messaging Intl",
    ]


def test_the_other_fields_offer_current_values(mixed: PageClient) -> None:
    page = parse_page(mixed.get(LIST))

    assert {name: offered(page, name) for name in OTHERS if name != "unusual"} == {
        "group": {"": "every group", "GR1": "GR1 (2: Back, …)", "GR2": "GR2 (1: (no name))"},
        "kind": {"": "every kind", "local": "Local", "toll-free": "Toll-free"},
        "country": {"": "every country", "CA": "Canada", "GB": "United Kingdom", "US": "United States"},
        "porting": {
            "": "any",
            "unfinished": "Not completed",
            "none": "No port",
            "completed": "“completed”",
            "pending": "“pending”",
        },
        "forward": {
            "": "any",
            "any": "Forwards calls",
            "inside": "To another of your numbers",
            "outside": "Outside the company",
            "unknown": "Cannot be determined",
            "none": "Does not forward",
        },
        "unassigned": {"": "any", "yes": "Nobody on it", "no": "Somebody on it"},
    }


def test_numbers_with_nobody_identified_can_be_chosen_where_an_answer_is_unusual(mixed: PageClient) -> None:
    sync_all(number("PN4", users=None))

    assert offered(parse_page(mixed.get(LIST)), "unassigned")["unknown"] == "Nobody identified on it"


def test_values_of_gone_numbers_are_not_offered(mixed: PageClient) -> None:
    sync_all(number("PN4", groupId="GR4", number="+15555550123", portingStatus="waiting"))

    page = parse_page(mixed.get(LIST))

    assert set(offered(page, "group")) == {"", "GR4"}
    assert offered(page, "country") == {"": "every country", "unknown": "Not known"}
    assert set(offered(page, "porting")) == {"", "unfinished", "none", "waiting"}


def test_values_that_cannot_be_queried_are_not_offered(manager: PageClient) -> None:
    endless = "x" * (MAX_LENGTH + 1)
    odd = ["", " \t", endless]
    sync_all(*(number(f"PN{place}", groupId=text, portingStatus=text) for place, text in enumerate([*odd, "GR1"])))

    page = parse_page(manager.get(LIST))

    assert set(offered(page, "group")) == {"", "GR1"}
    assert set(offered(page, "porting")) == {"", "unfinished", "none", "GR1"}
    assert (chosen(page, "group"), chosen(page, "porting")) == ("", "")


@pytest.mark.parametrize("word", ["none", "unfinished"])
def test_a_porting_status_equal_to_a_fixed_choice_is_offered_once(manager: PageClient, word: str) -> None:
    sync_all(number("PN1", portingStatus=word))

    options = find_one(parse_page(manager.get(LIST)), "select[name=porting]").css("option")

    assert [attribute(option, "value") for option in options[1:]] == ["unfinished", "none"]


def test_every_offered_choice_matches_something_or_is_a_fixed_one(mixed: PageClient) -> None:
    page = parse_page(mixed.get(LIST))

    for name in ("group", "country", "porting"):
        for value in set(offered(page, name)) - {"", "unfinished", "none"}:
            page = parse_page(mixed.get(LIST, {name: value}))
            assert notices_of(page) == []
            assert int(attribute(find_one(page, "#results"), "data-total")) > 0


def test_long_choices_have_short_labels_and_full_values(manager: PageClient) -> None:
    group = "the group of the front office and all its people"
    sync_all(number("PN1", groupId=group, name="N" * 100, portingStatus=group))

    page = parse_page(manager.get(LIST))

    assert offered(page, "group")[group] == f"the group of the front… (1: {'N' * 23}…)"
    assert offered(page, "porting")[group] == "“the group of the front…”"


QUERY = {
    **dict.fromkeys(CELL_FIELDS[:3], "allowed"),
    **dict.fromkeys(CELL_FIELDS[3:], "restricted"),
    "group": "GR2",
    "kind": "local",
    "country": "GB",
    "porting": "none",
    "forward": "none",
    "unassigned": "no",
}


@pytest.mark.parametrize("headers", [{}, OF_A_CHIP])
def test_the_chosen_values_stay_selected(mixed: PageClient, headers: dict[str, str]) -> None:
    response = mixed.get(LIST, QUERY, headers=headers)
    page = (
        LexborHTMLParser(f'<form id="filters">{response.content.decode()}</form>') if headers else parse_page(response)
    )

    assert {name: chosen(page, name) for name in QUERY} == QUERY
    assert len(page.css(".filter-fields .field.is-active")) == len(QUERY)
    assert all(len(page.css(f"select[name={name}] [selected]")) == 1 for name in QUERY)


def test_nothing_is_selected_without_filters(mixed: PageClient) -> None:
    page = parse_page(mixed.get(LIST))

    assert {chosen(page, name) for name in QUERY} == {""}
    assert not page.css(".filter-fields .is-active, .filter-fields [selected]")


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("group", "GR9", "GR9"),
        ("group", "x" * 100, f"{'x' * 23}…"),
        ("country", "DE", "Germany"),
        ("country", "XX", "XX"),
        ("country", "unknown", "Not known"),
        ("porting", "waiting", "“waiting”"),
    ],
)
def test_a_value_from_the_url_stays_selected_even_if_no_number_has_it(
    mixed: PageClient, name: str, value: str, label: str
) -> None:
    page = parse_page(mixed.get(LIST, {name: value}))

    assert chosen(page, name) == value
    assert offered(page, name)[value] == label


@pytest.mark.parametrize("text", [HOSTILE["html"], HOSTILE["attribute"], HOSTILE["end of a tag"]])
def test_hostile_choices_are_escaped(manager: PageClient, text: str) -> None:
    sync_all(number("PN1", groupId=text, portingStatus=text, name=text))

    page = parse_page(manager.get(LIST))

    assert_harmless(page)
    assert text in offered(page, "group")
    assert text in offered(page, "porting")
    assert_harmless(parse_page(manager.get(LIST, {"group": f"{text} of before", "porting": f"{text} of before"})))


def test_beyond_two_hundred_groups_the_id_is_typed(manager: PageClient) -> None:
    groups = [number(f"PN{place}", groupId=f"GR{place:03}", portingStatus=None) for place in range(MAX_CHOICES + 1)]
    sync_all(*groups[:MAX_CHOICES])
    assert MAX_CHOICES == 200
    assert len(offered(parse_page(manager.get(LIST)), "group")) == 1 + MAX_CHOICES

    sync_all(*groups)
    page = parse_page(manager.get(LIST, {"group": "GR007"}))

    assert not page.css("select[name=group]")
    field = find_one(page, "#filters input[name=group]")
    assert attribute(field, "value") == "GR007"
    assert text_of(find_one(page, f"label[for={attribute(field, 'id')}]")) == "Group"
    assert attribute(find_one(page, "#results"), "data-total") == "1"


def test_of_too_many_porting_statuses_the_first_and_the_selected_are_offered(manager: PageClient) -> None:
    sync_all(*(number(f"PN{place}", portingStatus=f"status {place:03}") for place in range(MAX_CHOICES + 5)))

    ports = offered(parse_page(manager.get(LIST, {"porting": "status 204"})), "porting")

    assert len(ports) == 3 + MAX_CHOICES + 1
    assert ports["status 204"] == "status 204"
    assert "status 203" not in ports


def test_the_form_can_be_submitted_without_javascript(mixed: PageClient) -> None:
    form = find_one(parse_page(mixed.get(LIST)), "#filters")

    assert "Filter" in texts(form.css("button[type=submit]"))
    assert find_one(form, "#more-filters").tag == "details"


def test_typing_and_choosing_send_htmx_requests(mixed: PageClient) -> None:
    form = find_one(parse_page(mixed.get(LIST)), "#filters")

    triggers = attribute(form, "hx-trigger").split(", ")
    assert triggers == [
        "submit",
        "input changed delay:150ms from:#q",
        "compositionend delay:150ms from:#q",
        "search from:#q",
        "change from:#more-filters",
    ]
    assert (attribute(form, "hx-get"), attribute(form, "hx-target")) == (LIST, "#results")
    assert find_one(form, "#more-filters #filter-fields")


ALWAYS = {"results", "announce", "save-query", "columns-next"}


@pytest.mark.parametrize("query", ["q=front", "kind=local", "group=GR1&q=back", "country=XX", "kind=nonsense", "q=%00"])
@pytest.mark.parametrize("current", ["", "?q=fr", "?group=GR2&kind=toll-free", "?nonsense=1"])
def test_the_form_does_not_swap_its_own_fields(mixed: PageClient, query: str, current: str) -> None:
    page = parse_page(mixed.get(f"{LIST}?{query}", headers={**OF_THE_FORM, "HX-Current-URL": f"{SITE}{current}"}))

    assert swapped(page) == ALWAYS


@pytest.mark.parametrize("trigger", ["chip-kind", "show-all", "sort-name", "next-page", None])
def test_a_link_outside_the_form_swaps_its_fields(mixed: PageClient, trigger: str | None) -> None:
    headers = {**HTMX, "HX-Current-URL": f"{SITE}?kind=local&country=US"}
    if trigger:
        headers["HX-Trigger"] = trigger

    page = parse_page(mixed.get(LIST, {"country": "US"}, headers=headers))

    assert swapped(page) == {*ALWAYS, "filter-fields"}
    fields = find_one(page, "#filter-fields")
    assert attribute(fields, "hx-swap-oob") == "true"
    assert attribute(find_one(fields, "[name=country] [selected]"), "value") == "US"
    assert not fields.css("[name=kind] [selected]")


def test_a_link_that_changes_the_search_swaps_the_search_field(mixed: PageClient) -> None:
    page = parse_page(mixed.get(LIST, headers={**OF_A_CHIP, "HX-Current-URL": f"{SITE}?q=front"}))

    assert swapped(page) == {*ALWAYS, "filter-fields", "q"}
    assert attribute(find_one(page, "#q"), "hx-swap-oob") == "true"
    assert not find_one(page, "#q").attributes["value"]


def test_a_link_that_keeps_the_search_does_not_swap_the_search_field(mixed: PageClient) -> None:
    headers = {**OF_A_CHIP, "HX-Current-URL": f"{SITE}?q=front&kind=local"}

    assert "q" not in swapped(parse_page(mixed.get(LIST, {"q": "front"}, headers=headers)))


@pytest.mark.parametrize("trigger", [OF_THE_FORM, OF_A_CHIP])
def test_choosing_a_teammate_swaps_the_picker_and_the_freshness_too(mixed: PageClient, trigger: dict[str, str]) -> None:
    page = parse_page(mixed.get(LIST, headers={**trigger, "HX-Current-URL": f"{SITE}?user=US1"}))

    assert {"teammate-filter", "freshness"} <= swapped(page)


def test_a_background_refresh_swaps_only_the_results(mixed: PageClient) -> None:
    headers = {**HTMX, "HX-Trigger": "refresh", "HX-Current-URL": f"{SITE}?user=US1&q=x"}

    page = parse_page(mixed.get(LIST, {"kind": "local"}, headers=headers))

    assert swapped(page) == {"results"}
    assert not page.css("title")


def test_a_boosted_request_always_gets_the_whole_page(mixed: PageClient) -> None:
    page = parse_page(mixed.get(LIST, {"kind": "local"}, headers={**OF_THE_FORM, "HX-Boosted": "true"}))

    assert find_one(page, "html head title")
    assert chosen(page, "kind") == "local"
    assert not page.css("[hx-swap-oob]")


def test_hidden_fields_of_other_forms_follow_the_list(mixed: PageClient) -> None:
    query = {"q": "front", "kind": "local", "sort": "-number"}

    for headers in ({}, OF_THE_FORM):
        page = parse_page(mixed.get(LIST, query, headers=headers))
        saved, next_ = find_one(page, "#save-query"), find_one(page, "#columns-next")
        assert (attribute(saved, "name"), attribute(saved, "form")) == ("query", "save-form")
        assert attribute(saved, "value") == "q=front&kind=local&sort=-number"
        assert (attribute(next_, "name"), attribute(next_, "form")) == ("next", "columns-form")
        assert attribute(next_, "value") == f"{LIST}?q=front&kind=local&sort=-number"
