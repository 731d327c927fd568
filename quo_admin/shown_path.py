"""What the log may say of an address: pages and ids, never what somebody looked for or wrote into it."""

import re

from django.http import HttpRequest
from django.urls import Resolver404, resolve

UNKNOWN = "(no such page)"

# Ids of Quo, and keys of ours. Anything else in an address may be a name, an email address or a secret link.
_ID = re.compile(r"(?:PN|US)[A-Za-z0-9]{1,40}|[0-9]{1,9}")


def shown_path(request: HttpRequest) -> str:
    """Return the path, without the query; where it holds more than ids, its pattern: `/saved/<slug:code>/`."""
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return UNKNOWN
    written = [str(value) for value in (*match.args, *match.kwargs.values())]
    return request.path if all(_ID.fullmatch(value) for value in written) else f"/{match.route}"
