"""Baking: a badge put into its picture, PNG or SVG, and taken out of the pictures of strangers."""

import zlib
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from app.credentials.strict_json import Unreadable

LARGEST = 4 * 1024 * 1024  # bytes of a picture
PNG = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
UNCOMPRESSED = b"\0\0\0\0\0"  # the keyword's end, no compression, its method, no language, no translated keyword
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
ELEMENT = f"{NAMESPACE} credential"


def bake_png(picture: bytes, credential: bytes) -> bytes:
    """The picture with the credential, in UTF-8, in one iTXt chunk straight after its header."""
    header = len(PNG) + 25
    return picture[:header] + _chunk(b"iTXt", KEYWORD + UNCOMPRESSED + credential) + picture[header:]


def bake_svg(picture: str, credential: bytes) -> str:
    """The picture with the credential as its first element; JSON from `canonical` holds no bracket that ends CDATA."""
    start, end = picture.split(">", 1)
    text = credential.decode().replace("]]>", "]]\\u003e")  # in JSON, these brackets can only stand within a string
    baked = f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"
    return f'{start} xmlns:openbadges="{NAMESPACE}">{baked}{end}'


def take_out(data: bytes) -> bytes:
    """The credential in a picture, or else the data itself, a byte order mark and blanks aside. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable("it is too large")
    if data.startswith(PNG):
        return _only(list(_from_png(data)))
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    return _only(_from_svg(text)) if text.startswith(b"<") else text


def _only(found: list[bytes]) -> bytes:
    if len(found) != 1:
        raise Unreadable("the picture holds no badge" if not found else "the picture holds more than one badge")
    return found[0].strip()


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return len(content).to_bytes(4) + checked + zlib.crc32(checked).to_bytes(4)


def _from_png(data: bytes) -> Iterator[bytes]:
    """The text of every chunk of the keyword; nothing in the file is unpacked."""
    place = len(PNG)
    while place < len(data):
        length = int.from_bytes(data[place : place + 4])
        end = place + 12 + length
        if end > len(data):
            raise Unreadable("the picture is cut off")
        kind, content = data[place + 4 : place + 8], data[place + 8 : end - 4]
        if kind == b"iTXt" and content.startswith(KEYWORD + b"\0"):
            yield _text_of(content)
        place = end


def _text_of(content: bytes) -> bytes:
    rest = content[len(KEYWORD) + 1 :]
    if rest[:2] != b"\0\0":
        raise Unreadable("the badge in the picture is compressed")
    parts = rest[2:].split(b"\0", 2)
    if len(parts) != 3:
        raise Unreadable("the badge in the picture cannot be read")
    return parts[2]


def _from_svg(data: bytes) -> list[bytes]:
    """The text, or else the `verify` attribute, of every element of the badge; a document type is refused."""
    found: list[list[str]] = []
    reader = expat.ParserCreate(namespace_separator=" ")
    inside: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name == ELEMENT)
        if name == ELEMENT:
            found.append([attributes.get("verify", "")])

    def text(part: str) -> None:
        if inside and inside[-1]:
            found[-1].append(part)

    reader.StartElementHandler, reader.CharacterDataHandler = start, text
    reader.EndElementHandler = lambda _name: inside.pop()
    reader.StartDoctypeDeclHandler = _refuse_types
    try:
        reader.Parse(data, True)
    except (expat.ExpatError, ValueError) as wrong:
        raise Unreadable("the picture cannot be read") from wrong
    return ["".join(parts).encode() for parts in found]


def _refuse_types(*_declared: Any) -> None:
    raise Unreadable("the picture has a document type")
