"""The access log."""

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import AccessEvent
from accounts.roles import READ_ACCESS_LOG
from numbers.pages.access_log import access_lines, parse


@require_safe
@permission_required(READ_ACCESS_LOG, raise_exception=True)
def access_log(request: HttpRequest) -> HttpResponse:
    lines, asked = access_lines(parse(request.GET))
    context = {"asked": asked, "lines": lines, "events": AccessEvent.Event, "kept_days": settings.ACCESS_LOG_DAYS}
    return render(request, "access/access.html", context)
