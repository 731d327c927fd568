"""bin/audit: how it reports what its tools found and what they could not check."""

import json
import re
import subprocess
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from quo_admin import env

CLEAN: dict[str, dict[str, Any]] = {
    "pip_audit": {"dependencies": [{"name": "django", "version": "5.2.19", "vulns": []}]},
    "npm": {"vulnerabilities": {}, "metadata": {"dependencies": {"total": 10}}},
    "bandit": {"results": [], "errors": [], "metrics": {"_totals": {"loc": 100}}},
    "detect_secrets": {"results": {}, "plugins_used": [1, 2]},
}

Audit = Callable[..., int]


@pytest.fixture
def module() -> Any:
    loader = SourceFileLoader("audit", str(env.BASE_DIR / "bin" / "audit"))
    spec = spec_from_loader("audit", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def audit(module: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Audit:
    """Return a function that runs the audit with the given output of its tools."""

    def run_audit(**answers: Any) -> int:
        def run(*command: str) -> CompletedProcess[str]:
            tool = next(part for part in command if part in CLEAN)
            answer = (CLEAN | answers)[tool]
            if isinstance(answer, Exception):
                raise answer
            return CompletedProcess([tool], 0, answer if isinstance(answer, str) else json.dumps(answer), "")

        monkeypatch.setattr(module, "run", run)
        monkeypatch.setattr(module, "REQUIREMENTS", (tmp_path / "requirements.txt",))
        (tmp_path / "requirements.txt").write_text("django==5.2.19 \\\n    --hash=sha256:00\n    # via nothing==1\n")
        return int(module.main())

    return run_audit


def test_without_findings_it_says_what_was_checked(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit() == 0
    assert capsys.readouterr().out.splitlines() == [
        "Python packages: no findings; 1 checked",
        "npm packages:    no findings; 10 checked",
        "Code:            no findings; 100 lines of Python checked",
        "Secrets:         no findings; 2 kinds looked for in the files of this checkout",
    ]


def test_a_vulnerability_is_named_with_the_version_that_fixes_it(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    hole = {"id": "PYSEC-1", "fix_versions": ["5.2.20", "6.0.1"]}
    django = {"name": "django", "version": "5.2.19", "vulns": [hole]}

    assert audit(pip_audit={"dependencies": [django]}) == 1
    assert "django 5.2.19: PYSEC-1, fixed in 5.2.20, 6.0.1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer", ["", "no connection", {"dependencies": [{"name": "django", "skip_reason": "not found"}]}]
)
def test_an_unreachable_advisory_service_is_reported_but_does_not_fail(
    audit: Audit, capsys: pytest.CaptureFixture[str], answer: Any
) -> None:
    assert audit(pip_audit=answer) == 0
    assert "Python packages: NOT CHECKED: " in capsys.readouterr().out


def test_packages_unknown_to_the_service_are_counted(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    unknown = {"name": "ours", "skip_reason": "not found"}

    audit(pip_audit={"dependencies": [*CLEAN["pip_audit"]["dependencies"], unknown]})

    assert "1 checked, 1 NOT CHECKED (unknown to the advisory service)\n" in capsys.readouterr().out


def test_packages_for_other_systems_are_counted(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    requests = {"name": "requests", "version": "1", "vulns": []}

    audit(pip_audit={"dependencies": [requests]})

    assert "1 checked, 1 NOT CHECKED (only for other systems or Pythons)\n" in capsys.readouterr().out


def test_a_vulnerable_npm_package_is_named_once(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    advisory = {"title": "Command Injection", "range": "<4.17.21"}
    vulnerable = {
        "lodash": {"name": "lodash", "via": [advisory]},
        "needs-lodash": {"name": "needs-lodash", "via": ["lodash"]},
    }

    assert audit(npm={**CLEAN["npm"], "vulnerabilities": vulnerable}) == 1
    printed = capsys.readouterr().out
    assert "npm packages:    1 finding; 10 checked\n" in printed
    assert "lodash <4.17.21: Command Injection\n" in printed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (FileNotFoundError(), "npm is not installed here"),
        ({"statusCode": 405, "error": {}}, "npm's advisory service cannot be reached from here"),
        ("", "npm's advisory service cannot be reached from here"),
    ],
)
def test_npm_packages_that_cannot_be_checked_are_reported_but_do_not_fail(
    audit: Audit, capsys: pytest.CaptureFixture[str], answer: Any, reason: str
) -> None:
    assert audit(npm=answer) == 0
    assert f"npm packages:    NOT CHECKED: {reason}\n" in capsys.readouterr().out


def test_risky_code_is_reported_with_its_location(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    risk = {"filename": "numbers/a.py", "line_number": 7, "issue_text": "Use of eval"}

    assert audit(bandit={**CLEAN["bandit"], "results": [risk]}) == 1
    assert "numbers/a.py:7: Use of eval" in capsys.readouterr().out


def test_a_file_that_cannot_be_checked_is_a_finding(audit: Audit) -> None:
    assert audit(bandit={**CLEAN["bandit"], "errors": [{"filename": "a.py", "reason": "syntax error"}]}) == 1


def test_a_secret_is_reported_with_its_location_but_not_printed(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"a.py": [{"line_number": 3, "type": "AWS Access Key", "hashed_secret": "x"}]}

    assert audit(detect_secrets={**CLEAN["detect_secrets"], "results": found}) == 1
    assert "a.py:3: AWS Access Key" in capsys.readouterr().out


def test_outside_a_git_checkout_secrets_are_not_checked(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = CompletedProcess([], 0, json.dumps(CLEAN["detect_secrets"]), "fatal: not a git repository")
    monkeypatch.setattr(module, "run", lambda *_: nothing)

    assert module.secrets() == ("NOT CHECKED: this folder is not a git checkout", [])


# Each in two parts, so that the audit does not find them in this file.
PLANTED = (
    'SECRET_KEY = "django-insecure' + '-k3v#w9@q7m!zr2&x8n$p5t(c1b)j6h*d4f_g0s+l%y^ue=oa"',
    'password = "Sommer2026' + '!Office"',
    'KEEPER = "AKIA' + 'Q3EGRT7XN2VHJ5LK"  # of postgres://user:secret@host',
)


@pytest.mark.parametrize("line", PLANTED)
def test_the_real_tool_finds_a_planted_secret(
    module: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str
) -> None:
    pytest.importorskip("detect_secrets", reason="only `make audit` installs it")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "planted.py").write_text(f'FIRST = "user:password@host"\n{line}\n')
    for arguments in (("init", "--quiet"), ("add", "planted.py")):
        subprocess.run(["git", *arguments], check=True)

    _, found = module.secrets()

    assert [one.rpartition(":")[0] for one in found] == ["planted.py:2"]


def test_no_kind_of_secret_and_no_file_is_excluded(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(*arguments: str) -> CompletedProcess[str]:
        asked.extend(arguments)
        return CompletedProcess([], 0, json.dumps(CLEAN["detect_secrets"]), "")

    monkeypatch.setattr(module, "run", run)
    module.secrets()

    *_, tool, scan, verify, harmless = asked
    assert (tool, scan, verify) == ("detect_secrets", "scan", "--no-verify")
    pattern = re.compile(harmless.removeprefix("--exclude-secrets="))
    assert pattern.search("hunter2")
    assert not pattern.search("hunter22")
    assert not pattern.search("password1")
    assert not pattern.search("axpassword")
