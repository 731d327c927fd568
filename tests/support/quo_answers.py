"""Builds answers as Quo sends them, with invented data."""

import json
from typing import Any

KEY = "k3y-0f-the-tests"


def user(user_id: str = "US1", **changes: Any) -> dict[str, Any]:
    return {
        "id": user_id,
        "email": "ada@example.com",
        "firstName": "Ada",
        "lastName": None,
        "role": "member",
        "groupId": "GR1",
        **changes,
    }


def number(number_id: str = "PN1", **changes: Any) -> dict[str, Any]:
    return {
        "id": number_id,
        "groupId": "1234",
        "portRequestId": None,
        "formattedNumber": "(555) 555-0123",
        "forward": None,
        "name": "Front desk",
        "number": "+15555550123",
        "portingStatus": "completed",
        "symbol": "🏡",
        "users": [user()],
        "createdAt": " '2022-01-01T00:00:00Z'",
        "updatedAt": "2022-01-02T00:00:00Z",
        "restrictions": {
            "calling": {"US": "unrestricted", "CA": "unrestricted", "Intl": "restricted"},
            "messaging": {"US": "unrestricted", "CA": "restricted", "Intl": "restricted"},
        },
        **changes,
    }


def body(data: Any) -> bytes:
    return json.dumps({"data": data}).encode()


def listed(*raw: bytes | str) -> bytes:
    """Return a list of records that are given as JSON."""
    texts = [text.encode() if isinstance(text, str) else text for text in raw]
    return b'{"data": [' + b", ".join(texts) + b"]}"
