"""Reads query parameters. An invalid one never fails: it is ignored and a notice says so."""

from collections.abc import Collection, Mapping

from django.http import QueryDict

from numbers.filters.base import DEFAULT_SORT
from numbers.vocabulary.folding import fold
from numbers.vocabulary.terminal import printable

MAX_TEXT = 200


def text_of(query: QueryDict, name: str, label: str, notices: list[str]) -> str:
    """Return a search text with single spaces. `label` names the parameter in notices."""
    raw = query.get(name, "")
    if "\x00" in raw:
        notices.append(f"The {label} holds characters that no text has; they were ignored.")
    text = " ".join(raw.replace("\x00", " ").split())
    if len(text) > MAX_TEXT:
        notices.append(f"The {label} is longer than {MAX_TEXT} characters; the rest was ignored.")
        text = text[:MAX_TEXT].strip()
    if text and not fold(text):
        notices.append(f"The {label} {shown(text)} has nothing to look for and was ignored.")
        text = ""
    return text


def choice_of(query: QueryDict, name: str, choices: Mapping[str, str], notices: list[str]) -> str:
    """Return the value for a word in `choices`, or an empty text. Several words may share a value."""
    text = query.get(name, "").strip()
    if not text:
        return ""
    chosen = choices.get(text.lower())
    if chosen is None:
        words = ", ".join(dict.fromkeys(choices.values()))
        notices.append(f"{shown(text)} is nothing that {name} can be ({words}), so it was ignored.")
    return chosen or ""


def sort_of(query: QueryDict, sorts: Collection[str], search: str, notices: list[str]) -> str:
    """Return a sort key, with a leading `-` to descend; empty for the usual order. An unknown one adds a notice."""
    sort = query.get("sort", "").strip()
    if sort and sort.removeprefix("-") not in sorts:
        notices.append(f"The list cannot be sorted by {shown(sort)}, so it is sorted by name.")
        sort = DEFAULT_SORT
    return "" if sort == DEFAULT_SORT and not search else sort


def page_of(query: QueryDict, notices: list[str]) -> int:
    """Return the page number, from 1. An invalid one adds a notice."""
    text = query.get("page", "").strip()
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        notices.append(f"{shown(text)} is no page, so the first one is shown.")
        return 1
    return int(text)


def name_repeated(query: QueryDict, names: Collection[str], notices: list[str]) -> None:
    """Add a notice for each parameter in `names` that is given twice with different values."""
    repeated = [name for name in names if len(set(query.getlist(name))) > 1]
    notices.extend(f"{shown(name)} is given more than once; the last one counts." for name in repeated)


def name_others(query: QueryDict, names: Collection[str], notices: list[str]) -> None:
    """Add a notice for parameters that are not in `names`."""
    others = [name for name in query if name not in names]
    if others:
        notices.append(f"{shown(', '.join(others[:5]))} means nothing here and was ignored.")


def shown(text: str) -> str:
    """Return an outside value, shortened and quoted for use in a sentence."""
    plain = printable(text[:60])
    return f"“{plain}…”" if len(text) > 60 else f"“{plain}”"
