"""Pictures as people send them: logos that are sound, and files that only claim to be."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

GREEN = (11, 110, 79)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><script>alert(1)</script></svg>'


def picture(size: tuple[int, int] = (300, 100), mode: str = "RGBA", colour: Any = None, form: str = "PNG") -> bytes:
    """A green disc on nothing, on white where the form cannot be see-through."""
    drawn = Image.new("RGBA", size, (255, 255, 255, 0 if mode == "RGBA" else 255))
    ImageDraw.Draw(drawn).ellipse((2, 2, size[1] - 2, size[1] - 2), fill=colour or GREEN)
    sent = BytesIO()
    drawn.convert(mode).save(sent, form)
    return sent.getvalue()


def with_notes() -> tuple[bytes, bytes]:
    """A PNG and a JPEG that say where they were made, the JPEG lying on its side."""
    notes, png, jpeg, exif = PngImagePlugin.PngInfo(), BytesIO(), BytesIO(), Image.Exif()
    notes.add_text("Author", "Secret Author")
    exif[0x0112], exif[0x013B] = 6, "Secret Author"
    Image.open(BytesIO(picture())).save(png, "PNG", pnginfo=notes, exif=exif, icc_profile=b"Secret Author" * 20)
    Image.open(BytesIO(picture())).convert("RGB").save(jpeg, "JPEG", exif=exif, comment=b"Secret Author")
    return png.getvalue(), jpeg.getvalue()


def huge_header(width: int, height: int) -> bytes:
    """A few bytes of PNG that unfold into so many pixels."""
    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    data = zlib.compress(bytes(1 + 3 * 1000) * 1000)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)
