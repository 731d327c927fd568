"""Where a setting's value comes from, and the error for an invalid one."""

import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quo_admin import env

NO_FILE = Path("/nowhere/.env")

WHOLE_SECONDS = "must be a whole number of seconds from"
ADDRESS = "must be an address such as https://example.com, without a user name, query or fragment"
DATABASE = "must look like postgres://user:password@host/name or sqlite:////path/to/file"
OPENED = "must be an address that a browser can open, such as https://phones.example.com"
LONG = "must be at least 32 characters; leave it out, and `make setup` makes one"
CACHE = "must look like redis://user:password@host:6379/0, or with rediss:// where the way there is encrypted"
MACHINE = "must be this machine's name or address in a network, such as 127.0.0.1"


def read(**environ: str) -> env.Values:
    return env.read(environ, NO_FILE)


def error_text(environ: dict[str, str], dotenv: Path = NO_FILE) -> str:
    with pytest.raises(env.SettingsError) as refused:
        env.read(environ, dotenv)
    return str(refused.value)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("QUO_API_KEY", "any/key-at.all!", "any/key-at.all!"),
        ("QUO_API_URL", "https://api.quo.com/", "https://api.quo.com"),
        ("QUO_API_URL", "http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("QUO_API_URL", "http://localhost:8001", "http://localhost:8001"),
        ("QUO_API_URL", "http://[::1]:8001", "http://[::1]:8001"),
        ("QUO_API_URL", "HTTPS://API.Quo.com:443/gate/way", "https://api.quo.com/gate/way"),
        ("QUO_TIMEOUT", "1", 1),
        ("QUO_TIMEOUT", "3600", 3600),
        ("QUO_MAX_ANSWER_MB", "4096", 4096),
        ("SYNC_INTERVAL", "60", 60),
        ("SITE_URL", "https://Phones.Example.com:443/", "https://phones.example.com"),
        ("SITE_URL", "http://phones:80", "http://phones"),
        ("SITE_URL", "http://[0:0::1]:9000", "http://[::1]:9000"),
        ("SITE_URL", "https://bücher.example", "https://xn--bcher-kva.example"),
        *[
            ("SITE_URL", text, text)
            for text in (
                "https://phones",
                "https://xn--bcher-kva.example",
                "https://4.phones2.example",
                "https://3com",
                "https://localhost",
                "https://10.0.0.5",
                "https://[fd00::5]",
            )
        ],
        ("HOST", "0.0.0.0", "0.0.0.0"),  # noqa: S104 - a value, not bound
        ("HOST", "::", "::"),
        ("HOST", "quo-admin.local", "quo-admin.local"),
        ("PORT", "1", 1),
        ("PORT", "65535", 65535),
        ("DATA_DIR", "data", env.BASE_DIR / "data"),
        ("DATA_DIR", "/var/lib/quo admin", Path("/var/lib/quo admin")),
        ("DATA_DIR", "~/quo", Path.home() / "quo"),
        ("SECRET_KEY", "$1 'with' \"signs\", no fewer than 32 é", "$1 'with' \"signs\", no fewer than 32 é"),
        ("TIME_ZONE", "America/New_York", "America/New_York"),
        *[("DEBUG", text, True) for text in ("1", "true", "Yes", "ON")],
        *[("DEBUG", text, False) for text in ("0", "false", "No", "OFF")],
    ],
)
def test_a_valid_value_is_accepted(name: str, text: str, value: object) -> None:
    assert read(**{name: text})[name] == value


@pytest.mark.parametrize(
    ("url", "place", "options"),
    [
        ("redis://cache.local", "redis://cache.local:6379/0", {}),
        ("redis://127.0.0.1:6380/3", "redis://127.0.0.1:6380/3", {}),
        ("rediss://[::1]/", "rediss://[::1]:6379/0", {}),
        ("redis://:p%40ss@cache.local/1", "redis://cache.local:6379/1", {"password": "p@ss"}),
        (
            "redis://mara:hunter2@cache.local",
            "redis://cache.local:6379/0",
            {"username": "mara", "password": "hunter2"},
        ),
    ],
)
def test_a_cache_url_is_parsed_with_a_separate_password(url: str, place: str, options: dict[str, str]) -> None:
    assert read(CACHE_URL=url)["CACHE_URL"] == {"LOCATION": place, "OPTIONS": options}


