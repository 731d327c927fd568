"""The URLs of the app `numbers`."""

from django.urls import path, re_path

from numbers.exports.formats import FORMATS
from numbers.views import access, appearance, audit, exports, health, numbers, overview, personal, syncs, teammates

app_name = "numbers"

urlpatterns = [
    path("", overview.home, name="home"),
    path("numbers/", numbers.number_list, name="list"),
    path("numbers/columns/", personal.choose_columns, name="columns"),
    path("saved/", personal.saved_filters, name="saved_filters"),
    path("saved/<slug:code>/", personal.saved_filter, name="saved_filter"),
    path("saved/<slug:code>/share/", personal.share_saved_filter, name="share_saved_filter"),
    path("saved/<slug:code>/delete/", personal.delete_saved_filter, name="delete_saved_filter"),
    path("saved/<slug:code>/restore/", personal.restore_saved_filter, name="restore_saved_filter"),
    path("appearance/", appearance.choose_theme, name="theme"),
    path("numbers/teammates/", numbers.teammate_choices, name="teammate_choices"),
    # An id may contain any character, even a slash, so it may span several path segments.
    re_path(r"^numbers/(?P<number_id>PN.*)/$", numbers.number_detail, name="detail"),
    path("teammates/", teammates.teammate_list, name="teammates"),
    re_path(r"^teammates/(?P<user_id>US.*)/$", teammates.teammate_detail, name="teammate"),
    path("audit/", audit.audit, name="audit"),
    *(path(f"numbers.{end}", exports.number_export, {"ending": end}, name="export") for end in FORMATS),
    *(path(f"teammates.{end}", exports.teammate_export, {"ending": end}, name="export_teammates") for end in FORMATS),
    *(path(f"audit.{end}", audit.audit_export, {"ending": end}, name="export_audit") for end in FORMATS),
    path("sync/", syncs.sync_now, name="sync"),
    path("freshness/", syncs.freshness, name="freshness"),
    path("status/access/", access.access_log, name="access_log"),
    path("status/", syncs.status, name="status"),
    *(path(name, view, name=name) for name, view in health.VIEWS.items()),
]
