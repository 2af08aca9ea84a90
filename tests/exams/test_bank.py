"""Reading `exams/`: what is published, and the checks that take more than one file."""

from pathlib import Path

import pytest

from app.canonical import canonical, fingerprint
from app.exams.bank import ExamFile, read_exams
from app.exams.kinds import KINDS
from app.exams.retakes import Policy

EXAM_YML = """\
id: fundamentals
level: fundamentals
languages: [es, en]
title: {es: Examen, en: Exam}
summary: {es: Resumen, en: Summary}
credential: {es: Certificación, en: Certification}
duration_min: 45
cut_score: 0.70
domains:
  sales: {es: Ventas, en: Sales}
  product: {es: Producto, en: Product}
blueprint:
  - {domain: product, items: 1}
  - {domain: sales, difficulty: 3, items: 1}
gate: {track: fundamentals, credential: null}
agreement:
  es: |
    Acepto **todo**.
  en: |
    I accept **all**.
"""
PRODUCT = "## Stem {#p-1}\n\n`code`\n\n- [x] yes & *no*\n  > Right.\n- [ ] no\n\n> Why: because.\n"
SALES = "## Stem {#s-1 difficulty=3 points=2}\n= 600 +- 1%\n\n## Other {#s-2}\n= true\n"


def make_tree(root: Path, changes: dict[str, str | None] | None = None) -> Path:
    """A sound exam, with some files replaced or (None) left out; paths are relative to the exam's folder."""
    files: dict[str, str | None] = {"exam.yml": EXAM_YML}
    for language in ("es", "en"):
        files[f"items/{language}/product.md"] = front("product", language) + PRODUCT
        files[f"items/{language}/sales.md"] = front("sales", language) + SALES
    for name, text in (files | (changes or {})).items():
        path = root / "exams" / "fundamentals" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")
    return root


def front(domain: str, language: str) -> str:
    return f"---\ndomain: {domain}\nlang: {language}\n---\n"


def read_exam(root: Path) -> ExamFile:
    [exam], complaints = read_exams(root)
    assert complaints == []
    return exam


def complaints_of(root: Path, changes: dict[str, str | None]) -> list[str]:
    exams, complaints = read_exams(make_tree(root, changes))
    assert exams == []
    base = root / "exams" / "fundamentals"
    return [f"{one.path.relative_to(base)}:{one.line}: {one.message}" for one in complaints]


def test_the_published_body_says_all_that_policy_needs(tmp_path: Path) -> None:
    exam = read_exam(make_tree(tmp_path))
    body = exam.as_json()
    assert canonical(body)
    assert body["cut_score"] == "0.70"
    waits = {"first_wait_hours": 24, "later_wait_hours": 336, "coached_wait_hours": None}
    assert body["retakes"] == waits | {"limit": 5, "window_months": 12}
    assert body["validity"] == {"months": 24, "renewal_months": 6}
    assert Policy(**body["retakes"], renewal_months=body["validity"]["renewal_months"]) == Policy()
    assert body["blueprint"][1] == {"domain": "sales", "items": 1, "difficulty": 3, "objective": None, "cases": None}
    assert (body["pilots"], body["sections"]) == (0, [])
    assert body["gate"] == {"track": "fundamentals", "credential": None}
    assert body["agreement"]["en"] == "<p>I accept <strong>all</strong>.</p>"
    assert body["items"] == [fingerprint(canonical(item)) for item in exam.items]


def test_items_come_in_the_order_of_the_domains_and_of_their_files(tmp_path: Path) -> None:
    assert [item["id"] for item in read_exam(make_tree(tmp_path)).items] == ["s-1", "s-2", "p-1"]


def test_an_item_as_it_is_stored(tmp_path: Path) -> None:
    numeric, _, choice = read_exam(make_tree(tmp_path)).items
    text = {
        "stem": "<p>Stem</p><p><code>code</code></p>",
        "options": ["yes &amp; <em>no</em>", "no"],
        "feedback": ["<p>Right.</p>", None],
        "why": "<p>because.</p>",
    }
    assert choice == {
        "id": "p-1",
        "kind": "single_choice",
        "domain": "product",
        "difficulty": 2,
        "objective": None,
        "points": 1,
        "scoring": "all",
        "shuffle": True,
        "key": 0,
        "text": {"es": text, "en": text},
    }
    assert (numeric["key"], numeric["points"]) == ({"value": "600", "tolerance": "6"}, 2)
    assert numeric["text"]["es"] == {"stem": "<p>Stem</p>", "options": [], "feedback": [], "why": None}


def test_a_stored_item_is_shown_and_graded_by_its_kind(tmp_path: Path) -> None:
    for item in read_exam(make_tree(tmp_path)).items:
        kind = KINDS[item["kind"]]
        order = list(range(len(item["text"]["es"]["options"])))
        assert kind.public(item, "en", order)["stem"].startswith("<p>")
        assert kind.grade(item, None, order) == 0


def test_reading_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    make_tree(tmp_path)
    assert canonical(read_exam(tmp_path).as_json()) == canonical(read_exam(tmp_path).as_json())


def test_no_exams_at_all(tmp_path: Path) -> None:
    assert read_exams(tmp_path) == ([], [])


def test_a_link_out_of_the_folder_refuses_everything(tmp_path: Path) -> None:
    make_tree(tmp_path / "tree")
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    (tmp_path / "tree/exams/fundamentals/items/es/other.md").symlink_to(secret)
    exams, [complaint] = read_exams(tmp_path / "tree")
    assert exams == []
    assert "leads out" in complaint.message


def spec(old: str, new: str) -> dict[str, str | None]:
    assert old in EXAM_YML
    return {"exam.yml": EXAM_YML.replace(old, new)}