@pytest.mark.parametrize(
    ("url", "described"),
    [
        (
            "postgres://mara:p%40ss@db.local:5433/quo?sslmode=require",
            {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": "quo",
                "USER": "mara",
                "PASSWORD": "p@ss",
                "HOST": "db.local",
                "PORT": 5433,
                "OPTIONS": {"sslmode": "require"},
            },
        ),
        ("postgresql:///quo", {"ENGINE": "django.db.backends.postgresql", "NAME": "quo", "HOST": ""}),
        ("sqlite:////a/file", {"ENGINE": "django.db.backends.sqlite3", "NAME": Path("/a/file")}),
        ("sqlite:///a/file", {"ENGINE": "django.db.backends.sqlite3", "NAME": env.BASE_DIR / "a/file"}),
    ],
)
def test_a_database_url_becomes_djangos_settings(url: str, described: dict[str, Any]) -> None:
    assert read(DATABASE_URL=url)["DATABASE_URL"].items() >= described.items()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        *[
            ("OIDC_CLIENT_ID", text, "must be the key alone, without spaces, line breaks or other special characters")
            for text in ("two words", "two\nlines", "clé", "nul\0")
        ],
        *[
            (name, text, ADDRESS)
            for name in ("QUO_API_URL", "SITE_URL")
            for text in (
                "api.quo.com",
                "ftp://quo.com",
                "https://",
                "https:///path",
                "https://mara:pass@quo.com",
                "https://quo.com?key=1",
                "https://quo.com#top",
                "https://quo.com:0",
                "https://quo.com:99999",
                "https://quo.com:port",
                "https://[::1",
                "https://*",
                "https://.quo.com",
                "https://a..b",
                "https://quo\\.com",
                "https://qu o.com",
                "https://quo.com/\n",
                "https://" + "a" * 64 + ".com",
            )
            if text.strip() == text
        ],
        *[
            (name, f"http://{host}", "must be an address that begins with https://")
            for name in ("QUO_API_URL", "OIDC_ISSUER")
            for host in (
                "api.quo.com",
                "10.0.0.7:8000",
                "localhost.example.com",
                "127.0.0.1.example.com",
                "[2001:db8::1]",
            )
        ],
        ("SITE_URL", "https://quo.com/admin", "must be an address without a path, such as https://phones.example.com"),
        *[
            ("SITE_URL", f"https://{name}", OPENED)
            for name in (
                *("999.999.999.999", "1.2.3", "2130706433", "0x7f.1", "0x"),
                *("0.0.0.0", "[::]", "239.1.2.3", "[ff02::1]"),  # noqa: S104 - values, not bound
                *("_", "quo_admin", "xn--", "a-.example", "a.example."),
            )
        ],
        *[
            ("QUO_TIMEOUT", text, f"{WHOLE_SECONDS} 1 to 3600")
            for text in ("0", "3601", "-1", "1.5", "1e3", "abc", "٣", "9" * 5000)
        ],
        ("QUO_MAX_ANSWER_MB", "0", "must be a whole number of megabytes from 1 to 4096"),
        ("SYNC_INTERVAL", "59", f"{WHOLE_SECONDS} 60 to 86400"),
        *[("HOST", text, MACHINE) for text in ("*", "two words", "127.0.0.1:8000", "[::]", "a" * 64, "http://here")],
        *[("PORT", text, "must be a port number from 1 to 65535") for text in ("0", "65536", "-1", "http", "80 80")],
        *[
            ("DATABASE_URL", text, DATABASE)
            for text in (
                "quo.sqlite3",
                "sqlite://",
                "sqlite://:memory:",
                "sqlite:///:memory:",
                "sqlite://data/quo.sqlite3",
                "postgres://mara@db/",
                "postgres://mara:pa#ss@db/quo",
                "postgres://mara:pass@db:port/quo",
                "mysql://mara:pass@db/quo",
                "postgis://mara:pass@db/quo",
            )
        ],
        ("DATABASE_URL", "sqlite:////a/%00", "must be a path"),
        *[
            ("CACHE_URL", text, CACHE)
            for text in (
                "redis",
                "redis://",
                "cache.local:6379",
                "http://cache.local",
                "memcached://cache.local:11211",
                "redis://cache.local:0",
                "redis://cache.local:port",
                "redis://cache.local/first",
                "redis://cache.local/0/1",
                "redis://mara:pa#ss@cache.local/0",
                "redis://mara:pa/ss@cache.local/0",
                "redis://cache.local/0?socket_timeout=60",
                "redis://two words/0",
            )
        ],
        *[("DATA_DIR", text, "must be a path") for text in ("nul\0", "two\nlines", "~nobody-of-that-name/quo")],
        *[("SECRET_KEY", text, "must be one line of text") for text in ("two\nlines", "\udcff")],
        *[("SECRET_KEY", text, LONG) for text in ("a", "changeme", "a" * 31)],
        *[
            (
                "TRUSTED_PROXIES",
                text,
                "must be your own proxies: where every address is one, anybody can make up theirs",
            )
            for text in ("0.0.0.0/0", "127.0.0.1, ::/0", "0.0.0.0/1,128.0.0.0/1", "8000::/1, 10.0.0.0/8, ::/1")
        ],
        *[
            (
                "TIME_ZONE",
                text,
                "must be the name of a time zone that this machine knows, such as America/New_York or UTC; "
                "some machines know former names only with the package tzdata-legacy",
            )
            for text in ("Mars/Base", "America", "../etc/passwd", "/etc/localtime", "nul\0", "z" * 5000)
        ],
        *[("DEBUG", text, "must be on or off") for text in ("2", "maybe", "on off")],
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_setting(name: str, text: str, expected: str) -> None:
    assert error_text({name: text}) == f"{name} (environment) {expected}."


