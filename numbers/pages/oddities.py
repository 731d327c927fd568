"""Says in plain words what is unusual in Quo's answer about a number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from numbers.pages.rows import TeammateOnNumber
from numbers.services import Oddity
from numbers.vocabulary.cells import CELLS, CHANNELS
from numbers.vocabulary.phrases import unidentified_people

_LABELS = {
    "groupId": "the group",
    "portRequestId": "the port request",
    "formattedNumber": "its own writing of the number",
    "forward": "where calls are forwarded",
    "name": "the name",
    "number": "the number itself",
    "portingStatus": "the state of the port",
    "symbol": "the symbol",
    "createdAt": "the time of creation",
    "updatedAt": "the time of the last update",
    "restrictions": "the restrictions",
    **{channel.key: f"the restrictions of {channel.key}" for channel in CHANNELS},
}
_USER_LABELS = {
    "email": "the email address",
    "firstName": "the first name",
    "lastName": "the last name",
    "role": "the role",
    "groupId": "the group",
}
_NEW_VALUES = {
    "role": "Quo reports a new role",
    "number": "Quo gives a number that is not a telephone number with its country code",
}
_CELLS = {cell.key: f"{cell.channel.key}, {cell.region.name}" for cell in CELLS}


@dataclass(frozen=True)
class OdditySentence:
    """A sentence about an unusual `value`, which is outside text, perhaps of one teammate."""

    text: str
    value: str = ""
    teammate: str = ""


def oddity_sentences(oddities: Iterable[Oddity], teammates: Iterable[TeammateOnNumber]) -> tuple[OdditySentence, ...]:
    """Return a sentence for each oddity of a number with these teammates."""
    names = {teammate.user_id: teammate.name for teammate in teammates}
    return tuple(_sentence(oddity, names) for oddity in oddities)


def _sentence(oddity: Oddity, names: Mapping[str, str]) -> OdditySentence:
    value = "" if oddity.kind == "unidentified" else oddity.value
    return OdditySentence(_text(oddity), value, names.get(oddity.user_id, oddity.user_id))


def _text(oddity: Oddity) -> str:
    if oddity.kind == "missing":
        return "Quo does not say who is on this number"
    if oddity.kind == "unidentified":
        return f"On this number: {unidentified_people(int(oddity.value))}"
    if oddity.kind == "form":
        labels = _USER_LABELS if oddity.user_id else _LABELS
        return f"Quo gives {labels[oddity.field]} in a new form"
    if oddity.field in _CELLS:
        return f"Quo reports a new restriction for {_CELLS[oddity.field]}"
    return _NEW_VALUES[oddity.field] if oddity.value else "Quo gives no telephone number"
