"""Quo Admin behind a real reverse proxy, as visitors reach it."""

import re
from dataclasses import dataclass

import requests

from tests.support.processes import PATIENCE
from tests.support.running import EMAIL, Site

NAME = "phones.example.com"


@dataclass(frozen=True)
class Front:
    """The addresses of the proxy, without https and with it."""

    site: Site
    plain: str
    secure: str

    def session(self) -> requests.Session:
        visitor = requests.Session()
        visitor.trust_env = visitor.verify = False
        visitor.headers["Host"] = NAME
        return visitor


def access_log_after_lies(front: Front, visitor: requests.Session, claim: str) -> str:
    """Sign in with false headers about the address, host and scheme. Return the page of the access log."""
    login = f"{front.secure}/accounts/login/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', visitor.get(login, timeout=PATIENCE).text)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": EMAIL, "password": front.site.password}
    lies = {"X-Forwarded-For": claim, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.cookies)

    answer = visitor.post(
        login,
        form,
        headers={"Referer": f"https://{NAME}/accounts/login/", "Cookie": cookies, **lies},
        allow_redirects=False,
        timeout=PATIENCE,
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    cookies = "; ".join(re.findall(r"[\w-]*sessionid\w*=\w+", answer.headers["Set-Cookie"]))
    return visitor.get(f"{front.secure}/status/access/", headers={"Cookie": cookies}, timeout=PATIENCE).text
