"""Texts in which people see nothing."""

INVISIBLE = (
    "",
    " ",
    "\t\r\n",
    "\u00a0\u2003\u3000\u202f\u205f\u1680",  # spaces
    "\u2028\u2029",  # separators of lines and paragraphs
    "\x01\x1f\x7f\x85",  # controls
    "\u00ad",  # a soft hyphen
    "\u200b\u200c\u200d\u2060\ufeff",  # zero width
    "\u200e\u200f\u061c\u202a\u202e\u2066\u2069",  # directions
    "\u2061\u2064\u206a\u206f",  # invisible operators and old formats
    "\u2065\ufff0\ufff8",  # unassigned, to be ignored
    "\u034f",  # a grapheme joiner
    "\u0301\u20dd",  # an accent and a circle around nothing
    "\u115f",
    "\u1160",
    "\u3164",
    "\uffa0",  # Hangul fillers
    "\u17b4\u17b5",  # inherent vowels
    "\u180b\u180c\u180d\u180e\u180f",  # Mongolian selectors
    "\u2800",  # the empty Braille pattern
    "\ufe00\ufe0f",  # variation selectors
    "\U000e0100\U000e01ef",  # more of them
    "\U000e0001\U000e0041\U000e007f\U000e0fff",  # tags
    "\U0001d159\U0001d173",  # a note head and a beam that are null
)
