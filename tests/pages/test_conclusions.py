"""No page or file says none, nobody or all where Quo's raw answer leaves room for doubt.

Each sentence with such a word must fit one of `CLAIMS`, and hold in a naive model of the answer. A new sentence needs a
claim of its own here, or a place among the `HARMLESS` ones, which say nothing about the workspace.
"""

import re
from collections.abc import Callable, Iterator
from re import Match
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from selectolax.lexbor import LexborHTMLParser

from numbers.vocabulary.cells import CELLS
from tests.support.caches import clear_caches
from tests.support.exported_files import about_sheet, csv_rows, json_records, raw_csv_rows, sheet
from tests.support.pages import PageClient, attribute, find_one, numbers_on, parse_page, sync_all, text_of
from tests.support.quo_answers import number, user
from tests.support.raw_workspace import (
    USERS,
    RawWorkspace,
    fact,
    has_nobody,
    has_somebody,
    identifies_everybody,
    identifies_nobody,
    named,
    raw_workspaces,
)

CLAIM_WORDS = re.compile(
    r"\b(nobody|none|no numbers?|no teammate|nothing|nowhere|outside|every|everybody|all|both|each|only)\b",
    re.IGNORECASE,
)
Holds = Callable[[RawWorkspace, str, Match[str]], bool]  # of a workspace, on the page of a number or teammate


def _nobody_may(workspace: RawWorkspace, _of: str, claim: Match[str]) -> bool:
    channel = {"call": "calling", "text": "messaging"}[claim[1]]
    facts = [(fact(record, channel, "Intl"), record) for record in workspace.readable]
    return workspace.is_whole and all(
        found == "restricted" or (found == "unrestricted" and has_nobody(record)) for found, record in facts
    )


def _no_teammate_on_open(workspace: RawWorkspace, _of: str, claim: Match[str]) -> bool:
    channel = {"call": "calling", "text": "messaging"}[claim[1]]
    return not any(named(record) for record in workspace.readable if fact(record, channel, "Intl") == "unrestricted")


def _reports_none(workspace: RawWorkspace, _of: str, claim: Match[str]) -> bool:
    channel = {"call": "calling", "text": "messaging"}[claim[1]]
    return all(fact(record, channel, "Intl") != "unrestricted" for record in workspace.readable)


def _everywhere_is_somebody(workspace: RawWorkspace, _of: str, claim: Match[str]) -> bool:
    return all(map(has_somebody, workspace.readable)) and (workspace.is_whole or "that was read" in claim[0])


def _nothing_is_odd(workspace: RawWorkspace, of: str, _claim: Match[str]) -> bool:
    placed = {
        "group": all("groupId" in record for record in workspace.readable),
        "kind": True,
        "teammate": workspace.identifies_everybody,
    }
    return workspace.is_whole and workspace.reports_every_cell and placed[of]


def _all_of_theirs(workspace: RawWorkspace, of: str, claim: Match[str]) -> bool:
    """Check a count of all their numbers, or of all that are known."""
    count = len(workspace.of(of))
    words = {1: "only", 2: "both"}.get(count, f" {count} ")
    return words in claim[0].lower() and ("known" in claim[0] or not workspace.may_have_more(of))


def _is_shared(workspace: RawWorkspace, of: str, claim: Match[str]) -> bool:
    is_shared = all(named(record) - {of} for record in workspace.of(of))
    return is_shared and _all_of_theirs(workspace, of, claim)


def _left_alone(workspace: RawWorkspace, of: str, claim: Match[str]) -> bool:
    alone = [record for record in workspace.of(of) if named(record) == {of} and identifies_everybody(record)]
    return int(claim[1]) == len(alone)


