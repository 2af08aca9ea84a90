"""The certificate's drawings: paper and border, woven rosettes, the house mark, the level's seal and the QR code."""

import cmath
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from itertools import pairwise
from math import degrees, pi

import segno
from PIL import Image
from reportlab.lib.colors import Color, HexColor, linearlyInterpolatedColor, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from app.people.logos import on_colour

INK = HexColor("#16213e")
PAPER_COLOUR = "#fbfaf7"
PAPER = HexColor(PAPER_COLOUR)
MUTED = HexColor("#5a6072")
ACCENT = HexColor("#b93a1b")
BRASS = HexColor("#b3a078")
WATERMARK = HexColor("#ece6d8")

LEVELS = ("fundamentals", "advanced", "expert", "master")
LEVEL_COLOURS = {
    "fundamentals": HexColor("#0f766e"),
    "advanced": HexColor("#1d4ed8"),
    "expert": HexColor("#6d28d9"),
    "master": HexColor("#9f1239"),
}

BORDER_INSET = 25.0
BAND = 14.0
BRAID_PERIOD = 17.0
BRAID_STRANDS = 3
STEPS = len(LEVELS)
LOGO_WIDTH, LOGO_HEIGHT = 230.0, 46.0  # at most

Knot = tuple[complex, complex]
Run = tuple[int, int, int]


@contextmanager
def _ornament(canvas: Canvas, x: float = 0, y: float = 0) -> Iterator[None]:
    """Draw about (x, y), marked as decoration, which a screen reader passes over."""
    canvas.saveState()
    canvas.addLiteral("/Artifact BMC")
    canvas.translate(x, y)
    yield
    canvas.addLiteral("EMC")
    canvas.restoreState()


def _smooth(path: PDFPathObject, knots: list[Knot], step: float) -> None:
    """Add the curve through knots (point, derivative) that lie `step` apart in the parameter."""
    start = knots[0][0]
    path.moveTo(round(start.real, 2), round(start.imag, 2))
    for (here, leaving), (there, arriving) in pairwise(knots):
        points = (here + leaving * step / 3, there - arriving * step / 3, there)
        path.curveTo(*(round(part, 2) for point in points for part in (point.real, point.imag)))


def _repeated(path: PDFPathObject, move: complex, turn: complex, times: int) -> str:
    # Kept as text: the repeats compress to almost nothing, and formatting them anew would cost half the rendering.
    step = f"{turn.real:.6f} {turn.imag:.6f} {-turn.imag:.6f} {turn.real:.6f} {move.real:.4f} {move.imag:.4f} cm"
    return "q " + f"{path.getCode()} S {step} " * times + "Q"


@cache
def _rosette(petals: int, strands: int, radius: float, swing: float) -> str:
    """The operators of a rosette about the origin, its strands swaying `swing` about `radius` once a petal."""
    path, turn = PDFPathObject(), 2 * pi / petals
    for strand in range(strands):
        phase = 2 * pi * strand / strands
        _smooth(path, [_sway(turn * i / 4, petals, phase, radius, swing) for i in range(5)], turn / 4)
    return _repeated(path, 0j, cmath.exp(1j * turn), petals)


def _sway(angle: float, petals: int, phase: float, radius: float, swing: float) -> Knot:
    wave = swing * cmath.exp(1j * (petals * angle + phase))
    along = cmath.exp(1j * angle)
    distance = radius + wave.real
    return distance * along, (-petals * wave.imag + 1j * distance) * along


@cache
def _braid(length: float) -> str:
    """The operators of the border's braid from the origin to x = `length`."""
    periods = round(length / BRAID_PERIOD)
    period, path = length / periods, PDFPathObject()
    for strand in range(BRAID_STRANDS):
        waves = [(BAND / 2 - 2.2) * cmath.exp(1j * (pi * i / 2 + 2 * pi * strand / BRAID_STRANDS)) for i in range(5)]
        knots = [(complex(period * i / 4, w.real), complex(period / (2 * pi), -w.imag)) for i, w in enumerate(waves)]
        _smooth(path, knots, pi / 2)
    return _repeated(path, complex(period), 1 + 0j, periods)


