"""Text from outside, fit for a terminal."""


def printable(text: str) -> str:
    """Return `text` with a mark in the place of all that does not print: nothing in it may steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
