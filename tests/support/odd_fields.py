"""A number for each way in which one field of Quo's description can be odd."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.support.quo_answers import number, user

MISSING = object()  # in place of a value: the field is not there
DEEP = {"deep": [{"er": [None, "x"]}]}
VALUES = {
    "missing": MISSING,
    "null": None,
    "number": 5,
    "boolean": True,
    "list": [],
    "object": {},
    "nested": DEEP,
    "new word": "a new word",
}
REGIONS = {"US": "United States", "CA": "Canada", "Intl": "international"}
CHANNELS = ("calling", "messaging")
# The words for a field whose value has another JSON type, by the path of the field.
LABELS = {
    ("groupId",): "the group",
    ("portRequestId",): "the port request",
    ("formattedNumber",): "its own writing of the number",
    ("forward",): "where calls are forwarded",
    ("name",): "the name",
    ("number",): "the number itself",
    ("portingStatus",): "the state of the port",
    ("symbol",): "the symbol",
    ("createdAt",): "the time of creation",
    ("updatedAt",): "the time of the last update",
    ("restrictions",): "the restrictions",
    ("restrictions", "calling"): "the restrictions of calling",
    ("restrictions", "messaging"): "the restrictions of messaging",
    ("users", "0", "email"): "the email address",
    ("users", "0", "firstName"): "the first name",
    ("users", "0", "lastName"): "the last name",
    ("users", "0", "role"): "the role",
    ("users", "0", "groupId"): "the group",
}
CELLS = [("restrictions", channel, region) for channel in CHANNELS for region in REGIONS]
PATHS = [*LABELS, ("users",), ("users", "0", "id"), *CELLS]


@dataclass(frozen=True)
class OddField:
    """A field of one number, and what it holds instead of what Quo describes."""

    place: int
    path: tuple[str, ...]
    kind: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.kind}"

    @property
    def number_id(self) -> str:
        return f"PN{self.place:03}"

    @property
    def user_id(self) -> str | None:
        """Return the id of the teammate on the number; None if nobody can be identified."""
        return None if self.path in {("users",), ("users", "0", "id")} else f"US{self.place:03}"

    @property
    def words(self) -> str:
        """Return words that find the number."""
        return f"415555{self.place:04}" if self.path == ("name",) else f"case{self.place:03}"

    def usual(self) -> dict[str, Any]:
        """Return the number as Quo describes it."""
        person = user(f"US{self.place:03}", firstName=f"Person{self.place}", email=f"p{self.place}@example.com")
        return number(
            self.number_id, name=f"Case{self.place:03}", number=f"+1415555{self.place:04}", forward=None, users=[person]
        )

    def record(self) -> dict[str, Any]:
        """Return the number with the odd field."""
        record = deepcopy(self.usual())
        holder: Any = record
        for step in self.path[:-1]:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if self.kind == "missing":
            del holder[self.path[-1]]
        else:
            holder[self.path[-1]] = VALUES[self.kind]
        return record

    def sentence(self) -> str:
        """Return how the sentence on the number's page begins; "" if nothing is unusual."""
        if self.path[0] == "restrictions":
            return self._restrictions_sentence()
        if self.path == ("users",):
            return "" if self.kind == "list" else "Quo does not say who is on this number."
        if self.path == ("users", "0", "id"):
            return "On this number: 1 person Quo does not identify."
        if self.kind in {"missing", "null"}:
            return "Quo gives no telephone number." if self.path == ("number",) else ""
        if self.kind == "new word":
            return self._new_words.get(self.path[-1], "")
        return f"Quo gives {LABELS[self.path]} in a new form: “"

    def _restrictions_sentence(self) -> str:
        if self.path not in CELLS:
            is_usual = self.kind in {"missing", "null", "object", "nested"}
            return "" if is_usual else f"Quo gives {LABELS[self.path]} in a new form: “"
        _, channel, region = self.path
        cell = f"Quo reports a new restriction for {channel}, {REGIONS[region]}: “"
        return "" if self.kind in {"missing", "null"} else cell

    @property
    def _new_words(self) -> dict[str, str]:
        return {
            "number": "Quo gives a number that is not a telephone number with its country code: “a new word”.",
            "role": f"Quo reports a new role: “a new word” (Person{self.place}).",
        }


ODD_FIELDS = [
    OddField(place, path, kind) for place, (path, kind) in enumerate((path, kind) for path in PATHS for kind in VALUES)
]