CLAIMS: dict[str, Holds] = {
    r"^Nobody may (call|text) other countries: (nobody is on the \d+ numbers? that allows? it|Quo reports no number "
    r"that allows it)\.": _nobody_may,
    r"^Nobody is known who may (call|text) other countries: no known teammate": _no_teammate_on_open,
    r"^Nobody is known who may (call|text) other countries: (Quo reports no number that|no number that was read) "
    r"allows it": _reports_none,
    r"^Nothing( that was read)? needs you": _everywhere_is_somebody,
    r"Every number( that was read)? has somebody on it": _everywhere_is_somebody,
    r"^(\d+) numbers? (has|have) nobody on (it|them)": lambda workspace, _of, claim: (
        int(claim[1]) == sum(map(has_nobody, workspace.readable))
    ),
    r"^Nothing is odd: no number differs": _nothing_is_odd,
    r"^The workspace has no numbers|^Quo answered, and lists none": lambda workspace, _of, _claim: (
        not workspace.records
    ),
    r"^No number could be read|none of them can be read": lambda workspace, _of, _claim: not workspace.readable,
    r"^Nobody is on this number\. (Calls and t|T)exts to it reach no teammate": lambda workspace, of, _claim: (
        has_nobody(workspace.record(of))
    ),
    r"^Line (\d) is new, with nobody on it": lambda workspace, _of, claim: has_nobody(
        workspace.record(f"PN{claim[1]}")
    ),
    r"^nobody$": lambda workspace, of, _claim: has_nobody(workspace.record(of)),
    r"^Nobody \d+ numbers?$|\bnumbers with nobody on them": lambda workspace, _of, _claim: any(
        map(has_nobody, workspace.readable)
    ),
    r"On no number now\..*first that named them on none\. They can call and text nowhere\.": lambda workspace, of, _: (
        not workspace.of(of) and not workspace.may_have_more(of)
    ),
    r"Named on no number now\..*first that named them on none\.": lambda workspace, of, _: not workspace.of(of),
    r"^named on no number, so no reach is known": lambda workspace, of, _: not workspace.of(of),
    r"(Restricted on )?(their only( known)? number|([Bb]oth|[Aa]ll \d+) of their( known)? numbers)\b": _all_of_theirs,
    r"^No( known)? number would be left with nobody: somebody else is on (their only|both of their|each of their \d+)"
    r"( known)? numbers?, too": _is_shared,
    r"^(\d+) numbers? would be left with nobody: (calls and )?texts to (it|them) would reach no teammate": _left_alone,
    r"^\(\d{3}\) \d{3}-\d{4}, Line \d, reaches nobody$": lambda workspace, of, _claim: any(
        map(workspace.reaches_nobody, workspace.of(of) or [workspace.record(of)])
    ),
    r"reach nobody\.": lambda workspace, _of, _claim: any(map(has_nobody, workspace.readable)),
    r"^Calls ring at telephones that are none of the numbers listed here": lambda workspace, _of, _claim: any(
        map(workspace.leads_outside, workspace.readable)
    ),
    r"outside the company\.": lambda workspace, of, _claim: any(
        workspace.leads_outside(record) for record in (workspace.of(of) or [workspace.record(of)])
    ),
    r"^(\d+) numbers? forwards? (its|their) calls outside the company": lambda workspace, _of, claim: (
        int(claim[1]) <= sum(map(workspace.leads_outside, workspace.readable))
    ),
    r"forwards no call outside the company, and has no open port": lambda workspace, _of, _claim: (
        not any(record["forward"] for record in workspace.readable)
    ),
    r"^No teammate is known": lambda _workspace, _of, _claim: False,  # two were named before
}
HARMLESS = (
    r"No change was seen .*",
    r"^Every number and cell \d+",
    r"^All \d+ groups \d+ numbers",
    r"Nothing odd is known: as far as Quo reports, no number differs.*",
    r"Unknown for \d+ numbers?: Quo does not report every cell of (it|them)\.?",
    r"Unknown (who is on|for) .* Quo does not identify everybody( on (it|them))?\.",
    r"Quo does not identify everybody on \d+ numbers?\.",
    r"Quo names nobody there, and does not say that nobody is\.",
    r"No number is known to allow it",
    r"No number counts as gone while records cannot be read, because each may be one of them",
    r"No filter is active",
    r"Quo shows people only through the numbers they are on, .* named on none any more is kept",
    r"Quo gives no reasons\. These are only possible ones",
    r"covers one number only",
    r"\bnobody identified on (it|them)",
    r"There is nothing to compare: that takes three numbers or more in one group",
    r"^Texts reach no teammate there",  # below the numbers that have nobody on them
    r"and calls only by (the )?forwards?",
    r"Everything Quo says",
    r"Show (both|all \d+) in the list",
    r"^No (number|teammate) fits",
    r"every number that names them is restricted|No number that names them is known to allow it",
    r"every other country|Time zone of both|[Ss]how every (number|teammate)",
)


BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, th, td"


def blocks(page: LexborHTMLParser) -> Iterator[str]:
    """Yield the texts of the content, without forms and the raw answer."""
    main = find_one(page, "#main")
    for node in main.css("form, nav, details#answer, #freshness form, .field, caption, .menus"):
        node.decompose()
    for node in main.css(BLOCKS):
        if not [inner for inner in node.css(BLOCKS) if inner.mem_id != node.mem_id]:
            yield text_of(node)


def check(workspace: RawWorkspace, page: LexborHTMLParser, of: str = "") -> None:
    """Check every claim on the page of the number or teammate `of`, or of an audit by `of`."""
    for text in blocks(page):
        check_text(workspace, text, of)


def check_text(workspace: RawWorkspace, text: str, of: str = "") -> None:
    known = [match.span() for pattern in HARMLESS for match in re.finditer(pattern, text)]
    for pattern, holds in CLAIMS.items():
        for claim in re.finditer(pattern, text):
            assert holds(workspace, of, claim), f"“{claim[0]}” does not follow from Quo's answer: {text}"
            known.append(claim.span())
    for word in CLAIM_WORDS.finditer(text):
        assert any(start <= word.start() < end for start, end in known), f"no test knows “{word[0]}” in: {text}"


def check_pages(manager: PageClient, workspace: RawWorkspace) -> None:
    check(workspace, parse_page(manager.get("/")))
    for by in ("group", "kind", "teammate"):
        check(workspace, parse_page(manager.get("/audit/", {"by": by})), by)
    for user_id in USERS:
        check(workspace, parse_page(manager.get(f"/teammates/{user_id}/")), user_id)
    for record in workspace.readable:
        check(workspace, parse_page(manager.get(f"/numbers/{record['id']}/")), record["id"])


def check_lists(manager: PageClient, workspace: RawWorkspace) -> None:
    everybody = parse_page(manager.get("/numbers/"))
    for row in everybody.css("tr[data-number]"):
        record = workspace.record(attribute(row, "data-number"))
        assert bool(row.css(".nobody")) == has_nobody(record)
        assert "outside" not in text_of(row) or workspace.leads_outside(record)
    for row in parse_page(manager.get("/numbers/", {"forward": "outside"})).css("tr[data-number]"):
        assert workspace.leads_outside(workspace.record(attribute(row, "data-number")))
    for word, fits in {"yes": has_nobody, "no": has_somebody, "unknown": identifies_nobody}.items():
        ids = [record["id"] for record in workspace.readable if fits(record)]
        assert sorted(numbers_on(parse_page(manager.get("/numbers/", {"unassigned": word})))) == ids
    for row in parse_page(manager.get("/teammates/")).css("tr[data-teammate]"):
        user_id = attribute(row, "data-teammate")
        assert bool(row.css(".no-reach")) == (not workspace.of(user_id))
        for cell in row.css(".no-reach"):
            check_text(workspace, text_of(cell), user_id)
    for path in ("/numbers/", "/teammates/"):
        for query in ("", "?calling_intl=allowed", "?messaging_us=restricted"):
            page = parse_page(manager.get(f"{path}{query}"))
            for body in page.css("table.numbers tbody"):
                body.decompose()
            check(workspace, page)


