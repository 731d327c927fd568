"""The settings of company sign-in are complete or absent."""

from pathlib import Path

import pytest

from tests.support import settings_read
from tests.support.settings_read import Evaluate

evaluate = settings_read.evaluate

COMPLETE = {
    "OIDC_ISSUER": "https://login.example.com/tenant/",
    "OIDC_CLIENT_ID": "quo-admin",
    "OIDC_CLIENT_SECRET": "a-secret:with%signs",
}


def test_without_settings_company_sign_in_is_off(evaluate: Evaluate) -> None:
    values = evaluate()

    assert values["OIDC_ISSUER"] == ""
    assert values["OIDC_DOMAINS"] == frozenset()
    assert values["OIDC_ONLY"] is False


def test_complete_settings_are_read(evaluate: Evaluate) -> None:
    values = evaluate(**COMPLETE, OIDC_DOMAINS="Example.com, sub.example.org", OIDC_NAME="Okta", OIDC_ONLY="on")

    assert values["OIDC_ISSUER"] == "https://login.example.com/tenant"
    assert values["OIDC_DOMAINS"] == {"example.com", "sub.example.org"}
    assert (values["OIDC_NAME"], values["OIDC_ONLY"]) == ("Okta", True)


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_incomplete_settings_are_refused_in_a_sentence(evaluate: Evaluate, missing: str) -> None:
    incomplete = {name: value for name, value in COMPLETE.items() if name != missing}

    with pytest.raises(Exception, match=rf"^OIDC_[A-Z_]+ is set and {missing} not: company sign-in needs all of it\.$"):
        evaluate(**incomplete)


@pytest.mark.parametrize(("name", "value"), [("OIDC_ONLY", "on"), ("OIDC_DOMAINS", "example.com")])
def test_settings_that_need_company_sign_in_are_refused_without_it(evaluate: Evaluate, name: str, value: str) -> None:
    with pytest.raises(
        Exception, match=rf"^{name} is set and OIDC_ISSUER and OIDC_CLIENT_ID and OIDC_CLIENT_SECRET not"
    ):
        evaluate(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("OIDC_ISSUER", "http://login.example.com", "must be an address that begins with https://"),
        ("OIDC_ISSUER", "login.example.com", "must be an address such as"),
        ("OIDC_ISSUER", "https://login.example.com/?tenant=1", "must be an address such as"),
        ("OIDC_ISSUER", "https://login.example.com/" + "x" * 200, "must not be longer than 200 characters"),
        ("OIDC_CLIENT_ID", "two words", "must be the key alone"),
        ("OIDC_DOMAINS", "@example.com", "must be domains of email addresses"),
        ("OIDC_DOMAINS", "example.com,,", "must be domains of email addresses"),
        ("OIDC_DOMAINS", "*", "must be domains of email addresses"),
        ("OIDC_DOMAINS", "com", "must be domains of email addresses"),
        ("OIDC_NAME", "x" * 41, "must not be longer than 40 characters"),
        ("OIDC_ONLY", "yes please", "must be on or off"),
    ],
)
def test_an_invalid_value_is_refused_in_a_sentence(evaluate: Evaluate, name: str, value: str, complaint: str) -> None:
    with pytest.raises(Exception, match=rf"^{name} \(environment\) {complaint}"):
        evaluate(**COMPLETE | {name: value})


def test_a_provider_on_this_machine_may_use_http(evaluate: Evaluate) -> None:
    assert evaluate(**COMPLETE | {"OIDC_ISSUER": "http://127.0.0.1:9000"})["OIDC_ISSUER"] == "http://127.0.0.1:9000"


def test_the_secret_may_come_from_a_file(evaluate: Evaluate, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file\n")
    given = {name: value for name, value in COMPLETE.items() if name != "OIDC_CLIENT_SECRET"}

    assert evaluate(**given, OIDC_CLIENT_SECRET_FILE=str(tmp_path / "secret"))["OIDC_CLIENT_SECRET"] == "from-a-file"
