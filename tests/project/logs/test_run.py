"""The JSON log of `manage.py run` and `manage.py sync`, with real processes and real HTTP."""

import json
import re
import socket
from pathlib import Path
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from quo_admin.request_id import HEADER
from tests.support.processes import PATIENCE, free_port, run_python
from tests.support.running import running_site

TOKEN = "a-token-of-the-tests"


def _objects(printed: str) -> list[dict[str, Any]]:
    """Return the log lines, without the messages of `manage.py run` for the terminal."""
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def test_a_server_logs_requests_and_syncs_in_json_and_is_ready(project: Path, tmp_path: Path) -> None:
    with running_site(project, tmp_path, LOG_FORMAT="json", METRICS_TOKEN=TOKEN) as site:
        ready = requests.get(f"{site.url}/readyz", headers={"Host": "evil.example"}, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        scraped = requests.get(f"{site.url}/metrics", headers=headers, timeout=PATIENCE)
        with site.session() as browser:
            page = browser.get(f"{site.url}/numbers/?q=Zuleika", headers={HEADER: "from-a-proxy"}, timeout=PATIENCE)
        with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE) as odd:
            odd.sendall(b"GET /?q=Zuleika NONSENSE\r\n\r\n")
            while odd.recv(4096):
                pass
        output = site.process.printed

    assert (ready.status_code, ready.text) == (
        200,
        "ok: database answers\nok: migrations all done\nok: workspace fits the settings\n"
        "ok: secret key there\nok: disk can be written\n",
    )
    families = {family.name for family in text_string_to_metric_families(scraped.text)}
    assert {"quo_admin_numbers", "quo_admin_freshness"} <= families
    assert page.headers[HEADER] == "from-a-proxy"
    lines = _objects(output)
    (line,) = [line for line in lines if line["request_id"] == "from-a-proxy"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/numbers/", 200)
    assert {"/accounts/login/", "/numbers/"} <= {line.get("path") for line in lines}
    assert {"GET", "POST"} <= {line.get("method") for line in lines}
    (odd_line,) = [line for line in lines if line["logger"] == "gunicorn.error"]
    assert (odd_line["level"], odd_line["request_id"]) == ("WARNING", "")  # not the id of the request before it
    for private in ("Zuleika", TOKEN, site.password):
        assert private not in json.dumps(lines)
    rest = [line for line in output.splitlines() if not line.startswith("{")]
    assert not [line for line in rest if "WARNING" in line or "Zuleika" in line]


def test_a_timed_sync_logs_one_object(project: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    nowhere = {"QUO_API_KEY": "k", "QUO_API_URL": f"http://127.0.0.1:{free_port()}", "QUO_TIMEOUT": "1"}
    migrated = run_python(project, tmp_path, "manage.py", "migrate", "--verbosity=0", SECRET_KEY="s" * 32, **nowhere)
    assert migrated.returncode == 0, migrated.stderr

    run = run_python(project, tmp_path, "manage.py", "sync", SECRET_KEY="s" * 32, LOG_FORMAT="json", **nowhere)

    (line,) = _objects(run.stderr)
    assert (line["outcome"], line["error_kind"], line["scope"]) == ("failed", "unavailable", "workspace")
    assert re.fullmatch(r"sync(-[a-z0-9]{4}){3}", line["request_id"])
    assert line["http_calls"] >= 1
    assert run.returncode == 1
