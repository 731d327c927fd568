"""Numbers for audits that need no memory: a number in a few marks."""

from numbers.audit.groups import AuditedNumber, audited_number
from numbers.vocabulary.cells import CELLS

# As in the sandbox: calling US, CA, Intl, then messaging US, CA, Intl. "0" is not in the answer.
RAWS = {"+": "unrestricted", "-": "restricted", "?": "sometimes", "0": None}
STANDARD = "++-++-"


def marked_number(
    name: str, marks: str = STANDARD, *, key: int = 0, group: str = "GR1", kind: str = "local"
) -> AuditedNumber:
    """A number whose cells are `marks`; its key is unique if the name is, unless one is given."""
    assert len(marks) == len(CELLS)
    number = "+18005550100" if kind == "toll-free" else "+12065550100"
    key = key or hash((name, group, kind))
    described = (key, key, f"PN{name}", name, name.casefold(), number, group, kind)
    return audited_number((*described, *(RAWS[mark] for mark in marks)))


def several(count: int, marks: str = STANDARD, *, group: str = "GR1", kind: str = "local") -> list[AuditedNumber]:
    """Numbers that are alike."""
    return [marked_number(f"{group} {marks} {place:03}", marks, group=group, kind=kind) for place in range(count)]
