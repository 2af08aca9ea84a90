"""The certificate as a program reads it: parts, words, metadata and files, and no typeface from outside."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from lxml.etree import fromstring
from pikepdf import Name

from app.credentials.certificate import render_certificate
from tests.credentials.test_certificate import LONG_NAME, RECORD, URL

pytestmark = pytest.mark.once
FILES = {"credential.json": b"{}", "log-proof.json": b'{"a":1}'}
PAINTS = {"Tj", "TJ", "f", "f*", "S", "s", "B", "Do"}


def opened(language: str = "es", **changes: Any) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(render_certificate(RECORD | changes, language=language, url=URL, attachments=FILES)))


def parts(pdf: pikepdf.Pdf) -> list[tuple[str, str]]:
    """Role and words of every part, in the order of reading."""
    return list(parts_of(pdf.Root.StructTreeRoot.K[0]))


def parts_of(element: pikepdf.Object) -> Iterator[tuple[str, str]]:
    for child in element.K:
        if child.get(Name.S) == Name.Link:
            yield from parts_of(child)
        elif Name.S in child:
            yield str(child.S), str(child.get(Name.ActualText, child.get(Name.Alt)))


def test_it_is_read_aloud_in_order() -> None:
    assert parts(opened("en", issuers=["Universidad de los Andes"])) == [
        ("/P", "IA Bulk, Universidad de los Andes"),
        ("/P", "This is to certify that"),
        ("/H1", "Lucía Ferrer Ibáñez"),
        ("/P", "has passed the examination and met the requirements of the credential"),
        ("/H2", "Fundamentals certification"),
        ("/P", "Issued: March 3, 2026"),
        ("/P", "Valid until: March 3, 2028"),
        ("/P", "Organisation at issue: Andes Consultores"),
        ("/P", "Code: K7QM-4XTD"),
        ("/P", "Level: Fundamentals · 1 / 4"),
        ("/Figure", f"QR code that leads to {URL}"),
        ("/P", f"Check at {URL}"),
        ("/Figure", "Seal of the level Fundamentals, step 1 of 4"),
    ]


@pytest.mark.parametrize("name", [LONG_NAME, "Adébáyọ\u0300dé"])
def test_a_name_that_is_set_in_pieces_is_read_as_one(name: str) -> None:
    assert ("/H1", name) in parts(opened(name=name))


def test_all_that_is_painted_belongs_to_a_part_or_is_an_ornament() -> None:
    pdf = opened(name=LONG_NAME)
    inside, seen = 0, []
    for operands, operator in pikepdf.parse_content_stream(pdf.pages[0]):
        if str(operator) in {"BDC", "BMC"}:
            assert inside == 0
            inside += 1
            seen += [int(operands[1].MCID)] if str(operator) == "BDC" else []
        elif str(operator) == "EMC":
            inside -= 1
        elif str(operator) in PAINTS:
            assert inside == 1, operator
    assert seen == list(range(len(parts(pdf))))


def test_the_tree_leads_both_ways() -> None:
    pdf = opened()
    page, tree = pdf.pages[0].obj, pdf.Root.StructTreeRoot
    assert (pdf.Root.MarkInfo.Marked, page.Tabs, str(pdf.Root.Lang)) == (True, Name.S, "es")
    page_key, owners, link_key, link = tree.ParentTree.Nums
    assert (int(page.StructParents), int(page.Annots[0].StructParent)) == (int(page_key), int(link_key))
    assert [int(owner.K) for owner in owners] == list(range(len(owners)))
    assert Name.Link == link.S
    assert str(link.K[1].Obj.A.URI) == URL
    assert Name.Figure == link.K[0].S
    assert str(page.Annots[0].Contents) == f"Código QR que lleva a {URL}"
    figures = [owner for owner in owners if Name.Figure == owner.S]
    assert [len(figure.A.BBox) for figure in figures] == [4, 4]


def test_the_metadata_say_what_the_page_says() -> None:
    title = "Fundamentals certification · <Eva> & Ana"
    pdf = opened("en", name="<Eva> & Ana", issuers=["Universidad"])
    assert fromstring(pdf.Root.Metadata.read_bytes()) is not None
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        found = {key: metadata[f"dc:{key}"] for key in ("title", "creator", "language", "format")}
        assert (metadata["xmp:CreateDate"], metadata["xmp:ModifyDate"]) == ("2026-03-03T00:00:00Z",) * 2
    assert found == {
        "title": title,
        "creator": ["IA Bulk", "Universidad"],
        "language": {"en"},
        "format": "application/pdf",
    }
    assert str(pdf.docinfo.Title) == title


def test_files_are_attached_as_data_of_the_document() -> None:
    pdf = opened()
    assert {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments} == FILES
    assert [(str(spec.UF), spec.AFRelationship) for spec in pdf.Root.AF] == [(name, Name.Data) for name in FILES]
    assert {str(spec.EF.F.Subtype) for spec in pdf.Root.AF} == {"/application/json"}


def test_no_typeface_comes_from_outside_and_no_tool_finds_fault() -> None:
    pdf = opened(name="Ŋoro", brand={"name": "Северная звезда", "colour": "#7a1f5c"})
    assert pdf.check_pdf_syntax() == []
    fonts = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get(Name.Type) == Name.Font]
    assert len(fonts) >= 3
    assert all(Name.FontFile2 in font.FontDescriptor for font in fonts)


def test_a_label_takes_the_place_of_the_mark_and_of_no_issuer() -> None:
    pdf = opened("en", brand={"name": "Andes Academy", "colour": "#0b6e4f"})
    assert parts(pdf)[:2] == [("/P", "Andes Academy"), ("/P", "IA Bulk")]
    green = b".043137 .431373 .309804 rg"
    plain = opened("en")
    assert green in pdf.pages[0].obj.Contents.read_bytes()
    assert green not in plain.pages[0].obj.Contents.read_bytes()