def draw_paper(canvas: Canvas, width: float, height: float, colour: Color) -> None:
    """Fill the sheet and draw its border: a double rule, the braid between, a rosette of `colour` in each corner."""
    inset, inner = BORDER_INSET, BORDER_INSET + BAND
    with _ornament(canvas):
        canvas.setFillColor(PAPER)
        canvas.rect(0, 0, width, height, stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.1)
        canvas.rect(inset, inset, width - 2 * inset, height - 2 * inset)
        canvas.setLineWidth(0.4)
        canvas.rect(inner, inner, width - 2 * inner, height - 2 * inner)
        _draw_band(canvas, width, height, colour)


def _draw_band(canvas: Canvas, width: float, height: float, colour: Color) -> None:
    inner, middle = BORDER_INSET + BAND, BORDER_INSET + BAND / 2
    across, up = width - 2 * inner, height - 2 * inner
    sides = (
        (inner, middle, 0, across),
        (width - middle, inner, 90, up),
        (width - inner, height - middle, 180, across),
        (middle, height - inner, 270, up),
    )
    for x, y, turn, length in sides:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(turn)
        canvas.setStrokeColor(BRASS)
        canvas.addLiteral(_braid(length))
        canvas.translate(-BAND / 2, 0)
        canvas.setStrokeColor(colour)
        canvas.addLiteral(_rosette(8, 2, BAND / 4, BAND / 4 - 1.8))
        canvas.restoreState()


def draw_watermark(canvas: Canvas, x: float, y: float) -> None:
    """Draw the great pale rosette that lies under the text, wider than it is high."""
    with _ornament(canvas, x, y):
        canvas.scale(1.62, 1)
        canvas.setStrokeColor(WATERMARK)
        canvas.setLineWidth(0.4)
        for radius, swing in ((138, 34), (88, 26), (46, 22)):
            canvas.addLiteral(_rosette(24, 6, radius, swing))


def draw_swelled_rule(canvas: Canvas, x: float, y: float, length: float) -> None:
    """Draw the printers' rule that swells towards its middle, a lozenge upon it."""
    half, bulge = length / 2, 1.1
    path = PDFPathObject()
    path.moveTo(-half, 0)
    path.curveTo(-half / 3, bulge, half / 3, bulge, half, 0)
    path.curveTo(half / 3, -bulge, -half / 3, -bulge, -half, 0)
    with _ornament(canvas, x, y):
        canvas.setFillColor(BRASS)
        canvas.drawPath(path, stroke=0, fill=1)
        _draw_lozenge(canvas, 0, 4)


def draw_rule(canvas: Canvas, x: float, y: float, length: float) -> None:
    """Draw a thin rule to the right of (x, y)."""
    with _ornament(canvas):
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.5)
        canvas.line(x, y, x + length, y)


def _draw_lozenge(canvas: Canvas, x: float, reach: float) -> None:
    path = PDFPathObject()
    path.moveTo(x - reach, 0)
    path.lineTo(x, reach)
    path.lineTo(x + reach, 0)
    path.lineTo(x, -reach)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_stair(canvas: Canvas, climbed: int, tread: float) -> None:
    """Draw the first `climbed` steps, tread and riser, of a stair of STEPS steps centred on the origin."""
    path, corner = PDFPathObject(), -STEPS / 2 * tread
    path.moveTo(corner, corner + tread / 2)
    for step in range(climbed):
        right = corner + (step + 1) * tread
        path.lineTo(right, right - tread / 2)
        path.lineTo(right, right + tread / 2)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    canvas.drawPath(path)