@pytest.mark.parametrize("setting", env.SETTINGS, ids=lambda setting: setting.name)
def test_a_bad_value_is_never_repeated(setting: env.Setting) -> None:
    """An invalid value may be a key or a password that was set in the wrong place."""
    assert "hunter2" not in error_text({setting.name: "x://mara:hunter2@[\nhunter2\0"})


@pytest.mark.parametrize("setting", env.SETTINGS, ids=lambda setting: setting.name)
@settings(deadline=None)
@given(text=st.text())
def test_any_text_is_a_value_or_a_sentence(setting: env.Setting, text: str) -> None:
    try:
        read(**{setting.name: text})
    except env.SettingsError as error:
        assert str(error).startswith(f"{setting.name} (environment) must ")


@pytest.mark.parametrize("setting", env.SETTINGS, ids=lambda setting: setting.name)
def test_every_default_is_valid(setting: env.Setting) -> None:
    assert env.read({}, NO_FILE)[setting.name] == (setting.parse(setting.default) if setting.default else "")
    assert env.read({}, NO_FILE).sources[setting.name] == "default"


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_an_empty_value_counts_as_not_set(blank: str, dotenv: Path) -> None:
    dotenv.write_text("PORT=8002\n")
    assert env.read({"PORT": blank}, dotenv)["PORT"] == 8002


def test_space_around_a_value_is_ignored() -> None:
    assert read(PORT=" 8002\n")["PORT"] == 8002


def test_the_environment_overrides_the_file(dotenv: Path) -> None:
    dotenv.write_text("PORT=8002\nTIME_ZONE=Asia/Tokyo\n")
    values = env.read({"PORT": "8001"}, dotenv)
    assert (values["PORT"], values.sources["PORT"]) == (8001, "environment")
    assert (values["TIME_ZONE"], values.sources["TIME_ZONE"]) == ("Asia/Tokyo", ".env")


def test_an_error_says_that_the_value_is_from_the_file(dotenv: Path) -> None:
    dotenv.write_text("PORT=none\n")
    assert error_text({}, dotenv) == "PORT (.env) must be a port number from 1 to 65535."


# Secrets from files


def test_a_secret_may_be_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\ufeffthe-key\n")
    values = read(QUO_API_KEY_FILE=str(tmp_path / "key"))
    assert (values["QUO_API_KEY"], values.sources["QUO_API_KEY"]) == ("the-key", "QUO_API_KEY_FILE")


@pytest.mark.parametrize("name", [setting.name for setting in env.SETTINGS if not setting.secret])
def test_only_a_secret_may_be_in_its_own_file(name: str) -> None:
    assert read(**{f"{name}_FILE": "/nowhere"})[name] == env.read({}, NO_FILE)[name]


def test_the_value_itself_overrides_the_secrets_file() -> None:
    assert read(QUO_API_KEY="the-key", QUO_API_KEY_FILE="/nowhere")["QUO_API_KEY"] == "the-key"


def test_a_secrets_file_in_the_environment_overrides_the_settings_file(tmp_path: Path, dotenv: Path) -> None:
    dotenv.write_text("QUO_API_KEY=old\n")
    (tmp_path / "key").write_text("new")
    assert env.read({"QUO_API_KEY_FILE": str(tmp_path / "key")}, dotenv)["QUO_API_KEY"] == "new"


def test_the_settings_file_may_name_a_secrets_file(tmp_path: Path, dotenv: Path) -> None:
    (tmp_path / "key").write_text("the-key")
    dotenv.write_text(f"QUO_API_KEY_FILE={tmp_path / 'key'}\n")
    assert env.read({}, dotenv)["QUO_API_KEY"] == "the-key"


