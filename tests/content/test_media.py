"""Images: safe SVG passes, and everything that could act or reach out is complained about."""

import time
from pathlib import Path

import pytest

from app.content.media import MAX_BYTES, read_media, read_pictures

SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def media(tmp_path: Path, **files: bytes) -> tuple[list[str], list[str]]:
    for name, data in files.items():
        tmp_path.joinpath(name.replace("_", ".")).write_bytes(data)
    found, complaints = read_media(tmp_path)
    return sorted(found), [complaint.message for complaint in complaints]


def test_images_are_known_by_their_first_bytes(tmp_path: Path) -> None:
    webp = b"RIFF\x10\0\0\0WEBPVP8 "
    good = media(tmp_path, a_png=PNG, b_jpg=b"\xff\xd8\xff\xe0", c_webp=webp, d_svg=SVG.format("<path/>").encode())
    assert good == (["a.png", "b.jpg", "c.webp", "d.svg"], [])


def test_no_folder_means_no_images(tmp_path: Path) -> None:
    assert read_media(tmp_path / "media") == ({}, [])


def test_images_have_a_size_limit(tmp_path: Path) -> None:
    names, messages = media(tmp_path, a_png=PNG + b"\0" * MAX_BYTES)
    assert (names, messages) == ([], ["the file is larger than 1024 KiB"])


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
        '<path ONLOAD="alert(1)"/>',
        '<a href="javascript:alert(1)"><path/></a>',
        '<use href="other.svg#a"/>',
        '<use href="data:image/svg+xml,x#a"/>',
        '<rect fill="url(//evil/x)"/>',
        '<rect style="fill:u\\72l(//evil/x)"/>',
        "<style>@import '//evil/x';</style>",
        "<style>path { fill: url(  '//evil/x') }</style>",
        "<animate attributeName='href' values='javascript:alert(1)'/>",
        "<foreignObject/>",
        '<image href="#a"/>',
        '<g xml:base="https://evil/"/>',
    ],
)
def test_an_svg_only_draws(tmp_path: Path, inner: str) -> None:
    names, messages = media(tmp_path, a_svg=SVG.format(inner).encode())
    assert names == []
    assert messages


LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE svg [<!ENTITY a0 "ha">{LAUGHS}]>' + SVG.format("<text>&a9;</text>"),
        '<!DOCTYPE svg [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + SVG.format(""),
        '<?xml-stylesheet href="//evil/x"?>' + SVG.format(""),
        SVG.format('<include xmlns="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
        SVG.format("<g>" * 100_000 + "</g>" * 100_000) + "<",
    ],
)
def test_xml_tricks_are_refused_at_once(tmp_path: Path, text: str) -> None:
    start = time.process_time()
    names, messages = media(tmp_path, a_svg=text.encode())
    assert names == []
    assert messages
    assert time.process_time() - start < 1


def test_deep_drawings_do_not_break_the_parser(tmp_path: Path) -> None:
    deep = SVG.format("<g>" * 100_000 + "</g>" * 100_000)
    assert media(tmp_path, a_svg=deep.encode()) == (["a.svg"], [])


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return len(data).to_bytes(4) + name + data + b"\0" * 4


def webp(*names: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + b"".join(name + (3).to_bytes(4, "little") + b"abc\0" for name in names)


PNG_HEAD = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13)
JPEG_HEAD = b"\xff\xd8\xff\xe0\x00\x04ab"
JPEG_TAIL = b"\xff\xda\x00\x02\xff\xe1\x00\x02"


@pytest.mark.parametrize(
    ("name", "data", "notes"),
    [
        ("a.png", PNG_HEAD + chunk(b"IDAT", b"eXIf") + chunk(b"IEND"), None),
        ("a.png", PNG_HEAD + chunk(b"eXIf", b"x") + chunk(b"IDAT"), "eXIf"),
        ("a.png", PNG_HEAD + chunk(b"IDAT") + chunk(b"tEXt", b"Author"), "tEXt"),
        ("a.jpg", JPEG_HEAD + JPEG_TAIL, None),
        ("a.jpg", JPEG_HEAD + b"\xff\xe1\x00\x04Ex" + JPEG_TAIL, "E1"),
        ("a.jpg", JPEG_HEAD + b"\xff\xfe\x00\x00" + JPEG_TAIL, "FE"),
        ("a.webp", webp(b"VP8X", b"VP8 "), None),
        ("a.webp", webp(b"VP8X", b"EXIF"), "EXIF"),
        ("a.webp", webp(b"VP8 ", b"XMP "), "XMP "),
    ],
)
def test_the_picture_of_an_exam_carries_nothing_but_the_picture(
    tmp_path: Path, name: str, data: bytes, notes: str | None
) -> None:
    (tmp_path / name).write_bytes(data)
    found, complaints = read_pictures(tmp_path)
    assert found == {name: data}
    assert [complaint.message.partition(":")[0] for complaint in complaints] == (
        [f"the picture carries notes (`{notes}`), such as who made it and where"] if notes else []
    )


def test_an_exam_takes_no_svg(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(SVG.format("<path/>"))
    assert [str(complaint.message) for complaint in read_pictures(tmp_path)[1]] == [
        "the pictures of an exam are .png, .jpg or .webp"
    ]
