"""Logos: pictures from outside, drawn anew by us so that nothing but the picture is left, and kept by their hash."""

from io import BytesIO

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import CheckConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import fingerprint
from app.extensions import Model, Sha256, append_only, db, insert_or_ignore
from app.refusal import Refusal

MOST_BYTES = 512 * 1024
LEAST_PIXELS, MOST_PIXELS = 40, 2000  # on each side of what is sent
KEPT = (1000, 200)  # pixels: sharp in print at the size that a certificate has for it
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK")
FAINTEST = 40  # of 255: how far the darkest dot has to stand out from the lightest, on white


class Logo(Model):
    """A logo as PNG. It is never changed nor deleted: the records of credentials name it by its hash."""

    __tablename__ = "logos"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    png: Mapped[bytes]


append_only(Logo.__table__)  # type: ignore[arg-type]

_PNG = select(Logo.png).where(Logo.sha256 == bindparam("sha256"))


class BadLogo(Refusal):
    """The file is no picture that a certificate can show; the detail says why."""

    status = 422
    title = _l("This logo cannot be used")


WRONG_KIND = _l("Choose a PNG or a JPEG. A drawing in SVG has to be saved as PNG first.")
WRONG_SIZE = _l("Choose a picture of 40 to 2000 pixels on each side, and of up to 512 KB.")
BROKEN = _l("The file is damaged. Save the picture anew and choose it again.")
BLANK = _l("Nothing of it would be seen on white paper. Choose a version in dark colours.")


def clean_logo(data: bytes) -> bytes:
    """The picture in a PNG or a JPEG as a PNG of ours, see-through where it was; raises BadLogo.

    What stood beside the picture, such as notes and whatever was appended, is left out. Slow: keep it out of writing().
    """
    if len(data) > MOST_BYTES:
        raise BadLogo(WRONG_SIZE)
    drawn = _drawn(data)
    shades = on_colour(drawn, "white").convert("L").tobytes()
    if max(shades) - min(shades) < FAINTEST:
        raise BadLogo(BLANK)
    kept = BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def on_colour(picture: Image.Image, colour: str) -> Image.Image:
    """The picture without its see-through parts: what lies behind them is of this colour."""
    ground = Image.new("RGBA", picture.size, colour)
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


def keep_logo(png: bytes) -> str:
    """Keep a clean logo, once; returns its hash."""
    sha256 = fingerprint(png)
    insert_or_ignore(Logo, sha256=sha256, png=png)
    return sha256


def logo_with(sha256: str) -> bytes | None:
    """The kept logo of a hash as PNG."""
    png: bytes | None = db.session.connection().execute(_PNG, {"sha256": sha256}).scalar()
    return png


def _drawn(data: bytes) -> Image.Image:
    """The pixels alone, turned as its camera meant and no larger than what is kept."""
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as sent:
            if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in sent.size):  # said before a pixel is read
                raise BadLogo(WRONG_SIZE)
            if sent.mode not in MODES:
                raise BadLogo(WRONG_KIND)
            drawn = ImageOps.exif_transpose(sent).convert("RGBA" if sent.has_transparency_data else "RGB")
    except Image.DecompressionBombError as bomb:
        raise BadLogo(WRONG_SIZE) from bomb
    except UnidentifiedImageError as unknown:
        raise BadLogo(WRONG_KIND) from unknown
    except (OSError, ValueError, SyntaxError, EOFError, LookupError, ArithmeticError) as broken:  # as decoders raise
        raise BadLogo(BROKEN) from broken
    drawn.thumbnail(KEPT, Image.Resampling.LANCZOS)
    drawn.info.clear()
    return drawn
