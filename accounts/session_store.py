"""Where sessions are stored: in Django's way, with the account in a column of its own."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts.models import AccountSession

FOR_VISITORS = timedelta(hours=1)  # no page stores a session of theirs; if a library ever does, not for long
HALF_SIGNED_IN = "waiting"  # the key of the id of the user whose second step is still missing


class SessionStore(db.SessionStore):
    """Django's store. Its data is signed with the name of this class: another name would sign everybody out."""

    @classmethod
    def get_model_class(cls) -> type[AccountSession]:
        return AccountSession

    def create_model_instance(self, data: dict[str, Any]) -> AccountSession:
        stored = super().create_model_instance(data)
        user_id = data.get(SESSION_KEY) or data.get(HALF_SIGNED_IN)
        return AccountSession(
            session_key=stored.session_key,
            session_data=stored.session_data,
            expire_date=stored.expire_date if user_id else min(stored.expire_date, timezone.now() + FOR_VISITORS),
            user_id=int(user_id) if user_id else None,
        )
