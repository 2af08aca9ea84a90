"""What a practice exam may not say, items that give a graded one away, and lessons that there are not."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.journeys.publishing import read_content
from tests.factories import both, write_course, write_exam, write_programme
from tests.practising import write_practice


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A graded exam, a practice exam and the course that both are about."""
    write_course(tmp_path)
    write_exam(tmp_path, gate={"track": "fundamentals", "credential": None})
    write_practice(tmp_path)
    (tmp_path / "programmes").mkdir()
    return tmp_path


def complaints_of(root: Path) -> list[str]:
    found = read_content(root).complaints
    return [f"{one.path.relative_to(root).as_posix()}:{one.line}: {one.message}" for one in found]


def rewrite(root: Path, old: str, new: str, exam: str = "practice", languages: tuple[str, ...] = ("es", "en")) -> None:
    for language in languages:
        path = root / "exams" / exam / "items" / language / "all.md"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))


def test_a_sound_practice_exam(root: Path) -> None:
    content = read_content(root)
    assert complaints_of(root) == []
    [practice] = [exam for exam in content.exams if exam.spec.practice]
    body = practice.as_json()
    assert (body["practice"], body["agreement"], body["credential"]) == (True, {}, {})
    assert body["gate"] == {"track": None, "credential": None}
    assert {item["lesson"] for item in practice.items} == {"basics/01-one"}


def test_an_item_without_a_lesson_is_stored_as_it_always_was(root: Path) -> None:
    [graded] = [exam for exam in read_content(root).exams if not exam.spec.practice]
    assert all("lesson" not in item for item in graded.items)


def test_a_gate_may_be_said_if_it_is_open(root: Path) -> None:
    write_practice(root, gate={"track": None, "credential": None})
    assert complaints_of(root) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("credential", both("Certified")),
        ("agreement", both("Own work only.")),
        ("issuers", ["Us"]),
        ("fee", {"amount": 1, "currency": "USD"}),
        ("retakes", {"limit": 2}),
        ("validity", {"months": 12}),
        ("appeal_days", 14),
        ("pilots", 0),
        ("grading", {"graders": 1}),
    ],
)
def test_what_certifies_is_refused_in_a_practice_exam(root: Path, key: str, value: Any) -> None:
    write_practice(root, **{key: value})
    [complaint] = complaints_of(root)
    assert complaint.startswith("exams/practice/exam.yml:")
    assert complaint.endswith(f": a practice exam has no `{key}`: it certifies nothing, and nothing follows from it")


def test_a_gate_of_a_practice_exam_is_refused(root: Path) -> None:
    write_practice(root, gate={"track": "fundamentals", "credential": None})
    [complaint] = complaints_of(root)
    assert complaint.endswith("a practice exam is open to everybody: leave its `gate` out")


@pytest.mark.parametrize("key", ["credential", "gate", "agreement"])
def test_a_graded_exam_has_to_say_what_it_certifies(root: Path, key: str) -> None:
    path = root / "exams/fundamentals/exam.yml"
    spec = json.loads(path.read_text())
    del spec[key]
    path.write_text(json.dumps(spec))
    assert complaints_of(root) == [f"exams/fundamentals/exam.yml:1: `{key}` is missing"]


def test_a_practice_exam_awards_no_level(root: Path) -> None:
    write_programme(root)
    assert complaints_of(root) == []
    shutil.rmtree(root / "exams/fundamentals")
    assert {complaint.partition(": ")[2] for complaint in complaints_of(root)} == {
        "no exam awards the level `fundamentals`"
    }


def test_items_that_people_rate(root: Path) -> None:
    rated = "## Tell {#essay-1 type=essay}\n\n- (2) Says it\n\n## Practise"
    rewrite(root, "## Practise", rated)
    assert complaints_of(root) == [
        "exams/practice/items/es/all.md:5: nobody rates a practice exam: an item of it cannot be of the kind `essay`"
    ]


def test_an_id_of_a_graded_exam(root: Path) -> None:
    rewrite(root, "#try-pick-1", "#pick-1")
    assert complaints_of(root) == [
        "exams/practice/items/es/all.md:5: the graded exam `fundamentals` has an item `pick-1`: "
        "practice has a bank of its own"
    ]


def test_a_stem_of_a_graded_exam_in_one_language_whatever_its_marks(root: Path) -> None:
    rewrite(root, "## Practise: Pick one", "## pick   **one**", languages=("en",))
    assert complaints_of(root) == ["exams/practice/items/en/all.md:5: the graded exam `fundamentals` asks the same"]


def test_two_practice_exams_may_share_items(root: Path) -> None:
    write_practice(root, "again")
    assert complaints_of(root) == []


def test_a_lesson_that_no_course_has(root: Path) -> None:
    rewrite(root, "lesson=basics/01-one", "lesson=basics/03-three")
    rewrite(root, "{#all-1 ", "{#all-1 lesson=basics/02-two ", "fundamentals")
    rewrite(root, "{#true-1", "{#true-1 lesson=advanced/01-one", "fundamentals")
    assert complaints_of(root) == [
        "exams/fundamentals/items/es/all.md:21: there is no lesson `advanced/01-one`",
        "exams/practice/items/es/all.md:5: there is no lesson `basics/03-three`",
    ]


def test_languages_that_disagree_in_the_lesson(root: Path) -> None:
    rewrite(root, "lesson=basics/01-one", "lesson=basics/02-two", languages=("en",))
    [complaint] = complaints_of(root)
    assert complaint.endswith("disagrees with items/es/all.md:5 in its lesson")


def test_an_objective_that_nothing_up_to_the_track_teaches(root: Path) -> None:
    write_course(root, "deep", ("01-deep",), {"01-deep": "deep.one"}, track="advanced")
    rewrite(root, "{#all-1 ", "{#all-1 objective=deep.one lesson=deep/01-deep ", "fundamentals")
    rewrite(root, "{#true-1", "{#true-1 objective=deep.one", "fundamentals")  # without a lesson: it may be anybody's
    rewrite(root, "lesson=basics/01-one", "lesson=basics/01-one objective=all.of-it")
    assert complaints_of(root) == [
        "exams/fundamentals/items/es/all.md:13: no course up to the track `fundamentals` declares the objective "
        "`deep.one`"
    ]


def test_an_objective_of_a_track_below(root: Path) -> None:
    write_course(root, "deep", ("01-deep",), {"01-deep": "deep.one"}, track="advanced")
    write_exam(
        root,
        "deep",
        items="## Deep %(n)s {#deep-%(n)s lesson=basics/01-one objective=all.of-it}\n= true\n",
        level="advanced",
        copies=5,
        gate={"track": "advanced", "credential": None},
    )
    assert complaints_of(root) == []


def test_an_exam_without_a_track_may_name_any_objective(root: Path) -> None:
    write_exam(
        root,
        "open",
        items="## Open %(n)s {#open-%(n)s lesson=basics/01-one objective=no.course}\n= true\n",
        copies=5,
    )
    assert complaints_of(root) == []


def test_broken_courses_do_not_make_items_wrong(root: Path) -> None:
    (root / "courses/fundamentals/basics/course.yml").write_text("id: basics\n")
    assert all(complaint.startswith("courses/") for complaint in complaints_of(root))
