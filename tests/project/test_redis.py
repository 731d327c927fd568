"""What Quo Admin does with the Redis of CACHE_URL, and without it: with real processes and a real Redis."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from redis import Redis

from quo_admin import env
from tests.support.processes import PATIENCE, free_port, python
from tests.support.redis_server import PASSWORD, needs_redis, redis, url
from tests.support.running import EMAIL, Site, running

pytestmark = needs_redis

READ = (
    "/",
    "/numbers/",
    "/numbers.csv",
    "/teammates/",
    "/audit/",
    "/status/",
    "/status/access/",
    "/accounts/security/",
)
SENTENCE = "<h1>Attempts cannot be counted</h1>"
UNREADY = (
    "ok: database answers\nok: migrations all done\nFAILED: cache does not answer, or takes nothing\n"
    "ok: secret key there\nok: disk can be written\n"
)


@dataclass(frozen=True)
class Counted:
    """A site whose attempts are counted in a Redis at `port`, which each test runs, or does not."""

    site: Site
    port: int

    def readiness(self) -> tuple[int, str]:
        answer = requests.get(f"{self.site.url}/readyz", timeout=PATIENCE)
        return answer.status_code, answer.text

    def sign_in(self, email: str = EMAIL, password: str = "") -> requests.Response:
        with requests.Session() as browser:
            page = browser.get(f"{self.site.url}/accounts/login/", timeout=PATIENCE)
            token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0]
            form = {"csrfmiddlewaretoken": token, "login": email, "password": password or self.site.password}
            return browser.post(page.url, form, allow_redirects=False, timeout=PATIENCE)


@pytest.fixture(scope="module")
def counted(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    port = free_port()
    with running(project, tmp_path_factory.mktemp("counted"), CACHE_URL=url(port)) as site:
        yield Counted(site, port)


def test_attempts_are_counted_in_redis_for_some_minutes_and_not_on_the_disk(counted: Counted, tmp_path: Path) -> None:
    with redis(tmp_path, counted.port), Redis(port=counted.port, password=PASSWORD) as keeper:
        assert counted.sign_in("nobody@example.com", "wrong").status_code == 200
        keys = [key for key in keeper.scan_iter() if not key.endswith(b":lock")]
        assert keys
        assert all(key.startswith(b"quo-admin:") for key in keys)
        assert all(0 < keeper.ttl(key) <= 24 * 3600 for key in keys)
        assert all(json.loads(keeper.get(key) or b"") for key in keys)
    assert not (counted.site.folder / "data" / "cache").exists()


def test_without_redis_nobody_signs_in_and_whoever_is_in_reads_on(counted: Counted, tmp_path: Path) -> None:
    with redis(tmp_path, counted.port):
        reader = counted.site.session()
        assert counted.readiness()[0] == 200
    with reader:
        for path in READ:
            page = reader.get(f"{counted.site.url}{path}", timeout=PATIENCE)
            assert page.status_code == 200, path
            assert PASSWORD not in page.text
        token = {"X-CSRFToken": str(reader.cookies.get(f"csrftoken_{counted.site.port}"))}
        for path in ("/sync/", "/accounts/logout/"):
            assert reader.post(f"{counted.site.url}{path}", headers=token, timeout=PATIENCE).status_code == 200, path
        for _ in range(6):  # more than the limits allow
            refused = counted.sign_in()
            assert (refused.status_code, SENTENCE in refused.text) == (503, True)
        assert counted.readiness() == (503, UNREADY)
    with redis(tmp_path, counted.port):
        assert counted.readiness()[0] == 200
        assert counted.sign_in().status_code == 302
    assert PASSWORD not in counted.site.process.printed


def test_who_signs_in_with_redis_started_anew_notices_nothing(counted: Counted, tmp_path: Path) -> None:
    for _ in range(3):  # connections to the one before are left in every thread
        with redis(tmp_path, counted.port):
            assert counted.sign_in().status_code == 302


def test_the_status_page_names_redis_without_its_password(counted: Counted, tmp_path: Path) -> None:
    with redis(tmp_path, counted.port), counted.site.session() as browser:
        page = browser.get(f"{counted.site.url}/status/", timeout=PATIENCE).text
    assert f"redis://127.0.0.1:{counted.port}/0" in page
    assert PASSWORD not in page


@pytest.mark.parametrize(
    ("password", "line"),
    [
        (PASSWORD, "✓ cache          Redis answers\n"),
        (
            "hunter3",
            "✗ cache          Redis does not answer, or takes nothing. "
            "Check CACHE_URL, its password, and that Redis is running.\n",
        ),
    ],
)
def test_the_doctor_says_whether_redis_answers(
    counted: Counted, project: Path, tmp_path: Path, password: str, line: str
) -> None:
    with redis(tmp_path, counted.port):
        asked = {"PORT": str(counted.site.port), "CACHE_URL": url(counted.port, password)}
        run = python(project, counted.site.folder, "manage.py", "doctor", **asked)
    assert line in run.stdout
    assert (run.returncode, run.stderr) == (0 if line.startswith("✓") else 1, "")
    assert password not in run.stdout


def test_a_cache_that_cannot_be_is_a_sentence_and_nothing_starts(tmp_path: Path) -> None:
    run = python(
        env.BASE_DIR, tmp_path, "manage.py", "run", SECRET_KEY="s" * 32, CACHE_URL="redis://:hunter2@here:port"
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        1,
        "",
        "CACHE_URL (environment) must look like redis://user:password@host:6379/0, or with rediss:// where the way "
        "there is encrypted.\n",
    )


def test_not_even_a_developers_error_page_shows_a_secret(tmp_path: Path) -> None:
    """DEBUG shows every setting, and what it calls by a name that sounds like a secret it hides."""
    code = (
        "import django; django.setup()\n"
        "from django.views.debug import ExceptionReporter\n"
        "print(ExceptionReporter(None, ValueError, ValueError(), None).get_traceback_html())"
    )
    more = {
        "DJANGO_SETTINGS_MODULE": "quo_admin.settings",
        "SECRET_KEY": "s" * 32,
        "CACHE_URL": url(6379, "hunter2"),
        "DATABASE_URL": "postgres://mara:hunter2@db.local/quo",
        "QUO_API_KEY": "hunter2",
    }
    page = python(env.BASE_DIR, tmp_path, "-c", code, **more)
    assert "redis://127.0.0.1:6379/0" in page.stdout, page.stderr
    assert "hunter2" not in page.stdout
