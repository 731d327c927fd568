"""A machine without Chromium."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from bench import chromium
from bench.office import Server
from tests.support.chromium import NoChromium


def test_without_a_chromium_the_line_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def launch(_playwright: Playwright) -> None:
        raise NoChromium("The tests need Chromium.\nInstall one.")

    monkeypatch.setattr(chromium, "launch", launch)
    (line,) = chromium.measure(Server("http://127.0.0.1:1", "session=mine", tmp_path))
    assert (line.name, line.note, line.figures) == ("keystroke to rows", "The tests need Chromium.", {})
