"""Which address counts as the client's behind proxies. Only our own proxies are trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quo_admin.proxies import UNKNOWN, client_address, networks

OUR_PROXIES = networks("127.0.0.1, ::1, 10.0.0.0/8")


def address_of(peer: str, forwarded: str | None = None) -> str:
    meta = {"REMOTE_ADDR": peer}
    return client_address(meta if forwarded is None else meta | {"HTTP_X_FORWARDED_FOR": forwarded}, OUR_PROXIES)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", None, "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", "198.51.100.7"),  # a forged header
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", "192.0.2.1, 198.51.100.7", "198.51.100.7"),  # the first address was already in the header
        ("127.0.0.1", "198.51.100.7, 10.0.0.9", "198.51.100.7"),  # two of our proxies
        ("127.0.0.1", "10.0.0.8, 10.0.0.9", "10.0.0.8"),  # a client inside the network
        ("127.0.0.1", "198.51.100.7:51234", "198.51.100.7"),
        ("127.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("::1", "2001:DB8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, unknown", "127.0.0.1"),
        ("127.0.0.1", "<script>", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("", "198.51.100.7", "198.51.100.7"),  # a Unix socket
        ("", None, UNKNOWN),
    ],
)
def test_the_client_is_the_last_sender_that_is_not_our_proxy(peer: str, forwarded: str | None, client: str) -> None:
    assert address_of(peer, forwarded) == client


@given(st.text(), st.sampled_from(["198.51.100.7", "2001:db8::7"]))
def test_an_outsider_cannot_forge_an_address(text: str, peer: str) -> None:
    assert address_of(peer, text) == peer
    assert address_of("127.0.0.1", f"{text}, {peer}") == peer


@pytest.mark.parametrize("value", ["proxy.example.com", "10.0.0.1/8", "10.0.0.0/33", "1.2.3", "*"])
def test_an_invalid_network_is_refused_in_a_sentence(value: str) -> None:
    with pytest.raises(ValueError, match=r"^must be network addresses with commas between"):
        networks(value)
