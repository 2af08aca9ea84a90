"""The certificate as a reader, a scanner and a forger meet it: its words, its typefaces, its QR code, its bytes."""

import re
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from pypdf import PageObject, PdfReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFontParser

from app.credentials.artwork import LEVELS
from app.credentials.certificate import fit_name, render_certificate
from app.credentials.typesetting import MEASURE, SANS, SERIF, MissingGlyph, fit

URL = "https://acredita.example/c/01JQ8Z6T4M9K2V7XB3C5D1E0FG"
RECORD = {
    "id": "01JQ8Z6T4M9K2V7XB3C5D1E0FG",
    "code": "K7QM-4XTD",
    "name": "Lucía Ferrer Ibáñez",
    "level": "fundamentals",
    "title": {"es": "Certificación Fundamentals", "en": "Fundamentals certification"},
    "issuer": "IA Bulk",
    "organisation": "Andes Consultores",
    "issued_on": "2026-03-03",
    "expires_on": "2028-03-03",
    "score": 812,
    "languages": ["es", "en"],
}
LONG_NAME = (
    "María de los Ángeles Concepción Fernández-Villaverde y Rodríguez"
    " de Montenegro de la Santísima Trinidad Gutiérrez-Solana"
)


def render(language: str = "es", url: str = URL, **changes: Any) -> bytes:
    return render_certificate({**RECORD, **changes}, language=language, url=url, attachments={})


def only_page(pdf: bytes) -> PageObject:
    (page,) = PdfReader(BytesIO(pdf)).pages
    return page


def lines(pdf: bytes) -> list[str]:
    return only_page(pdf).extract_text().splitlines()


def scan(pdf: bytes) -> str:
    """Read the QR code from the rectangles that the page really draws."""
    runs = re.findall(rb"(?<![\d.])(\d+) (\d+) (\d+) 1 re", only_page(pdf).get_contents().get_data())
    assert runs
    image = Image.new("L", (600, 600), 255)
    for x, y, width in (map(int, run) for run in runs):
        ImageDraw.Draw(image).rectangle((x * 8, 600 - y * 8, (x + width) * 8 - 1, 607 - y * 8), fill=0)
    (code,) = zxingcpp.read_barcodes(image)
    assert code.ec_level in ("M", "Q", "H")
    return code.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ["Se certifica que", "Certificación Fundamentals", "3 de marzo de 2026", "3 de marzo de 2028"]),
        ("en", ["This is to certify that", "Fundamentals certification", "March 3, 2026", "March 3, 2028"]),
    ],
)
def test_prints_the_record_in_the_language_asked_for(language: str, words: list[str]) -> None:
    printed = lines(render(language))
    assert {*words, "Lucía Ferrer Ibáñez", "K7QM-4XTD", "Andes Consultores", "IA BULK"} <= set(printed)
    assert any(line.endswith(URL) for line in printed)


def test_prints_no_organisation_when_there_was_none() -> None:
    printed = lines(render(organisation=None))
    assert "Empresa al emitirse" not in printed
    assert {"Emitido el", "3 de marzo de 2026", "Válido hasta", "3 de marzo de 2028"} <= set(printed)


@pytest.mark.parametrize("place", range(len(LEVELS)))
def test_tells_the_level_in_words_and_not_by_colour_alone(place: int) -> None:
    level = LEVELS[place]
    assert f"{level.title()} · {place + 1} / 4" in lines(render(level=level))


@pytest.mark.parametrize("url", [URL, "http://localhost:8000/c/01JQ8Z6T4M9K2V7XB3C5D1E0FG", URL + "/" + "x" * 60])
def test_qr_code_and_link_lead_to_the_url(url: str) -> None:
    pdf = render(url=url)
    assert scan(pdf) == url
    (link,) = only_page(pdf)["/Annots"]
    assert link.get_object()["/A"]["/URI"] == url


