"""Why a company sign-in fails, and what the user can do about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """The page about a failed sign-in; none of its text comes from the provider. `key` is for the log."""

    key: str
    status: int
    heading: str
    sentence: str


_ASK = "Ask the administrator of Quo Admin."

CANCELLED = Reason(
    "cancelled",
    400,
    "You have not signed in",
    "Signing in with the company account was stopped before its end. Go to sign-in and try again.",
)
PROVIDER_REFUSED = Reason(
    "refused by the provider",
    403,
    "The company account did not let you in",
    "The company's sign-in service answered with a refusal. Go to sign-in and try again; if it refuses again, ask "
    "the person who manages your company's accounts whether you may use Quo Admin.",
)
STALE = Reason(
    "unknown or used state",
    400,
    "This sign-in has ended",
    "It was used before, took longer than ten minutes or began in another browser. Go to sign-in and begin again.",
)
UNREACHABLE = Reason(
    "provider unreachable",
    502,
    "The company's sign-in service does not answer",
    "Wait a minute, go to sign-in and try again. If it goes on, tell the administrator of Quo Admin.",
)
MISUNDERSTOOD = Reason(
    "provider not understood",
    502,
    "The company's sign-in service answered oddly",
    "Its settings and those of Quo Admin do not fit together. Tell the administrator of Quo Admin: the settings that "
    "begin with OIDC_ want a look.",
)
INVALID_TOKEN = Reason(
    "proof not valid",
    502,
    "The company's sign-in could not be verified",
    "What came back does not prove who you are. Go to sign-in and try again; if it goes on, tell the administrator "
    "of Quo Admin.",
)
UNVERIFIED_EMAIL = Reason(
    "address not vouched for",
    403,
    "Your email address is not confirmed",
    "The company account does not say that your email address is really yours. Ask the person who manages your "
    "company's accounts to confirm it.",
)
NO_ACCOUNT = Reason("no account", 403, "You have no account in Quo Admin", f"{_ASK} They can make one for you.")
INACTIVE = Reason("account switched off", 403, "This account is switched off", f"{_ASK} They can switch it on for you.")
LINKED_TO_ANOTHER = Reason(
    "linked to another company account",
    403,
    "Your account belongs to another company account",
    f"Somebody with your email address signed in before you, with another company account. {_ASK}",
)
SIMULTANEOUS = Reason(
    "two first sign-ins at once", 409, "Once more, please", "You signed in twice at once. Go to sign-in and try again."
)


class SignInRefused(Exception):
    """A company sign-in failed. `email` is the user's, if known; `cause` is a detail for the log.

    `variable` is the one of the environment that may have to do with it.
    """

    def __init__(self, reason: Reason, *, email: str = "", cause: str = "", variable: str = "") -> None:
        super().__init__(reason.key)
        self.reason = reason
        self.email = email
        self.cause = cause
        self.variable = variable
