"""All cases of the fault table."""

from tests.chaos import attackers, damaged, machine, network, payloads, processes, sandbox_faults, statuses
from tests.chaos.case import Case
from tests.chaos.office import Workspaces


def all_cases() -> list[Case]:
    workspaces = Workspaces()
    first, second = workspaces.first.numbers, workspaces.second.numbers
    return [
        *machine.cases(),
        *damaged.cases(),
        *processes.cases(),
        *attackers.cases(),
        *sandbox_faults.cases(first, second),
        *statuses.cases(),
        *network.cases(),
        *payloads.cases(first, second),
    ]
