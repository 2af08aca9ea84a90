"""The certificate: the frozen record of a credential set as one A4 page of PDF, in Spanish or in English."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

from babel.dates import format_date
from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import stringWidth

from app.credentials.artwork import (
    INK,
    LEVEL_COLOURS,
    LEVELS,
    MUTED,
    draw_mark,
    draw_paper,
    draw_qr,
    draw_rule,
    draw_seal,
    draw_swelled_rule,
    draw_watermark,
    read_logo,
)
from app.credentials.names import FACES, printed_name
from app.credentials.tagging import Description, TaggedCanvas, finish
from app.credentials.typesetting import (
    MEASURE,
    SANS,
    SERIF,
    SERIF_BOLD,
    Setting,
    fit,
    press,
    print_line,
    tidy,
)

# Streams stay bytes: reportlab's ASCII form of them takes a tenth of the rendering and a quarter of the file.
rl_config.useA85 = 0

WIDTH, HEIGHT = landscape(A4)
CENTRE = WIDTH / 2
MARGIN = 84.0
UPPER_ROW, LOWER_ROW = 168.0, 112.0
COLUMN, WIDE_COLUMN = 112.0, 240.0
QR_SIDE, QR_FOOT = 108.0, 89.0
LOGO_MIDDLE = 514.0

LANGUAGES = ("es", "en")
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
        "seal": "Sello del nivel {level}, peldaño {climbed} de {steps}",
        "qr": "Código QR que lleva a {url}",
        "logo": "Logotipo de {name}",
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
        "seal": "Seal of the level {level}, step {climbed} of {steps}",
        "qr": "QR code that leads to {url}",
        "logo": "Logo of {name}",
    },
}


def fit_name(name: str) -> Setting:
    return fit(name, FACES, size=47, floor=29)


def render_certificate(
    record: Mapping[str, Any],
    *,
    language: str,
    url: str,
    attachments: Mapping[str, bytes],
    logo: bytes | None = None,
) -> bytes:
    """The certificate of a frozen `record`, its QR leading to `url`, with files attached to it by name.

    `logo` is the picture (PNG) that the label of the record names. The same arguments give the same bytes. Raises
    MissingGlyph when a text of the record has a character that none of the typefaces has.
    """
    page, about = BytesIO(), _describe(record, language)
    with press:
        canvas = TaggedCanvas(page, pagesize=(WIDTH, HEIGHT), invariant=1, lang=language, initialFontName=SERIF)
        _note(canvas, about)
        _draw(canvas, record, language, url, logo)
        canvas.save()
    return finish(page.getvalue(), canvas.parts, about, attachments)


def title_in(record: Mapping[str, Any], language: str) -> str:
    """The title of the credential in a language, or in the first that it has."""
    titles: Mapping[str, str] = record["title"]
    return titles.get(language) or next(iter(titles.values()))


def issuers_of(record: Mapping[str, Any]) -> list[str]:
    """The issuer and whoever issues jointly with it; records of before joint issuers name one."""
    return [record["issuer"], *record.get("issuers", ())]


def _describe(record: Mapping[str, Any], language: str) -> Description:
    title = f"{title_in(record, language)} · {tidy(printed_name(record))}"
    subject = f"{WORDS[language]['code']} {record['code']}"
    return Description(title, issuers_of(record), subject, language, record["issued_on"])


def _note(canvas: TaggedCanvas, about: Description) -> None:
    canvas.setTitle(about.title)
    canvas.setAuthor(", ".join(about.authors))
    canvas.setSubject(about.subject)
    canvas.setCreator("Acredita")
    canvas.setDateFormatter(lambda *_: f"D:{about.day.replace('-', '')}000000Z")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _draw(canvas: TaggedCanvas, record: Mapping[str, Any], language: str, url: str, logo: bytes | None) -> None:
    words, brand = WORDS[language], record.get("brand")
    colour = HexColor(brand["colour"]) if brand else LEVEL_COLOURS[record["level"]]
    draw_paper(canvas, WIDTH, HEIGHT, colour)
    draw_watermark(canvas, CENTRE, 344)
    _draw_head(canvas, record, colour, words, logo)
    _line(canvas, "P", words["certify"], fit(words["certify"], (SERIF,), size=15, floor=9), 434, MUTED)
    name = printed_name(record)
    _line(canvas, "H1", name, fit_name(name), 382, INK)
    draw_swelled_rule(canvas, CENTRE, 347, 200)
    _line(canvas, "P", words["earned"], fit(words["earned"], (SERIF,), size=15, floor=9), 312, INK)
    title = title_in(record, language)
    _line(canvas, "H2", title, fit(title, (SERIF_BOLD, SANS), size=28, floor=18), 269, colour)
    _draw_facts(canvas, record, language)
    _draw_check(canvas, record, words, url)
    _draw_seal(canvas, record, words)


def _draw_head(
    canvas: TaggedCanvas, record: Mapping[str, Any], colour: Color, words: Mapping[str, str], logo: bytes | None
) -> None:
    """The house mark, or the logo or the name of a label; below it, always, whoever issues."""
    brand = record.get("brand")
    if brand and logo:
        _draw_logo(canvas, logo, words["logo"].format(name=brand["name"]))
    elif brand:
        _line(canvas, "P", brand["name"], fit(brand["name"], (SERIF_BOLD, SANS), size=26, floor=15), 504, colour)
    else:
        draw_mark(canvas, CENTRE, 511, 19)
    issuers = issuers_of(record)
    setting = fit(" · ".join(issuers).upper(), (SERIF_BOLD, SANS), size=14, floor=9, measure=MEASURE / 1.5)
    lines = tuple(line.strip(" ·") for line in setting.lines)
    _line(canvas, "P", ", ".join(issuers), setting._replace(lines=lines), 471, INK, spacing=0.28)


def _draw_logo(canvas: TaggedCanvas, logo: bytes, text: str) -> None:
    picture, width, height = read_logo(logo)
    left, foot = CENTRE - width / 2, LOGO_MIDDLE - height / 2
    with canvas.part("Figure", text, (left, foot, left + width, foot + height)):
        canvas.drawImage(picture, left, foot, width, height)


def _draw_seal(canvas: TaggedCanvas, record: Mapping[str, Any], words: Mapping[str, str]) -> None:
    level, x, y, reach = record["level"], CENTRE, 150, 62
    climbed, steps = LEVELS.index(level) + 1, len(LEVELS)
    text = words["seal"].format(level=level.title(), climbed=climbed, steps=steps)
    with canvas.part("Figure", text, (x - reach, y - reach, x + reach, y + reach)):
        draw_seal(canvas, x, y, level, record["code"], SERIF_BOLD)


def _line(
    canvas: TaggedCanvas, role: str, text: str, setting: Setting, y: float, colour: Color, *, spacing: float = 0
) -> None:
    """Set one line on the baseline `y`, or two about it, with `spacing` ems between letters; `text` is read aloud."""
    leading, gap = setting.size * 1.15, setting.size * spacing
    y += leading * (len(setting.lines) - 1) / 2
    with canvas.part(role, tidy(text)):
        canvas.setFillColor(colour)
        canvas.setFont(setting.face, setting.size)
        for line in setting.lines:
            width = stringWidth(line, setting.face, setting.size) + gap * (len(line) - 1)
            print_line(canvas, CENTRE - width / 2, y, line, setting, gap)
            y -= leading


def _draw_facts(canvas: TaggedCanvas, record: Mapping[str, Any], language: str) -> None:
    words, right = WORDS[language], MARGIN + WIDE_COLUMN - COLUMN
    issued, expires = (_long_date(record[day], language) for day in ("issued_on", "expires_on"))
    if record["organisation"]:
        _fact(canvas, MARGIN, UPPER_ROW, COLUMN, words["issued"], issued)
        _fact(canvas, right, UPPER_ROW, COLUMN, words["expires"], expires)
        _fact(canvas, MARGIN, LOWER_ROW, WIDE_COLUMN, words["organisation"], record["organisation"])
    else:
        _fact(canvas, MARGIN, UPPER_ROW, WIDE_COLUMN, words["issued"], issued)
        _fact(canvas, MARGIN, LOWER_ROW, WIDE_COLUMN, words["expires"], expires)


def _fact(canvas: TaggedCanvas, x: float, y: float, measure: float, label: str, value: str) -> None:
    """Set a label and its value, of one line or two, under a thin rule `measure` long."""
    draw_rule(canvas, x, y + 16, measure)
    setting = fit(value, (SERIF_BOLD, SANS), size=12, floor=9, measure=measure)
    with canvas.part("P", f"{label}: {tidy(value)}"):
        canvas.setFillColor(MUTED)
        canvas.setFont(SANS, 9)
        canvas.drawString(x, y + 3, label)
        canvas.setFillColor(INK)
        canvas.setFont(setting.face, setting.size)
        for line in setting.lines:
            print_line(canvas, x, y - 12, line, setting)
            y -= setting.size * 1.15


def _draw_check(canvas: TaggedCanvas, record: Mapping[str, Any], words: Mapping[str, str], url: str) -> None:
    # The code's quiet zone may lie beyond the margin: its dark modules end where the text does.
    left = WIDTH - MARGIN - QR_SIDE + 9
    column = left - 12 - COLUMN
    climbed = LEVELS.index(record["level"]) + 1
    _fact(canvas, column, UPPER_ROW, COLUMN, words["code"], record["code"])
    _fact(canvas, column, LOWER_ROW, COLUMN, words["level"], f"{record['level'].title()} · {climbed} / {len(LEVELS)}")
    box = (left, QR_FOOT, left + QR_SIDE, QR_FOOT + QR_SIDE)
    with canvas.part("Link", words["qr"].format(url=url), box):
        draw_qr(canvas, url, left, QR_FOOT, QR_SIDE)
    canvas.linkURL(url, box)
    check = f"{words['check']} {url}"
    _line(canvas, "P", check, fit(check, (SANS,), size=9, floor=6), 59, MUTED)


def _long_date(day: str, language: str) -> str:
    return format_date(date.fromisoformat(day), format="long", locale=language)
