"""The steps of a browser during company sign-in."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from django.test import Client

from tests.support.pages import attribute, find_one, parse_page

BEGIN, CALLBACK = "/accounts/company/", "/accounts/company/callback/"


def begin(client: Client, **fields: str) -> Any:
    return client.post(BEGIN, fields)


def address_of(response: Any) -> str:
    """Return the URL to which the page redirects the browser."""
    page = parse_page(response)
    address = attribute(find_one(page, "a#provider"), "href")
    assert attribute(find_one(page, "meta[http-equiv=refresh]"), "content") == f"0; url={address}"
    return address


def ask_provider(address: str) -> str:
    """Open the provider's page; return the URL to which it redirects the browser."""
    response = requests.get(address, allow_redirects=False, timeout=10)
    assert response.status_code == 302, response.text
    return response.headers["Location"]


def come_back(client: Client, address: str) -> Any:
    return client.get(urlsplit(address).path, dict(parse_qsl(urlsplit(address).query)))


def sign_in_by_company(client: Client, **fields: str) -> Any:
    """Sign in completely; return our last response."""
    sent = begin(client, **fields)
    return come_back(client, ask_provider(address_of(sent))) if sent.status_code == 200 else sent
