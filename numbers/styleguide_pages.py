"""Invented content for the larger parts in the style guide: the audit, teammates, what changed, saved filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from numbers.audit.groups import Grouping, Line, alike, groups_by, lines_of
from numbers.audit.page import AuditPage, page_of
from numbers.audit.query import AuditQuery
from numbers.change_words import Part, Parts
from numbers.changes import Change, Changes
from numbers.facts import COLUMNS, Cell, Column, Fact, fact_of
from numbers.filters import NumberFilters
from numbers.models import SavedFilter
from numbers.overview import Abroad, Few, Named
from numbers.personal import SavedLine
from numbers.styleguide import HOSTILE, LONG, RAWS, UNBROKEN
from numbers.teammates import Mismatches, MismatchLine, NamedNumber, ReachLine, TeammatePage, TeammateRow

Raws = tuple[str | None, ...]
_ALLOWED: Raws = ("unrestricted",) * 6
_NO_TEXTS: Raws = ("unrestricted",) * 3 + ("restricted",) * 3
_NOWHERE = "#nowhere"


# The audit


@dataclass(frozen=True)
class AuditSamples:
    """Audits with odd ones, one by one and many at once; in which nothing is odd; and with nothing to compare."""

    odd: AuditPage
    calm: AuditPage
    alone: AuditPage


def audit_samples() -> AuditSamples:
    usual = [_line(key, f"Line {key}", _ALLOWED) for key in range(1, 13)]
    alike = [_line(key, f"No texts {key}", _NO_TEXTS) for key in range(13, 21)]
    single = [_line(21, LONG, ("restricted",) * 6), _line(22, HOSTILE, RAWS, kind="toll-free")]
    others = [_line(23, UNBROKEN, _NO_TEXTS, group=UNBROKEN), _line(24, "Without a group", _ALLOWED, group="")]
    return AuditSamples(
        odd=_audit([*usual, *alike, *single, *others]), calm=_audit(usual[:3]), alone=_audit(others[:1])
    )


def _line(key: int, name: str, raws: Raws, *, group: str = "GR1", kind: str = "local") -> Line:
    number = "+18005550199" if kind == "toll-free" else "+14155550100"
    return lines_of([(key, f"PN{key}", name, name.casefold(), number, group, kind, *raws)])[0]


def _audit(lines: Sequence[Line]) -> AuditPage:
    return page_of(AuditQuery(NumberFilters()), alike(lines), groups_by(Grouping.GROUP, lines))


# Teammates


def teammate_rows() -> list[TeammateRow]:
    """Teammates as the list has them: a usual one, one on no number, and those who try the layout."""
    return [
        _teammate(1, "Ada Byron", "owner", 1, (Fact.ALLOWED,) * 6),
        _teammate(2, LONG, "member", 12_345, (Fact.ALLOWED, Fact.RESTRICTED, Fact.UNKNOWN) * 2),
        _teammate(3, UNBROKEN, "a role that nobody expected", 2, (Fact.RESTRICTED,) * 6),
        _teammate(4, HOSTILE, "admin", 0, ()),
    ]


def _teammate(key: int, name: str, role: str, numbers: int, facts: Sequence[Fact]) -> TeammateRow:
    cells = tuple(Cell(column, fact, None) for column, fact in zip(COLUMNS, facts, strict=False))
    email = "ada@example.com" if key == 1 else f"{UNBROKEN}@example.com"
    return TeammateRow(key, f"US{key}", _NOWHERE, name, email, role, numbers, _NOWHERE, cells)


_FRONT_DESK = NamedNumber(_NOWHERE, "Front desk", "(415) 555-0100", "")
_LONG_LINE = NamedNumber(_NOWHERE, LONG, "+44 20 7946 0958", "(808) 555-0117")
_ODD_NAMES = (NamedNumber(_NOWHERE, UNBROKEN, "(415) 555-0101", ""), NamedNumber(_NOWHERE, HOSTILE, "", ""))


def teammate_samples(now: datetime) -> list[tuple[str, TeammatePage, Mismatches]]:
    """Pages of teammates, each under its name: who would leave much behind, and who would not."""
    reach = (
        _reach(0, Fact.ALLOWED, (_FRONT_DESK, _LONG_LINE, *_ODD_NAMES), 12_345),
        _reach(1, Fact.ALLOWED, (_FRONT_DESK,), 1),
        _reach(2, Fact.RESTRICTED, (), 12_345),
        _reach(3, Fact.UNKNOWN, (_LONG_LINE, _FRONT_DESK), 2),
        _reach(4, Fact.ALLOWED, _ODD_NAMES, 2),
        _reach(5, Fact.RESTRICTED, (), 12_345),
    )
    mismatches = (
        MismatchLine("Quo’s list has numbers whose own records do not name this teammate:", (_FRONT_DESK, _LONG_LINE)),
        MismatchLine("Numbers whose records name this teammate are not in Quo’s list:", _ODD_NAMES),
    )
    only = tuple(_reach(place, Fact.ALLOWED, (_FRONT_DESK,), 1) for place in range(len(COLUMNS)))
    return [
        (
            "Much would be left",
            _page(now, reach, 12_345, (_LONG_LINE, _FRONT_DESK, *_ODD_NAMES)),
            Mismatches(mismatches, now),
        ),
        ("Nothing would be left", _page(now, only, 1, ()), Mismatches()),
    ]


def _reach(place: int, fact: Fact, numbers: tuple[NamedNumber, ...], count: int) -> ReachLine:
    return ReachLine(Cell(COLUMNS[place], fact, None), numbers, count, _NOWHERE)


def _page(
    now: datetime,
    reach: tuple[ReachLine, ...],
    total: int,
    lone: tuple[NamedNumber, ...],
) -> TeammatePage:
    return TeammatePage(
        user_id="US1",
        name="Ada Byron",
        email="ada@example.com",
        roles=("owner",),
        groups=("GR1",),
        first_seen=now,
        rows=(),
        total=total,
        list_url=_NOWHERE,
        reach=reach,
        lone=lone,
        lone_total=1_234 if lone else 0,
        left_at=None,
        last=(),
        last_total=0,
    )


# The overview


@dataclass(frozen=True)
class NewsSample:
    """What the overview's parts about changes and about who reaches abroad take, and in which state they are."""

    name: str
    changes: Changes
    is_new: bool
    abroad: tuple[Abroad, ...]


