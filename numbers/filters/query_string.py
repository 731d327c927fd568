"""Reads parameters of a query string: what cannot be meant is named in a sentence instead of failing."""

from collections.abc import Collection, Mapping

from django.http import QueryDict

from numbers.filters.base import DEFAULT_SORT
from numbers.vocabulary.folding import fold
from numbers.vocabulary.terminal import printable

MAX_TEXT = 200


def text_of(query: QueryDict, name: str, label: str, notices: list[str]) -> str:
    """Return a text to look for, its white space single; `label` is what people call the parameter."""
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
    """Return what one of the words in `choices` stands for, or nothing; several words may stand for the same."""
    text = query.get(name, "").strip()
    if not text:
        return ""
    chosen = choices.get(text.lower())
    if chosen is None:
        words = ", ".join(dict.fromkeys(choices.values()))
        notices.append(f"{shown(text)} is nothing that {name} can be ({words}), so it was ignored.")
    return chosen or ""


def sort_of(query: QueryDict, sorts: Collection[str], notices: list[str]) -> str:
    """Return one of `sorts`, descending with a leading `-`; what is none of them is named in `notices`."""
    sort = query.get("sort", "").strip() or DEFAULT_SORT
    if sort.removeprefix("-") not in sorts:
        notices.append(f"The list cannot be sorted by {shown(sort)}, so it is sorted by name.")
        return DEFAULT_SORT
    return sort


def page_of(query: QueryDict, notices: list[str]) -> int:
    """Return the page that is asked for, from 1; what is no page is named in `notices`."""
    text = query.get("page", "").strip()
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) > 0):
        notices.append(f"{shown(text)} is no page, so the first one is shown.")
        return 1
    return int(text)


def name_repeated(query: QueryDict, names: Collection[str], notices: list[str]) -> None:
    """Add to `notices` which of the parameters `names` are given more than once, and differ."""
    repeated = [name for name in names if len(set(query.getlist(name))) > 1]
    notices.extend(f"{shown(name)} is given more than once; the last one counts." for name in repeated)


def name_others(query: QueryDict, names: Collection[str], notices: list[str]) -> None:
    """Add to `notices` which parameters are none of `names`."""
    others = [name for name in query if name not in names]
    if others:
        notices.append(f"{shown(', '.join(others[:5]))} means nothing here and was ignored.")


def shown(text: str) -> str:
    """A value from outside as a sentence may quote it."""
    plain = printable(text[:60])
    return f"“{plain}…”" if len(text) > 60 else f"“{plain}”"
