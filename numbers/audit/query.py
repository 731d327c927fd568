"""The audit's query string: the list's filters, the grouping and the page of the outliers."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from numbers.audit.groups import Grouping
from numbers.filters import numbers as filters
from numbers.filters.numbers import NumberFilters
from numbers.filters.query_string import choice_of, page_of

_EXTRA_KEYS = ("by", "odd")
_GROUPINGS = {by.value: by.value for by in Grouping}


@dataclass(frozen=True)
class AuditQuery:
    """What the audit shows: the numbers that match `filters`, in groups. `outlier_page` counts from 1."""

    filters: NumberFilters
    by: Grouping = Grouping.GROUP
    outlier_page: int = 1

    @property
    def extra(self) -> str:
        """Return the part of the query string that every link in the audit keeps."""
        return urlencode({"by": self.by.value}) if self.by != Grouping.GROUP else ""

    @property
    def query(self) -> str:
        """Return the canonical query string, without the keys that have their default."""
        outlier_page = urlencode({"odd": self.outlier_page}) if self.outlier_page > 1 else ""
        return "&".join(filter(None, [self.extra, self.filters.query, outlier_page]))

    def grouped_by(self, by: str) -> "AuditQuery":
        return replace(self, filters=self.filters.but(), by=Grouping(by), outlier_page=1)

    def at(self, *, page: int | None = None, outlier_page: int | None = None) -> "AuditQuery":
        """Return the same audit with another page of the matrix or of the outliers."""
        return replace(
            self,
            filters=self.filters.but(page=page or self.filters.page),
            outlier_page=outlier_page or self.outlier_page,
        )


def parse(query: QueryDict) -> AuditQuery:
    """Parse a query string. Invalid values are ignored and named in the filters' `notices`."""
    parsed = filters.parse(query, also=_EXTRA_KEYS)
    notices = list(parsed.notices)
    by = choice_of(query, "by", _GROUPINGS, notices)
    outlier_page = _outlier_page(query, notices)
    return AuditQuery(replace(parsed, notices=tuple(notices)), Grouping(by or Grouping.GROUP), outlier_page)


def _outlier_page(query: QueryDict, notices: list[str]) -> int:
    as_page = QueryDict(mutable=True)
    as_page["page"] = query.get("odd", "")
    return page_of(as_page, notices)
