"""Selects the tests for both databases, and keeps tests of a module on one core."""

from collections.abc import Generator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parents[1]

# Their results can differ between SQLite and PostgreSQL, so `make test-postgres` runs them again. The others use no
# database, or only render the results of queries.
BOTH_DATABASES = (
    "accounts/test_access_log.py",
    "accounts/test_admin.py",
    "accounts/test_ended_sessions.py",
    "accounts/test_first.py",
    "accounts/test_last_administrator.py",
    "accounts/test_limits.py",
    "accounts/test_models.py",
    "accounts/test_roles.py",
    "accounts/test_sessions.py",
    "accounts/test_stored_sessions.py",
    "accounts/test_unwritable_cache.py",
    "audit/test_against_a_naive_model.py",
    "audit/test_outliers.py",
    "audit/test_query.py",
    "audit/test_query_counts.py",
    "audit/test_reading.py",
    "database/",
    "exports/test_agreement.py",
    "exports/test_audit_lines.py",
    "exports/test_moment.py",
    "exports/test_teammates.py",
    "filters/test_forwards.py",
    "filters/test_numbers",
    "filters/test_one_teammate.py",
    "filters/test_query_string.py",
    "filters/test_search",
    "filters/test_teammates.py",
    "history/",
    "memory/test_cache.py",
    "memory/test_freshness.py",
    "memory/test_search_index.py",
    "models/",
    "operations/backups/",
    "operations/invariants/",
    "pages/test_cached.py",
    "pages/test_drawing.py",
    "pages/test_lists_by_htmx.py",
    "pages/test_numbers",
    "pages/test_overview_against_the_lists.py",
    "pages/test_overview_query_counts.py",
    "pages/test_query_counts.py",
    "pages/test_teammate_mismatches.py",
    "pages/test_teammate_query_counts.py",
    "pages/test_teammate_reach.py",
    "pages/test_teammates.py",
    "personal/test_saved_filters.py",
    "project/test_machines.py",
    "syncing/",
    "views/test_admin.py",
    "views/test_errors.py",
    "views/test_health.py",
    "views/test_automatic_sync.py",
)


# These start browsers, servers and databases. They run first, so that no core waits for them at the end.
SLOW = ("browser", "project", "chaos", "bench", "operations", "models", "syncing", "database", "memory")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark tests for `-m both_databases`, and move slow folders first without changing their random order."""
    for item in items:
        if item.path.relative_to(TESTS).as_posix().startswith(BOTH_DATABASES):
            item.add_marker("both_databases")
    yield
    folders = {name: place for place, name in enumerate(SLOW)}
    items.sort(key=lambda item: folders.get(item.path.relative_to(TESTS).parts[0], len(SLOW)))


class ModuleScheduling(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Runs the tests of a module on one core, because they share fixtures.

    One core runs all browser tests: they share one Chromium and two servers.
    """

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "tests/browser" if module.startswith("tests/browser/") else module


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ModuleScheduling:
    return ModuleScheduling(config, log)
