"""Every fault of the sandbox, as in `manage.py sandbox --fault NAME`, over real HTTP."""

from collections.abc import Iterator, Sequence

from numbers.sandbox.answers import healthy
from numbers.sandbox.faults import CONTENT, NAMES, FaultContext
from tests.chaos import statuses
from tests.chaos.case import Arrange, Case, Fault
from tests.chaos.memory import Record, view_of
from tests.chaos.network import TOO_LARGE
from tests.chaos.office import TIMING, Office
from tests.chaos.payloads import OddAnswer

GROUP = "faults of the sandbox"

SENTENCES = {
    "429-retry-after": statuses.SLOW_DOWN,
    "not-json": statuses.UNREADABLE,
    "html": statuses.WEB_PAGE,
    "missing-data": statuses.UNREADABLE,
    "bad-gzip": statuses.UNREADABLE,
    "gzip-bomb": TOO_LARGE,
    "redirect": statuses.ELSEWHERE,
    "stalled": statuses.IN_TIME,
    "stalled-headers": statuses.IN_TIME,
    "drip": statuses.IN_TIME,
    "cut": statuses.BROKE_OFF,
    "reset": statuses.BROKE_OFF,
    "endless": TOO_LARGE,
}
ACCEPTED = {"empty", "half", "duplicates", "wrong-types", "unknown-values", "wrong-number", "slow"}


def cases(first: Sequence[Record], second: Sequence[Record]) -> Iterator[Case]:
    for name in NAMES:
        if name not in ACCEPTED:
            yield Fault(_arrange(name), [_sentence(name)]).case(GROUP, name)
            continue
        records = list(second)
        if name in CONTENT:
            records = CONTENT[name](healthy(records), FaultContext("/v1/phone-numbers", records, TIMING)).data
        odd = OddAnswer(records)
        yield Fault(_arrange(name), odd.sentences(view_of(first)), odd.expected).case(GROUP, name)


def _sentence(name: str) -> str:
    if name in SENTENCES:
        return SENTENCES[name]
    return statuses.SENTENCES.get(int(name), statuses.NOT_ACCEPTED if int(name) < 500 else statuses.TROUBLE)


def _arrange(name: str) -> Arrange:
    def arrange(office: Office) -> None:
        office.fake_quo.sandbox.fault = name

    return arrange
