"""The socket on which Quo Admin listens, its address in words, and why there is none."""

import errno
import ipaddress
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError
from gunicorn import systemd

from quo_admin.http.environment import is_loopback

_NOT_OURS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL}  # EINVAL: a link-local address of another machine


def listen(make_target: str) -> socket.socket:
    """Return a socket that listens on the address in the settings. Raises CommandError.

    A socket from systemd takes precedence. It queues requests during a restart.
    """
    if count := systemd.listen_fds():
        if count > 1:
            raise CommandError("systemd hands over more than one address; Quo Admin serves one. See quo-admin.socket.")
        return socket.socket(fileno=systemd.SD_LISTEN_FDS_START)
    is_ipv6 = ":" in settings.HOST
    try:
        return socket.create_server(
            (settings.HOST, settings.PORT),
            family=socket.AF_INET6 if is_ipv6 else socket.AF_INET,
            dualstack_ipv6=is_ipv6 and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise CommandError(_refusal(error, make_target)) from None


def exposure() -> str:
    """Return a warning if other machines can reach Quo Admin without a reverse proxy, else ""."""
    if _is_only_here() or not all(proxy.is_loopback for proxy in settings.TRUSTED_PROXIES):
        return ""
    return (
        f"HOST is {settings.HOST}, so other machines reach Quo Admin directly, and TRUSTED_PROXIES names no proxy. "
        "Remove HOST and put a reverse proxy on this machine, or name a proxy on another in TRUSTED_PROXIES and let "
        "only that one in."
    )


def ignored_address(actual: str) -> str:
    """Return a warning if HOST and PORT differ from the address that systemd's socket has, else ""."""
    wanted = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
    if actual.startswith(("/", "@")):  # a socket in the file system, or an abstract one
        agrees = _is_only_here()
    else:
        parts = urlsplit(f"//{actual}")
        agrees = parts.port == settings.PORT and _comparable(parts.hostname or "") in _addresses(settings.HOST)
    if agrees:
        return ""
    return (
        f"quo-admin.socket listens on {actual}, so HOST and PORT ({wanted}:{settings.PORT}) have no effect. "
        'Make them agree: see "Several machines" in docs/deployment.md.'
    )


def _addresses(host: str) -> set[str]:
    if address := _comparable(host):
        return {address}
    with suppress(OSError):
        return {_comparable(str(found[4][0])) for found in socket.getaddrinfo(host, None)}
    return set()


def _comparable(address: str) -> str:
    """Return one text for each way to write an address, and for all that mean every address; "" for a name."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return "every address" if parsed.is_unspecified else str(parsed)


def _is_only_here() -> bool:
    """Return whether only this machine can reach HOST. Many machines give their own name a loopback address."""
    if is_loopback(settings.HOST) or ":" in settings.HOST:
        return is_loopback(settings.HOST)
    with suppress(OSError):
        return is_loopback(socket.gethostbyname(settings.HOST))  # what `create_server` uses, too
    return False


def _refusal(error: OSError, make_target: str) -> str:
    is_unknown = isinstance(error.__context__ or error, socket.gaierror)  # create_server raises its own error
    if is_unknown or error.errno in _NOT_OURS:
        return f"{settings.HOST} is not an address of this machine. Set HOST to one: HOST=127.0.0.1 make {make_target}"
    other = f"Choose another: PORT={8081 if settings.PORT == 8080 else 8080} make {make_target}"
    port = f"Port {settings.PORT} on {settings.HOST}"
    if error.errno == errno.EADDRINUSE:
        return f"{port} is in use by another program. {other}"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{port} may not be used by this account; ports below 1024 often belong to root. {other}"
    reason = str(error.strerror).partition(" (")[0]  # drops the address that Python appends
    return f"{port} cannot be used ({reason}). {other}"


def address_of(listener: socket.socket) -> str:
    """Return the address as written in URLs, such as "[::1]:8000"; for a socket in the file system, its path."""
    name = listener.getsockname()
    if isinstance(name, str):
        return name
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