@pytest.mark.parametrize(
    "name",
    [
        "Ελευθερία Παπαδοπούλου",
        "Ἀλέξανδρος Παπαδόπουλος",
        "Александра Преображенская",
        "Володимир Їжакевич-Ґалаґан",
        "Wojciech Łukasz Świętosławski",
        "Siân Tŵr-y-Felin",
        "Nguyễn Thị Phương Thảo",
        "Þórður Æðelstan Ŋgũgĩ",
        "İbrahim Çağrı Ișık",
        "<script>alert(1)</script>",
        "{{7*7}} ${7*7} %s",
        '<font color="red">Eva</font> & Ana',
    ],
)
def test_prints_a_name_letter_for_letter(name: str) -> None:
    assert name in lines(render(name=name))


def test_a_mark_without_a_joined_letter_stays_between_its_letter_and_the_next() -> None:
    assert "Adébáyọ\u0300dé" in "".join(lines(render(name="Adébáyọ\u0300dé")))


def test_a_decomposed_name_prints_as_its_composed_form() -> None:
    assert render(name=unicodedata.normalize("NFD", " Lucía  Nuñez")) == render(name="Lucía Nuñez")


@pytest.mark.parametrize("field", ["name", "organisation", "issuer"])
def test_refuses_a_character_no_typeface_has_and_names_it(field: str) -> None:
    with pytest.raises(MissingGlyph) as refused:
        render(**{field: "Wang 伟"})
    assert refused.value.facts == {"character": "伟"}


def test_a_name_the_serif_lacks_is_wholly_in_the_sans() -> None:
    assert fit_name("Þórður Ŋoro").face == SANS
    assert fit_name("Þórður Noro").face == SERIF


@pytest.mark.parametrize("name", ["Bo", LONG_NAME, "W" * 120, "Щ " * 60, "A" * 119 + " B", "Ŵ" * 60 + " i"])
def test_a_name_of_any_length_stays_within_the_measure(name: str) -> None:
    setting = fit_name(name)
    assert len(setting.lines) <= 2
    assert "".join(setting.lines).replace(" ", "") == name.replace(" ", "")
    assert all(stringWidth(line, setting.face, setting.size) <= MEASURE + 1e-6 for line in setting.lines)


def test_a_long_name_takes_two_even_lines_before_it_becomes_small() -> None:
    first, second = fit_name(LONG_NAME).lines
    assert abs(len(first) - len(second)) < 12
    assert fit_name(LONG_NAME).size > 20


def test_fitting_shrinks_one_line_down_to_the_floor_only() -> None:
    width = stringWidth("Ana María", SERIF, 40)
    assert fit("Ana María", (SERIF,), size=40, floor=20, measure=width) == (SERIF, 40, ("Ana María",))
    assert fit("Ana María", (SERIF,), size=40, floor=20, measure=width / 2 + 1).lines == ("Ana María",)
    assert fit("Ana María", (SERIF,), size=40, floor=20, measure=width / 2 - 1).lines == ("Ana", "María")


def test_every_typeface_is_embedded() -> None:
    fonts = only_page(render(name="Ŋoro"))["/Resources"]["/Font"]
    descriptors = [font.get_object()["/FontDescriptor"] for font in fonts.values()]
    assert len(descriptors) == 3
    assert all(len(descriptor["/FontFile2"].get_data()) > 1000 for descriptor in descriptors)


def test_describes_itself() -> None:
    reader = PdfReader(BytesIO(render("en")))
    assert reader.metadata is not None
    assert reader.metadata.title == "Fundamentals certification · Lucía Ferrer Ibáñez"
    assert reader.metadata.author == "IA Bulk"
    assert reader.metadata.subject == "Code K7QM-4XTD"
    assert str(reader.metadata.creation_date) == "2026-03-03 00:00:00+00:00"
    assert reader.root_object["/Lang"] == "en"
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"]


@pytest.fixture
def yielding_typefaces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand over to another thread whenever a typeface's one reading position moves, as an unlucky switch would."""
    seek = TTFontParser.seek

    def seek_and_yield(face: TTFontParser, position: int) -> None:
        seek(face, position)
        time.sleep(0)

    monkeypatch.setattr(TTFontParser, "seek", seek_and_yield)


@pytest.mark.usefixtures("yielding_typefaces")
def test_the_same_arguments_give_the_same_bytes_from_many_threads() -> None:
    names = ["Lucía Ferrer", "Łukasz Żak", "Ελένη", "Ŋoro", "Юлия"] * 2
    alone = [render(name=name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda name: render(name=name), names)) == alone
    assert len(set(alone)) == 5