def english(domain: str, old: str, new: str) -> dict[str, str | None]:
    text = front(domain, "en") + (PRODUCT if domain == "product" else SALES)
    assert old in text
    return {f"items/en/{domain}.md": text.replace(old, new)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            spec("id: fund", "id: fond"),
            "exam.yml:1: the id is `fondamentals` and the folder `fundamentals`; they must agree",
        ),
        (spec("0.70", "1.2"), "exam.yml:8: `cut_score` must be less than or equal to 1"),
        (spec("domain: product,", "domain: produkt,"), "exam.yml:13: `produkt` is not among the `domains`"),
        (
            spec("product, items: 1", "product, items: 2"),
            "exam.yml:13: the bank has 1 of the 2 items that the row asks for",
        ),
        (
            spec("product, items: 1", "product, objective: a.b, items: 1"),
            "exam.yml:13: the bank has 0 of the 1 items that the row asks for",
        ),
        (
            spec("credential: null", "credential: fundamentals"),
            "exam.yml:15: an exam of level `fundamentals` cannot ask for the level `fundamentals` first",
        ),
        (
            spec("credential: null", "credential: novice"),
            "exam.yml:15: `credential` must be `fundamentals`, `advanced`, `expert` or `master`",
        ),
        (
            spec("gate:", "validity: {months: 6, renewal_months: 6}\ngate:"),
            "exam.yml:15: `renewal_months` must be fewer than `months`",
        ),
        (
            spec("gate:", "retakes: {coached_wait_hours: 25}\ngate:"),
            "exam.yml:15: `coached_wait_hours` must not be longer than the waits that it shortens",
        ),
        (
            spec("gate: {track: fundamentals,", "retakes: {coached_wait_hours: 24}\ngate: {track: null,"),
            "exam.yml:15: a coached wait asks for lessons of the gate's `track`, and there is none",
        ),
        (
            spec("gate:", "fee: {amount: 9.999, currency: USD}\ngate:"),
            "exam.yml:15: `fee` 9.999 has more decimals than USD",
        ),
        (
            spec("gate:", "fee: {amount: 9, currency: XXZ}\ngate:"),
            "exam.yml:15: `currency` must be the three letters of a currency, such as USD",
        ),
        (spec("{es: Ventas, en: Sales}", "{es: Ventas}"), "exam.yml:10: the text in `en` is missing"),
        (spec("[es, en]", "[es, en, es]"), "exam.yml:3: a language is named twice"),
        (spec("**all**", "<iframe>"), "exam.yml:20: `<iframe>` is not allowed (write `&lt;` for a plain `<`)"),
        (
            {"notes.md": "x"},
            "notes.md:1: an exam is made of `exam.yml`, `items/` and `media/`; nothing else is read here",
        ),
        ({"items/fr/sales.md": "x"}, "items/fr:1: `fr` is not one of the exam's languages"),
        (
            {"items/en/price.md": "x", "items/es/price.md": None},
            "items/en/price.md:1: an items file is named after one of the exam's domains, `<domain>.md`",
        ),
        ({"items/en/sales.md": None}, "items/en/sales.md:1: the file is missing: another language has it"),
        (
            english("sales", "domain: sales", "domain: product"),
            "items/en/sales.md:2: the domain is `product`, but the file is named `sales.md`",
        ),
        (
            english("sales", "lang: en", "lang: es"),
            "items/en/sales.md:3: the language is `es`, but the folder is named `en`",
        ),
        (
            english("sales", "#s-2", "#p-1"),
            "items/en/sales.md:8: the id `p-1` is already taken at product.md:5",
        ),
        (
            english("sales", "#s-2", "#s-1"),
            "items/en/sales.md:8: the id `s-1` is already taken at sales.md:5",
        ),
        (
            english("sales", "= true", "= false"),
            "items/en/sales.md:8: `s-2` disagrees with items/es/sales.md:8 in its key",
        ),
        (
            english("sales", "= true", "= yes"),
            "items/en/sales.md:8: `s-2` disagrees with items/es/sales.md:8 in its kind",
        ),
        (
            english("sales", "points=2", "points=3"),
            "items/en/sales.md:5: `s-1` disagrees with items/es/sales.md:5 in its points",
        ),
        (
            english("product", "- [ ] no", "- [ ] no\n- [ ] maybe"),
            "items/en/product.md:5: `p-1` disagrees with items/es/product.md:5 in its number of options",
        ),
        (
            english("sales", SALES, SALES + "\n## Third {#s-3}\n= 3\n"),
            "items/en/sales.md:11: the item `s-3` is missing in items/es/sales.md",
        ),
        (
            english("sales", "\n## Other {#s-2}\n= true\n", ""),
            "items/es/sales.md:8: the item `s-2` is missing in items/en/sales.md",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, changes: dict[str, str | None], expected: str) -> None:
    assert expected in complaints_of(tmp_path, changes)


def test_items_in_another_order(tmp_path: Path) -> None:
    one, other = SALES.split("\n\n")
    changed = {"items/en/sales.md": front("sales", "en") + f"{other}\n{one}\n"}
    assert (
        complaints_of(tmp_path, changed)[0]
        == "items/en/sales.md:5: `s-2` disagrees with items/es/sales.md:5 in its place"
    )


def test_one_bad_exam_leaves_the_others(tmp_path: Path) -> None:
    make_tree(tmp_path)
    (tmp_path / "exams/master").mkdir()
    exams, [complaint] = read_exams(tmp_path)
    assert [exam.spec.id for exam in exams] == ["fundamentals"]
    assert complaint.path == tmp_path / "exams/master/exam.yml"
