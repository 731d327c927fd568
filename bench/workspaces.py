"""Sandbox workspaces of any size, and what is taken from them to ask for."""

from collections.abc import Iterator

from numbers.sandbox.workspace import MOST_NUMBERS, Record, Workspace, build

SEED = 7


def workspace_of(size: int) -> Workspace:
    """Return `size` numbers. Beyond what the sandbox builds at once, several of its companies become one."""
    blocks = [min(MOST_NUMBERS, size - start) for start in range(0, size, MOST_NUMBERS)]
    whole = build(blocks[0], SEED)
    for place, count in enumerate(blocks[1:], start=1):
        block = build(count, SEED + place)
        _set_apart(block, place)
        whole.numbers += block.numbers
        whole.users += block.users
    return whole


def _set_apart(block: Workspace, place: int) -> None:
    """Give a block's numbers an exchange of their own and its teammates addresses: the ids differ by the seed."""
    for user in block.users:
        user["email"] = f"{place}.{user['email']}"
    for record in block.numbers:
        for field in ("number", "formattedNumber", "forward"):
            if record[field]:
                record[field] = record[field].replace("555", str(555 + place), 1)


def change(workspace: Workspace, share: float) -> int:
    """Rename so many of the numbers, spread over all of them; return how many."""
    step = max(1, round(1 / share))
    changed = workspace.numbers[::step]
    for record in changed:
        record["name"] = f"{record['name']} *"
    workspace.refresh()
    return len(changed)


def middle(workspace: Workspace) -> Record:
    """Return a number with somebody on it, from the middle of the workspace."""
    return next(record for record in from_the_middle(workspace) if record["users"])


def from_the_middle(workspace: Workspace) -> Iterator[Record]:
    half = len(workspace.numbers) // 2
    yield from workspace.numbers[half:]
    yield from workspace.numbers[:half]
