"""Measures the first sync and an unchanged one, compared with `json.loads` of the same answer."""

from collections.abc import Iterator

from bench.office import Office
from bench.table import MB, Line


def measure(office: Office) -> Iterator[Line]:
    """Fill the office with its first sync, then sync again."""
    for name in ("first sync", "unchanged sync"):
        cost = office.sync()
        figures = {
            "changed": cost["changed"],
            "sync s": cost["seconds"],
            "json.loads s": cost["loads_seconds"],
            "ratio ×": cost["seconds"] / cost["loads_seconds"],
            "answer MB": cost["answer_bytes"] / MB,
        }
        if peak := cost["peak_bytes"]:
            figures |= {"peak MB": peak / MB, "peak ×": peak / cost["answer_bytes"]}
        yield Line("syncs", name, figures)
