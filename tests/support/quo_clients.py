"""Quo's client with a clock of its own."""

from collections.abc import Callable

from numbers.quo.client import QuoClient

QUO = "https://api.quo.com"
LIST = f"{QUO}/v1/phone-numbers"
Connect = Callable[..., QuoClient]


class Time:
    """A fake clock that advances only by sleeping, and records each sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
