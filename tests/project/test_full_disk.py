"""The data folder of a running server becomes read-only: the disk is full or permissions changed."""

import os
from pathlib import Path

import pytest
import requests

from tests.chaos.disks import fill, tmpfs, why_no_disks
from tests.support.processes import PATIENCE, wait_until
from tests.support.running import Site, running_site

SENTENCE = "<h1>The disk cannot be written</h1>"
FULL = (
    "ok: database answers\nok: migrations all done\nok: workspace fits the settings\n"
    "ok: secret key there\nFAILED: disk {}\n"
)


def checks(site: Site) -> tuple[int, str]:
    """Return the checks of one of the two processes. Each checks the disk separately."""
    answer = requests.get(f"{site.url}/checkz", timeout=PATIENCE)
    return answer.status_code, answer.text


def assert_refused_in_a_sentence(site: Site) -> None:
    """Assert that nobody can sign in, even with the right password, because the attempt cannot be counted."""
    for _ in range(6):  # more than the limits allow
        with site.session() as browser:
            assert browser.get(f"{site.url}/numbers/", allow_redirects=False, timeout=PATIENCE).status_code == 302
    with requests.Session() as browser:
        page = browser.get(f"{site.url}/accounts/login/", timeout=PATIENCE)
        token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"csrfmiddlewaretoken": token, "login": "admin@example.com", "password": "wrong"}
        answer = browser.post(page.url, form, headers={"Referer": site.url}, timeout=PATIENCE)
    assert (answer.status_code, SENTENCE in answer.text) == (503, True)


@pytest.mark.skipif(bool(why_no_disks()), reason=why_no_disks())
def test_on_a_full_disk_nobody_can_sign_in_but_signed_in_users_can_read(project: Path, tmp_path: Path) -> None:
    with tmpfs(tmp_path) as disk, running_site(project, tmp_path, DATA_DIR=str(disk / "data")) as site:
        with site.session() as reader:
            assert checks(site)[0] == 200
            filler = fill(disk)
            assert reader.get(f"{site.url}/numbers/", timeout=PATIENCE).status_code == 200
            assert_refused_in_a_sentence(site)
            wait_until(lambda: checks(site) == (503, FULL.format("is full")))
        filler.unlink()
        wait_until(lambda: checks(site)[0] == 200)
        assert 'data-total="60"' in site.list_page()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_in_a_read_only_folder_nobody_can_sign_in(project: Path, tmp_path: Path) -> None:
    with running_site(project, tmp_path) as site, site.session() as reader:
        data = tmp_path / "data"
        for folder in (data, data / "cache"):
            folder.chmod(0o500)
        try:
            assert reader.get(f"{site.url}/numbers/", timeout=PATIENCE).status_code == 200
            assert_refused_in_a_sentence(site)
            wait_until(lambda: checks(site) == (503, FULL.format("cannot be written")))
        finally:
            for folder in (data, data / "cache"):
                folder.chmod(0o700)
