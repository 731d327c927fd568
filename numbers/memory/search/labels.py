"""What people and programs write around a telephone number: "Work: …", "Call …!", "… ext. 5", "☎ …"."""

import re
from collections.abc import Iterable

from numbers.vocabulary.folding import PHONE_PUNCTUATION

_LABEL = re.compile(r"[^\W\d]+\.?(?:\s?\d\b)?(?:;[\w=-]+)*\s*:\s*(?://)?(?=(?:\W*\d){7})")
_EXTENSION = re.compile(
    r"(?P<number>(?:\d\W*){7,}?)"
    r"(?:[\s,;(]*(?:ext(?:ension|ensi[oó]n|n)?|int(?:ern[oe]?)?|x|anexo|poste|opt(?:ion)?|ramal|durchwahl|dw|доб)[\W_]*|\s*#|,,)"
    r"\s*\d{1,7}\b",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"(?<=\d{10})\.0(?!\d)")  # of a number in a spreadsheet
_NUMBER = r"\d(?:\W*\d){6}"
_GLUE = re.compile(  # as in "#020…", "Tel.020…" and "…0958📞"
    rf"[^{PHONE_PUNCTUATION}\w\s]+(?=[+(]*{_NUMBER})|(?<=[^\W\d])(?=[{PHONE_PUNCTUATION}]+{_NUMBER})|(?<=\d)[☎☏✆📞📱📲📠]"
)

# Folded. They may stand beside a telephone number, and also occur in names.
_LABELS = re.compile(
    "tel|telephone|telefono?|telefone|te?lf|phone|fon|ph|mob|mobile?|movil|cel|cell|cellphone|celular|cellulare"
    "|handy|portable|fax|direct|work|home|business|private|whatsapp|wa|viber|signal|sms|text|[tpmfcdhow]"
    "|number|num|no|nr?|numero|(?:telefon|ruf|handy|mobil)?nummer|тел|телефон|моб|电话|手机|電話"
    "|please|call|dial|ring|contact|reach|our|my|me|us|is|at|on|the|meine?|ist|mon|mi|est?"
)


def without_additions(query: str) -> str:
    """Return `query` without labels that end in a colon and extensions, and with spaces around a number."""
    query = _DECIMAL.sub("", _EXTENSION.sub(r"\g<number>", _LABEL.sub("", query.replace("mailto:", ""))))
    return _GLUE.sub(" ", query).strip()


def is_label(words: Iterable[str]) -> bool:
    """Return whether the folded words only say that a telephone number follows. Symbols do, such as ☎ and flags."""
    return all(_LABELS.fullmatch(part) for word in words for part in re.findall(r"[^\W_]+", word))
