"""Sessions with a server that stands for Quo."""

from collections.abc import Callable

import pytest

from numbers.quo.errors import Unavailable
from numbers.quo.transport import Session

MAX_BYTES = 100_000


class Turns:
    """A throttle that counts."""

    taken = 0

    def __call__(self) -> None:
        self.taken += 1


Open = Callable[[str], Session]


def fails(open_session: Open, url: str, path: str = "/") -> Unavailable:
    session = open_session(url)
    with pytest.raises(Unavailable) as caught:
        session.fetch(url + path, MAX_BYTES)
    return caught.value
