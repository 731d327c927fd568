"""Requests every URL with every method in every role, to compare with `who_may_what.txt`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver

from accounts.models import User
from accounts.roles import Role, give_role
from numbers.models import SavedFilter
from tests.support.accounts import PASSWORD

TABLE = Path(__file__).parents[1] / "accounts" / "who_may_what.txt"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ACTORS = ("stranger", "nobody", *Role.values)  # not signed in; signed in without a role; each role
SIGN_IN = {"/accounts/login/", "/admin/login/"}

# Values for the variable parts of routes, from existing records.
NUMBER, TEAMMATE = "^numbers/(?P<number_id>PN.*)/$", "^teammates/(?P<user_id>US.*)/$"
APP = "^(?P<app_label>accounts)/$"
PARTS = {
    NUMBER: "numbers/PN1/",
    TEAMMATE: "teammates/US1/",
    APP: "accounts/",
    "(?P<url>.*)$": "x",
    "<path:content_type_id>/<path:object_id>": "1/1",
    "<slug:code>": "ownfilter",
    "<int:pk>": "1",
}


def routes() -> dict[str, str]:
    """Return every route of the URL configuration with its name."""
    return dict(sorted(_below(get_resolver(), "/")))


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, route)
        else:
            yield route, pattern.name or ""


def fill_route(route: str, parts: Mapping[str, str]) -> str:
    """Return the route with its variable parts replaced."""
    for part, stand_in in parts.items():
        route = route.replace(part, stand_in)
    return route


def path_for(route: str, user: User | None) -> str:
    """Return the path of an existing object: the user's own account, or the first row of another model."""
    route = fill_route(route, PARTS)
    if "<path:object_id>" not in route and "<id>" not in route:
        return route
    _, _, app, model, *_ = route.split("/")
    row = apps.get_model(app, model)._base_manager.order_by("pk").first()
    key = user.pk if user and app == "accounts" else row.pk if row else 1
    return route.replace("<path:object_id>", str(key)).replace("<id>", str(key))


def create_actor(name: str) -> User | None:
    """Create an account with this role and a saved filter."""
    if name == "stranger":
        return None
    user = User.objects.create_user(f"{name}@example.com", PASSWORD)
    if name in Role.values:
        give_role(user, Role(name))
    SavedFilter.objects.create(owner=user, name="Own", code="ownfilter", query="calling_us=allowed")
    return user


def client_for(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def outcome(browser: Client, method: str, path: str) -> str:
    """Return `login` or the status of a request, whose changes are rolled back."""
    cookies = browser.cookies.output()
    cache.clear()
    with transaction.atomic():
        response: Any = browser.post(path, {"is_shared": "1"}) if method == "POST" else browser.generic(method, path)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    browser.cookies.clear()
    browser.cookies.load(cookies.replace("Set-Cookie: ", ""))
    if response.status_code == 302 and urlsplit(response.headers["Location"]).path in SIGN_IN:
        return "login"
    return str(response.status_code)


def promised_outcomes() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the promised outcomes by route and method, in the order of PEOPLE."""
    promised: dict[tuple[str, str], tuple[str, ...]] = {}
    route = ""
    for line in TABLE.read_text().splitlines():
        if line.startswith("/"):
            route = line
        elif line.strip() and not line.startswith("#"):
            methods, _, outcomes = line.strip().partition("  ")
            for method in methods.split():
                assert (route, method) not in promised, f"twice in the table: {route} {method}"
                promised[route, method] = tuple(outcomes.split())
    return promised
