"""What Quo's answers are parsed into: numbers, their users, and what is unusual about them.

Only ids must be readable. A value that Quo did not give is None, or "" in a field that Quo's description requires.
"""

from typing import Annotated, Literal

from msgspec import DecodeError, Meta, Raw, Struct
from msgspec.json import decode, encode

from numbers.quo import ids

E164 = r"^\+[1-9][0-9]{1,14}\Z"
ROLES = ("owner", "admin", "member")
MAX_ODDITIES = 20  # of one number
MAX_ODD_VALUE = 200  # characters


class UserRecord(Struct, frozen=True, gc=False, rename="camel"):
    """A teammate on a number. The types are those of Quo's description; `degraded` accepts any role."""

    id: Annotated[str, Meta(pattern=ids.USER_ID, max_length=ids.MAX_LENGTH)]
    email: str
    first_name: str | None
    last_name: str | None
    role: Annotated[str, Meta(pattern=rf"^({'|'.join(ROLES)})\Z")]
    group_id: str


class Regions(Struct, frozen=True, gc=False):
    """The restrictions of one channel in each region: `restricted`, `unrestricted`, or what Quo sent instead.

    None if Quo sent nothing or null. Other values that are not strings are JSON text.
    """

    US: str | None
    CA: str | None
    Intl: str | None


class Oddity(Struct, frozen=True, array_like=True):
    """A value that Quo's description does not allow. `kind` says how it differs.

    "form" is another JSON type than described, "value" is a new word or a text of another form, "missing" is a list of
    users that is not there, and "unidentified" counts the users without a readable id.
    `field` is Quo's name, with a dot for a cell ("calling.US"). `user_id` is the user whose value it is.
    """

    field: str
    kind: Literal["form", "value", "missing", "unidentified"]
    value: str = ""
    user_id: str = ""


class NumberRecord(Struct, frozen=True, gc=False):
    """A phone number as Quo describes it. `raw_json` is its part of the answer, not a copy.

    `unidentified` counts the users without a readable id; None if Quo does not say who is on the number.
    `oddities` is the JSON text of a list of `Oddity`, or "" if there is none.
    """

    id: str
    group_id: str
    port_request_id: str | None
    formatted_number: str | None
    forward: str | None
    name: str
    number: str
    porting_status: str | None
    symbol: str | None
    created_at: str
    updated_at: str
    users: tuple[UserRecord, ...]
    calling: Regions
    messaging: Regions
    raw_json: Raw
    unidentified: int | None = 0
    oddities: str = ""

    @property
    def answer(self) -> str:
        """Return the record's JSON text. Bytes that are no text are replaced."""
        return str(self.raw_json, "utf-8", "replace")


class SetAside(Struct, frozen=True):
    """Where in the answer ("$.data[3]") a record without a readable id is."""

    path: str
    reason: str = "it has no readable id"


class Answer(Struct, frozen=True):
    """The numbers of an answer without duplicates, the unreadable records, and sentences about the whole answer."""

    records: tuple[NumberRecord, ...]
    set_aside: tuple[SetAside, ...] = ()
    notices: tuple[str, ...] = ()


def oddities_text(oddities: list[Oddity]) -> str:
    """Return the JSON text of these oddities, without the last ones if there are too many."""
    return encode(oddities[:MAX_ODDITIES]).decode() if oddities else ""


def oddities_of(text: str) -> tuple[Oddity, ...]:
    """Return the oddities in a JSON text of `oddities_text`; none if it is damaged."""
    try:
        return decode(text, type=tuple[Oddity, ...]) if text else ()
    except DecodeError:
        return ()
