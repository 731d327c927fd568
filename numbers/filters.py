"""The list's query string: validated, and each nonsense in it named in a sentence instead of failing."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from numbers.facts import COLUMNS
from numbers.folding import fold
from numbers.models import NumberState
from numbers.querysets import MAX_WORDS, SORTS, current, of_teammate, ordered, search, words_of
from numbers.quo.ids import is_user_id

MAX_QUERY = 200
_NAMES = ("q", "who", "user", "sort", "page")
DEFAULT_SORT = "name"

SORT_LABELS = {
    "name": "name",
    "number": "number",
    "symbol": "symbol",
    "teammates": "teammates",
    **{column.field: column.title.lower() for column in COLUMNS},
    "forward": "forwarding",
    "porting": "porting",
}


@dataclass(frozen=True)
class NumberFilters:
    """What the list shows: search text, teammate (`US…` or empty), sort key, page from 1.

    `who` is what was typed to find a teammate; it chooses nobody by itself.
    """

    q: str = ""
    user: str = ""
    sort: str = DEFAULT_SORT
    page: int = 1
    who: str = ""
    notices: tuple[str, ...] = ()

    def states(self) -> QuerySet[NumberState]:
        """The numbers that fit, sorted."""
        states = search(current(), self.q)
        if self.user:
            states = of_teammate(states, self.user)
        return ordered(states, self.sort)

    @property
    def query(self) -> str:
        """The canonical query string; what stands at its default is left out."""
        given = {
            "q": self.q,
            "user": self.user,
            "sort": self.sort if self.sort != DEFAULT_SORT else "",
            "page": str(self.page) if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in given.items() if value})

    def but(self, **changes: str | int) -> "NumberFilters":
        """The same list with something else; any change but of the page begins at page 1."""
        return replace(self, **{"page": 1, "who": "", **changes})  # type: ignore[arg-type]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.user)


def parse(query: QueryDict) -> NumberFilters:
    """Read a query string. What cannot be meant is ignored and named in `notices`."""
    notices: list[str] = []
    q = _text(query, "q", "search", notices)
    if len(words_of(q)) > MAX_WORDS:
        notices.append(f"Only the first {MAX_WORDS} words of the search are looked for.")
    who = _text(query, "who", "teammate's name", notices)
    user = query.get("user", "").lstrip()  # not at its end: an id may end in a space
    if user and not is_user_id(user):
        notices.append(f"{_shown(user)} is no teammate's id (they begin with US), so every teammate is shown.")
        user = ""
    sort = query.get("sort", "").strip() or DEFAULT_SORT
    if sort.removeprefix("-") not in SORTS:
        notices.append(f"The list cannot be sorted by {_shown(sort)}, so it is sorted by name.")
        sort = DEFAULT_SORT
    page = page_of(query, notices)
    repeated = [name for name in _NAMES if len(set(query.getlist(name))) > 1]
    notices.extend(f"{_shown(name)} is given more than once; the last one counts." for name in repeated)
    name_others(query, _NAMES, notices)
    return NumberFilters(q=q, user=user, sort=sort, page=page, who=who, notices=tuple(notices))


def name_others(query: QueryDict, names: Collection[str], notices: list[str]) -> None:
    """Add to `notices` which parameters are none of `names`."""
    others = [name for name in query if name not in names]
    if others:
        notices.append(f"{_shown(', '.join(others[:5]))} means nothing here and was ignored.")


def _text(query: QueryDict, name: str, label: str, notices: list[str]) -> str:
    raw = query.get(name, "")
    if "\x00" in raw:
        notices.append(f"The {label} holds characters that no text has; they were ignored.")
    text = " ".join(raw.replace("\x00", " ").split())
    if len(text) > MAX_QUERY:
        notices.append(f"The {label} is longer than {MAX_QUERY} characters; the rest was ignored.")
        text = text[:MAX_QUERY].strip()
    if text and not fold(text):
        notices.append(f"The {label} {_shown(text)} has nothing to look for and was ignored.")
        text = ""
    return text


def page_of(query: QueryDict, notices: list[str]) -> int:
    """Return the page that is asked for, from 1; what is no page is named in `notices`."""
    text = query.get("page", "").strip()
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        notices.append(f"{_shown(text)} is no page, so the first one is shown.")
        return 1
    return int(text)


def _shown(text: str) -> str:
    """A value from outside as a sentence may quote it."""
    printable = "".join(character if character.isprintable() else "�" for character in text[:60])
    return f"“{printable}…”" if len(text) > 60 else f"“{printable}”"
