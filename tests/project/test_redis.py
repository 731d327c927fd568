"""Quo Admin with a real Redis as CACHE_URL, while it runs and while it is down."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from redis import Redis

from quo_admin import env
from tests.support.processes import PATIENCE, free_port, run_python
from tests.support.redis_server import PASSWORD, needs_redis, redis, url
from tests.support.running import EMAIL, Site, running_site

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
NOT_WELL = (
    "ok: database answers\nok: migrations all done\nok: workspace fits the settings\n"
    "FAILED: cache does not answer, or takes nothing\n"
    "ok: secret key there\nok: disk can be written\n"
)


@dataclass(frozen=True)
class RedisSite:
    """A site that counts attempts in a Redis at `port`. Each test starts that Redis or not."""

    site: Site
    port: int

    def asked(self, path: str) -> tuple[int, str]:
        answer = requests.get(f"{self.site.url}{path}", timeout=PATIENCE)
        return answer.status_code, answer.text

    def sign_in(self, email: str = EMAIL, password: str = "") -> requests.Response:
        with requests.Session() as browser:
            page = browser.get(f"{self.site.url}/accounts/login/", timeout=PATIENCE)
            token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0]
            form = {"csrfmiddlewaretoken": token, "login": email, "password": password or self.site.password}
            return browser.post(page.url, form, allow_redirects=False, timeout=PATIENCE)


@pytest.fixture(scope="module")
def redis_site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisSite]:
    port = free_port()
    with running_site(project, tmp_path_factory.mktemp("counted"), CACHE_URL=url(port)) as site:
        yield RedisSite(site, port)


def test_attempts_are_counted_in_redis_and_not_on_the_disk(redis_site: RedisSite, tmp_path: Path) -> None:
    with redis(tmp_path, redis_site.port), Redis(port=redis_site.port, password=PASSWORD) as keeper:
        assert redis_site.sign_in("nobody@example.com", "wrong").status_code == 200
        keys = [key for key in keeper.scan_iter() if not key.endswith(b":lock")]
        assert keys
        assert all(key.startswith(b"quo-admin:") for key in keys)
        assert all(0 < keeper.ttl(key) <= 24 * 3600 for key in keys)
        assert all(json.loads(keeper.get(key) or b"") for key in keys)
    assert not (redis_site.site.folder / "data" / "cache").exists()


def test_without_redis_nobody_can_sign_in_but_signed_in_users_can_read(redis_site: RedisSite, tmp_path: Path) -> None:
    with redis(tmp_path, redis_site.port):
        reader = redis_site.site.session()
        assert redis_site.asked("/checkz")[0] == 200
    with reader:
        for path in READ:
            page = reader.get(f"{redis_site.site.url}{path}", timeout=PATIENCE)
            assert page.status_code == 200, path
            assert PASSWORD not in page.text
        token = {"X-CSRFToken": str(reader.cookies.get(f"csrftoken_{redis_site.site.port}"))}
        for path in ("/sync/", "/accounts/logout/"):
            assert reader.post(f"{redis_site.site.url}{path}", headers=token, timeout=PATIENCE).status_code == 200, path
        for _ in range(6):  # more than the limits allow
            refused = redis_site.sign_in()
            assert (refused.status_code, SENTENCE in refused.text) == (503, True)
        assert redis_site.asked("/readyz")[0] == 200
        assert redis_site.asked("/checkz") == (503, NOT_WELL)
    with redis(tmp_path, redis_site.port):
        assert redis_site.asked("/checkz")[0] == 200
        assert redis_site.sign_in().status_code == 302
    assert PASSWORD not in redis_site.site.process.printed


def test_signing_in_works_after_redis_restarted(redis_site: RedisSite, tmp_path: Path) -> None:
    for _ in range(3):  # every thread still has connections to the old one
        with redis(tmp_path, redis_site.port):
            assert redis_site.sign_in().status_code == 302


def test_the_status_page_names_redis_without_its_password(redis_site: RedisSite, tmp_path: Path) -> None:
    with redis(tmp_path, redis_site.port), redis_site.site.session() as browser:
        page = browser.get(f"{redis_site.site.url}/status/", timeout=PATIENCE).text
    assert f"redis://127.0.0.1:{redis_site.port}/0" in page
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
    redis_site: RedisSite, project: Path, tmp_path: Path, password: str, line: str
) -> None:
    with redis(tmp_path, redis_site.port):
        asked = {"PORT": str(redis_site.site.port), "CACHE_URL": url(redis_site.port, password)}
        run = run_python(project, redis_site.site.folder, "manage.py", "doctor", **asked)
    assert line in run.stdout
    assert (run.returncode, run.stderr) == (0 if line.startswith("✓") else 1, "")
    assert password not in run.stdout


def test_an_invalid_cache_url_is_a_sentence_and_nothing_starts(tmp_path: Path) -> None:
    run = run_python(
        env.BASE_DIR, tmp_path, "manage.py", "run", SECRET_KEY="s" * 32, CACHE_URL="redis://:hunter2@here:port"
    )
    assert (run.returncode, run.stdout, run.stderr) == (
        1,
        "",
        "CACHE_URL (environment) must look like redis://user:password@host:6379/0, or with rediss:// where the way "
        "there is encrypted.\n",
    )


def test_djangos_debug_page_shows_no_secret(tmp_path: Path) -> None:
    """It shows every setting and only hides those whose names sound like secrets."""
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
    page = run_python(env.BASE_DIR, tmp_path, "-c", code, **more)
    assert "redis://127.0.0.1:6379/0" in page.stdout, page.stderr
    assert "hunter2" not in page.stdout
