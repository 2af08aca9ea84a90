"""Logos: only the picture is left of what was sent, and what is no picture that can be shown is refused."""

import time
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.people.logos import (
    BLANK,
    BROKEN,
    KEPT,
    MOST_BYTES,
    WRONG_KIND,
    WRONG_SIZE,
    BadLogo,
    clean_logo,
    keep_logo,
    logo_with,
)
from app.transaction import reading, writing
from tests.factories import make_organisation
from tests.pictures import GREEN, SVG, huge_header, picture, with_notes

SCRIPT = b"<script>alert(document.domain)</script>"


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=("PNG",))


@pytest.mark.once
@pytest.mark.parametrize(
    ("sent", "mode"),
    [
        (picture(), "RGBA"),
        (picture(mode="P"), "RGBA"),
        (picture(mode="L", colour=(0, 0, 0)), "RGB"),
        (picture(mode="1", colour=(0, 0, 0)), "RGB"),
        (picture(mode="RGB", form="JPEG"), "RGB"),
        (picture(mode="CMYK", form="JPEG"), "RGB"),
    ],
)
def test_a_picture_becomes_a_png_of_ours(sent: bytes, mode: str) -> None:
    drawn = opened(clean_logo(sent))
    assert (drawn.mode, drawn.size, drawn.info) == (mode, (300, 100), {})
    assert clean_logo(sent) == clean_logo(sent)


@pytest.mark.once
def test_what_was_see_through_stays_so() -> None:
    drawn = opened(clean_logo(picture()))
    assert drawn.getpixel((290, 50))[3] == 0
    assert drawn.getpixel((50, 50)) == (*GREEN, 255)


@pytest.mark.once
def test_a_large_picture_is_kept_in_the_size_that_is_printed() -> None:
    assert opened(clean_logo(picture((2000, 500)))).size == (800, KEPT[1])


@pytest.mark.once
def test_notes_are_left_out_and_what_lay_on_its_side_stands_up() -> None:
    png, jpeg = with_notes()
    assert b"Secret Author" in png and b"Secret Author" in jpeg
    for sent in (png, jpeg):
        kept = clean_logo(sent)
        assert b"Secret" not in kept
        assert opened(kept).size == (67, 200)  # of 100 to 300, as high as is kept


@pytest.mark.once
def test_a_colour_profile_is_left_out_too() -> None:
    sent = BytesIO()
    opened(picture()).save(sent, "PNG", icc_profile=b"Secret Author" * 20)
    assert "icc_profile" in opened(sent.getvalue()).info
    assert opened(clean_logo(sent.getvalue())).info == {}


@pytest.mark.once
@pytest.mark.parametrize("sent", [picture() + SCRIPT, picture(mode="RGB", form="JPEG") + b"%PDF-1.7" + SCRIPT])
def test_of_a_file_that_is_two_things_the_picture_alone_is_left(sent: bytes) -> None:
    kept = clean_logo(sent)
    assert SCRIPT not in kept and b"%PDF" not in kept
    assert kept.endswith(b"IEND\xaeB`\x82")


@pytest.mark.once
@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", WRONG_KIND),
        (b"This is a text that somebody named logo.png.", WRONG_KIND),
        (SVG, WRONG_KIND),
        (b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, WRONG_KIND),
        (picture(mode="P", form="GIF"), WRONG_KIND),
        (picture(form="WEBP"), WRONG_KIND),
        (b"%PDF-1.7" + picture(), WRONG_KIND),
        (picture((2001, 100)), WRONG_SIZE),
        (picture((300, 39)), WRONG_SIZE),
        (picture() + bytes(MOST_BYTES), WRONG_SIZE),
        (huge_header(60_000, 60_000), WRONG_SIZE),
        (huge_header(9_000, 9_000), WRONG_SIZE),
        (huge_header(0, 0), WRONG_KIND),
        (huge_header(1_500, 1_500), BROKEN),
        (picture(mode="RGB", form="JPEG")[:-400], BROKEN),
        (picture()[:-40], BROKEN),
        (picture(mode="RGB", form="JPEG")[:20], WRONG_KIND),
        (picture(colour=(255, 255, 255)), BLANK),
        (picture(colour=(240, 240, 240), mode="RGB", form="JPEG"), BLANK),
        (picture(colour=(0, 0, 0, 9)), BLANK),
    ],
)
def test_what_cannot_be_shown_is_refused_at_once_and_says_why(sent: bytes, why: object) -> None:
    begun = time.process_time()
    with pytest.raises(BadLogo) as refused:
        clean_logo(sent)
    assert refused.value.detail is why
    assert time.process_time() - begun < 2


@pytest.mark.once
@pytest.mark.parametrize("sent", [picture(), picture(mode="RGB", form="JPEG")])
def test_whatever_byte_is_wrong_it_is_a_picture_or_refused(sent: bytes) -> None:
    for place in range(0, len(sent), max(1, len(sent) // 150)):
        broken = bytearray(sent)
        broken[place] ^= 0xFF
        try:
            opened(clean_logo(bytes(broken)))
        except BadLogo:
            continue


def test_it_is_kept_once(app: Flask) -> None:
    png = clean_logo(picture())
    with writing():
        first, second = keep_logo(png), keep_logo(png)
    assert first == second
    with reading():
        assert logo_with(first) == png
        assert logo_with("0" * 64) is None


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE logos SET png = :png",
        "DELETE FROM logos",
        "INSERT INTO logos (sha256, png) SELECT sha256, png FROM logos",
        "INSERT INTO logos (sha256, png) VALUES ('short', :png)",
        "INSERT INTO brands (organisation_id, name, colour, logo) SELECT id, 'A', '#1d4ed8', 'none' FROM organisations",
    ],
)
def test_the_database_lets_nothing_be_changed(app: Flask, deed: str) -> None:
    make_organisation()
    with writing():
        keep_logo(clean_logo(picture()))
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(deed), {"png": b"x"} if ":png" in deed else {})