def draw_mark(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Draw the house mark: rungs rising inside a seal."""
    with _ornament(canvas, x, y):
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(radius / 10)
        canvas.circle(0, 0, radius)
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(radius / 6)
        canvas.translate(0, -radius / 16)
        _draw_stair(canvas, STEPS, radius / 4)


def read_logo(png: bytes) -> tuple[ImageReader, float, float]:
    """A logo as it lies on the paper, without transparency, and the size in points that it is drawn in."""
    picture = on_colour(Image.open(BytesIO(png)), PAPER_COLOUR)
    scale = min(LOGO_WIDTH / picture.width, LOGO_HEIGHT / picture.height)
    return ImageReader(picture), picture.width * scale, picture.height * scale


def draw_seal(canvas: Canvas, x: float, y: float, level: str, code: str, face: str) -> None:
    """Draw the level's seal: one bright step for each level climbed, the code above, the level below."""
    canvas.saveState()
    canvas.translate(x, y)
    _draw_rings(canvas, LEVEL_COLOURS[level])
    _draw_on_arc(canvas, code, face, 39.6, above=True)
    _draw_on_arc(canvas, level.upper(), face, 45.2, above=False)
    canvas.translate(0, -1)
    canvas.setLineWidth(3.6)
    canvas.setStrokeColor(_pale(LEVEL_COLOURS[level], 0.42))
    _draw_stair(canvas, STEPS, 9.5)
    canvas.setStrokeColor(white)
    _draw_stair(canvas, LEVELS.index(level) + 1, 9.5)
    canvas.restoreState()


def _draw_rings(canvas: Canvas, colour: Color) -> None:
    canvas.setFillColor(PAPER)
    canvas.circle(0, 0, 62, stroke=0, fill=1)
    canvas.setFillColor(colour)
    canvas.circle(0, 0, 34, stroke=0, fill=1)
    canvas.setStrokeColor(colour)
    for radius, thickness in ((50.5, 0.9), (48.8, 0.35), (35.6, 0.35)):
        canvas.setLineWidth(thickness)
        canvas.circle(0, 0, radius)
    canvas.addLiteral(_rosette(40, 4, 57, 5))
    canvas.setStrokeColor(_pale(colour, 0.25))
    canvas.addLiteral(_rosette(24, 4, 25, 7))
    for x in (-42.2, 42.2):
        _draw_lozenge(canvas, x, 2.6)


def _pale(colour: Color, share: float) -> Color:
    """`colour` with a share of white: mixed here, since transparency makes some printers rasterise the page."""
    return linearlyInterpolatedColor(colour, white, 0, 1, share)


def _draw_on_arc(canvas: Canvas, text: str, face: str, radius: float, *, above: bool) -> None:
    """Set `text` letter by letter along the upper or lower part of a circle about the origin."""
    size, spacing, way = 8.0, 1.6, -1 if above else 1
    length = stringWidth(text, face, size) + spacing * (len(text) - 1)
    canvas.saveState()
    canvas.setFont(face, size)
    canvas.rotate(-way * degrees(length / 2 / radius))
    for letter in text:
        half_turn = way * degrees(stringWidth(letter, face, size) / 2 / radius)
        canvas.rotate(half_turn)
        canvas.drawCentredString(0, radius if above else -radius, letter)
        canvas.rotate(half_turn + way * degrees(spacing / radius))
    canvas.restoreState()


def qr_runs(url: str) -> tuple[int, list[Run]]:
    """The side of the QR code of `url` in modules, quiet zone and all, and its dark runs (x, y, width) from the top."""
    # A named mask: trying all eight for the prettiest costs a quarter of the rendering, and readers take any.
    code = segno.make_qr(url, error="m", mask=4)
    rows = [bytes(row) for row in code.matrix_iter(border=4)]
    return len(rows), [(x, y, width) for y, row in enumerate(rows) for x, width in _dark_runs(row)]


def _dark_runs(row: bytes) -> Iterator[tuple[int, int]]:
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        yield start, end - start
        start = row.find(1, end)


def draw_qr(canvas: Canvas, url: str, x: float, y: float, side: float) -> None:
    """Draw the QR code of `url`, quiet zone included, as one path in a square whose lower left corner is (x, y)."""
    modules, runs = qr_runs(url)
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(side / modules, side / modules)
    canvas.setFillColor(INK)
    canvas.addLiteral(" ".join(f"{left} {modules - 1 - top} {width} 1 re" for left, top, width in runs) + " f")
    canvas.restoreState()
