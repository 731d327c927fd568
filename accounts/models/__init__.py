"""What is kept of the people who sign in, and of what they did."""

from accounts.models.access import AccessEvent
from accounts.models.people import LowercaseEmailField, User, UserManager

__all__ = ["AccessEvent", "LowercaseEmailField", "User", "UserManager"]
