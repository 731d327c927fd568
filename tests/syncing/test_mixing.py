"""Whether the database fits the settings, and the sentence that says how to fix it."""

from typing import Any

import pytest

from numbers.syncing.mixing import NO_KEY, workspace_problem
from tests.support.records import Syncer, number

pytestmark = pytest.mark.django_db

ELSEWHERE = "set DATABASE_URL to another, empty database and start again."
TOGETHER = "The database holds the demo and a real workspace together: restore an older backup, or "
THE_DEMO = "The database holds the demo workspace, not your own: "
REAL = "The database holds a real workspace, not the demo: set QUO_API_KEY instead of DEMO, or "


def hold(*kinds: bool) -> None:
    for place, demo in enumerate(kinds):
        sync = Syncer().sync_all(number(f"PN{place}"), demo=kinds[0])
        type(sync).objects.filter(pk=sync.pk).update(demo=demo)


def set_up(settings: Any, *, key: bool, demo: bool, database_url: bool) -> None:
    settings.QUO_API_KEY, settings.DEMO = "key" if key else "", demo
    values = {**settings.ENVIRONMENT.values, "DATABASE_URL": {"ENGINE": "any"} if database_url else ""}
    settings.ENVIRONMENT = type(settings.ENVIRONMENT)(values, settings.ENVIRONMENT.sources)


@pytest.mark.parametrize(
    ("held", "demo", "with_url", "with_file"),
    [
        ((), False, "", ""),
        ((), True, "", ""),
        ((False,), False, "", ""),
        ((True,), True, "", ""),
        ((True,), False, THE_DEMO + ELSEWHERE, f"{THE_DEMO}move quo-admin.sqlite3* out of DATA_DIR and start again."),
        ((False,), True, REAL + ELSEWHERE, f"{REAL}move demo.sqlite3* out of DATA_DIR and start again."),
        (
            (True, False),
            False,
            TOGETHER + ELSEWHERE,
            f"{TOGETHER}move quo-admin.sqlite3* out of DATA_DIR and start again.",
        ),
        ((False, True), True, TOGETHER + ELSEWHERE, f"{TOGETHER}move demo.sqlite3* out of DATA_DIR and start again."),
    ],
)
def test_the_sentence_says_how_to_fix_it(
    settings: Any, held: tuple[bool, ...], demo: bool, with_url: str, with_file: str
) -> None:
    hold(*held)
    for database_url, sentence in ((True, with_url), (False, with_file)):
        set_up(settings, key=not demo, demo=demo, database_url=database_url)
        assert workspace_problem() == workspace_problem(before_migrating=True) == sentence


@pytest.mark.parametrize("held", [(), (True,), (False,), (True, False)])
def test_without_a_key_and_the_demo_the_key_is_missing(settings: Any, held: tuple[bool, ...]) -> None:
    hold(*held)
    set_up(settings, key=False, demo=False, database_url=True)
    assert workspace_problem() == workspace_problem(before_migrating=True) == NO_KEY
