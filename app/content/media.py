"""Images that content may show: four types, of a known size, and SVG that draws and does nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from app.content.complaints import Complaint
from app.content.files import read_bytes

MAX_BYTES = 1024 * 1024
_NAME = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\.(svg|png|jpg|webp)")
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
