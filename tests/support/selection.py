"""Which tests run on both databases, and which stay together when they run on several cores."""

from collections.abc import Generator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parents[1]

# Their results can differ between SQLite and PostgreSQL, so `make test-postgres` runs these folders and modules again.
# The others use no database, or only draw what a query returned.
BOTH_DATABASES = (
    "accounts/test_access_log.py",
    "accounts/test_admin.py",
    "accounts/test_ended.py",
    "accounts/test_first.py",
    "accounts/test_limits.py",
    "accounts/test_models.py",
    "accounts/test_roles.py",
    "accounts/test_sessions.py",
    "accounts/test_uncounted.py",
    "audit/test_against_a_naive_model.py",
    "audit/test_odd.py",
    "audit/test_query.py",
    "audit/test_query_counts.py",
    "audit/test_reading.py",
    "exports/test_agreement.py",
    "exports/test_audit_lines.py",
    "exports/test_moment.py",
    "exports/test_teammates.py",
    "memory/",
    "overview/test_changes.py",
    "overview/test_changes_against_a_model.py",
    "overview/test_query_counts.py",
    "overview/test_standing_against_the_lists.py",
    "pages/test_admin.py",
    "pages/test_drawing.py",
    "pages/test_errors.py",
    "pages/test_filters.py",
    "pages/test_health.py",
    "pages/test_hostile_everywhere.py",
    "pages/test_list.py",
    "pages/test_number_filters.py",
    "pages/test_own_question.py",
    "pages/test_paging.py",
    "pages/test_query_counts.py",
    "pages/test_saved_filters.py",
    "pages/test_search.py",
    "pages/test_teammate_filter.py",
    "project/test_machines.py",
    "teammates/test_filters.py",
    "teammates/test_list.py",
    "teammates/test_mismatch.py",
    "teammates/test_query_counts.py",
    "teammates/test_reach.py",
)


# These start browsers, servers and databases. They come first, so that no core waits for one of them at the end.
SLOW = ("browser", "project", "chaos", "bench", "memory")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark tests for `-m both_databases`, then put slow folders before the others; each keeps its random order."""
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(BOTH_DATABASES):
            item.add_marker("both_databases")
    yield
    folders = {name: place for place, name in enumerate(SLOW)}
    items.sort(key=lambda item: folders.get(item.path.relative_to(TESTS).parts[0], len(SLOW)))


class ModuleScheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """The tests of a module share what it sets up, so one core runs them.

    It runs all browser tests: they share one Chromium and two servers.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "tests/browser" if module.startswith("tests/browser/") else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ModuleScheduling:
    return ModuleScheduling(config, log)
