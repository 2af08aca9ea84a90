"""The certificate: the frozen record of a credential set as one A4 page of PDF, in Spanish or in English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import entry_points
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from babel.dates import format_date
from reportlab import rl_config
from reportlab.lib.colors import Color
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from app.credentials.artwork import (
    INK,
    LEVEL_COLOURS,
    LEVELS,
    MUTED,
    draw_mark,
    draw_paper,
    draw_qr,
    draw_seal,
    draw_swelled_rule,
    draw_watermark,
)
from app.refusal import N_, Refusal

# Streams stay bytes: reportlab's ASCII form of them takes a tenth of the rendering and a quarter of the file.
rl_config.useA85 = 0

WIDTH, HEIGHT = landscape(A4)
CENTRE = WIDTH / 2
MARGIN = 84.0
MEASURE = 640.0
UPPER_ROW, LOWER_ROW = 168.0, 112.0
COLUMN, WIDE_COLUMN = 112.0, 240.0
QR_SIDE, QR_FOOT = 108.0, 89.0

SERIF, SERIF_BOLD, SANS = "SourceSerifPro", "SourceSerifProSemibold", "SourceSansPro"

# The typefaces' marks are drawn about the origin, at the height of small letters (Unicode's class 230 is "above").
COMBINING_MARK = re.compile("([\u0300-\u036f])")
ABOVE, CAPITAL_LIFT = 230, 0.18

WORDS = {
    "es": {
        "certify": "Se certifica que",
        "earned": "ha superado el examen y reúne los requisitos de la credencial",
        "issued": "Emitido el",
        "expires": "Válido hasta",
        "organisation": "Empresa al emitirse",
        "code": "Código",
        "level": "Nivel",
        "check": "Compruébalo en",
    },
    "en": {
        "certify": "This is to certify that",
        "earned": "has passed the examination and met the requirements of the credential",
        "issued": "Issued",
        "expires": "Valid until",
        "organisation": "Organisation at issue",
        "code": "Code",
        "level": "Level",
        "check": "Check at",
    },
}


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
    fonts = [TTFont(face, files[face]) for face in (SERIF, SERIF_BOLD, SANS)]
    for font in fonts:
        registerFont(font)
    return {font.fontName: frozenset(font.face.charToGlyph) for font in fonts}


CHARACTERS = _register_faces()

# A typeface has one reading position, which every document that takes a subset of it moves: one certificate at a time.
_press = Lock()


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


def fit_name(name: str) -> Setting:
    return fit(name, (SERIF, SANS), size=47, floor=29)


def render_certificate(record: Mapping[str, Any], *, language: str, url: str) -> bytes:
    """The certificate of a frozen `record`, its QR leading to `url`; the same bytes for the same arguments.

    Raises MissingGlyph when a text of the record has a character that none of the typefaces has.
    """
    page = BytesIO()
    with _press:
        canvas = Canvas(page, pagesize=(WIDTH, HEIGHT), invariant=1, lang=language, initialFontName=SERIF)
        _describe(canvas, record, language)
        _draw(canvas, record, language, url)
        canvas.save()
    return page.getvalue()


def _describe(canvas: Canvas, record: Mapping[str, Any], language: str) -> None:
    canvas.setTitle(f"{record['title'][language]} · {tidy(record['name'])}")
    canvas.setAuthor(record["issuer"])
    canvas.setSubject(f"{WORDS[language]['code']} {record['code']}")
    canvas.setCreator("Acredita")
    canvas.setDateFormatter(lambda *_: f"D:{record['issued_on'].replace('-', '')}000000Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _draw(canvas: Canvas, record: Mapping[str, Any], language: str, url: str) -> None:
    words, colour = WORDS[language], LEVEL_COLOURS[record["level"]]
    draw_paper(canvas, WIDTH, HEIGHT, colour)
    draw_watermark(canvas, CENTRE, 344)
    draw_mark(canvas, CENTRE, 511, 19)
    issuer = fit(record["issuer"].upper(), (SERIF_BOLD, SANS), size=14, floor=9, measure=MEASURE / 1.5)
    _centre(canvas, issuer, 471, INK, spacing=0.28)
    _centre(canvas, fit(words["certify"], (SERIF,), size=15, floor=9), 434, MUTED)
    _centre(canvas, fit_name(record["name"]), 382, INK)
    draw_swelled_rule(canvas, CENTRE, 347, 200)
    _centre(canvas, fit(words["earned"], (SERIF,), size=15, floor=9), 312, INK)
    _centre(canvas, fit(record["title"][language], (SERIF_BOLD, SANS), size=28, floor=18), 269, colour)
    _draw_facts(canvas, record, language)
    _draw_check(canvas, record, words, url)
    draw_seal(canvas, CENTRE, 150, record["level"], record["code"], SERIF_BOLD)


def _centre(canvas: Canvas, setting: Setting, y: float, colour: Color, *, spacing: float = 0) -> None:
    """Set one line on the baseline `y`, or two about it, with `spacing` ems between letters."""
    leading, gap = setting.size * 1.15, setting.size * spacing
    canvas.setFillColor(colour)
    canvas.setFont(setting.face, setting.size)
    y += leading * (len(setting.lines) - 1) / 2
    for line in setting.lines:
        width = stringWidth(line, setting.face, setting.size) + gap * (len(line) - 1)
        _print(canvas, CENTRE - width / 2, y, line, setting, gap)
        y -= leading


def _print(canvas: Canvas, x: float, y: float, line: str, setting: Setting, gap: float = 0) -> None:
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


def _draw_facts(canvas: Canvas, record: Mapping[str, Any], language: str) -> None:
    words, right = WORDS[language], MARGIN + WIDE_COLUMN - COLUMN
    issued, expires = (_long_date(record[day], language) for day in ("issued_on", "expires_on"))
    if record["organisation"]:
        _fact(canvas, MARGIN, UPPER_ROW, COLUMN, words["issued"], issued)
        _fact(canvas, right, UPPER_ROW, COLUMN, words["expires"], expires)
        _fact(canvas, MARGIN, LOWER_ROW, WIDE_COLUMN, words["organisation"], record["organisation"])
    else:
        _fact(canvas, MARGIN, UPPER_ROW, WIDE_COLUMN, words["issued"], issued)
        _fact(canvas, MARGIN, LOWER_ROW, WIDE_COLUMN, words["expires"], expires)


def _fact(canvas: Canvas, x: float, y: float, measure: float, label: str, value: str) -> None:
    """Set a label and its value, of one line or two, under a thin rule `measure` long."""
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.5)
    canvas.line(x, y + 16, x + measure, y + 16)
    canvas.setFillColor(MUTED)
    canvas.setFont(SANS, 9)
    canvas.drawString(x, y + 3, label)
    setting = fit(value, (SERIF_BOLD, SANS), size=12, floor=9, measure=measure)
    canvas.setFillColor(INK)
    canvas.setFont(setting.face, setting.size)
    for line in setting.lines:
        _print(canvas, x, y - 12, line, setting)
        y -= setting.size * 1.15


def _draw_check(canvas: Canvas, record: Mapping[str, Any], words: Mapping[str, str], url: str) -> None:
    # The code's quiet zone may lie beyond the margin: its dark modules end where the text does.
    left = WIDTH - MARGIN - QR_SIDE + 9
    column = left - 12 - COLUMN
    climbed = LEVELS.index(record["level"]) + 1
    _fact(canvas, column, UPPER_ROW, COLUMN, words["code"], record["code"])
    _fact(canvas, column, LOWER_ROW, COLUMN, words["level"], f"{record['level'].title()} · {climbed} / {len(LEVELS)}")
    draw_qr(canvas, url, left, QR_FOOT, QR_SIDE)
    canvas.linkURL(url, (left, QR_FOOT, left + QR_SIDE, QR_FOOT + QR_SIDE))
    _centre(canvas, fit(f"{words['check']} {url}", (SANS,), size=9, floor=6), 59, MUTED)


def _long_date(day: str, language: str) -> str:
    return format_date(date.fromisoformat(day), format="long", locale=language)
