import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]
TIMEOUT = 20  # seconds


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH", "LANG"}}
    return kept | {"DATA_DIR": str(tmp_path), "SECRET_KEY": "only-for-tests" * 3, "ENV_FILE": os.devnull}


@contextmanager
def started(environment: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "manage.py", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def greeting(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    lines: list[str] = []
    while not lines or not lines[-1].startswith("Ctrl-C"):
        lines.append(process.stdout.readline())
        assert lines[-1], "".join(lines)
    return "".join(lines)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    assert match, text
    return match[1]


def test_it_prints_its_address_and_serves_there(environment: dict[str, str]) -> None:
    with started(environment, "--numbers", "3") as process:
        output = greeting(process)
        assert "3 numbers, 2 teammates, seed 7." in output
        url, key = found(r"^Address: (http://127\.0\.0\.1:\d+)$", output), found(r"^Key: +(sandbox-\w{24})$", output)
        request = urllib.request.Request(f"{url}/v1/phone-numbers", headers={"Authorization": key})
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            assert answer.read().startswith(b'{"data":[{"id":"PN')


@pytest.mark.parametrize(("option", "key"), [([], "message"), (["--wrap-errors"], "error")])
def test_errors_may_be_wrapped(environment: dict[str, str], option: list[str], key: str) -> None:
    with started(environment, *option) as process:
        url = found(r"^Address: (.+)$", greeting(process))
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{url}/v1/phone-numbers", timeout=TIMEOUT)
        with refused.value as answer:
            assert next(iter(json.load(answer))) == key


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly(environment: dict[str, str], how: signal.Signals) -> None:
    with started(environment) as process:
        greeting(process)
        process.send_signal(how)
        output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output, errors) == (0, "The sandbox has stopped.\n", "")


def test_it_stops_when_its_stdin_closes(environment: dict[str, str]) -> None:
    with started(environment, "--until-stdin-closes") as process:
        greeting(process)
        _, errors = process.communicate(timeout=TIMEOUT)  # closes stdin
    assert (process.returncode, errors) == (0, "")


def test_without_the_option_a_closed_stdin_does_not_stop_it(environment: dict[str, str]) -> None:
    with started(environment) as process:
        output = greeting(process)
        assert process.stdin
        process.stdin.close()
        port = int(found(r":(\d+)$", output))
        socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT).close()
        assert process.poll() is None


def test_the_key_comes_from_the_environment_and_the_fault_is_printed(environment: dict[str, str]) -> None:
    with started(environment | {"SANDBOX_KEY": "my-key"}, "--fault", "503") as process:
        output = greeting(process)
    assert found(r"^Key: +(.+)$", output) == "my-key"
    assert found(r"^Fault: +(.+)$", output) == "503"


def test_a_port_in_use_is_one_sentence(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with started(environment, "--port", str(port)) as process:
            output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output) == (1, "")
    assert errors == (
        f"CommandError: Cannot listen on port {port} of 127.0.0.1 (Address already in use): "
        "choose another with --port, or --port 0 for a free one.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "errors"),
    [
        (["--fault", "gremlins"], r"invalid choice: 'gremlins' \(choose from '?400'?, '?401'?, "),
        (["--numbers", "200001"], r"0 to 200000 numbers, not 200001\."),
        (["--port", "70000"], r"There is no port 70000"),
        (["--host", "192.0.2.1", "--port", "0"], r"Cannot listen on port 0 of 192\.0\.2\.1"),
        (["--key", "two words"], r"^The key may only have [^:]*: no spaces, no accents\.$"),
    ],
)
def test_invalid_options_are_one_sentence(arguments: list[str], errors: str) -> None:
    with pytest.raises(CommandError, match=errors):
        call_command("sandbox", *arguments)
