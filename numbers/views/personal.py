"""A user's own choices: visible columns and saved filters."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import reopens_with
from accounts.roles import SHARE_FILTERS
from numbers.models import SavedFilter
from numbers.personal import columns, deleted_filters
from numbers.personal import saved_filters as personal
from numbers.personal.saved_filters import SavedFilterForm
from numbers.views.htmx import HtmxHttpRequest
from numbers.views.navigation import page_before


@require_POST
def choose_columns(request: HtmxHttpRequest) -> HttpResponse:
    """Save the ticked columns; with `usual`, go back to the default columns."""
    if request.POST.get("usual"):
        columns.reset_columns(request.user)
    else:
        columns.save_columns(request.user, request.POST.getlist("column"))
    return HttpResponseRedirect(page_before(request))


@reopens_with("name", "query", "is_shared")
@require_http_methods(["GET", "HEAD", "POST"])
def saved_filters(request: HtmxHttpRequest) -> HttpResponse:
    """Show the saved filters that the user may open, and save another one."""
    posted = request.POST if request.method == "POST" else None
    form = SavedFilterForm(posted, initial=request.GET.dict(), instance=SavedFilter(owner=request.user))
    if saved := form.save_or_add_errors():
        address = request.build_absolute_uri(saved.get_absolute_url())
        sentence = 'Saved as “<bdi>{}</bdi>”. Its short address is <a href="{}">{}</a>.'
        messages.success(request, format_html(sentence, saved, address, address))
        return redirect(saved)
    context = {
        "form": form,
        "saved_filters": personal.saved_lines(request.user),
        "deleted_filters": deleted_filters.deleted_filters(request.session),
    }
    return render(request, "saved/saved.html", context, status=422 if form.is_bound else 200)


@require_safe
def saved_filter(request: HtmxHttpRequest, code: str) -> HttpResponse:
    """Redirect to the list with the saved filter."""
    saved = get_object_or_404(personal.visible_to(request.user), code=code)
    return HttpResponseRedirect(f"{reverse('numbers:list')}?{saved.query}")


@require_POST
def share_saved_filter(request: HtmxHttpRequest, code: str) -> HttpResponse:
    saved = get_object_or_404(personal.saved_by(request.user), code=code)
    is_shared = bool(request.POST.get("is_shared"))
    if is_shared and not request.user.has_perm(SHARE_FILTERS):
        raise PermissionDenied
    personal.share_filter(saved, is_shared=is_shared)
    messages.success(
        request, f"“{saved}” is {'shared with everybody who signs in' if saved.is_shared else 'yours alone'} now."
    )
    return redirect("numbers:saved_filters")


@require_POST
def delete_saved_filter(request: HtmxHttpRequest, code: str) -> HttpResponse:
    saved = get_object_or_404(personal.saved_by(request.user), code=code)
    deleted_filters.delete_filter(request.session, saved)
    # The page has a form to restore each deleted filter; this button belongs to it.
    sentence = (
        "“<bdi>{}</bdi>” is deleted. The numbers it showed are not. "
        '<button class="button" type="submit" form="restore-{}">Undo</button>'
    )
    messages.success(request, format_html(sentence, saved, saved.code))
    return redirect("numbers:saved_filters")


@require_POST
def restore_saved_filter(request: HtmxHttpRequest, code: str) -> HttpResponse:
    """Restore a filter that was deleted in this session. If it was restored already, only show the saved filters."""
    form = deleted_filters.restore_filter(request.session, request.user, code)
    for errors in form.errors.values() if form else ():
        messages.error(request, f"It cannot be restored. {errors[0]}")
    if form and not form.errors:
        messages.success(request, format_html("“<bdi>{}</bdi>” is restored.", form.instance))
    return redirect("numbers:saved_filters")
