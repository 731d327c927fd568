"""Every fault that the sandbox knows, as `manage.py sandbox --fault NAME` has it, over real HTTP."""

from collections.abc import Iterator, Sequence

from numbers.sandbox.answers import healthy
from numbers.sandbox.faults import CONTENT, NAMES, Request
from tests.chaos import statuses
from tests.chaos.memory import Record, view_of
from tests.chaos.network import DAMAGED, TOO_LARGE
from tests.chaos.office import TIMING, Office
from tests.chaos.payloads import Odd
from tests.chaos.trial import Arm, Case, Fault

GROUP = "faults of the sandbox"

SENTENCES = {
    "429-retry-after": statuses.SLOW_DOWN,
    "not-json": statuses.UNREADABLE,
    "html": statuses.UNREADABLE,
    "missing-data": statuses.UNREADABLE,
    "bad-gzip": DAMAGED,
    "gzip-bomb": TOO_LARGE,
    "redirect": statuses.ELSEWHERE,
    "stalled": statuses.IN_TIME,
    "stalled-headers": statuses.IN_TIME,
    "drip": statuses.IN_TIME,
    "cut": statuses.BROKE_OFF,
    "reset": statuses.BROKE_OFF,
    "endless": TOO_LARGE,
}
TAKEN = {"empty", "half", "duplicates", "wrong-types", "unknown-values", "wrong-number", "slow"}


def cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    for name in NAMES:
        if name not in TAKEN:
            yield Fault(_arm(name), [_sentence(name)]).case(GROUP, name)
            continue
        records = list(second)
        if name in CONTENT:
            records = CONTENT[name](healthy(records), Request("/v1/phone-numbers", records, TIMING)).data
        odd = Odd(records)
        yield Fault(_arm(name), odd.sees(view_of(first)), odd.taken).case(GROUP, name)


def _sentence(name: str) -> str:
    if name in SENTENCES:
        return SENTENCES[name]
    return statuses.SENTENCES.get(int(name), statuses.NOT_ACCEPTED if int(name) < 500 else statuses.TROUBLE)


def _arm(name: str) -> Arm:
    def arm(office: Office) -> None:
        office.door.sandbox.fault = name

    return arm
