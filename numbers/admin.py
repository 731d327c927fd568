"""Django's admin: staff may read what was seen, and never edit it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from numbers.models import Assignment, NumberState, PhoneNumber, Sync, Teammate, TeammateState


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was seen is a record: nobody adds to it, changes it or deletes from it by hand."""

    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002 - Django's
        return request.user.is_active and request.user.is_staff

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002 - Django's
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002 - Django's
        return False


@admin.register(PhoneNumber)
class PhoneNumberAdmin(ReadOnlyAdmin):
    list_display = ("quo_id", "first_seen", "seen_until", "gone_at")
    search_fields = ("quo_id", "states__search_text")


@admin.register(NumberState)
class NumberStateAdmin(ReadOnlyAdmin):
    list_display = ("name", "number", "phone_number", "since", "until")
    list_select_related = ("phone_number",)
    search_fields = ("search_text", "phone_number__quo_id")


@admin.register(Teammate)
class TeammateAdmin(ReadOnlyAdmin):
    list_display = ("quo_id", "first_seen")
    search_fields = ("quo_id", "states__search_text")


@admin.register(TeammateState)
class TeammateStateAdmin(ReadOnlyAdmin):
    list_display = ("display_name", "email", "role", "since", "until")
    search_fields = ("search_text", "teammate__quo_id")


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("phone_number", "teammate", "role", "group_id", "since", "until")
    list_select_related = ("phone_number", "teammate")
    search_fields = ("phone_number__quo_id", "teammate__quo_id")


@admin.register(Sync)
class SyncAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "scope", "subject", "outcome", "seen", "new", "changed", "gone", "set_aside_count")
    list_filter = ("scope", "outcome")
