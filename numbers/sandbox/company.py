"""The first numbers of the sandbox's company, written by hand. They are the demo."""

from typing import NamedTuple

from numbers.sandbox.names import LONG_NAME

COMPANY = "Harbor & Pine Property Services"

# Restrictions as six marks: calling US, CA, Intl, then messaging US, CA, Intl; + unrestricted, - restricted.
STANDARD = "++-++-"
UNREGISTERED = "++--+-"  # US carrier registration not done: no texts to the US
NO_TEXTS = "++----"  # also what a toll-free number is before its verification
ABROAD = "+++++-"  # international calling switched on
OPEN = "++++++"
CLOSED = "------"
HOME_ONLY = "+--+--"
CANADA_ONLY = "-+--+-"
INCOMING_ONLY = "---++-"

US_MIX = (
    (STANDARD, 52),
    (UNREGISTERED, 17),
    (NO_TEXTS, 9),
    (ABROAD, 6),
    (HOME_ONLY, 6),
    (OPEN, 3),
    (CLOSED, 3),
    (INCOMING_ONLY, 2),
)
CANADIAN_MIX = (
    (STANDARD, 38),
    (UNREGISTERED, 38),
    (CANADA_ONLY, 7),
    (NO_TEXTS, 6),
    (ABROAD, 5),
    (OPEN, 3),
    (CLOSED, 3),
)
TOLL_FREE_MIX = ((STANDARD, 46), (NO_TEXTS, 42), (HOME_ONLY, 4), (ABROAD, 3), (CLOSED, 3), (OPEN, 2))

PORTS = ("completed", "pending", "submitted", "in_progress", "rejected", "cancelled")

PERSONAL = -1


class NumberPlan(NamedTuple):
    """What is decided about a number before the dice choose the rest.

    `place` is an office's city or a toll-free code. `teammates` is their count, or PERSONAL for one teammate's own
    number, which is named after the teammate if the name is empty. `forward` is "inside", "outside" or "" (nowhere).
    """

    name: str
    place: str
    marks: str
    symbol: str | None = None
    teammates: int = 0
    forward: str = ""
    port: str | None = None


def _own(place: str, marks: str = STANDARD, forward: str = "") -> NumberPlan:
    return NumberPlan("", place, marks, teammates=PERSONAL, forward=forward)


DEMO = (
    NumberPlan("Main line", "800", STANDARD, "🏢", 12, port="completed"),
    NumberPlan("Resident support", "844", STANDARD, "🛟", 14),
    NumberPlan("Leasing", "888", STANDARD, "🔑", 9, port="completed"),
    NumberPlan("Emergency maintenance, after hours", "877", NO_TEXTS, "🚨", 18, "outside"),
    NumberPlan("Billing & payments", "866", NO_TEXTS, "💳", 4),
    NumberPlan("Seattle – front desk", "Seattle", STANDARD, "☎️", 5, port="completed"),
    NumberPlan("Portland – front desk", "Portland", STANDARD, "☎️", 3),
    NumberPlan("Denver – front desk", "Denver", UNREGISTERED, "☎️", 3),
    NumberPlan("Vancouver – front desk", "Vancouver", STANDARD, "🇨🇦", 4),
    NumberPlan("Toronto – front desk", "Toronto", UNREGISTERED, "🇨🇦", 4, port="completed"),
    _own("Seattle", ABROAD),
    _own("Seattle"),
    _own("Portland"),
    NumberPlan("Seattle – leasing", "Seattle", STANDARD, "🔑", 4, "inside"),
    NumberPlan("Portland – leasing", "Portland", UNREGISTERED, "🔑", 3, "inside"),
    NumberPlan("Denver – leasing", "Denver", STANDARD, "🔑", 2),
    _own("Denver"),
    NumberPlan("Toronto – réception en français", "Toronto", STANDARD, "⚜️", 2),
    NumberPlan("Seattle – maintenance dispatch", "Seattle", STANDARD, "🛠️", 6),
    NumberPlan("Portland – maintenance dispatch", "Portland", STANDARD, "🛠️", 3),
    NumberPlan("Denver – maintenance dispatch", "Denver", STANDARD, "🛠️", 3),
    _own("Toronto"),
    _own("Vancouver", UNREGISTERED),
    NumberPlan("Vancouver – leasing", "Vancouver", UNREGISTERED, "🔑", 2),
    NumberPlan("Toronto – leasing", "Toronto", STANDARD, "🔑", 3, "inside"),
    NumberPlan("Text alerts to residents", "833", NO_TEXTS, "📣", 33),
    _own("Seattle", forward="outside"),
    NumberPlan("Owner relations", "Seattle", ABROAD, "🤝", 3),
    NumberPlan("Vendors & purchasing", "Denver", HOME_ONLY, "📦", 2),
    NumberPlan("Alder Heights – concierge", "Seattle", STANDARD, "🌲", 2),
    NumberPlan("Alder Heights – elevator phone", "Seattle", INCOMING_ONLY, "🛗"),
    _own("Portland", UNREGISTERED),
    NumberPlan("Cedar Court – leasing office", "Portland", STANDARD, "🏡", 2, port="in_progress"),
    NumberPlan("Cedar Court – gate intercom", "Portland", HOME_ONLY, "1️⃣"),
    _own("Denver"),
    _own("Seattle"),
    NumberPlan("Quayside Lofts – family housing", "Vancouver", STANDARD, "👨‍👩‍👧‍👦", 2),
    NumberPlan("租赁热线（普通话）", "Vancouver", STANDARD, "🀄", 2),
    _own("Vancouver"),
    NumberPlan("Recruiting", "Seattle", STANDARD, "👋🏽", 2),
    NumberPlan("Insurance claims", "855", NO_TEXTS, "🧾", 1, "inside", "submitted"),
    _own("Toronto", OPEN),
    NumberPlan("Old main line – do not use", "Seattle", CLOSED, "🚧", 0, "inside", "pending"),
    _own("Denver", NO_TEXTS),
    NumberPlan("Maple Terrace – tours", "Toronto", UNREGISTERED, "🍁", 2),
    NumberPlan("Maple Terrace – superintendent", "Toronto", CANADA_ONLY, "#1", 1),
    _own("Portland", forward="inside"),
    NumberPlan("مكتب الإيجار – الطابق الثاني", "Toronto", STANDARD, "🗝️", 1),
    _own("Seattle"),
    NumberPlan(LONG_NAME, "Denver", UNREGISTERED, "HQ", 2),
    _own("Vancouver", CLOSED, "outside"),
    NumberPlan("Move-in & keys", "Seattle", STANDARD, "🗝️", 3),
    NumberPlan("Denver – training room", "Denver", NO_TEXTS, None, 0, port="rejected"),
    _own("Portland"),
    NumberPlan("Lighthouse Point – security desk", "Seattle", STANDARD, "⚓", 2, port="cancelled"),
    _own("Denver", ABROAD),
    NumberPlan("Spare for the storm season", "Portland", CLOSED),
    NumberPlan("Owners abroad", "888", OPEN, "🌍", 3),
    _own("Toronto"),
    NumberPlan("Press & community", "Seattle", STANDARD, "★", 1),
)
