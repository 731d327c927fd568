"""Builds the sandbox's workspace from a seed. The same seed and size give the same bytes on every Python.

It only uses `random()` of `random.Random`, because Python guarantees only that sequence between versions.
"""

import random
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from numbers.sandbox import company, names
from numbers.sandbox.company import DEMO, PERSONAL, NumberPlan

T = TypeVar("T")
Record = dict[str, Any]

MAX_NUMBERS = 200_000
MAX_USERS = 20_000
ALL_MIXTURES_FROM = len(DEMO)  # from here on, every sixth number has the next of the 64 mixtures of restrictions
FIRST_DAY = datetime(2021, 3, 1, 8, tzinfo=UTC)
LAST_DAY = datetime(2026, 2, 27, 18, tzinfo=UTC)
ALPHANUMERIC = string.digits + string.ascii_letters
MANY = 12
TEAM_SIZES = ((0, 14), (1, 36), (2, 22), (3, 10), (4, 6), (5, 4), (6, 3), (8, 2), (10, 1), (MANY, 2))


@dataclass
class Workspace:
    """A company's numbers and teammates, with the API's keys.

    `numbers` are the records of the list in order. `users` has every teammate once, in the shape of a number's `users`.
    A teammate is one shared dict, so changing it changes it on all numbers. Call `refresh()` after any change;
    otherwise the server keeps serving its cached list.
    """

    numbers: list[Record]
    users: list[Record]
    company: str = company.COMPANY
    version: int = field(default=0, compare=False)

    def refresh(self) -> None:
        self.version += 1


class Dice:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random
        self._ids: set[str] = set()

    def below(self, end: int) -> int:
        return int(self.random() * end)

    def pick(self, things: Sequence[T]) -> T:
        return things[int(self.random() * len(things))]

    def chance(self, share: float) -> bool:
        return self.random() < share

    def weighted(self, pairs: Sequence[tuple[T, int]]) -> T:
        at = self.below(sum(weight for _, weight in pairs))
        for thing, weight in pairs:
            at -= weight
            if at < 0:
                return thing
        return pairs[-1][0]

    def few(self, count: int, things: Sequence[T]) -> list[T]:
        """Return `count` different things in random order, or all if there are fewer."""
        if count * 2 < len(things):
            places: dict[int, None] = {}
            while len(places) < count:
                places[self.below(len(things))] = None
            return [things[place] for place in places]
        rest = list(things)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]

    def text(self, length: int, alphabet: str = ALPHANUMERIC) -> str:
        return "".join([self.pick(alphabet) for _ in range(length)])

    def id(self, prefix: str) -> str:
        while (new := prefix + self.text(10)) in self._ids:
            pass
        self._ids.add(new)
        return new


def build(numbers: int = 60, seed: int = 7) -> Workspace:
    """Return the workspace for `seed` with `numbers` numbers. Raises ValueError."""
    if not 0 <= numbers <= MAX_NUMBERS:
        raise ValueError(f"A workspace can have 0 to {MAX_NUMBERS} numbers, not {numbers}.")
    return _Builder(numbers, Dice(seed)).workspace()


