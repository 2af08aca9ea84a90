"""Setting text: the certificate's typefaces, which characters each has, and lines fitted to a measure."""

import re
import unicodedata
from collections.abc import Sequence
from importlib.metadata import entry_points
from threading import Lock
from typing import NamedTuple

from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.refusal import N_, Refusal

SERIF, SERIF_BOLD, SANS = "SourceSerifPro", "SourceSerifProSemibold", "SourceSansPro"
MEASURE = 640.0

# The typefaces' marks are drawn about the origin, at the height of small letters (Unicode's class 230 is "above").
COMBINING_MARK = re.compile("([\u0300-\u036f])")
ABOVE, CAPITAL_LIFT = 230, 0.18


class MissingGlyph(Refusal):
    """No typeface of the certificate has this character; it is in the facts."""

    status = 422
    title = N_("The certificate cannot print this name")
    detail = N_("Write it in Latin, Greek or Cyrillic letters.")


class Setting(NamedTuple):
    """Text fitted to a measure: the typeface, the size in points and one or two lines."""

    face: str
    size: float
    lines: tuple[str, ...]


def _register_faces() -> dict[str, frozenset[int]]:
    """Register the typefaces and tell the characters each has."""
    files = {name: path for entry in entry_points(group="fonts_ttf") for name, path in entry.load().items()}
    # Only what is set is embedded: all of ASCII besides takes a quarter of the rendering and a third of the file.
    fonts = [TTFont(face, files[face], asciiReadable=False) for face in (SERIF, SERIF_BOLD, SANS)]
    for font in fonts:
        registerFont(font)
    return {font.fontName: frozenset(font.face.charToGlyph) for font in fonts}


CHARACTERS = _register_faces()

# A typeface has one reading position, which every document that takes a subset of it moves: one certificate at a time.
press = Lock()


def tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def choose_face(text: str, faces: Sequence[str]) -> str:
    """The first of `faces` that has every character of `text`; raises MissingGlyph when none has."""
    for face in faces:
        missing = [character for character in text if ord(character) not in CHARACTERS[face]]
        if not missing:
            return face
    raise MissingGlyph(character=missing[0])


def fit(text: str, faces: Sequence[str], *, size: float, floor: float, measure: float = MEASURE) -> Setting:
    """Shrink `text` from `size` to `floor` to fit `measure` on one line; failing that two lines, as small as needed."""
    text = tidy(text)
    face = choose_face(text, faces)
    single = _largest(size, (text,), face, measure)
    if single >= floor:
        return Setting(face, single, (text,))
    lines = _halve(text, face)
    return Setting(face, _largest(floor, lines, face, measure), lines)


def _largest(size: float, lines: Sequence[str], face: str, measure: float) -> float:
    widest: float = max(stringWidth(line, face, size) for line in lines)
    return size * measure / max(widest, measure)


def _halve(text: str, face: str) -> tuple[str, str]:
    """Two lines as equal in width as can be, parted at a space if there is one."""
    places = [i for i, character in enumerate(text) if character == " "] or [len(text) // 2]
    halves = [(text[:i].strip(), text[i:].strip()) for i in places]
    return min(halves, key=lambda pair: max(stringWidth(line, face, 10) for line in pair))


def print_line(canvas: Canvas, x: float, y: float, line: str, setting: Setting, gap: float = 0) -> None:
    """Set a line from (x, y); a mark that NFC cannot join to its letter goes over its middle, higher on a capital."""
    letter = " "
    for piece in COMBINING_MARK.split(line):
        if COMBINING_MARK.match(piece):
            middle = x - gap - stringWidth(letter, setting.face, setting.size) / 2
            lifted = letter.isupper() and unicodedata.combining(piece) == ABOVE
            canvas.drawString(middle, y + lifted * CAPITAL_LIFT * setting.size, piece)
        elif piece:
            canvas.drawString(x, y, piece, charSpace=gap)
            x += stringWidth(piece, setting.face, setting.size) + gap * len(piece)
            letter = piece[-1]
