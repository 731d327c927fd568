"""Exports the lists as files."""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from itertools import chain
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Event, record
from numbers.exports.documents import number_document, teammate_document
from numbers.exports.formats import FORMATS
from numbers.exports.slots import Held, TooManyExports, take_slot
from numbers.filters import numbers as number_filters
from numbers.filters import teammates as teammate_filters
from numbers.memory.workspace import holds_demo
from numbers.views.appearance import is_readers_zone
from quo_admin.times import is_repeated

RAW = "raw"
RETRY_AFTER = 60  # seconds

Export = Callable[[HttpRequest, str], StreamingHttpResponse]


def in_slot(view: Export) -> Callable[[HttpRequest, str], StreamingHttpResponse | HttpResponse]:
    """Run an export only while few others run, and hold its slot until the file is sent or the reader hangs up."""

    @wraps(view)
    def export(request: HttpRequest, ending: str) -> StreamingHttpResponse | HttpResponse:
        if request.method == "HEAD":
            return view(request, ending)
        try:
            slot = take_slot(request.user.pk)
        except TooManyExports as refusal:
            response = render(request, "429-exports.html", {"refusal": str(refusal)}, status=429)
            response.headers["Retry-After"] = str(RETRY_AFTER)
            return response
        try:
            sent = view(request, ending)
        except BaseException:
            slot.release()
            raise
        sent.streaming_content = Held(cast("Iterator[bytes]", sent.streaming_content), slot)
        return sent

    return export


@require_safe
@in_slot
def number_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """Export all pages of the numbers that match the query string, as a file with that ending."""
    asked = number_filters.parse(request.GET, also={RAW})
    return sent_file(request, "numbers", ending, number_document(asked, ending, is_raw=is_raw(request)))


@require_safe
@in_slot
def teammate_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """Export all pages of the teammates that match the query string, as a file with that ending."""
    asked = teammate_filters.parse(request.GET, also={RAW})
    return sent_file(request, "teammates", ending, teammate_document(asked, ending, is_raw=is_raw(request)))


def is_raw(request: HttpRequest) -> bool:
    """Return whether the file is for a program. A raw file is not safe to open in a spreadsheet."""
    return request.GET.get(RAW, "").strip() == "1"


def sent_file(request: HttpRequest, name: str, ending: str, document: Iterator[bytes]) -> StreamingHttpResponse:
    """Stream a document. An error before its first block becomes an ordinary error page.

    The name has the time, with its offset if the reader could not tell it. The name of a raw file says so: in a
    spreadsheet, text from the workspace could become formulas. The name of a file with demo data says so, too: a CSV
    file can say it nowhere else.
    """
    blocks: Iterable[bytes] = ()
    if request.method == "HEAD" or ending == "xlsx":
        # Otherwise GZipMiddleware would send an empty archive as the body, or compress a compressed file.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
    if request.method != "HEAD":
        blocks = chain([next(document, b"")], document)  # reads the first block now
        record(Event.EXPORTED, request, detail=request.get_full_path())
    demo = "demo-" if holds_demo() else ""
    kind = "-raw" if ending == "csv" and is_raw(request) else ""
    now = timezone.localtime()
    offset = f"-UTC{now:%z}" if is_repeated(now) or not is_readers_zone(request) else ""
    moment = f"{now:%Y-%m-%d-%H%M}{offset}"
    response = StreamingHttpResponse(blocks, content_type=FORMATS[ending].content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{demo}{name}{kind}-{moment}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
