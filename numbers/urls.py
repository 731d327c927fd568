"""The addresses of the numbers' pages."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from numbers.views import numbers, syncs
from numbers.views.health import HEALTH_PATH, healthz

app_name = "numbers"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="numbers:list"), name="home"),
    path("numbers/", numbers.number_list, name="list"),
    path("numbers/teammates/", numbers.teammate_choices, name="teammate_choices"),
    # An id may hold any character, slashes included, so it is not one path segment.
    re_path(r"^numbers/(?P<number_id>PN.*)/$", numbers.number_detail, name="detail"),
    path("sync/", syncs.sync_now, name="sync"),
    path("status/", syncs.status, name="status"),
    path(HEALTH_PATH.removeprefix("/"), healthz, name="healthz"),
]
