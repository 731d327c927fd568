"""The settings of the log and of the metrics."""

from pathlib import Path

import pytest

from quo_admin import env

NO_FILE = Path("no-such-file")


@pytest.mark.parametrize(
    ("text", "log_format"), [("", "plain"), ("plain", "plain"), ("JSON", "json"), (" json ", "json")]
)
def test_the_log_has_one_of_two_formats(text: str, log_format: str) -> None:
    assert env.read({"LOG_FORMAT": text}, NO_FILE)["LOG_FORMAT"] == log_format


def test_another_format_is_refused_in_a_sentence() -> None:
    with pytest.raises(env.SettingsError, match=r"^LOG_FORMAT \(environment\) must be plain or json\.$"):
        env.read({"LOG_FORMAT": "xml"}, NO_FILE)


@pytest.mark.parametrize("token", ["0123456789abcdef", "!" * 200])
def test_a_long_token_is_accepted(token: str) -> None:
    assert env.read({"METRICS_TOKEN": token}, NO_FILE)["METRICS_TOKEN"] == token


@pytest.mark.parametrize("token", ["short", "0123456789abcde", "0123456789 abcdef", "0123456789abcdé\u0301f"])
def test_a_short_or_unsendable_token_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(env.SettingsError, match=r"^METRICS_TOKEN \(environment\) must be at least 16 ch") as refusal:
        env.read({"METRICS_TOKEN": token}, NO_FILE)

    assert token not in str(refusal.value)


def test_the_token_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("0123456789abcdef\n")

    found = env.read({"METRICS_TOKEN_FILE": str(tmp_path / "token")}, NO_FILE)

    assert found["METRICS_TOKEN"] == "0123456789abcdef"
