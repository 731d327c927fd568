"""Reads the settings of Quo Admin from the environment and `.env`.

`SETTINGS` lists them all, for `settings.py`, `.env.example`, the status page and `manage.py doctor`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv.parser import Binding, parse_stream

from quo_admin import api_key, env_lines, parsers
from quo_admin.proxies import networks

BASE_DIR = parsers.BASE_DIR


class SettingsError(Exception):
    """A setting has an invalid value. The text is one sentence for the person who set it."""


@dataclass(frozen=True)
class Setting:
    """A setting. `.env.example` shows `default`; `parse` raises ValueError with the end of a sentence."""

    name: str
    default: str
    parse: Callable[[str], Any]
    help: str
    secret: bool = False


SETTINGS = (
    Setting("QUO_API_KEY", "", api_key.parse, "The API key of the Quo workspace.", secret=True),
    Setting(
        "DEMO",
        "",
        parsers.flag,
        "on shows an invented workspace. By default only on this machine, if neither a key nor DATABASE_URL is set.",
    ),
    Setting("QUO_API_URL", "https://api.quo.com", parsers.encrypted, "Where Quo's API answers."),
    Setting(
        "QUO_TIMEOUT", "60", parsers.whole(1, 3600, "seconds"), "Seconds that one question may take, retries included."
    ),
    Setting("QUO_MAX_ANSWER_MB", "200", parsers.whole(1, 4096, "megabytes"), "A larger answer of Quo is refused."),
    Setting(
        "HTTPS_PROXY",
        "",
        parsers.line,
        "The office's proxy on the way to Quo, such as http://proxy.example.com:3128. SOCKS proxies do not work.",
        secret=True,
    ),
    Setting("NO_PROXY", "", parsers.line, "Hosts that are asked without that proxy, with commas between."),
    Setting(
        "REQUESTS_CA_BUNDLE",
        "",
        parsers.line,
        "A file of certificates to trust instead of the usual ones, for Quo, company sign-in and Redis.",
    ),
    Setting(
        "SYNC_INTERVAL",
        "300",
        parsers.whole(60, 86400, "seconds"),
        "Seconds between two syncs, as the office means it: an older copy is called late.",
    ),
    Setting(
        "SITE_URL",
        "",
        parsers.origin,
        "Where people open Quo Admin; http://HOST:PORT unless set. With https: secure cookies, HSTS, redirects.",
    ),
    Setting(
        "TRUSTED_PROXIES",
        "127.0.0.1, ::1",
        networks,
        "Addresses of the reverse proxies in front, with commas between; a network such as 10.0.0.0/8 will do.",
    ),
    Setting("HOST", "127.0.0.1", parsers.host, "The network address to listen on."),
    Setting("PORT", "8000", parsers.port, "The port to listen on."),
    Setting(
        "DATABASE_URL",
        "",
        parsers.database,
        "postgres://user:password@host/name, or sqlite:////a/file; a file in DATA_DIR unless set.",
        secret=True,
    ),
    Setting(
        "CACHE_URL",
        "",
        parsers.cache,
        "redis://user:password@host:6379/0, by which several machines count attempts together; in DATA_DIR unless set.",
        secret=True,
    ),
    Setting("DATA_DIR", "data", parsers.path, "The folder for what must be kept: the database, the secret key."),
    Setting(
        "SECRET_KEY",
        "",
        parsers.signing_key,
        "Signs sessions and encrypts second steps, at least 32 characters; made once and kept in DATA_DIR unless set.",
        secret=True,
    ),
    Setting(
        "SESSION_IDLE_HOURS",
        "24",
        parsers.whole(1, 8760, "hours"),
        "Hours without activity after which people are signed out. Pages that refresh by themselves do not count.",
    ),
    Setting("SESSION_MAX_DAYS", "14", parsers.whole(1, 365, "days"), "Days after which people must sign in again."),
    Setting(
        "HSTS_SUBDOMAINS",
        "off",
        parsers.flag,
        "With https, browsers use https for every host below the domain of SITE_URL, too.",
    ),
    Setting(
        "REQUIRE_SECOND_STEP",
        "off",
        parsers.second_step,
        "Who needs a second step after the password: everyone, or a role (viewer, manager, administrator) and above.",
    ),
    Setting("ACCESS_LOG_DAYS", "400", parsers.whole(1, 36500, "days"), "Days that the access log is kept."),
    Setting(
        "OIDC_ISSUER", "", parsers.issuer, "Company sign-in: the issuer, as docs/sign-in.md says for each provider."
    ),
    Setting("OIDC_CLIENT_ID", "", parsers.key, "Company sign-in: the name by which the provider knows Quo Admin."),
    Setting(
        "OIDC_CLIENT_SECRET",
        "",
        parsers.key,
        "Company sign-in: the secret that belongs to OIDC_CLIENT_ID.",
        secret=True,
    ),
    Setting(
        "OIDC_NAME", "your company account", parsers.label, "Company sign-in: what the button says after Sign in with."
    ),
    Setting(
        "OIDC_DOMAINS",
        "",
        parsers.domains,
        "Email domains, with commas between, whose people get an account by themselves; else only who has one enters.",
    ),
    Setting("OIDC_ONLY", "off", parsers.flag, "Nobody signs in with a password any more, only by company sign-in."),
    Setting("TIME_ZONE", "UTC", parsers.zone, "The office's time zone, where a browser does not tell its own."),
    Setting(
        "LOG_FORMAT",
        "plain",
        parsers.log_format,
        "plain: warnings, for a terminal. json: one object per line, with a line for each request and sync.",
    ),
    Setting(
        "METRICS_TOKEN",
        "",
        parsers.token,
        "What Prometheus shows to read /metrics. Without it: there is no /metrics.",
        secret=True,
    ),
    Setting("DEBUG", "off", parsers.flag, "For developers: error pages with details. Never on a public address."),
)


# The libraries read these from the environment themselves, so settings.py puts those of `.env` there.
OF_REQUESTS = ("HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True)
class Values:
    """The parsed values by name; `sources` has the origin of each in words.

    `notices` are sentences about lines of the settings file that have no effect.
    """

    values: Mapping[str, Any] = field(repr=False)  # with DEBUG, Django's error page shows every setting
    sources: Mapping[str, str]
    notices: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - each setting has its own type
        return self.values[name]


def dotenv_path(environ: Mapping[str, str]) -> Path:
    """Return the path of the settings file: ENV_FILE, or `.env` beside manage.py."""
    return BASE_DIR / (environ.get("ENV_FILE") or ".env")


def read(environ: Mapping[str, str], dotenv: Path) -> Values:
    """Read every setting from `environ`, the file `dotenv` or its default, in this order.

    A secret may be in a file named by `<NAME>_FILE`. An empty value counts as not set. Raises SettingsError, whose text
    never holds a value: it may be a secret in the wrong place.
    """
    bindings = _bindings(dotenv, must_be_there=bool(environ.get("ENV_FILE")))
    in_file = {binding.key: binding.value or "" for binding in bindings if binding.key}
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for setting in SETTINGS:
        raw, source = _find(setting, environ, in_file, dotenv.name)
        try:
            values[setting.name] = setting.parse(raw) if raw else ""
        except ValueError as error:
            raise SettingsError(f"{setting.name} ({source}) {error}.") from None
        sources[setting.name] = source
    return Values(values, sources, tuple(env_lines.notices(bindings, _names(), dotenv.name)))


def _names() -> list[str]:
    files = [f"{setting.name}_FILE" for setting in SETTINGS if setting.secret]
    return [*(setting.name for setting in SETTINGS), *files]


def _bindings(path: Path, *, must_be_there: bool) -> Sequence[Binding]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            bindings = list(parse_stream(file))
    except (FileNotFoundError, IsADirectoryError) as error:
        if must_be_there:
            raise SettingsError(f"ENV_FILE names a file that cannot be read: {_cause(error)}.") from None
        return []
    except (OSError, ValueError) as error:
        raise SettingsError(f"The settings file {path.name} cannot be read: {_cause(error)}.") from None
    for binding in bindings:
        if binding.error:
            raise SettingsError(f"Line {env_lines.line_of(binding)} of {path.name} must look like NAME=value.")
    return bindings


def _find(setting: Setting, environ: Mapping[str, str], in_file: Mapping[str, str], file_name: str) -> tuple[str, str]:
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
        value = parsers.path(path).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"{name}_FILE names a file that cannot be read: {_cause(error)}.") from None
    if not value:
        raise SettingsError(f"{name}_FILE names a file that is empty. Write the value into it, or remove {name}_FILE.")
    return value


def _cause(error: Exception) -> str:
    return (error.strerror or "unreadable") if isinstance(error, OSError) else "it is not UTF-8 text"
