"""Draws docs/architecture.svg: the rooms of `numbers/` in their layers. `make architecture` runs it."""

import ast
from collections.abc import Iterator
from html import escape
from textwrap import wrap

from quo_admin import env
from tests.support.imports import LAYERS

PICTURE = env.BASE_DIR / "docs" / "architecture.svg"

WIDTH, MARGIN, GAP = 960, 16, 10
TITLE, LINE, PADDING = 20, 16, 10
LETTER = 6.4  # the average width of a letter, in pixels

# The way of a row, from Quo's answer to the page: docs/architecture.md tells the steps.
STEPS = ("quo", "syncing", "models", "memory", "filters", "pages", "views")

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2933; }
  .name { font-weight: 600; font-size: 14px; }
  .layer { fill: #eef2f6; }
  .room { fill: #ffffff; stroke: #9aa5b1; }
  .step { fill: #0b69a3; }
  .digit { fill: #ffffff; font-weight: 600; text-anchor: middle; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e4e7eb; } .digit { fill: #ffffff; }
    .layer { fill: #1f2933; } .room { fill: #323f4b; stroke: #616e7c; }
  }
"""


def picture() -> str:
    """Return the picture. A room may import the rooms below it, so the layers are drawn from the top."""
    parts: list[str] = []
    top = MARGIN
    for rooms in reversed(LAYERS):
        drawn, height = _layer(sorted(rooms), top)
        parts += drawn
        top += height + GAP
    height = top - GAP + MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title">'
    title = '<title id="title">The rooms of numbers/ in their layers</title>'
    return "\n".join([head, title, f"<style>{STYLE}</style>", *parts, "</svg>", ""])


def _layer(rooms: list[str], top: int) -> tuple[list[str], int]:
    """Return the parts of a layer at `top`, and its height."""
    width = (WIDTH - 2 * MARGIN - GAP) // len(rooms) - GAP
    texts = [wrap(_summary(room), int((width - 2 * PADDING) / LETTER)) for room in rooms]
    height = 2 * PADDING + TITLE + LINE * max(map(len, texts))
    parts = [_box("layer", MARGIN, top, WIDTH - 2 * MARGIN, height + 2 * GAP)]
    for place, (room, lines) in enumerate(zip(rooms, texts, strict=True)):
        left = MARGIN + GAP + place * (width + GAP)
        parts.append(_box("room", left, top + GAP, width, height))
        parts += _text(room, lines, left + PADDING, top + GAP + PADDING)
        parts += _step(room, left + width - PADDING - 8, top + GAP + PADDING + 8)
    return parts, height + 2 * GAP


def _box(kind: str, left: int, top: int, width: int, height: int) -> str:
    return f'<rect class="{kind}" x="{left}" y="{top}" width="{width}" height="{height}" rx="6"/>'


def _text(room: str, lines: list[str], left: int, top: int) -> Iterator[str]:
    yield f'<text class="name" x="{left}" y="{top + 12}">{room}</text>'
    for place, line in enumerate(lines):
        yield f'<text x="{left}" y="{top + TITLE + 12 + place * LINE}">{escape(line)}</text>'


def _step(room: str, left: int, top: int) -> Iterator[str]:
    if room in STEPS:
        yield f'<circle class="step" cx="{left}" cy="{top}" r="9"/>'
        yield f'<text class="digit" x="{left}" y="{top + 4}">{STEPS.index(room) + 1}</text>'


def _summary(room: str) -> str:
    """Return the first line of the room's docstring."""
    folder = env.BASE_DIR / "numbers" / room
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