class _Builder:
    def __init__(self, count: int, dice: Dice) -> None:
        self.count = count
        self.dice = dice
        self.offices = names.OFFICES[: 5 + max(0, count - len(DEMO)) // 40]
        self.places = {office.city: office for office in self.offices}
        self.groups = {
            (office.city, department): (dice.id("GR"), str(1000 + dice.below(9000)), dice.chance(0.4))
            for office in self.offices
            for department in names.DEPARTMENTS
        }
        self.used: dict[str, int] = {}  # numbers per area code
        self.offsets = {code: dice.below(100) for office in names.OFFICES for code in office.area_codes}
        self.offsets |= {code: dice.below(100) for code in names.TOLL_FREE}
        self.emails: dict[str, int] = {}
        self.users_in: dict[str, list[Record]] = {office.city: [] for office in self.offices}
        self.users: list[Record] = []
        self.next_personal = 0
        self.e164s: list[str] = []

    def workspace(self) -> Workspace:
        # About half as many teammates as numbers.
        wanted = min(MAX_USERS, max(1, round(self.count * 0.55))) if self.count else 0
        self.users = [self._user(place) for place in range(wanted)]
        numbers = [self._number(index) for index in range(self.count)]
        self._place_everyone(numbers)
        return Workspace(numbers, self.users)

    # Teammates

    def _user(self, index: int) -> Record:
        dice = self.dice
        first: str | None
        last: str | None
        if index % 3 == 1 and index < 30:  # so that the demo has some
            first, last, local = names.UNUSUAL_NAMES[index // 3]
        elif index > 30 and dice.chance(0.06):
            first, last, local = dice.pick(names.UNUSUAL_NAMES)
        else:
            first, last = dice.pick(names.FIRST_NAMES), dice.pick(names.LAST_NAMES)
            local = f"{_ascii(first)}.{_ascii(last)}"
        office = self.offices[0] if index == 0 else dice.pick(self.offices)
        department = "Management" if index == 0 else dice.pick(names.DEPARTMENTS)
        role = "owner" if index == 0 else "admin" if index == 5 or dice.chance(0.08) else "member"
        user = {
            "email": self._email(local),
            "firstName": first,
            "lastName": last,
            "id": dice.id("US"),
            "role": role,
            "groupId": self.groups[office.city, department][0],
        }
        self.users_in[office.city].append(user)
        return user

    def _email(self, local: str) -> str:
        count = self.emails[local] = self.emails.get(local, 0) + 1
        domain = self.dice.weighted((("example.com", 90), ("example.net", 6), ("example.org", 4)))
        return f"{local}{count if count > 1 else ''}@{domain}"

    def _team(self, plan: NumberPlan) -> list[Record]:
        if plan.teammates == PERSONAL:
            own = self.users[self.next_personal] if self.next_personal < len(self.users) else self.dice.pick(self.users)
            self.next_personal += 1
            return [own]
        near = self.users_in.get(plan.place, self.users)
        return self.dice.few(plan.teammates, near if len(near) >= plan.teammates else self.users)

    def _place_everyone(self, numbers: list[Record]) -> None:
        """Put each teammate without a number on a shared one, so that every teammate appears in the list."""
        placed = {user["id"] for number in numbers for user in number["users"]}
        shared = [number for number in numbers if len(number["users"]) > 1] or numbers[:1]
        for user in self.users:
            if user["id"] not in placed:
                self.dice.pick(shared)["users"].append(user)

    # Numbers

    def _number(self, index: int) -> Record:
        dice = self.dice
        plan = DEMO[index] if index < len(DEMO) else self._plan(index)
        team = self._team(plan)
        e164 = self._e164(plan.place)
        port = plan.port
        if index >= len(DEMO) and dice.chance(0.25):
            port = dice.pick(company.PORTS)
        group, old_group, is_new = self.groups[
            plan.place if plan.place in self.places else self.offices[0].city, dice.pick(names.DEPARTMENTS)
        ]
        created, updated = self._dates(index)
        is_personal = plan.teammates == PERSONAL
        record = {
            "id": dice.id("PN"),
            "groupId": group if is_new else old_group,
            "portRequestId": dice.text(10, string.digits + "abcdef") if port else None,
            "formattedNumber": self._formatted(e164),
            "forward": self._forward(plan.forward),
            "name": plan.name or (_named_after(team[0], dice) if is_personal else ""),
            "number": e164,
            "portingStatus": port,
            "symbol": dice.pick(names.PEOPLE_SYMBOLS) if is_personal and dice.chance(0.4) else plan.symbol,
            "users": team,
            "createdAt": created,
            "updatedAt": updated,
            "restrictions": _restrictions(plan.marks),
        }
        self.e164s.append(e164)
        return record

    def _plan(self, index: int) -> NumberPlan:
        """Invent a number beyond those written by hand."""
        dice = self.dice
        building = dice.below(max(8, self.count // 6))
        office = self.offices[building % len(self.offices)]
        place, teammates, kind = office.city, dice.weighted(TEAM_SIZES), dice.random()
        if teammates == MANY:
            teammates = 12 + dice.below(29)
        if kind < 0.015:
            name = dice.pick(names.EXTREME_NAMES)
        elif kind < 0.095:
            name = f"{_building_name(building)} – {dice.pick(names.BUILDING_TOLL_FREE)}"
            place = dice.pick(names.TOLL_FREE)
        elif kind < 0.36 and self.next_personal < len(self.users):
            name, teammates = "", PERSONAL
        elif kind < 0.5:
            name = f"{office.city} – {dice.pick(names.OFFICE_DESKS)}" + dice.pick(("", "", " 2", " (new)"))
        else:
            name = f"{_building_name(building)} – {dice.pick(names.BUILDING_DESKS)}"
        symbol = dice.pick(names.SYMBOLS) if teammates != PERSONAL and dice.chance(0.65) else None
        forward = dice.weighted((("", 78), ("inside", 13), ("outside", 9)))
        return NumberPlan(name, place, self._marks(index, place, office), symbol, teammates, forward)

    def _marks(self, index: int, place: str, office: names.Office) -> str:
        turn, at = divmod(index - ALL_MIXTURES_FROM, 6)
        if at == 0 and turn < 64:
            return _marks_of(turn)
        if self.dice.chance(0.04):
            return _marks_of(self.dice.below(64))
        if place in names.TOLL_FREE:
            return self.dice.weighted(company.TOLL_FREE_MIX)
        return self.dice.weighted(company.CANADIAN_MIX if office.country == "CA" else company.US_MIX)

    def _e164(self, place: str) -> str:
        """Return an unused number: 555-01XX (reserved for fiction) while any are left, then others with 555."""
        codes = self.places[place].area_codes if place in self.places else (place,)
        # A city's original area code first, then its overlay codes as the office grows.
        code = codes[0] if self.used.get(codes[0], 0) < 12 else min(codes, key=lambda code: self.used.get(code, 0))
        nth = self.used.get(code, 0)
        self.used[code] = nth + 1
        # Both factors are coprime to their ranges, so each number comes up once, in an order that looks random.
        if nth < 100:
            return f"+1{code}5550{100 + (nth * 37 + self.offsets[code]) % 100}"
        if nth < 9900:
            return f"+1{code}555{200 + (nth - 100) * 3701 % 9800:04}"
        raise ValueError(f"There are no more numbers to invent for {place}.")

    def _formatted(self, e164: str) -> str | None:
        style = self.dice.random()
        if style < 0.12:
            return None
        return e164 if style < 0.3 else f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"

    def _forward(self, where: str) -> str | None:
        if where == "outside":
            return self.dice.pick(names.OUTSIDE_NUMBERS)
        if where == "inside" and self.e164s:
            return self.dice.pick(self.e164s[:10] if self.dice.chance(0.5) else self.e164s)
        return None

    def _dates(self, index: int) -> tuple[str, str]:
        span = (LAST_DAY - FIRST_DAY).total_seconds()
        added = span * (index + self.dice.random()) / self.count
        changed = added + (span - added) * self.dice.random()
        return _timestamp(added, index), _timestamp(changed, index)


def _timestamp(second: float, index: int) -> str:
    moment = FIRST_DAY + timedelta(milliseconds=int(second * 1000))
    if index % 31 == 17:  # like the example in Quo's description
        return f" '{moment:%Y-%m-%dT%H:%M:%SZ}'"
    return moment.isoformat(timespec="seconds" if index % 23 == 11 else "milliseconds")[:-6] + "Z"


def _marks_of(mixture: int) -> str:
    return "".join("+" if mixture >> bit & 1 else "-" for bit in range(6))


def _restrictions(marks: str) -> Record:
    us, ca, intl, text_us, text_ca, text_intl = ("unrestricted" if mark == "+" else "restricted" for mark in marks)
    return {
        "calling": {"US": us, "CA": ca, "Intl": intl},
        "messaging": {"US": text_us, "CA": text_ca, "Intl": text_intl},
    }


def _building_name(building: int) -> str:
    """Return the name of a building. Beyond 800 buildings the names get a number."""
    firsts, lasts = len(names.BUILDING_FIRST), len(names.BUILDING_LAST)
    first, rest = names.BUILDING_FIRST[building % firsts], building // firsts
    phase = rest // lasts
    return f"{first} {names.BUILDING_LAST[(rest + building) % lasts]}" + (f" {phase + 1}" if phase else "")


def _named_after(user: Record, dice: Dice) -> str:
    first, last = user["firstName"], user["lastName"]
    full = " ".join(part for part in (first, last) if part)
    if not full:
        return str(user["email"].partition("@")[0])
    short = first or last
    if len(full) > 60:
        return f"{short} – direct"
    return dice.weighted(((full, 60), (f"{full} – direct", 20), (f"{short}’s line", 20)))


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return "".join(letter for letter in plain.lower() if letter.isalnum())
