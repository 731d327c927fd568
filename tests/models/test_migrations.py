"""The migrations keep the data of the first version and fill its derived columns."""

import importlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

from numbers.models import NumberState, SearchText
from numbers.vocabulary.phones import e164_of
from tests.support.records import NINE, Syncer, number

Rows = dict[str, list[dict[str, Any]]]
FIRST = ("numbers", "0001_the_memory")
MODELS = ("PhoneNumber", "NumberState", "Teammate", "TeammateState", "Assignment", "Sync")

# number, forward → kind, country, forward in E.164
DERIVED = [
    ("+14155550100", None, "local", "US", ""),
    ("+18005550100", "", "toll-free", "US", ""),
    ("+16045550100", "(415) 555-0100", "local", "CA", "+14155550100"),
    ("+442079460958", "+44 (0)20 7946 0959", "local", "GB", "+442079460959"),
    ("+442079460959", "020 7946 0958", "local", "GB", "+442079460958"),
    ("+14155550101", "tel:+14155550100;ext=5", "local", "US", "+14155550100"),
    ("+14155550102", "00 44 20 7946 0958 x٥", "local", "US", "+442079460958"),
    ("+14155550103", "sip:+14155550100@example.com", "local", "US", ""),
    ("+448081570192", "front desk", "toll-free", "GB", ""),
    ("+15555550123", "555-0100", "local", "", ""),
    ("+80012345678", "x" * 5000, "toll-free", "", ""),
    ("+4420", "+4420", "local", "", ""),
]
WRITTEN = [
    *("+14155550100", "(415) 555-0100", "tel:415-555-0100;phone-context=+1", "0044 20 7946 0958", "020 7946 0958"),
    *(
        "011 44 20 7946 0958",
        "0012065550100",
        "+14155550100, ext. 5",
        "(666) 555-0123",
        "0800 123456",
        "+4402079460958",
    ),
    *(
        "+4420",
        "+99912345678",
        "4155550100, 4155550101",
        "sip:+14155550100@example.com",
        "front desk",
        "",
        "٤١٥٥٥٥٠١٠٠",
    ),
    *("<+1\u200b4155550100>,", "４１５-５５５-０１００", '{"a":1}', "0" * 500),
]


def migrate(*targets: tuple[str, str]) -> Apps:
    """Migrate to `targets`, by default to the newest, and return the models at that point."""
    executor = MigrationExecutor(connection)
    wanted = list(targets) or executor.loader.graph.leaf_nodes()
    executor.migrate(wanted)
    executor.loader.build_graph()
    apps: Apps = executor.loader.project_state(wanted).apps
    return apps


@pytest.fixture
def first(transactional_db: None) -> Iterator[Callable[[], Apps]]:
    """Return a function that migrates back to the first migration. At the end, empty the tables and migrate forward."""
    yield lambda: migrate(FIRST)
    migrate()


def fill_first_version(apps: Apps) -> None:
    """Add a closed and an open state for each number of DERIVED, a teammate on each, and a sync."""
    later = NINE + timedelta(hours=1)
    get = apps.get_model
    teammate = get("numbers", "Teammate").objects.create(quo_id="US1", first_seen=NINE)
    get("numbers", "TeammateState").objects.create(
        teammate=teammate, since=NINE, email="a@example.com", role="member", search_text="a", name_key="a"
    )
    get("numbers", "Sync").objects.create(
        scope="workspace", started_at=NINE, observed_at=NINE, ended_at=NINE, outcome="succeeded", notices=["Odd."]
    )
    for index, (telephone, forward, *_) in enumerate(DERIVED):
        phone_number = get("numbers", "PhoneNumber").objects.create(
            quo_id=f"PN{index}", first_seen=NINE, recorded_at=later, fingerprint="f" * 32
        )
        get("numbers", "Assignment").objects.create(
            phone_number=phone_number, teammate=teammate, since=NINE, role="owner", group_id="GR1"
        )
        for since, until, name in ((NINE, later, "Before"), (later, None, "After")):
            get("numbers", "NumberState").objects.create(
                phone_number=phone_number,
                since=since,
                until=until,
                group_id="1234",
                forward=forward,
                name=name,
                number=telephone,
                created_at_text="'2022-01-01'",
                updated_at_text="",
                calling_us="unrestricted",
                calling_ca="odd",
                answer=f'{{"id": "PN{index}"}}',
                search_text=name.lower(),
                name_key=name.lower(),
            )


def all_rows(apps: Apps) -> Rows:
    return {name: list(apps.get_model("numbers", name).objects.order_by("pk").values()) for name in MODELS}


@pytest.mark.parametrize("chunk", [1, 5, len(DERIVED) * 2, 2_000])
def test_migrating_keeps_all_rows_and_derives_kind_country_and_forward(
    first: Callable[[], Apps], monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(importlib.import_module("numbers.migrations.0002_kind_country_forward"), "_CHUNK", chunk)
    apps = first()
    fill_first_version(apps)
    before = all_rows(apps)

    after = all_rows(migrate())

    assert {name: len(rows) for name, rows in before.items()} == {name: len(rows) for name, rows in after.items()}
    assert len(before["NumberState"]) == 2 * len(DERIVED)
    for name, rows in before.items():
        same_fields = [{field: row[field] for field in rows[0]} for row in after[name]]
        assert same_fields == rows, name
    derived = {
        (state["number"], state["forward"], state["kind"], state["country"], state["forward_number"], state["name"])
        for state in after["NumberState"]
    }
    assert derived == {(*row, name) for row in DERIVED for name in ("Before", "After")}


def test_the_migrations_read_a_forward_as_a_sync_does() -> None:
    migration = importlib.import_module("numbers.migrations.0017_forwards_read_again")
    for country, text in product(("US", "GB", "JP"), WRITTEN):
        assert migration._e164(text, country) == e164_of(text, country), (country, text)


def test_the_migrations_derive_telephones_as_a_sync_does(transactional_db: None) -> None:
    texts = ("+12065550101", "12065550102", "(206) 555-0103", "+44 20 7946 0958", "020 7946 0958", "front desk", "")
    syncer = Syncer()
    for number_name in ("Desk", "Back"):
        syncer.sync_all(
            *(
                number(f"PN{place}", name=number_name, number=text, formatted_number=formatted)
                for place, (text, formatted) in enumerate([*((text, "(206) 555-0109") for text in texts), ("", None)])
            )
        )
    synced = [list(model.objects.order_by("pk").values()) for model in (NumberState, SearchText)]
    in_another_form = NumberState.objects.exclude(telephone=F("number"))
    added = dict(in_another_form.values_list("phone_number_id", "telephone"))
    assert len(added) == 4

    before = migrate(("numbers", "0018_syncs_by_workspace"))
    for model, field in (("NumberState", "search_text"), ("SearchText", "own")):
        for row in before.get_model("numbers", model).objects.filter(phone_number__in=added):
            # Until then, a number was found only as it is written.
            setattr(row, field, getattr(row, field).removesuffix(f" {added[row.phone_number_id]}"))
            row.save()
    migrate()

    assert [list(model.objects.order_by("pk").values()) for model in (NumberState, SearchText)] == synced


def test_an_empty_database_can_migrate_back_and_forth(first: Callable[[], Apps]) -> None:
    first()

    migrate()

    assert not NumberState.objects.exists()


def test_the_migrations_produce_the_models(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
