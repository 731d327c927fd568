"""deploy/nginx.conf in a real nginx in front of Quo Admin."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from quo_admin import env
from tests.support.fronts import NAME, Front, access_log_after_lies
from tests.support.processes import PATIENCE, free_port, is_free, running_process, wait_until
from tests.support.running import running_site

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
# Tests of root would otherwise run it as nobody, who cannot read the test's folder.
USER = "user root;" if os.geteuid() == 0 else ""
MAIN_CONFIG = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""

pytestmark = pytest.mark.skipif(NGINX is None, reason="there is no nginx here")


def certificate(folder: Path) -> None:
    """Create a self-signed certificate for NAME."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    kind, locked = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, kind, locked))


@contextmanager
def nginx(folder: Path, app_port: int) -> Iterator[tuple[int, int]]:
    """Run nginx with the delivered file, except for ports and certificate. Yield both ports."""
    plain, secure = free_port(), free_port()
    certificate(folder)
    site = (env.BASE_DIR / "deploy" / "nginx.conf").read_text()
    for was, becomes in {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen [::]:80;": "",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "listen [::]:443 ssl;": "",
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        f"/etc/letsencrypt/live/{NAME}": str(folder),
        "/var/log/nginx": str(folder),
        "/var/www/html": str(folder / "html"),
    }.items():
        assert was in site
        site = site.replace(was, becomes)
    (folder / "nginx.conf").write_text(MAIN_CONFIG.format(user=USER, folder=folder, site=site))
    command = [str(NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with running_process(command, folder, {"PATH": "/usr/bin:/bin"}, folder / "nginx.log") as process:
        wait_until(lambda: not is_free(secure) or process.popen.poll() is not None, lambda: process.printed)
        yield plain, secure


@pytest.fixture(scope="module")
def front(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    with (
        running_site(project, folder, DEMO="on", SITE_URL=f"https://{NAME}") as site,
        nginx(folder, site.port) as (plain, secure),
    ):
        yield Front(site, f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}")


@pytest.fixture
def visitor(front: Front) -> Iterator[requests.Session]:
    with front.session() as visitor:
        yield visitor


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_https_has_secure_cookies_and_headers(front: Front, visitor: requests.Session) -> None:
    page = visitor.get(f"{front.secure}/accounts/login/", timeout=PATIENCE)

    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert page.headers["Content-Encoding"] == "gzip"
    assert all(cookie.secure for cookie in visitor.cookies)


def test_http_redirects_to_https(front: Front, visitor: requests.Session) -> None:
    page = visitor.get(f"{front.plain}/numbers/?q=1", allow_redirects=False, timeout=PATIENCE)

    assert (page.status_code, page.headers["Location"]) == (301, f"https://{NAME}/numbers/?q=1")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("claim", ["203.0.113.9", "203.0.113.9, 127.0.0.1"])
def test_the_access_log_has_the_address_that_nginx_saw(front: Front, visitor: requests.Session, claim: str) -> None:
    log = access_log_after_lies(front, visitor, claim)

    assert "203.0.113.9" not in log
    assert "<bdi>127.0.0.1</bdi>" in log


def logged(front: Front) -> str:
    """Return everything that nginx has written into logs."""
    return "".join(log.read_text() for log in front.site.folder.glob("*.log") if log.name != f"{front.site.port}.log")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_names_from_searches_are_not_in_the_logs_of_nginx(front: Front, visitor: requests.Session) -> None:
    visitor.headers["Referer"] = f"https://{NAME}/numbers/?q=Winterbottom"
    for address in [front.plain, front.secure]:
        visitor.get(f"{address}/numbers/?q=Winterbottom", allow_redirects=False, timeout=PATIENCE)

    wait_until(lambda: logged(front).count('"GET /numbers/"') >= 2, lambda: logged(front))
    assert "Winterbottom" not in logged(front)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_names_are_not_in_the_logs_of_nginx_while_quo_admin_is_stopped(tmp_path: Path) -> None:
    with nginx(tmp_path, free_port()) as (_, secure):
        url = f"https://127.0.0.1:{secure}/numbers/?q=Winterbottom"
        answer = requests.get(url, headers={"Host": NAME}, verify=False, timeout=PATIENCE)  # noqa: S501 - our own

    assert answer.status_code == 502
    logs = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert '"GET /numbers/" 502' in logs
    assert "Winterbottom" not in logs


def test_certbot_can_renew_the_certificate(front: Front, visitor: requests.Session) -> None:
    challenges = front.site.folder / "html" / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True)
    (challenges / "token").write_text("answer")

    answer = visitor.get(f"{front.plain}/.well-known/acme-challenge/token", allow_redirects=False, timeout=PATIENCE)

    assert (answer.status_code, answer.text) == (200, "answer")


def test_in_the_document_the_certificate_comes_before_the_file_that_needs_it() -> None:
    document = (env.BASE_DIR / "docs" / "deployment.md").read_text().partition("## nginx and https")[2]
    steps = [
        "certbot certonly",
        "cp deploy/nginx.conf",
        "ln -s ../sites-available",
        "nginx -t && sudo systemctl reload",
    ]

    assert [document.count(step) for step in steps] == [1, 1, 1, 1]
    assert steps == sorted(steps, key=document.index)


def test_nginx_accepts_the_file(front: Front, tmp_path: Path) -> None:
    folder = front.site.folder
    read = subprocess.run(
        [str(NGINX), "-t", "-c", str(folder / "nginx.conf")], capture_output=True, text=True, check=False
    )

    assert read.returncode == 0, read.stderr
    assert "[warn]" not in read.stderr