def news_samples(now: datetime) -> list[NewsSample]:
    before = now - timedelta(days=14)
    named = Named(1, "Ada Byron", _NOWHERE), Named(2, LONG, _NOWHERE), Named(3, UNBROKEN, _NOWHERE)
    many = Few(1_234, named)
    calling, messaging = (column for column in COLUMNS if column.region == "Intl")
    reached = (_abroad(calling, many, 5_500), _abroad(messaging, Few(1, named[:1]), 1))
    nobody_on_it = (_abroad(calling, Few(0, ()), 2), _abroad(messaging, Few(0, ()), 0))
    return [
        NewsSample("Much changed", Changes(_changes(now), 1_234, before), is_new=False, abroad=reached),
        NewsSample("Nothing changed", Changes((), 0, before), is_new=False, abroad=nobody_on_it),
        NewsSample("Watched since today", Changes((), 0, now - timedelta(hours=1)), is_new=True, abroad=()),
        NewsSample("Not watched yet", Changes((), 0, None), is_new=False, abroad=()),
    ]


def _abroad(column: Column, teammates: Few, numbers: int) -> Abroad:
    act = "call" if column.channel == "calling" else "text"
    return Abroad(column.channel, act, teammates, _NOWHERE, numbers, _NOWHERE)


def _changes(now: datetime) -> tuple[Change, ...]:
    desk = Part("Front desk", is_outside=True, url=_NOWHERE)
    went = (Part(": messaging, Canada went from "), Part("allowed", fact=Fact.ALLOWED), Part(" to "))
    told: list[Parts] = [
        (desk, *went, Part("restricted", fact=Fact.RESTRICTED)),
        (desk, *went, Part("not reported", fact=fact_of(None)), Part(" (“"), Part("x", is_outside=True), Part("”)")),
        (Part(LONG, is_outside=True, url=_NOWHERE), Part(" is gone: Quo no longer has it")),
        (Part(UNBROKEN, is_outside=True, url=_NOWHERE), Part(" was put on "), Part(HOSTILE, is_outside=True)),
    ]
    earliest = (now - timedelta(minutes=10), now - timedelta(seconds=5), now - timedelta(days=2), None)
    return tuple(
        Change(f"sample-{place}", f"PN{place}", parts, since, now)
        for place, (parts, since) in enumerate(zip(told, earliest, strict=True))
    )


# Saved filters


def saved_samples() -> list[SavedLine]:
    """One's own, one's own that is shared, and somebody else's."""
    somebody = User(email=f"{UNBROKEN}@example.com", name=HOSTILE)
    return [
        _saved("mine2345", "No texts", "Numbers where messaging US is restricted", is_own=True),
        _saved("ours2345", LONG[:80], LONG, is_own=True, is_shared=True),
        _saved("hers2345", UNBROKEN[:80], "Numbers", is_own=False, is_shared=True, owner=somebody),
    ]


def _saved(
    code: str, name: str, sentence: str, *, is_own: bool, is_shared: bool = False, owner: User | None = None
) -> SavedLine:
    saved = SavedFilter(code=code, name=name, is_shared=is_shared, owner=owner or User(email="ada@example.com"))
    return SavedLine(saved, sentence, is_own)
