"""deploy/Caddyfile in a real Caddy in front of Quo Admin."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from quo_admin import env
from tests.support.fronts import NAME, Front, access_log_after_lies
from tests.support.processes import PATIENCE, Process, free_port, is_free, running_process, wait_until
from tests.support.running import running_site

CADDY = shutil.which("caddy", path="/usr/local/bin:/usr/bin")
LOG = "caddy.log"
OF_THE_TEST = """{{
	admin off
	local_certs
	skip_install_trust
	default_sni {name}
	default_bind 127.0.0.1
	http_port {plain}
	https_port {secure}
"""

pytestmark = [
    pytest.mark.skipif(CADDY is None, reason="there is no Caddy here"),
    pytest.mark.filterwarnings("ignore:Unverified HTTPS request"),
]


@contextmanager
def caddy(folder: Path, app_port: int) -> Iterator[tuple[Process, int, int]]:
    """Run Caddy with the delivered file, except for ports and certificate. Yield it and both ports."""
    plain, secure = free_port(), free_port()
    text = (env.BASE_DIR / "deploy" / "Caddyfile").read_text()
    for was, becomes in {
        "\n{\n": "\n" + OF_THE_TEST.format(name=NAME, plain=plain, secure=secure),
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
    }.items():
        assert was in text
        text = text.replace(was, becomes, 1)
    (folder / "Caddyfile").write_text(text)
    command = [str(CADDY), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    variables = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    with running_process(command, folder, variables, folder / LOG) as process:
        wait_until(lambda: not is_free(secure) or process.popen.poll() is not None, lambda: process.printed)
        process.wait_for("certificate obtained successfully")
        yield process, plain, secure


@pytest.fixture(scope="module")
def front(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("caddy")
    with (
        running_site(project, folder, DEMO="on", SITE_URL=f"https://{NAME}") as site,
        caddy(folder, site.port) as (_, plain, secure),
    ):
        yield Front(site, f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}")


@pytest.fixture
def visitor(front: Front) -> Iterator[requests.Session]:
    with front.session() as visitor:
        yield visitor


def test_https_has_secure_cookies_and_headers(front: Front, visitor: requests.Session) -> None:
    page = visitor.get(f"{front.secure}/accounts/login/", timeout=PATIENCE)

    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert page.headers["Content-Encoding"] == "gzip"
    assert all(cookie.secure for cookie in visitor.cookies)


def test_http_redirects_to_https(front: Front, visitor: requests.Session) -> None:
    page = visitor.get(f"{front.plain}/numbers/?q=1", allow_redirects=False, timeout=PATIENCE)

    assert page.status_code == 308
    assert re.fullmatch(rf"https://{NAME}(:\d+)?/numbers/\?q=1", page.headers["Location"])


@pytest.mark.parametrize("claim", ["203.0.113.9", "203.0.113.9, 127.0.0.1"])
def test_the_access_log_has_the_address_that_caddy_saw(front: Front, visitor: requests.Session, claim: str) -> None:
    log = access_log_after_lies(front, visitor, claim)

    assert "203.0.113.9" not in log
    assert "<bdi>127.0.0.1</bdi>" in log


def test_names_from_searches_are_not_in_the_log_of_caddy(front: Front, visitor: requests.Session) -> None:
    current = f"https://{NAME}/numbers/?q=Winterbottom"
    visitor.headers.update({"Referer": current, "HX-Current-URL": current})
    for address in [front.plain, front.secure]:
        visitor.get(f"{address}/numbers/?q=Winterbottom", allow_redirects=False, timeout=PATIENCE)

    log = front.site.folder / LOG
    wait_until(lambda: '"uri":"/numbers/"' in log.read_text(), log.read_text)
    assert "Winterbottom" not in log.read_text()


def test_names_are_not_in_the_log_of_caddy_while_quo_admin_is_stopped(tmp_path: Path) -> None:
    with caddy(tmp_path, free_port()) as (process, _, secure):
        url = f"https://127.0.0.1:{secure}/numbers/?q=Winterbottom"
        answer = requests.get(url, headers={"Host": NAME}, verify=False, timeout=PATIENCE)  # noqa: S501 - our own
        wait_until(lambda: '"status":502' in process.printed, lambda: process.printed)

    assert answer.status_code == 502
    assert '"uri":"/numbers/"' in process.printed
    assert "Winterbottom" not in process.printed


def test_a_request_that_is_too_large_gets_the_answer_of_quo_admin(front: Front, visitor: requests.Session) -> None:
    answer = visitor.post(f"{front.secure}/accounts/login/", b"x" * 1_100_000, timeout=PATIENCE)

    assert answer.status_code == 413
