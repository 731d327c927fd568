"""The accounts that sign in, and the log of what they did."""

from accounts.models.access import AccessEvent
from accounts.models.users import LowercaseEmailField, User, UserManager

__all__ = ["AccessEvent", "LowercaseEmailField", "User", "UserManager"]
