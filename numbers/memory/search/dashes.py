"""Dashes of any kind match each other. Stored texts have the one that Quo gives."""

from django.db.models import Q

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_PLAIN = str.maketrans(dict.fromkeys(_DASHES, "-"))


def with_plain_dashes(text: str) -> str:
    """Return `text` with every dash as a hyphen-minus."""
    return text.translate(_PLAIN)


def containing(field: str, word: str, lookup: str = "contains") -> Q:
    """Return the condition that `field` contains the word, whose dashes are plain, with dashes of one kind."""
    writings = dict.fromkeys(word.replace("-", dash) for dash in _DASHES)
    return Q(*((f"{field}__{lookup}", writing) for writing in writings), _connector=Q.OR)
