"""Finds the visitor's network address behind reverse proxies."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "unknown"


def networks(value: str) -> tuple[Network, ...]:
    """Parse a setting such as `127.0.0.1, 10.0.0.0/8`. Raises ValueError with the end of a sentence."""
    try:
        found = tuple(ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be network addresses with commas between, such as 127.0.0.1, 10.0.0.0/8") from None
    if any(network.prefixlen == 0 for network in _merged(found)):
        raise ValueError("must be your own proxies: where every address is one, anybody can make up theirs")
    return found


def _merged(found: Sequence[Network]) -> list[Network]:
    """Merge adjacent networks, so that two halves of all addresses are recognized."""
    v4 = [network for network in found if isinstance(network, ipaddress.IPv4Network)]
    v6 = [network for network in found if isinstance(network, ipaddress.IPv6Network)]
    return [*ipaddress.collapse_addresses(v4), *ipaddress.collapse_addresses(v6)]


def is_from_proxy(meta: Mapping[str, Any], trusted: Sequence[Network]) -> bool:
    """Return whether a trusted proxy sent the request. A Unix socket has no address: only a proxy connects to one."""
    sender = _address(str(meta.get("REMOTE_ADDR", "")))
    return sender is None or any(sender in network for network in trusted)


def client_address(meta: Mapping[str, Any], trusted: Sequence[Network]) -> str:
    """Return the address of the last sender that is not a trusted proxy, or UNKNOWN.

    `X-Forwarded-For` is read from its end, which our own proxies wrote; what a visitor put before it is not trusted. A
    Unix socket has no address: only a proxy on this machine connects to one.
    """
    client = _address(str(meta.get("REMOTE_ADDR", "")))
    for hop in reversed(str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")):
        sender = _address(hop.strip())
        is_proxy = client is None or any(client in network for network in trusted)
        if sender is None or not is_proxy:
            break
        client = sender
    return str(client) if client else UNKNOWN


def _address(text: str) -> Address | None:
    """Parse an address as proxies write it, with or without a port."""
    found = re.fullmatch(r"\[(?P<six>[^\]]+)\](:[0-9]+)?|(?P<four>[0-9.]+):[0-9]+", text)
    bare = (found["six"] or found["four"]) if found else text
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
