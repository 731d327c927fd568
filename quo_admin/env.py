"""Reads the settings of Quo Admin from the environment and `.env`.

`SETTINGS` is the one list of them: `settings.py`, `.env.example`, the status page and `manage.py doctor` follow it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

BASE_DIR = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting has a value that cannot be used. The text is one sentence for the person who set it."""


def _text(value: str) -> str:
    return value


def _key(value: str) -> str:
    # A key is never judged by its shape, only by whether an HTTP header can carry it.
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError("must be the key alone, without spaces, line breaks or other special characters")
    return value


def _flag(value: str) -> bool:
    lowered = value.lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be on or off")


def _whole(low: int, high: int, unit: str) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number of {unit} from {low} to {high}")
        return int(value)

    return parse


def _port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
        raise ValueError("must be a port number from 1 to 65535")
    return int(value)


def _url(value: str) -> str:
    """Return an http(s) address without a trailing slash."""
    complaint = "must be an address such as https://example.com, without a user name, query or fragment"
    try:
        parts = urlsplit(value)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(complaint) from error
    clean = not (parts.username or parts.password or parts.query or parts.fragment) and port_is_valid
    if parts.scheme not in {"http", "https"} or not parts.hostname or not clean or re.search(r"\s", value):
        raise ValueError(complaint)
    return value.rstrip("/")


def _origin(value: str) -> str:
    url = _url(value)
    if urlsplit(url).path:
        raise ValueError("must be an address without a path, such as https://phones.example.com")
    return url


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be the name of a time zone, such as America/New_York or UTC") from error
    return value


def _folder(value: str) -> Path:
    return BASE_DIR / value


@dataclass(frozen=True)
class Setting:
    """One setting: `default` is what `.env.example` shows, `parse` raises ValueError with the end of a sentence."""

    name: str
    default: str
    parse: Callable[[str], Any]
    help: str
    secret: bool = False


SETTINGS = (
    Setting("QUO_API_KEY", "", _key, "The API key of the Quo workspace. Without it: the demo workspace.", secret=True),
    Setting("QUO_API_URL", "https://api.quo.com", _url, "Where Quo's API answers."),
    Setting("QUO_TIMEOUT", "60", _whole(1, 3600, "seconds"), "Seconds that one question to Quo may take, retries included."),
    Setting("QUO_MAX_ANSWER_MB", "200", _whole(1, 4096, "megabytes"), "A larger answer of Quo is refused."),
    Setting("SYNC_INTERVAL", "300", _whole(60, 86400, "seconds"), "Seconds between two syncs, as the office means it: an older copy is called late."),
    Setting("SITE_URL", "", _origin, "Where people open Quo Admin; http://127.0.0.1:PORT unless set. With https: secure cookies, HSTS, redirects."),
    Setting("HOST", "127.0.0.1", _text, "The network address to listen on."),
    Setting("PORT", "8000", _port, "The port to listen on."),
    Setting("DATABASE_URL", "", _text, "postgres://user:password@host/name, or sqlite:////a/file; a file in DATA_DIR unless set.", secret=True),
    Setting("DATA_DIR", "data", _folder, "The folder for what must be kept: the database, the secret key."),
    Setting("SECRET_KEY", "", _text, "Signs the sessions; made once and kept in DATA_DIR unless set.", secret=True),
    Setting("TIME_ZONE", "UTC", _zone, "The office's time zone."),
    Setting("DEBUG", "off", _flag, "For developers: error pages with details. Never on a public address."),
)  # fmt: skip


@dataclass(frozen=True)
class Values:
    """The parsed values by name; `sources` says for each name where it came from, in words."""

    values: Mapping[str, Any]
    sources: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each setting has a type of its own
        return self.values[name]


def dotenv_path(environ: Mapping[str, str]) -> Path:
    """Return the settings file: `.env` beside manage.py, or what ENV_FILE names."""
    return BASE_DIR / (environ.get("ENV_FILE") or ".env")


def read(environ: Mapping[str, str], dotenv: Path) -> Values:
    """Read every setting from `environ`, else from the file `dotenv`, else its default.

    A secret may come from a file named by `<NAME>_FILE`. An empty value counts as not set.
    Raises SettingsError.
    """
    try:
        in_file = {name: value or "" for name, value in dotenv_values(dotenv).items()} if dotenv.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {dotenv.name} cannot be read: {_cause(error)}.") from error
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for setting in SETTINGS:
        raw, source = _find(setting, environ, in_file, dotenv.name)
        try:
            values[setting.name] = setting.parse(raw) if raw else ""
        except ValueError as error:
            shown = "" if setting.secret else f", not {raw!r}"
            raise SettingsError(f"{setting.name} ({source}) {error}{shown}.") from None
        sources[setting.name] = source
    return Values(values, sources)


def _find(
    setting: Setting, environ: Mapping[str, str], in_file: Mapping[str, str], file_name: str
) -> tuple[str, str]:
    for source, found in (("environment", environ), (file_name, in_file)):
        value = found.get(setting.name, "").strip()
        if value:
            return value, source
        path = found.get(f"{setting.name}_FILE", "").strip() if setting.secret else ""
        if path:
            return _secret_file(setting.name, path), f"{setting.name}_FILE"
    return setting.default, "default"


def _secret_file(name: str, path: str) -> str:
    try:
        value = (BASE_DIR / path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}_FILE names a file that cannot be read: {_cause(error)}.") from None
    if not value:
        raise SettingsError(f"{name}_FILE names a file that is empty.")
    return value


def _cause(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else "it is not UTF-8 text"