def test_an_error_does_not_repeat_a_bad_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("mysql://mara:hunter2@db/quo")
    assert error_text({"DATABASE_URL_FILE": str(tmp_path / "url")}) == f"DATABASE_URL (DATABASE_URL_FILE) {DATABASE}."


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "cannot be read: No such file or directory"), (b"\xff", "cannot be read: it is not UTF-8 text")],
)
def test_a_secrets_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    assert error_text({"QUO_API_KEY_FILE": str(tmp_path / "key")}) == f"QUO_API_KEY_FILE names a file that {why}."


def test_a_secrets_file_that_is_empty_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" \n")
    assert error_text({"SECRET_KEY_FILE": str(tmp_path / "key")}) == (
        "SECRET_KEY_FILE names a file that is empty. Write the value into it, or remove SECRET_KEY_FILE."
    )


@pytest.mark.parametrize("path", ["/tmp", "/nul\0", "~nobody-of-that-name/key"])  # noqa: S108 - a folder, not written
def test_a_secrets_file_that_is_not_a_file_is_a_sentence(path: str) -> None:
    assert error_text({"SECRET_KEY_FILE": path}).startswith("SECRET_KEY_FILE names a file that cannot be read: ")


# The settings file


def test_the_settings_file_is_next_to_manage_py() -> None:
    assert env.dotenv_path({}) == env.BASE_DIR / ".env"
    assert (env.BASE_DIR / "manage.py").is_file()


@pytest.mark.parametrize(("name", "path"), [("/etc/quo.env", Path("/etc/quo.env")), ("x.env", env.BASE_DIR / "x.env")])
def test_another_settings_file_can_be_chosen(name: str, path: Path) -> None:
    assert env.dotenv_path({"ENV_FILE": name}) == path


def test_no_settings_file_is_needed(dotenv: Path) -> None:
    assert env.read({}, dotenv)["PORT"] == 8000


def test_a_folder_named_env_is_ignored(dotenv: Path) -> None:
    dotenv.mkdir()
    assert env.read({}, dotenv)["PORT"] == 8000


def test_a_chosen_settings_file_must_exist(dotenv: Path) -> None:
    sentence = "ENV_FILE names a file that cannot be read: No such file or directory."
    assert error_text({"ENV_FILE": str(dotenv)}, dotenv) == sentence


def test_a_binary_settings_file_is_a_sentence(dotenv: Path) -> None:
    dotenv.write_bytes(b"PORT=\xff")
    assert error_text({}, dotenv) == "The settings file .env cannot be read: it is not UTF-8 text."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_settings_file_is_a_sentence(dotenv: Path) -> None:
    dotenv.touch(mode=0o000)
    assert error_text({}, dotenv) == "The settings file .env cannot be read: Permission denied."


@pytest.mark.parametrize(
    "content",
    [
        "PORT=8002",
        "\ufeffPORT=8002\n",
        "PORT=8001\r\nPORT=8002\r\n",
        "# a comment\n\n  export PORT = '8002'  # another\n",
        'DEBUG\nPORT="8002"\nUNKNOWN=1\n',
    ],
)
def test_the_settings_file_has_the_usual_syntax(dotenv: Path, content: str) -> None:
    dotenv.write_text(content)
    assert env.read({}, dotenv)["PORT"] == 8002


def test_a_dollar_sign_in_the_settings_file_is_literal(dotenv: Path) -> None:
    dotenv.write_text("QUO_API_KEY=a${HOME}b$c\n")
    assert env.read({"HOME": "/home/mara"}, dotenv)["QUO_API_KEY"] == "a${HOME}b$c"


@pytest.mark.parametrize("line", ["PORT='8002", "=8002", "PORT 8002"])
def test_an_invalid_line_is_reported_by_its_number_only(dotenv: Path, line: str) -> None:
    dotenv.write_text(f"DEBUG=off\n{line}\n")
    assert error_text({}, dotenv) == "Line 2 of .env must look like NAME=value."


@settings(deadline=None)
@given(content=st.binary())
def test_any_settings_file_is_read_or_rejected(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    dotenv = tmp_path_factory.getbasetemp() / "any.env"
    dotenv.write_bytes(content)
    try:
        env.read({}, dotenv)
    except env.SettingsError as error:
        assert str(error).endswith(".")


def test_the_default_time_zone_exists() -> None:
    assert ZoneInfo(env.read({}, NO_FILE)["TIME_ZONE"]).key == "UTC"
