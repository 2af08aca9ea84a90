"""The badge's picture, one for each level: rungs rising inside a seal and a ribbon, as a drawing and as pixels."""

import cmath
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.metadata import entry_points
from io import BytesIO
from math import pi
from typing import NamedTuple

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.colors import Color, HexColor, linearlyInterpolatedColor, white

from app.credentials.artwork import INK, LEVEL_COLOURS, LEVELS, PAPER

SIDE = 512
CENTRE = complex(SIDE / 2, SIDE / 2)
FINE = 4  # pixels are drawn this many times finer, then brought together

EDGE, RIM, BAND, DISC = 244.0, 222.0, (214.0, 182.0), 176.0  # radii, from the outside in
TREAD, STEP_WIDTH, STEP_DROP = 42.0, 18.0, -10.0
RIBBON_TOP, RIBBON_FOOT, RIBBON_HALF, FOLD = 366.0, 434.0, 190.0, 26.0
LOWER = 18.0  # the tails hang this much lower
TAIL, SHADOW = HexColor("#454d65"), HexColor("#0b1020")
FACE, TEXT_SIZE, SPACING = "SourceSansProBold", 38.0, 4.5


class Wave(NamedTuple):
    """A ring of `petals`, swaying `swing` about `radius`, drawn `strands` times."""

    radius: float
    swing: float
    petals: int
    strands: int


SCALLOPS = Wave(EDGE, 5, 40, 1)
WOVEN = Wave(198, 13, 24, 3)
INNER = Wave(132, 34, 16, 3)


class Letter(NamedTuple):
    """A letter of the ribbon, and where its foot begins."""

    character: str
    x: float


@cache
def svg(level: str) -> str:
    """The drawing of a level, which says in both languages what it shows."""
    colour, name = LEVEL_COLOURS[level], level.title()
    reached = LEVELS.index(level) + 1
    title = f"Insignia del nivel {name} · Badge of the {name} level"
    told = f"Peldaños que suben dentro de un sello: {reached} de 4 · Rungs rising inside a seal: {reached} of 4"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" role="img">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>",
        *_svg_seal(colour),
        _svg_stair(len(LEVELS), _pale(colour, 0.42)),
        _svg_stair(reached, white),
        *(f'<path fill="{_hex(fill)}" d="{_outline(points)}Z"/>' for points, fill in _ribbon()),
        f'<path fill="#fff" d="{_svg_text(name.upper())}"/></svg>',
    ]
    return "".join(parts)


