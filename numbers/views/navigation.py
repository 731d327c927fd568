"""The page to return to after a form."""

from django.http import HttpRequest
from django.urls import reverse

from quo_admin.navigation import is_own_page


def page_before(request: HttpRequest) -> str:
    """Return the address in the form's `next` if it is one of ours; else the list of numbers."""
    url = (request.POST if request.method == "POST" else request.GET).get("next", "")
    return url if is_own_page(request, url) else reverse("numbers:list")
