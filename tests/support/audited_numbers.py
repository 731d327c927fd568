"""Builds audited numbers without the database; six marks describe a number's cells."""

from numbers.audit.groups import AuditedNumber, audited_number
from numbers.vocabulary.cells import CELLS

# Marks are in this order: calling US, CA, Intl, messaging US, CA, Intl. "0" means missing from the answer.
RAWS = {"+": "unrestricted", "-": "restricted", "?": "sometimes", "0": None}
STANDARD = "++-++-"


def marked_number(
    name: str, marks: str = STANDARD, *, key: int = 0, group: str = "GR1", kind: str = "local"
) -> AuditedNumber:
    """Return a number with these cells. Its key is `key`, or derived from its name, group and kind."""
    assert len(marks) == len(CELLS)
    number = "+18005550100" if kind == "toll-free" else "+12065550100"
    key = key or hash((name, group, kind))
    described = (key, f"PN{name}", name, name.casefold(), number, group, kind)
    return audited_number((*described, *(RAWS[mark] for mark in marks)))


def several(count: int, marks: str = STANDARD, *, group: str = "GR1", kind: str = "local") -> list[AuditedNumber]:
    """Return numbers with equal cells."""
    return [marked_number(f"{group} {marks} {place:03}", marks, group=group, kind=kind) for place in range(count)]
