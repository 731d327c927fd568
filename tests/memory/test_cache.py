"""Results cached per version of the memory."""

import sys
from collections.abc import Iterator

import pytest

from numbers.memory.cache import MAX_BYTES, OBJECTS, forget_all, last_of_version, per_version
from numbers.memory.version import Version

calls: list[tuple[str, Version]] = []


@per_version
def described(text: str, version: Version) -> str:
    calls.append((text, version))
    return f"{text} at {version}"


@per_version
def large(letter: str, _version: Version) -> bytes:
    calls.append((letter, _version))
    return letter.encode() * (MAX_BYTES // 3 // OBJECTS)


@per_version
def length_of(text: str, version: Version) -> int:
    calls.append((text, version))
    return len(text)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    calls.clear()
    forget_all()
    yield
    forget_all()


def test_a_result_is_computed_once_for_each_version() -> None:
    results = [described("a", Version(key)) for key in (1, 1, 2, 1)]
    assert results == ["a at 1", "a at 1", "a at 2", "a at 1"]
    assert calls == [("a", Version(1)), ("a", Version(2))]


def test_two_functions_with_the_same_arguments_do_not_share_a_result() -> None:
    @per_version
    def uppercase(text: str, _version: Version) -> str:
        return text.upper()

    assert (described("a", Version(1)), uppercase("a", Version(1))) == ("a at 1", "A")


def test_a_result_of_none_is_cached() -> None:
    @per_version
    def nothing(text: str, version: Version) -> None:
        calls.append((text, version))

    nothing("a", Version(1))
    nothing("a", Version(1))
    assert len(calls) == 1


def test_forget_all_drops_the_results_of_every_function() -> None:
    described("a", Version(1))
    large("a", Version(1))
    forget_all()
    described("a", Version(1))
    large("a", Version(1))
    assert len(calls) == 4


def test_the_least_recently_used_results_are_dropped_when_all_take_too_many_bytes() -> None:
    for letter in "abacab":
        large(letter, Version(1))
    assert [letter for letter, _ in calls] == ["a", "b", "c", "b"]


@pytest.mark.parametrize("letter", ["a", "\U0001f600"])
def test_long_arguments_count_as_they_are_stored(letter: str) -> None:
    size = sys.getsizeof(letter * 1_000) // 1_000
    long = letter * (MAX_BYTES // 3 // size)
    for text in (f"{long}1", f"{long}2", f"{long}1", f"{long}3", f"{long}4", f"{long}1"):
        length_of(text, Version(1))
    assert [text[-1] for text, _ in calls] == ["1", "2", "3", "4", "1"]


def test_a_result_too_large_for_the_cache_is_not_kept() -> None:
    for _ in range(2):
        length_of("a" * MAX_BYTES, Version(1))
    assert len(calls) == 2


def test_only_the_last_result_of_a_version_is_kept() -> None:
    @last_of_version
    def audited(text: str, version: Version) -> object:
        calls.append((text, version))
        return lambda: text  # cannot be pickled

    for text, key in [("a", 1), ("a", 1), ("a", 2), ("b", 2), ("b", 2), ("a", 2)]:
        audited(text, Version(key))
    forget_all()
    audited("a", Version(2))

    assert [(text, version.key) for text, version in calls] == [("a", 1), ("a", 2), ("b", 2), ("a", 2), ("a", 2)]


def test_an_error_is_not_cached() -> None:
    @per_version
    def fails(text: str, version: Version) -> str:
        calls.append((text, version))
        raise OSError(text)

    for _ in range(2):
        with pytest.raises(OSError, match="a"):
            fails("a", Version(1))
    assert len(calls) == 2
