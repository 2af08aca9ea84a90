"""The types and the names of the files that may be handed in."""

import pytest

from app.exams.kinds.file_types import clean_name, file_type

PDF = b"%PDF-1.7\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "pdf"),
        ("a.JPEG", b"\xff\xd8\xff\xe0", "jpg"),
        ("a.png", PNG, "png"),
        ("a.docx", b"PK\x03\x04bomb", "docx"),
        ("a.md", "# Título\n\n<p>".encode(), "md"),
        ("a.csv", "año;1\r\n".encode("cp1252"), "csv"),
    ],
)
def test_a_type_is_what_name_and_content_say(name: str, content: bytes, kind: str) -> None:
    assert file_type(name, content) == kind


@pytest.mark.once
@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("C:\\Users\\ana\\plan.pdf", "plan.pdf"),
        ("../../etc/pass\0wd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("gnp\u202efdp.exe", "gnpfdp.exe"),
        ("  .hidden.pdf. ", "hidden.pdf"),
        (".pdf", "file.pdf"),
        ("a" * 300 + ".pdf", "a" * 109 + ".pdf"),
        ("a." + "b" * 300, "a." + "b" * 10),
        ('<b>"|?*.md', "_b_____.md"),
        ("e\u0301.txt", "é.txt"),
        ("", ""),
    ],
)
def test_a_name_is_cleaned(raw: str, name: str) -> None:
    assert clean_name(raw) == name
    assert clean_name(name) == name
