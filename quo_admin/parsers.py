"""Parses the text of settings.

Each parser raises ValueError with the end of a sentence that begins with the setting's name. It never holds the value:
that may be a secret in the wrong place.
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import available_timezones

import dj_database_url

from quo_admin.http.environment import is_loopback

BASE_DIR = Path(__file__).resolve().parent.parent

SYSTEM_ZONES = Path("/usr/share/zoneinfo")  # Django does not start with a zone that is missing here
_DEFAULT_PORTS = {"http": 80, "https": 443}


def line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be one line of text")
    return value


def key(value: str) -> str:
    # The only requirement for a key is that an HTTP header can carry it.
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError("must be the key alone, without spaces, line breaks or other special characters")
    return value


def token(value: str) -> str:
    """Return a secret that a header carries. Guessing is not rate-limited, so it must be long."""
    if not re.fullmatch(r"[\x21-\x7e]{16,}", value):
        raise ValueError("must be at least 16 characters, without spaces or special letters")
    return value


def signing_key(value: str) -> str:
    """Return the key for signatures and encryption."""
    if len(line(value)) < 32:
        raise ValueError("must be at least 32 characters; leave it out, and `make setup` makes one")
    return value


def log_format(value: str) -> str:
    if value.lower() not in {"plain", "json"}:
        raise ValueError("must be plain or json")
    return value.lower()


def second_step(value: str) -> str:
    if value.lower() not in {"off", "everyone", "viewer", "manager", "administrator"}:
        raise ValueError("must be off, everyone, viewer, manager or administrator")
    return value.lower()


def flag(value: str) -> bool:
    lowered = value.lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off"}:
        return False
    raise ValueError("must be on or off")


def whole(low: int, high: int, unit: str) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number of {unit} from {low} to {high}")
        return int(value)

    return parse


def port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
        raise ValueError("must be a port number from 1 to 65535")
    return int(value)


def url(value: str) -> str:
    """Return an http(s) address as browsers spell it, without a trailing slash."""
    complaint = "must be an address such as https://example.com, without a user name, query or fragment"
    parts, place, number = _address(value, complaint)
    if parts.scheme not in _DEFAULT_PORTS or "@" in value:
        raise ValueError(complaint)
    if number not in {None, _DEFAULT_PORTS[parts.scheme]}:
        place = f"{place}:{number}"
    return f"{parts.scheme}://{place}{parts.path}".rstrip("/")


def _address(value: str, complaint: str) -> tuple[SplitResult, str, int | None]:
    """Return the parts of an address, its host as written in addresses, and its port. Raises ValueError(complaint)."""
    try:
        parts = urlsplit(value)
        name, number = _network_name(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ValueError(complaint) from error
    if number == 0 or not value.isprintable() or re.search(r"[\s\\?#]", value):
        raise ValueError(complaint)
    return parts, f"[{name}]" if ":" in name else name, number


def _network_name(value: str) -> str:
    """Return a host's ASCII name or its IP address. Raises ValueError."""
    try:
        return ipaddress.ip_address(value).compressed
    except ValueError:
        name = value.encode("idna").decode()
    if not re.fullmatch(r"[a-z0-9_][a-z0-9_.-]*", name, re.IGNORECASE):
        raise ValueError(name)
    return name


def host(value: str) -> str:
    try:
        return _network_name(value)
    except ValueError as error:
        raise ValueError("must be this machine's name or address in a network, such as 127.0.0.1") from error


def origin(value: str) -> str:
    """Return the origin of a site that browsers can open."""
    address = url(value)
    parts = urlsplit(address)
    if parts.path:
        raise ValueError("must be an address without a path, such as https://phones.example.com")
    if not _can_be_opened(parts.hostname or ""):
        raise ValueError("must be an address that a browser can open, such as https://phones.example.com")
    return address


def own_origin(name: str, number: int) -> str:
    """Return the origin at which this machine's browsers open a site that listens on a host and port."""
    opened = name if name != "localhost" and _can_be_opened(name) else "127.0.0.1"  # a wildcard cannot be opened
    return url(f"http://[{opened}]:{number}" if ":" in opened else f"http://{opened}:{number}")


def _can_be_opened(name: str) -> bool:
    """Return whether a browser can open a site with this host."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        labels = name.split(".")
        # Browsers take a host that ends in a number for an IPv4 address: https://url.spec.whatwg.org/#ends-in-a-number-checker
        is_number = re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1])
        return not is_number and all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label) for label in labels)
    return not (address.is_unspecified or address.is_multicast)


def encrypted(value: str) -> str:
    """Return an address to which secrets may be sent: with https, unless it is on this machine."""
    address = url(value)
    parts = urlsplit(address)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ValueError("must be an address that begins with https://")
    return address


def issuer(value: str) -> str:
    """Return the issuer of an OpenID Connect provider, without a trailing slash."""
    address = encrypted(value)
    if len(address) > 200:
        raise ValueError("must not be longer than 200 characters")
    return address


def label(value: str) -> str:
    if len(line(value)) > 40:
        raise ValueError("must not be longer than 40 characters")
    return value


def domains(value: str) -> frozenset[str]:
    """Return comma-separated email domains in lower case."""
    found = frozenset(part.strip().lower() for part in value.split(","))
    if not all(re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+", domain) for domain in found):
        raise ValueError("must be domains of email addresses such as example.com, with commas between")
    return found


def database(value: str) -> dict[str, Any]:
    """Return a database in the form of Django's settings."""
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(value))
    except ValueError:
        found = {}
    engine, name = found.get("ENGINE"), found.get("NAME")
    if engine == "django.db.backends.postgresql" and name:
        return found
    # SQLite needs a file, which several processes share. A host means that the path had too few slashes.
    if engine == "django.db.backends.sqlite3" and name and name != ":memory:" and not found.get("HOST"):
        return {**found, "NAME": path(name)}
    # The library's own message may hold the password.
    raise ValueError("must look like postgres://user:password@host/name or sqlite:////path/to/file")


def cache(value: str) -> dict[str, Any]:
    """Return a Redis cache in the form of Django's settings, with user and password apart from the address."""
    complaint = "must look like redis://user:password@host:6379/0, or with rediss:// where the way there is encrypted"
    parts, place, number = _address(value, complaint)
    database = re.fullmatch(r"/?([0-9]{0,4})", parts.path)
    if parts.scheme not in {"redis", "rediss"} or not database:
        raise ValueError(complaint)
    given = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    return {
        "LOCATION": f"{parts.scheme}://{place}:{number or 6379}/{database[1] or 0}",
        "OPTIONS": {option: text for option, text in given.items() if text},
    }


def zone(value: str) -> str:
    if value not in available_timezones() or (SYSTEM_ZONES.is_dir() and not (SYSTEM_ZONES / value).is_file()):
        raise ValueError(
            "must be the name of a time zone that this machine knows, such as America/New_York or UTC; "
            "some machines know former names only with the package tzdata-legacy"
        )
    return value


def path(value: str) -> Path:
    """Return a path; relative paths start in the project's folder."""
    try:
        return BASE_DIR / Path(line(value)).expanduser()
    except (ValueError, RuntimeError) as error:  # more than a line, or an unknown user after ~
        raise ValueError("must be a path") from error
