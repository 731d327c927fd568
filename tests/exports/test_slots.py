"""How many exports may run at once, and in ten minutes."""

import subprocess
import sys

import pytest
from pytest_django import Settings

from numbers.exports.slots import ALTOGETHER, IN_TEN_MINUTES, PER_PERSON, TooManyExports, take_slot
from tests.support.pages import PageClient

HOLDER = """
import sys, pathlib
from django.conf import settings
settings.configure(DATA_DIR=pathlib.Path(sys.argv[1]), CACHES={"default": {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache"}})
import quo_admin
from numbers.exports.slots import PER_PERSON, take_slot
held = [take_slot(1) for _ in range(PER_PERSON)]
print("held", flush=True)
sys.stdin.read()
"""


def test_a_person_has_few_exports_at_once() -> None:
    held = [take_slot(1) for _ in range(PER_PERSON)]

    with pytest.raises(TooManyExports, match=r"^You have 2 downloads running"):
        take_slot(1)
    take_slot(2).release()
    held.pop().release()
    take_slot(1).release()
    held.pop().release()


def test_all_people_together_have_few_exports_at_once() -> None:
    held = [take_slot(person) for person in range(ALTOGETHER)]

    with pytest.raises(TooManyExports, match=r"^Other people's downloads are running"):
        take_slot(99)
    for slot in held:
        slot.release()
    take_slot(99).release()


def test_a_person_starts_only_so_many_exports_in_ten_minutes() -> None:
    for _ in range(IN_TEN_MINUTES):
        take_slot(1).release()

    with pytest.raises(TooManyExports, match="within ten minutes"):
        take_slot(1)
    take_slot(2).release()


def test_exports_of_another_process_count_until_it_is_killed(settings: Settings) -> None:
    command = [sys.executable, "-c", HOLDER, str(settings.DATA_DIR)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TooManyExports):
            take_slot(1)
        holder.kill()
        holder.wait()
    take_slot(1).release()


@pytest.mark.parametrize("path", ["/numbers.csv", "/teammates.json", "/audit.xlsx"])
def test_one_export_too_many_gets_a_page_that_says_so(manager: PageClient, path: str) -> None:
    running = [manager.get(path) for _ in range(PER_PERSON)]

    refused = manager.get(path)

    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert b"You have 2 downloads running. Start this one when one of them has ended." in refused.content
    assert manager.head(path).status_code == 200
    running.pop().close()  # as if the reader hung up
    running.append(manager.get(path))
    assert running[-1].status_code == 200
    for response in running:
        response.close()