@cache
def png(level: str) -> bytes:
    """The same as a square of 512 pixels with nothing behind it."""
    colour, reached = LEVEL_COLOURS[level], LEVELS.index(level) + 1
    image = Image.new("RGBA", (SIDE * FINE, SIDE * FINE))
    pen = ImageDraw.Draw(image)
    _draw_seal(pen, colour)
    _draw_stair(pen, len(LEVELS), _pale(colour, 0.42))
    _draw_stair(pen, reached, white)
    for points, fill in _ribbon():
        pen.polygon(_fine(points), fill=_hex(fill))
    face = ImageFont.truetype(_face_file(), TEXT_SIZE * FINE)
    for letter in _letters(level.upper()):
        pen.text((letter.x * FINE, _baseline() * FINE), letter.character, font=face, fill="#fff", anchor="ls")
    kept = BytesIO()
    image.reduce(FINE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _svg_seal(colour: Color) -> Iterator[str]:
    tint, pale, paper = _hex(colour), _hex(_pale(colour, 0.25)), _hex(PAPER)
    yield f'<path fill="{tint}" d="{_curve(SCALLOPS)}"/><circle cx="256" cy="256" r="{RIM:g}" fill="{paper}"/>'
    yield f'<g fill="none" stroke="{tint}" stroke-width="1.6">{_strands(WOVEN, "woven")}</g>'
    for radius in BAND:
        yield f'<circle cx="256" cy="256" r="{radius:g}" fill="none" stroke="{tint}" stroke-width="2"/>'
    yield f'<circle cx="256" cy="256" r="{DISC:g}" fill="{tint}"/>'
    yield f'<g fill="none" stroke="{pale}" stroke-width="1.4">{_strands(INNER, "inner")}</g>'


def _draw_seal(pen: ImageDraw.ImageDraw, colour: Color) -> None:
    tint, pale = _hex(colour), _hex(_pale(colour, 0.25))
    pen.polygon(_fine(_ring(SCALLOPS, 0)), fill=tint)
    pen.circle(_fine([CENTRE])[0], RIM * FINE, fill=_hex(PAPER))
    _draw_wave(pen, WOVEN, tint, 1.6)
    for radius in BAND:
        pen.circle(_fine([CENTRE])[0], (radius + 1) * FINE, outline=tint, width=2 * FINE)
    pen.circle(_fine([CENTRE])[0], DISC * FINE, fill=tint)
    _draw_wave(pen, INNER, pale, 1.4)


def _draw_wave(pen: ImageDraw.ImageDraw, wave: Wave, colour: str, width: float) -> None:
    for strand in range(wave.strands):
        points = _ring(wave, strand)
        pen.line(_fine([*points, points[0]]), fill=colour, width=round(width * FINE), joint="curve")


def _ring(wave: Wave, strand: int) -> list[complex]:
    """Points of a strand, close enough to look like the curve."""
    count = wave.petals * 32
    turn = 2 * pi * strand / wave.strands
    return [_sway(wave, 2 * pi * i / count, turn) for i in range(count)]


def _sway(wave: Wave, angle: float, phase: float = 0) -> complex:
    return CENTRE + (wave.radius + wave.swing * cmath.exp(1j * (wave.petals * angle + phase)).real) * cmath.exp(
        1j * angle
    )


def _curve(wave: Wave) -> str:
    """A strand as cubic curves, four for each petal."""
    count = wave.petals * 4
    step = 2 * pi / count
    knots = [_sway(wave, i * step) for i in range(count + 1)]
    leaves = [(_sway(wave, i * step + 1e-4) - _sway(wave, i * step - 1e-4)) / 2e-4 * step / 3 for i in range(count + 1)]
    pieces = [
        f"C{_pair(knots[i] + leaves[i])} {_pair(knots[i + 1] - leaves[i + 1])} {_pair(knots[i + 1])}"
        for i in range(count)
    ]
    return f"M{_pair(knots[0])}{''.join(pieces)}Z"


def _strands(wave: Wave, name: str) -> str:
    """The strands: the first as a curve, the others the same one turned."""
    turns = (360 * strand / wave.strands / wave.petals for strand in range(1, wave.strands))
    uses = "".join(f'<use href="#{name}" transform="rotate({turn:g} 256 256)"/>' for turn in turns)
    return f'<path id="{name}" d="{_curve(wave)}"/>{uses}'


def _stair(steps: int) -> list[complex]:
    """The corners of the first steps, tread and riser, of a stair centred on the seal."""
    corner = CENTRE + complex(-2 * TREAD, 1.5 * TREAD + STEP_DROP)
    points = [corner]
    for _ in range(steps):
        points += [points[-1] + TREAD, points[-1] + TREAD - 1j * TREAD]
    return points


def _svg_stair(steps: int, colour: Color) -> str:
    drawn = f'stroke="{_hex(colour)}" stroke-width="{STEP_WIDTH:g}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path fill="none" {drawn} d="{_outline(_stair(steps))}"/>'


def _draw_stair(pen: ImageDraw.ImageDraw, steps: int, colour: Color) -> None:
    corners = _fine(_stair(steps))
    pen.line(corners, fill=_hex(colour), width=round(STEP_WIDTH * FINE))
    for corner in corners:
        pen.circle(corner, STEP_WIDTH * FINE / 2, fill=_hex(colour))


def _ribbon() -> list[tuple[list[complex], Color]]:
    """The tails behind, the folds, the ribbon in front: each a polygon and its colour."""
    tails = [(_tail(way), TAIL) for way in (-1, 1)]
    folds = [(_fold(way), SHADOW) for way in (-1, 1)]
    left, right = 256 - RIBBON_HALF, 256 + RIBBON_HALF
    corners = ((left, RIBBON_TOP), (right, RIBBON_TOP), (right, RIBBON_FOOT), (left, RIBBON_FOOT))
    return [*tails, *folds, ([complex(*corner) for corner in corners], INK)]


def _tail(way: int) -> list[complex]:
    inner, outer = 256 + way * (RIBBON_HALF - FOLD), 256 + way * (RIBBON_HALF + FOLD)
    top, foot = RIBBON_TOP + LOWER, RIBBON_FOOT + LOWER
    corners = ((inner, top), (outer, top), (outer - way * 16, (top + foot) / 2), (outer, foot), (inner, foot))
    return [complex(*corner) for corner in corners]


def _fold(way: int) -> list[complex]:
    edge, inner = 256 + way * RIBBON_HALF, 256 + way * (RIBBON_HALF - FOLD)
    return [complex(edge, RIBBON_FOOT), complex(inner, RIBBON_FOOT), complex(inner, RIBBON_FOOT + LOWER)]


@cache
def _face_file() -> str:
    """The typeface of the ribbon, from the package that brings it."""
    files = {name: path for entry in entry_points(group="fonts_ttf") for name, path in entry.load().items()}
    return str(files[FACE])


@cache
def _face() -> TTFont:
    return TTFont(_face_file(), lazy=False)


def _letters(text: str) -> list[Letter]:
    """The letters spaced and centred on the ribbon."""
    glyphs, characters = _face().getGlyphSet(), _face().getBestCmap()
    widths = [glyphs[characters[ord(one)]].width * _scale() for one in text]
    x, letters = 256 - (sum(widths) + SPACING * (len(text) - 1)) / 2, []
    for character, width in zip(text, widths, strict=True):
        letters.append(Letter(character, x))
        x += width + SPACING
    return letters


def _svg_text(text: str) -> str:
    """The outlines of the letters: whoever shows the drawing needs no typeface."""
    glyphs, characters = _face().getGlyphSet(), _face().getBestCmap()
    pen = SVGPathPen(glyphs, ntos=lambda number: f"{number:.1f}".removesuffix(".0"))
    for letter in _letters(text):
        place = TransformPen(pen, (_scale(), 0, 0, -_scale(), letter.x, _baseline()))
        glyphs[characters[ord(letter.character)]].draw(place)
    outlines: str = pen.getCommands()
    return outlines


def _scale() -> float:
    return TEXT_SIZE / float(_face()["head"].unitsPerEm)


def _baseline() -> float:
    """The foot of the letters, so that capitals stand in the middle of the ribbon."""
    return (RIBBON_TOP + RIBBON_FOOT + float(_face()["OS/2"].sCapHeight) * _scale()) / 2


def _outline(points: list[complex]) -> str:
    return "M" + "L".join(_pair(point) for point in points)


def _pair(point: complex) -> str:
    return f"{point.real:.1f} {point.imag:.1f}".replace(".0", "")


def _fine(points: list[complex]) -> list[tuple[float, float]]:
    return [(point.real * FINE, point.imag * FINE) for point in points]


def _hex(colour: Color) -> str:
    return f"#{colour.hexval()[2:]}"


def _pale(colour: Color, share: float) -> Color:
    return linearlyInterpolatedColor(colour, white, 0, 1, share)
