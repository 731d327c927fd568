"""Reads the rows of a table of numbers, and builds the expected row of a record."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from numbers.vocabulary.visible import is_visible, shown_name
from tests.support.pages import attribute, find_one, text_of

# E.164: national format, kind and country.
TELEPHONES = {
    "+14155550100": ("(415) 555-0100", "local", "United States"),
    "+16045550100": ("(604) 555-0100", "local", "Canada"),
    "+18005550123": ("(800) 555-0123", "toll-free", "United States"),
    "+442079460958": ("+44 20 7946 0958 (United Kingdom)", "local", "United Kingdom"),
    "+15555550123": ("+1 555-555-0123", "local", "not known"),
}
CELLS = {
    f"{channel}_{region.lower()}": (channel, region, f"{channel.capitalize()}, {place}")
    for channel in ("calling", "messaging")
    for region, place in (("US", "United States"), ("CA", "Canada"), ("Intl", "international"))
}
_FACTS = {"unrestricted": "allowed", "restricted": "restricted"}
_PLAIN = {
    "symbol": ".symbol-column",
    "forward": ".forward",
    "porting": ".porting",
    "group": ".group",
    "kind": ".kind",
    "country": ".country",
}

Row = dict[str, Any]


def rows_of(page: LexborHTMLParser) -> dict[str, Row]:
    """Return the texts and links of each row, by the number's ID and the column's key."""
    rows = page.css("table.numbers tr[data-number]")
    found = {attribute(row, "data-number"): _read(row) for row in rows}
    assert len(found) == len(rows), "a number is in two rows"
    return found


def _read(row: LexborNode) -> Row:
    name = find_one(row, "th.name")
    shown: Row = {"name": (text_of(name), attribute(find_one(name, "a"), "href"))}
    shown |= {key: text_of(cell) for key, selector in _PLAIN.items() for cell in row.css(f"td{selector}")}
    for cell in row.css("td.number"):
        shown["number"] = (text_of(cell), attribute(find_one(cell, "[title]"), "title"))
    for cell in row.css("td.people"):
        links = [
            (attribute(link, "data-teammate"), _single(attribute(link, "title")), attribute(link, "href"))
            for link in cell.css("[data-teammate]")
        ]
        shown["teammates"] = (text_of(cell), links, [attribute(more, "href") for more in cell.css(".more")])
    for cell in row.css("td[data-cell]"):
        key = attribute(cell, "data-cell").lower().replace(".", "_")
        shown[key] = (text_of(cell), attribute(cell, "data-fact"), _single(attribute(cell, "aria-label")))
    assert len(row.css("th, td")) == len(shown), "a cell is in a row twice or belongs to no column"
    return shown


def row_for(
    record: Mapping[str, Any],
    columns: Collection[str],
    address_for: Callable[[str], str],
    workspace: Iterable[Mapping[str, Any]] = (),
) -> Row:
    """Return the row that `rows_of` must find for a record; `address_for` gives the link of a teammate.

    `workspace` has the records that forwards may lead to.
    """
    url = f"/numbers/{quote(record['id'], safe='')}/"
    number, kind, country = TELEPHONES[record["number"]]
    row: Row = {
        "name": (shown_name(_single(record["name"])), url),
        "symbol": _single(record["symbol"] or ""),
        "number": (f"{number} toll-free" if kind == "toll-free" else number, record["number"]),
        "teammates": _teammates(record["users"], url, address_for),
        "forward": _single(_forward(record, list(workspace))) if record["forward"] else "",
        "porting": _single(_cut(record["portingStatus"] or "", 40)),
        "group": _single(_cut(record["groupId"], 40)),
        "kind": kind,
        "country": country,
        **{key: _cell(record["restrictions"], *cell) for key, cell in CELLS.items()},
    }
    return {key: value for key, value in row.items() if key in {"name", *columns}}


def _forward(record: Mapping[str, Any], workspace: Sequence[Mapping[str, Any]]) -> str:
    """Return the telephone, the name of the line that has it, and where the calls end if it is not there."""
    path, at = [record], record
    while at["forward"]:
        following = [other for other in workspace if other["number"] == at["forward"]]
        if len(following) != 1 or following[0] in path[1:]:
            break
        path += following
        at = following[0]
    names = [shown_name(_single(line["name"])) for line in path]
    if at["forward"] in TELEPHONES:
        outside = "ends outside the company" if path[1:] else ""
        note = {0: outside, 1: "in a loop"}.get(len(following), "cannot be determined")
    elif at["forward"]:
        note = "cannot be determined"
    else:
        note = "reaches nobody" if not at["users"] else f"ends at {names[-1]}" if path[2:] else ""
    forward = record["forward"]
    telephone = TELEPHONES[forward][0] if forward in TELEPHONES else forward
    return ", ".join([telephone, *(_cut(name, 60) for name in names[1:2]), *([_cut(note, 60)] if note else [])])


def _teammates(people: list[dict[str, Any]], url: str, address_for: Callable[[str], str]) -> Any:
    people = sorted(people, key=_name)  # names start with ASCII letters or digits
    named = people if len(people) <= 4 else people[:3]
    more = [f"+{len(people) - len(named):,}"] if people[len(named) :] else []
    links = [(each["id"], _single(each["email"]), address_for(each["id"])) for each in named]
    names = [_cut(_name(each), 60) for each in named]
    return _single(", ".join([*names, *more])) if people else "nobody", links, [f"{url}#teammates"] * len(more)


def _name(person: Mapping[str, Any]) -> str:
    names = [name.strip() for name in (person["firstName"], person["lastName"]) if name and is_visible(_single(name))]
    return " ".join(names) or str(person["email"]).strip()


def _cell(restrictions: Mapping[str, Any], channel: str, region: str, title: str) -> tuple[str, str, str]:
    raw = restrictions[channel].get(region, "")
    fact = _FACTS.get(raw, "unknown")
    says = _single(f"not reported {raw}") if fact == "unknown" else fact
    return says, fact, f"{title}: {says}"


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _single(text: str) -> str:
    """Return the text with single spaces, and without NUL, which databases cannot store."""
    return " ".join(text.replace("\x00", "\ufffd").split())