def check_files(manager: PageClient, workspace: RawWorkspace) -> None:
    for line in csv_rows(manager, "/numbers.csv"):
        ends_outside = workspace.leads_outside(workspace.record(line["Id"]))
        assert ("outside" in line["Where calls end"]) == ends_outside
        assert (line["Teammates"] == "") == has_nobody(workspace.record(line["Id"]))
        for cell in CELLS:
            words = {"restricted": "restricted", "unrestricted": "allowed"}
            known = words.get(fact(workspace.record(line["Id"]), cell.channel.key, cell.region.key))
            assert line[cell.label] == known if known else line[cell.label].startswith("not reported")
    for raw in raw_csv_rows(manager, "/numbers.csv?raw=1"):
        assert (raw["unidentifiedUsers"] == "0") == identifies_everybody(workspace.record(raw["id"]))
    for described in json_records(manager, "/numbers.json"):
        users = described["users"]
        is_empty = users == [] and "unidentifiedUsers" not in described
        assert is_empty == has_nobody(workspace.record(described["id"]))
    lines = sheet(manager, "/audit.xlsx?by=teammate").iter_rows(min_row=2, values_only=True)
    for name in ("numbers", "teammates", "audit"):
        for label, text in about_sheet(manager, f"/{name}.xlsx").items():
            check_text(workspace, f"{label}: {text}")
    of_nobody = {line[-1] for line in lines if line[0] == "(nobody)"}
    assert of_nobody == {record["id"] for record in workspace.readable if has_nobody(record)}
    for line in csv_rows(manager, "/teammates.csv"):
        theirs = workspace.of(line["Id"])
        for cell in CELLS:
            facts = {fact(record, cell.channel.key, cell.region.key) for record in theirs}
            assert (line[cell.label] == "restricted") == (facts == {"restricted"})


def _workspace(*changes: dict[str, Any]) -> RawWorkspace:
    return RawWorkspace(
        [number(f"PN{place}", **{"name": f"Line {place}", "users": [], **each}) for place, each in enumerate(changes)]
    )


ANN, BOB, STRANGER = user("US1"), user("US2"), {**user(), "id": None}
CLOSED = {channel: dict.fromkeys(("US", "CA", "Intl"), "restricted") for channel in ("calling", "messaging")}
ABROAD = {**CLOSED, "calling": {**CLOSED["calling"], "Intl": "unrestricted"}}
SILENT = {**CLOSED, "calling": {}}


@pytest.mark.parametrize("look", [check_pages, check_lists, check_files])
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(raw_workspaces)
@example(_workspace({"users": [ANN]}, {"id": 42}))
@example(_workspace(*[{"users": [ANN]}] * 3, {"id": 42}))
@example(_workspace(*[{"users": [ANN], "restrictions": facts} for facts in (CLOSED, CLOSED, SILENT, SILENT)]))
@example(_workspace({"users": None}))
@example(_workspace({"users": [ANN], "forward": "+12065557777"}, {"id": 42, "number": "+12065557777"}))
@example(_workspace({"users": [ANN], "forward": "+442079460999"}, {"users": [ANN], "number": "020 7946 0999"}))
@example(_workspace({"users": [ANN]}, {"users": [BOB], "restrictions": SILENT}))
@example(_workspace({"users": [ANN, BOB], "restrictions": CLOSED}, {"users": [STRANGER], "restrictions": ABROAD}))
@example(_workspace({"users": [ANN, STRANGER]}, {"restrictions": ABROAD}, {"users": None, "restrictions": ABROAD}))
@example(_workspace(*[{"users": [ANN], "restrictions": CLOSED}] * 2, {"users": [ANN], "restrictions": SILENT}))
@example(_workspace(*[{"users": [ANN], "restrictions": CLOSED}] * 3, {"users": [STRANGER], "restrictions": CLOSED}))
def test_nothing_is_concluded_from_unknown_values(
    manager: PageClient, look: Callable[[PageClient, RawWorkspace], None], workspace: RawWorkspace
) -> None:
    before = transaction.savepoint()
    clear_caches()
    sync_all(number("PN9", users=[ANN, BOB]))
    sync_all(*workspace.records)

    try:
        look(manager, workspace)
    finally:
        transaction.savepoint_rollback(before)
