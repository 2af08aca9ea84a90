"""Images that content may show: four types, of a known size, and SVG that draws and does nothing else.

An exam shows pictures without what cameras and editors write into them: it could tell who drew one, when, and of what.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from app.canonical import fingerprint
from app.content.complaints import Complaint
from app.content.files import read_bytes

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
MAX_BYTES = 1024 * 1024
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.(svg|png|jpg|webp)")
_NOTES = {"eXIf", "tEXt", "iTXt", "zTXt", "tIME", "EXIF", "XMP ", "E1", "ED", "FE"}
_SIGNATURES = {"png": rb"\x89PNG\r\n\x1a\n", "jpg": rb"\xff\xd8\xff", "webp": rb"RIFF....WEBP"}
_SVG_SPACE = "{http://www.w3.org/2000/svg}"
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath")
_PAINTS = ("linearGradient", "radialGradient", "stop", "marker", "clipPath", "mask", "pattern", "filter", "style")
_EFFECTS = ("feGaussianBlur", "feOffset", "feMerge", "feMergeNode", "feDropShadow", "feFlood", "feComposite", "feBlend")
_GROUPS = ("svg", "g", "defs", "symbol", "use", "title", "desc")
_SVG_TAGS = frozenset((*_SHAPES, *_PAINTS, *_EFFECTS, *_GROUPS))
_REACHES_OUT = re.compile(r"url\(\s*(?!\s*[\"']?#)|@import|image-set|javascript:|data:|\\", re.IGNORECASE)


def read_media(folder: Path) -> tuple[dict[str, bytes], list[Complaint]]:
    """The images of a folder by name; a folder that is not there has none."""
    media: dict[str, bytes] = {}
    complaints: list[Complaint] = []
    for path in sorted(folder.glob("[!.]*")):
        data, found = read_bytes(path, MAX_BYTES)
        found += _complaints(path, data) if data is not None else []
        if data is not None and not found:
            media[path.name] = data
        complaints += found
    return media, complaints


def read_pictures(folder: Path) -> tuple[dict[str, bytes], list[Complaint]]:
    """The images of a folder as an exam takes them: PNG, JPEG or WebP, with nothing in them but the picture."""
    media, complaints = read_media(folder)
    for name, data in media.items():
        if name.endswith(".svg"):
            complaints.append(Complaint(folder / name, 1, "the pictures of an exam are .png, .jpg or .webp"))
        elif found := _notes(data):
            message = f"the picture carries notes (`{found}`), such as who made it and where: save it without them"
            complaints.append(Complaint(folder / name, 1, message))
    return media, complaints


def published_name(name: str, data: bytes) -> str:
    """What an image is called where people see it: nothing of its own name remains."""
    return f"{fingerprint(data)}.{name.rpartition('.')[2]}"


def _notes(data: bytes) -> str | None:
    """The first part of a picture that is not needed to show it."""
    return next((part for part in _parts(data) if part in _NOTES), None)


def _parts(data: bytes) -> Iterator[str]:
    """The names of the parts of a PNG (chunks), a WebP (chunks) or a JPEG (segments, up to the picture itself)."""
    if data.startswith(b"\xff\xd8"):
        at = 2
        while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
            yield f"{data[at + 1]:02X}"
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
        return
    at, is_png = (8, True) if data.startswith(b"\x89PNG") else (12, False)
    while at + 8 <= len(data):
        one, other = data[at : at + 4], data[at + 4 : at + 8]
        yield (other if is_png else one).decode("latin-1")
        size = int.from_bytes(one) + 12 if is_png else int.from_bytes(other, "little") + 8
        at += size + (size % 2 if not is_png else 0)


def _complaints(path: Path, data: bytes) -> list[Complaint]:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return [Complaint(path, 1, "an image is named in lower case and ends in .svg, .png, .jpg or .webp")]
    kind = match.group(2)
    if kind == "svg":
        return [Complaint(path, line, message) for line, message in _svg(data)]
    if not re.match(_SIGNATURES[kind], data, re.DOTALL):
        return [Complaint(path, 1, f"this is not a .{kind} image")]
    return []


def _svg(data: bytes) -> Iterator[tuple[int, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield 1, "an SVG must be in UTF-8"
        return
    # Entities need a DOCTYPE and style sheets a processing instruction, so neither is read at all.
    outside = re.search(r"<!DOCTYPE|<!ENTITY|<\?(?!xml\s)", text, re.IGNORECASE)
    if outside:
        yield text.count("\n", 0, outside.start()) + 1, f"`{outside.group()}` is not allowed in an SVG"
        return
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 (without a DOCTYPE there are no entities)
    except ElementTree.ParseError as error:
        yield error.position[0], "this is not valid XML"
        return
    if root.tag != _SVG_SPACE + "svg":
        yield 1, "this is not an SVG image"
    for element in root.iter():
        yield from ((_line(text, word), message) for word, message in _element(element))


def _element(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """What is wrong, after the word of the file that shows where."""
    tag = element.tag.removeprefix(_SVG_SPACE)
    if tag not in _SVG_TAGS:
        name = tag.rpartition("}")[2]
        yield f"<{name}", f"`<{name}>` is not allowed in an SVG"
    for key, value in element.attrib.items():
        name = key.rpartition("}")[2]
        if name.lower().startswith("on"):
            yield name, f"`{name}` is not allowed in an SVG"
        elif (name in ("href", "src", "base") and not value.startswith("#")) or _REACHES_OUT.search(value):
            yield value, "an SVG may only refer to its own parts"
    if tag == "style" and _REACHES_OUT.search(element.text or ""):
        yield "<style", "an SVG may only refer to its own parts"


def _line(text: str, word: str) -> int:
    return text.count("\n", 0, max(text.find(word), 0)) + 1
