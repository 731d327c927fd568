"""What requests reads from the environment."""

import pytest

from quo_admin.http.environment import is_loopback, proxy_variable, values_of


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "quo.localhost", "127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"]
)
def test_loopback_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", ".", "localhost.example.com", "notlocalhost", "192.168.1.1", "::2", "::ffff:10.0.0.1", "api.quo.com"]
)
def test_other_addresses_may_be_other_machines(host: str) -> None:
    assert not is_loopback(host)


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.usefixtures("no_proxies")
def test_the_variable_of_a_proxy_is_the_one_that_requests_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_variable("https://api.quo.com") == "HTTPS_PROXY"
    for name in ("ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        assert proxy_variable("https://api.quo.com") == name


def test_values_are_shown_only_of_variables_that_are_named_and_set(monkeypatch: pytest.MonkeyPatch) -> None:
    user = "ann:se@cret"
    monkeypatch.setenv("HTTPS_PROXY", f"http://{user}@127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)

    assert values_of("Check HTTPS_PROXY and NO_PROXY.") == "HTTPS_PROXY is http://127.0.0.1:9."
    assert values_of("Check the network.") == ""
