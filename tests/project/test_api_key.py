"""What people paste instead of the bare API key of Quo, and the sentence for it."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quo_admin import env
from tests.support.processes import run_python

KEY = "k3y-0f-Quo/+~.AbC"
NO_FILE = Path("/nowhere/.env")
NAME = "the NAME= in front of it"
BEARER = "the word Bearer in front of it"
QUOTES = "the quotation marks around it"
SPACE = "there is a space in it. Copy the key from Quo again"
LINES = "it has several lines. Leave only the key, on one line"
ODD = "it has an accented, invisible or other unusual character. Copy the key from Quo again"
BRACKETS = "there are brackets around it. Leave only the key"
NONE = "there is no key in it"

PASTED = {
    f"Bearer {KEY}": f"delete {BEARER}",
    f"bearer {KEY}": f"delete {BEARER}",
    f"BEARER\t {KEY}": f"delete {BEARER}",
    f"Bearer: {KEY}": f"delete {BEARER}",
    f"Bearer\xa0{KEY}": f"delete {BEARER}",
    f"Bearer Bearer {KEY}": f"delete {BEARER}",
    f"Token {KEY}": "delete the word in front of it",
    f"Api-Key {KEY}": "delete the word in front of it",
    **{
        f"{opening}{KEY}{closing}": f"delete {QUOTES}"
        for opening, closing in ('""', "''", "“”", "‘’", "„“", "«»", "``", "'\"", ("\"'", "'\""), ('"', ""), ("", "’"))
    },
    f"“ {KEY} ”": f"delete {QUOTES}",
    f"QUO_API_KEY={KEY}": f"delete {NAME}",
    f"QUO_API_KEY = {KEY}": f"delete {NAME}",
    f"QUO_API_KEY: {KEY}": f"delete {NAME}",
    f"QUO_API_KEY:{KEY}": f"delete {NAME}",
    f"export QUO_API_KEY={KEY}": f"delete {NAME}",
    f"set QUO_API_KEY={KEY}": f"delete {NAME}",
    f"NAME={KEY}": f"delete {NAME}",
    f"api-key={KEY}": f"delete {NAME}",
    f"Authorization: {KEY}": f"delete {NAME}",
    f"Authorization: Bearer {KEY}": f"delete {NAME} and {BEARER}",
    f'export QUO_API_KEY="{KEY}"': f"delete {NAME} and {QUOTES}",
    "$env:QUO_API_KEY = " + f'"Bearer {KEY}"': f"delete {NAME} and {QUOTES} and {BEARER}",
    f'"QUO_API_KEY={KEY}"': f"delete {QUOTES} and {NAME}",
    f"{KEY} {KEY}": SPACE,
    f"{KEY}\t{KEY}": SPACE,
    f"{KEY}\xa0{KEY}": SPACE,
    f"{KEY} # of the office": SPACE,
    f"{KEY}\n{KEY}": LINES,
    f"{KEY}\r\n{KEY}\r\n": LINES,
    f"{KEY}\r{KEY}": LINES,
    f"# of the office\n{KEY}": LINES,
    f"QUO_API_KEY={KEY}\nPORT=8000\n": LINES,
    f"{KEY}\u200b{KEY}": ODD,
    f"{KEY}\ufeff{KEY}": ODD,
    f"{KEY}é": ODD,
    f"{KEY}\0": ODD,
    f"{KEY}\udcff": ODD,
    f"{KEY}–1": ODD,
    f'{{"key":"{KEY}"}}': BRACKETS,
    f'{{ "key": "{KEY}" }}': BRACKETS,
    f'["{KEY}"]': BRACKETS,
    f"{{{KEY}}}": BRACKETS,
    f"[{KEY}]": BRACKETS,
    f"<{KEY}>": BRACKETS,
    f"({KEY})": BRACKETS,
    "Bearer": NONE,
    "bearer:": NONE,
    '"BEARER"': NONE,
    "Authorization:": NONE,
    "Authorization: Bearer": NONE,
    "Token": NONE,
    "API key": NONE,
    "QUO_API_KEY": NONE,
    '""': NONE,
    "QUO_API_KEY=": NONE,
    "QUO_API_KEY=''": NONE,
    "\ufeff": NONE,
}
HARMLESS = (
    "{}\n",
    "{}\r\n",
    "\n\n{}\n\n",
    " \t{} ",
    "\ufeff{}",
    "\ufeff\n{}\n",
    "\u200b{}\u2060",
    "\xa0{}\u200e\n",
    "{}\x0c",
)
KEYS = (KEY, "k", "k=", "YWJj==", "Bearer-1", "keyless", "a:b", "a/b?c", "0" * 500, "x-y_z~!$%&*()[]{}|;,<>#")


def sentence(environ: dict[str, str]) -> str:
    with pytest.raises(env.SettingsError) as refused:
        env.read(environ, NO_FILE)
    return str(refused.value)


@pytest.mark.parametrize(("text", "complaint"), PASTED.items())
def test_a_pasted_key_has_a_sentence_that_says_what_to_change(text: str, complaint: str) -> None:
    told = sentence({"QUO_API_KEY": text})

    assert told == f"QUO_API_KEY (environment) must be the key alone: {complaint}."
    assert KEY not in told


@pytest.mark.parametrize("text", [text for text in PASTED if "\udcff" not in text and text != "\ufeff"])
def test_a_key_file_has_the_same_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_bytes(text.encode("utf-8-sig"))

    told = sentence({"QUO_API_KEY_FILE": str(tmp_path / "key")})

    assert told == f"QUO_API_KEY (QUO_API_KEY_FILE) must be the key alone: {PASTED[text]}."


@pytest.mark.parametrize("content", ["", "\n", "\ufeff\r\n"])
def test_an_empty_key_file_has_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content)

    assert sentence({"QUO_API_KEY_FILE": str(tmp_path / "key")}) == (
        "QUO_API_KEY_FILE names a file that is empty. Write the value into it, or remove QUO_API_KEY_FILE."
    )


@pytest.mark.parametrize("around", HARMLESS)
@pytest.mark.parametrize("key", KEYS)
def test_what_is_harmless_around_a_key_is_ignored(tmp_path: Path, key: str, around: str) -> None:
    (tmp_path / "key").write_bytes(around.format(key).encode())

    assert env.read({"QUO_API_KEY": around.format(key)}, NO_FILE)["QUO_API_KEY"] == key
    assert env.read({"QUO_API_KEY_FILE": str(tmp_path / "key")}, NO_FILE)["QUO_API_KEY"] == key


@given(before=st.text(max_size=9), after=st.text(max_size=9))
@example(before="QUO_API_KEY=", after="")
def test_no_sentence_holds_the_key(before: str, after: str) -> None:
    try:
        env.read({"QUO_API_KEY": before + KEY + after}, NO_FILE)
    except env.SettingsError as error:
        assert KEY not in str(error)


@pytest.mark.parametrize("command", ["sync", "doctor", "run"])
def test_every_command_stops_with_the_sentence(tmp_path: Path, command: str) -> None:
    told = f"QUO_API_KEY (environment) must be the key alone: delete {BEARER}."
    run = run_python(env.BASE_DIR, tmp_path, "manage.py", command, SECRET_KEY="s" * 32, QUO_API_KEY=f"Bearer {KEY}")

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (f"✗ settings       {told}\n" if command == "doctor" else f"{told}\n")
