"""Badges in pictures: drawn as they should be, baked as the standard says, taken out of hostile files unharmed."""

import struct
import time
import zlib
from io import BytesIO
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from app.credentials.artwork import LEVELS
from app.credentials.badge_art import SIDE, png, svg
from app.credentials.baking import bake_png, bake_svg, take_out
from app.credentials.strict_json import Unreadable

CREDENTIAL = '{"name":"Certificación ]]> <&>"}'.encode()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("level", LEVELS)
def test_the_picture_is_a_square_with_nothing_behind_the_seal(level: str) -> None:
    image = Image.open(BytesIO(png(level)))
    image.load()
    assert (image.size, image.mode) == ((SIDE, SIDE), "RGBA")
    assert image.getpixel((2, 2)) == (0, 0, 0, 0)
    assert image.getpixel((SIDE // 2, 60))[3] == 255


def test_each_level_has_a_picture_of_its_own_and_the_same_every_time() -> None:
    assert len({png(level) for level in LEVELS}) == len({svg(level) for level in LEVELS}) == len(LEVELS)
    assert png.__wrapped__("expert") == png("expert")


@pytest.mark.parametrize("level", LEVELS)
def test_the_drawing_says_its_level_in_both_languages_and_needs_nothing_else(level: str) -> None:
    drawing = ET.fromstring(svg(level))
    name = level.title()
    assert drawing.findtext(f"{SVG}title") == f"Insignia del nivel {name} · Badge of the {name} level"
    assert {element.tag.removeprefix(SVG) for element in drawing.iter()} <= {
        "svg", "title", "desc", "path", "circle", "g", "use"
    }  # fmt: skip
    assert all(value.startswith("#") for element in drawing.iter() for key, value in element.items() if "href" in key)
    assert "style" not in svg(level)


def test_the_drawing_and_the_pixels_are_drawn_alike() -> None:
    """Both have the stair's first step white and the ribbon dark, at the same place."""
    image = Image.open(BytesIO(png("fundamentals"))).convert("RGB")
    assert image.getpixel((256 - 63, 256 + 53)) == (255, 255, 255)
    assert image.getpixel((80, 400)) == (0x16, 0x21, 0x3E)


def test_the_png_holds_one_uncompressed_text_and_opens_as_before() -> None:
    baked = bake_png(png("master"), CREDENTIAL)
    assert [content for kind, content in chunks(baked) if kind == b"iTXt"] == [
        b"openbadgecredential\0\0\0\0\0" + CREDENTIAL
    ]
    image = Image.open(BytesIO(baked))
    image.load()
    assert image.text["openbadgecredential"].encode() == CREDENTIAL
    assert image.tobytes() == Image.open(BytesIO(png("master"))).tobytes()


def test_the_svg_holds_it_straight_after_its_own_tag() -> None:
    first = ET.fromstring(bake_svg(svg("master"), CREDENTIAL))[0]
    assert first.tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert first.text == CREDENTIAL.decode().replace("]]>", "]]\\u003e")
    assert "<openbadges:credential><![CDATA[{" in bake_svg(svg("master"), CREDENTIAL)


def test_what_is_baked_is_taken_out() -> None:
    assert take_out(bake_png(png("expert"), CREDENTIAL)) == CREDENTIAL
    assert take_out(bake_svg(svg("expert"), b'{"a":1}').encode()) == b'{"a":1}'
    assert take_out(b"\xef\xbb\xbf \n" + CREDENTIAL + b"\n") == CREDENTIAL


def test_a_token_in_the_drawing_is_found_in_its_attribute() -> None:
    drawing = '<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0"><o:credential verify="a.b.c"/></svg>'
    assert take_out(drawing.encode()) == b"a.b.c"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        assert (
            zlib.crc32(data[place + 4 : place + 8 + length]) == struct.unpack(">I", data[place + 8 + length :][:4])[0]
        )
        found.append((data[place + 4 : place + 8], data[place + 8 : place + 8 + length]))
        place += 12 + length
    return found


HEADER = png("expert")[:33]
TEXT = b"openbadgecredential\0"
TWICE = HEADER + chunk(b"iTXt", TEXT + b"\0\0\0\0{}") * 2
OPEN = '<svg xmlns:o="https://purl.imsglobal.org/ob/v3p0">'
WHOLE = f"{OPEN}<o:credential>{{}}</o:credential></svg>".encode()
HOSTILE = {
    "no badge": png("expert"),
    "two badges": TWICE,
    "compressed": HEADER + chunk(b"iTXt", TEXT + b"\1\0\0\0" + zlib.compress(bytes(10**7))),
    "cut text": HEADER + chunk(b"iTXt", TEXT + b"\0\0"),
    "length beyond the file": HEADER + b"\xff\xff\xff\xffiTXt",
    "cut chunk": HEADER + b"\0\0",
    "too large": HEADER + bytes(5_000_000),
    "svg without": b"<svg/>",
    "svg with two": f"{OPEN}<o:credential/><o:credential/></svg>".encode(),
    "not well formed": b"<svg><a></svg>",
    "entities": b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + WHOLE,
    "external": b'<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + WHOLE,
    "parameter": b'<!DOCTYPE svg [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>' + WHOLE,
    "undeclared": b"<svg>&passwd;</svg>",
    "encoding": b'<?xml version="1.0" encoding="utf-7"?><svg/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_once(name: str) -> None:
    began = time.perf_counter()
    with pytest.raises(Unreadable):
        take_out(HOSTILE[name])
    assert time.perf_counter() - began < 1


def test_a_hundred_thousand_chunks_and_elements_are_walked_and_not_unpacked() -> None:
    many = HEADER + chunk(b"zTXt", b"") * 100_000 + chunk(b"iTXt", TEXT + b"\0\0\0\0{}")
    assert take_out(many) == b"{}"
    deep = f"{OPEN}{'<g>' * 100_000}<o:credential>{{}}</o:credential>{'</g>' * 100_000}</svg>"
    assert take_out(deep.encode()) == b"{}"
