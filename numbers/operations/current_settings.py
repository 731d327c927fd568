"""The settings in force, as the status page shows them, without secrets."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from quo_admin import env


@dataclass(frozen=True)
class SettingInForce:
    """One setting in words. The value of a secret only says whether it is set."""

    name: str
    value: str
    source: str
    help: str


def settings_in_force() -> tuple[SettingInForce, ...]:
    """Return every setting, in the order of `.env.example`."""
    return tuple(
        SettingInForce(setting.name, _in_words(setting), settings.ENVIRONMENT.sources[setting.name], setting.help)
        for setting in env.SETTINGS
    )


def _in_words(setting: env.Setting) -> str:
    value: Any = settings.DEMO if setting.name == "DEMO" else settings.ENVIRONMENT[setting.name]
    if setting.name == "DATABASE_URL":  # never the URL itself, which has a password
        database = connection.settings_dict
        host = f" on {database['HOST']}" if database.get("HOST") else ""
        return f"{connection.display_name}{host}, {database['NAME']}"
    if setting.name == "CACHE_URL" and value:
        return str(value["LOCATION"])  # has no password: that is a separate key
    if setting.name == "SECRET_KEY":
        return "set" if value else "set, kept in DATA_DIR"
    if setting.name == "SITE_URL":
        return str(settings.SITE_URL)
    if setting.name == "QUO_API_URL" and settings.DEMO:
        return "the demo workspace, on this machine"
    if setting.secret:
        value = "set" if value else ""
    if isinstance(value, bool):
        value = "on" if value else "off"
    if isinstance(value, tuple):
        value = ", ".join(str(part).removesuffix("/32").removesuffix("/128") for part in value)
    return str(value) or "not set"
