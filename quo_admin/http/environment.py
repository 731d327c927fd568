"""What requests reads from the environment: proxies and certificates."""

import ipaddress
import os
import re
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from requests.exceptions import SSLError
from requests.utils import get_environ_proxies, select_proxy

CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # the first that is set counts
_NAMED = re.compile(r"\b(?:(?:https?|all|no)_proxy|(?:REQUESTS|CURL)_CA_BUNDLE)\b", re.IGNORECASE)
_USER = re.compile(r"(?:(?<=//)|^(?!.*//))[^/]*@")


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host with this name or address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower().removesuffix(".").split(".")[-1] == "localhost"  # RFC 6761 reserves names below it, too
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def has_proxy(url: str) -> bool:
    """Return whether requests go through a proxy to `url`."""
    is_local = is_loopback(urlsplit(url).hostname or "")
    return not is_local and bool(select_proxy(url, get_environ_proxies(url)))


def proxy_variable(url: str) -> str:
    """Return the variable that names the proxy for `url`; the usual one if none is set."""
    usual = f"{urlsplit(url).scheme or 'https'}_proxy"
    names = (usual, usual.upper(), "all_proxy", "ALL_PROXY")
    return next((name for name in names if os.environ.get(name)), usual.upper())


def certificates() -> tuple[str, str]:
    """Return the variable that names the certificates to trust, and its value. Both are empty if none is set."""
    name = next((name for name in CERTIFICATES if os.environ.get(name)), "")
    return name, os.environ.get(name, "")


def suspect(url: str, error: Exception) -> str:
    """Return the variable that may have caused the error of a request to `url`, or ""."""
    if isinstance(error, SSLError) or not certificates_load():
        return certificates()[0] or CERTIFICATES[0]
    return proxy_variable(url) if has_proxy(url) else ""


def certificates_load() -> bool:
    """Return whether the certificates that are named can be read. Without any, the built-in ones can."""
    _, path = certificates()
    try:
        if path and not Path(path).is_dir():
            ssl.create_default_context(cafile=path)
    except (OSError, ValueError):
        return False
    return True


def trusted_certificates() -> dict[str, str]:
    """Return the option that makes a Redis client trust the same certificates."""
    _, path = certificates()
    return {"ssl_ca_path" if Path(path).is_dir() else "ssl_ca_certs": path} if path else {}


def values_of(sentence: str) -> str:
    """Return the values of the variables that `sentence` names, as sentences, without user names and passwords."""
    named = dict.fromkeys(name for name in _NAMED.findall(sentence) if os.environ.get(name))
    return " ".join(f"{name} is {_USER.sub('', os.environ[name])}." for name in named)
