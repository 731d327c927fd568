"""Where no browser can be had, the table says so."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from bench import chromium
from numbers.sandbox.workspace import build
from tests.support.bench_server import playing
from tests.support.chromium import NoChromium


def test_without_a_chromium_the_lines_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def launch(_playwright: Playwright) -> None:
        raise NoChromium("The tests need Chromium.\nInstall one.")

    monkeypatch.setattr(chromium, "launch", launch)
    with playing(tmp_path) as (server, _):
        lines = list(chromium.measure(server, build(60)))
    assert [line.name for line in lines] == ["keystroke to swapped rows", "first paint of the list"]
    assert {line.note for line in lines} == {"not measured: The tests need Chromium."}
    assert [line.is_met for line in lines] == [None, None]
