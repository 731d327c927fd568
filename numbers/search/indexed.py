"""The index by which a search finds a word inside texts without reading them all; without it, it finds the same.

It holds each three letters in a row (trigrams) of the search text of every number, and of every teammate's open state.
On PostgreSQL that is an index like others. On SQLite it is a table of its own (FTS5), which triggers keep; a second one
holds each letter and each two in a row of the numbers' texts, so that no word is too short for it.
"""

from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Model

from numbers.models import SearchText, TeammateState

TRIGRAM = 3  # letters; shorter words are in the second index only
TERMS = "quo_admin_letters_and_pairs"  # what SQLite calls `letters_and_pairs`


@dataclass(frozen=True)
class Indexed:
    """A table and the columns of it that are in the index; `states` are so only while they are open.

    `short` is the index of letters and pairs.
    """

    model: type[Model]
    columns: tuple[str, ...]
    states: bool = False
    short: bool = False

    @property
    def name(self) -> str:
        """Of its table, or on PostgreSQL itself; with it begins the name of all that belongs to it."""
        return f"{self.table}_{'pairs' if self.short else 'trigrams'}"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)

    def text(self, row: str) -> str:
        """Return the SQL of what the index has of a row: its columns in one, where no word goes across."""
        text = " || ' ' || ".join(f"{row}.{column}" for column in self.columns)
        return f"{TERMS}({text})" if self.short else text

    def is_in(self, row: str) -> str:
        return f"{row}.until IS NULL" if self.states else "TRUE"


INDEXED = (
    Indexed(SearchText, ("own", "teammates")),
    Indexed(SearchText, ("own", "teammates"), short=True),
    Indexed(TeammateState, ("search_text",), states=True),
)


def is_part(name: str) -> bool:
    """Say whether a table or a trigger belongs to the index."""
    return name.startswith(tuple(each.name for each in INDEXED))


def letters_and_pairs(text: str) -> str:
    """Return the terms of a text's letters and of each two in a row, but for spaces: no word holds one."""
    terms = {*text, *map("".join, pairwise(text))}
    return " ".join(term(letters) for letters in terms if " " not in letters)


def term(letters: str) -> str:
    """Return what stands for one letter or two in the index of letters and pairs."""
    # FTS5 knows no pairs by itself. Written as figures, any letters are one word to it.
    return letters.encode().hex()
