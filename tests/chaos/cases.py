"""The whole table."""

from tests.chaos import machine, network, payloads, processes, sandboxed, statuses
from tests.chaos.office import Quo
from tests.chaos.trial import Case


def all_cases() -> list[Case]:
    quo = Quo()
    first, second = quo.first.numbers, quo.second.numbers
    return [
        *machine.cases(),
        *processes.cases(),
        *sandboxed.cases(first, second),
        *statuses.cases(),
        *network.cases(),
        *payloads.cases(first, second),
    ]
