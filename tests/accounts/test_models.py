import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import User
from tests.support.accounts import PASSWORD

pytestmark = pytest.mark.django_db


def test_an_email_is_stored_in_lower_case() -> None:
    user = User.objects.create_user("Ann.Lee@Example.COM", PASSWORD)

    assert user.email == "ann.lee@example.com"
    assert User.objects.values_list("email", flat=True).get() == "ann.lee@example.com"


def test_a_changed_email_is_stored_in_lower_case() -> None:
    user = User.objects.create_user("ann@example.com", PASSWORD)
    user.email = "ANN@example.org"
    user.save()

    assert User.objects.values_list("email", flat=True).get() == "ann@example.org"


def test_an_email_updated_by_a_query_is_stored_in_lower_case() -> None:
    User.objects.create_user("ann@example.com", PASSWORD)
    User.objects.update(email="ANN@example.org")

    assert User.objects.values_list("email", flat=True).get() == "ann@example.org"


def test_an_account_is_found_by_any_case_of_its_email() -> None:
    user = User.objects.create_user("ann@example.com", PASSWORD)

    assert User.objects.get(email="ANN@Example.com") == user
    assert User.objects.get_by_natural_key("ANN@Example.com") == user


def test_two_accounts_cannot_share_an_email_in_different_case() -> None:
    User.objects.create_user("ann@example.com", PASSWORD)

    with pytest.raises(IntegrityError):
        User.objects.create_user("ANN@example.com", PASSWORD)


def test_validation_rejects_an_email_taken_in_different_case() -> None:
    User.objects.create_user("ann@example.com", PASSWORD)

    with pytest.raises(ValidationError, match="has an account already"):
        User(email="ANN@example.com", password="x").full_clean()


def test_a_password_is_stored_only_as_a_hash() -> None:
    user = User.objects.create_user("ann@example.com", PASSWORD)
    stored = User.objects.values().get()

    assert user.check_password(PASSWORD)
    assert not any(PASSWORD in str(value) for value in stored.values())


def test_an_account_created_without_a_password_has_no_usable_one() -> None:
    user = User.objects.create_user("ann@example.com")

    assert not user.has_usable_password()
    assert not user.check_password("")


def test_an_account_needs_an_email() -> None:
    with pytest.raises(ValidationError, match="email"):
        User.objects.create_user("", PASSWORD)


def test_an_empty_password_is_refused() -> None:
    with pytest.raises(ValidationError, match="empty"):
        User.objects.create_user("ann@example.com", "")


def test_a_new_account_has_no_access_to_the_administration() -> None:
    user = User.objects.create_user("ann@example.com", PASSWORD)

    assert (user.is_active, user.is_staff, user.is_superuser) == (True, False, False)


def test_a_superuser_may_do_everything() -> None:
    user = User.objects.create_superuser("boss@example.com", PASSWORD)

    assert user.is_staff
    assert user.has_perm("accounts.add_user")


def test_the_short_name_is_the_name_or_else_the_email() -> None:
    assert User(email="ann@example.com", name="Ann Lee").get_short_name() == "Ann Lee"
    assert User(email="ann@example.com").get_short_name() == "ann@example.com"


def test_an_account_has_one_name_and_no_user_name() -> None:
    names = {field.name for field in User._meta.get_fields()}

    assert "name" in names
    assert not names & {"username", "first_name", "last_name"}
