"""The lists as files."""

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Event, record
from numbers.exports.documents import number_document, teammate_document
from numbers.exports.formats import FORMATS
from numbers.filters import numbers as number_filters
from numbers.filters import teammates as teammate_filters

RAW = "raw"


@require_safe
def number_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """The numbers that fit the query string, all pages of them, as the file that ends in `ending`."""
    asked = number_filters.parse(request.GET, also={RAW})
    return sent_file(request, "numbers", ending, number_document(asked, ending, is_raw=is_raw(request)))


@require_safe
def teammate_export(request: HttpRequest, ending: str) -> StreamingHttpResponse:
    """The teammates that fit the query string, in the same way."""
    asked = teammate_filters.parse(request.GET, also={RAW})
    return sent_file(request, "teammates", ending, teammate_document(asked, ending, is_raw=is_raw(request)))


def is_raw(request: HttpRequest) -> bool:
    """Say whether machines ask: who reads the file with a spreadsheet never does."""
    return request.GET.get(RAW, "").strip() == "1"


def sent_file(request: HttpRequest, name: str, ending: str, document: Iterator[bytes]) -> StreamingHttpResponse:
    """Send a document while it is made; what fails before its first block fails as an ordinary page.

    A raw file is told from one for people by its name: in a spreadsheet, text of the workspace would become formulas.
    """
    blocks: Iterable[bytes] = ()
    if request.method == "HEAD" or ending == "xlsx":
        # Else GZipMiddleware would send an empty archive as the body, or pack once more what is packed already.
        request.META.pop("HTTP_ACCEPT_ENCODING", None)
    if request.method != "HEAD":
        blocks = _begun(document)
        record(Event.EXPORTED, request, detail=request.get_full_path())
    kind = "-raw" if ending == "csv" and is_raw(request) else ""
    moment = f"{timezone.localtime():%Y-%m-%d-%H%M}"
    response = StreamingHttpResponse(blocks, content_type=FORMATS[ending].content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}{kind}-{moment}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _begun(document: Iterator[bytes]) -> Iterator[bytes]:
    first = next(document, b"")

    def whole() -> Iterator[bytes]:
        yield first
        yield from document

    return whole()
