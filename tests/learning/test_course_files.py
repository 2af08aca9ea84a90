"""Courses read from their files: what comes out, where links lead, and what stays outside."""

import json
from pathlib import Path

import pytest

from app.canonical import canonical, fingerprint
from app.learning.course_files import CourseFile, read_courses

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>'


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_course(root: Path, name: str, body: str = "Texto.\n", prerequisites: str = "[]") -> Path:
    folder = root / "courses" / "fundamentals" / name
    write(
        folder / "course.yml",
        f"id: {name}\ntrack: fundamentals\narea: product\nlanguages: [es, en]\n"
        "title: {es: Curso, en: Course}\nsummary: {es: Breve, en: Short}\nduration_min: 30\n"
        f"prerequisites: {prerequisites}\nobjectives:\n  - {{id: docs.limits, es: Explicar, en: Explain}}\n"
        "lessons: [01-first, 02-second]\n",
    )
    for language in ("es", "en"):
        head = f"---\ntitle: Title {language}\nduration_min: %s\nobjectives: [docs.limits]\n---\n"
        write(folder / language / "01-first.md", head % 10 + body)
        write(folder / language / "02-second.md", head % 20 + "## Precio\n\nTexto.\n")
    return folder


def read(root: Path) -> list[CourseFile]:
    courses, complaints = read_courses(root)
    assert [str(complaint) for complaint in complaints] == []
    return courses


def test_no_folder_means_no_courses(tmp_path: Path) -> None:
    assert read_courses(tmp_path) == ([], [])


def test_a_course_is_read_whole(tmp_path: Path) -> None:
    write_course(tmp_path, "one")
    (course,) = read(tmp_path)
    assert [(lesson.slug, lesson.duration_min) for lesson in course.lessons] == [("01-first", 10), ("02-second", 20)]
    assert course.lessons[0].objectives == ("docs.limits",)
    assert course.lessons[1].texts["en"].title == "Title en"
    assert [heading.id for heading in course.lessons[1].texts["es"].headings] == ["precio"]


def test_links_and_images_lead_to_our_pages(tmp_path: Path) -> None:
    body = (
        "[a](02-second.md) [b](02-second.md#precio) [c](../../two/es/01-first.md) [d](../es/02-second.md)\n\n"
        "![e](../media/f.svg)\n"
    )
    folder = write_course(tmp_path, "one", body)
    write_course(tmp_path, "two")
    write(folder / "media" / "f.svg", SVG)
    for language in ("en",):
        text = (folder / language / "01-first.md").read_text(encoding="utf-8").replace("/es/", "/en/")
        write(folder / language / "01-first.md", text)
    html = read(tmp_path)[0].lessons[0].texts["es"].html
    for address in ('"02-second"', '"02-second#precio"', '"../two/01-first"', '"media/f.svg"'):
        assert address in html


def test_the_json_names_media_by_hash_and_is_stable(tmp_path: Path) -> None:
    folder = write_course(tmp_path, "one")
    write(folder / "media" / "f.svg", SVG)
    (course,) = read(tmp_path)
    data = course.as_json()
    assert course.media == {"f.svg": SVG.encode()}
    assert data["media"] == {"f.svg": fingerprint(SVG.encode())}
    assert data["lessons"][0]["texts"]["es"]["title"] == "Title es"
    assert canonical(data) == canonical(read(tmp_path)[0].as_json()) == canonical(json.loads(canonical(data)))


PARTS = """\
practicals:
  - id: interview
    title: {es: Entrevista, en: Interview}
    duration_min: 45
    objectives: [docs.limits]
    brief:
      es: |
        Lee [el precio](02-second.md#precio) y mira:

        ![plano](../media/f.svg)
      en: Read [the price](02-second.md) and [another course](../../two/en/01-first.md).
    rubric:
      - {points: 3, es: Nombra **ambos**, en: Names **both**}
      - {points: 1, es: Es breve, en: Is short}
sessions:
  - id: workshop
    kind: workshop
    title: {es: Taller, en: Workshop}
    duration_min: 15
    brief: {es: Trae tu trabajo., en: Bring your work.}
"""


def test_practicals_and_sessions_are_read_with_their_briefs(tmp_path: Path) -> None:
    folder = write_course(tmp_path, "one")
    write_course(tmp_path, "two")
    write(folder / "media" / "f.svg", SVG)
    spec = (folder / "course.yml").read_text(encoding="utf-8").replace("duration_min: 30", "duration_min: 90")
    write(folder / "course.yml", spec + PARTS)
    data = json.loads(canonical(read(tmp_path)[0].as_json()))
    [practical], [session] = data["practicals"], data["sessions"]
    assert (practical["slug"], practical["duration_min"], practical["rubric"]) == ("interview", 45, [3, 1])
    assert practical["texts"]["en"]["rubric"] == ["Names <strong>both</strong>", "Is short"]
    assert '"02-second#precio"' in practical["texts"]["es"]["html"]
    assert '"media/f.svg"' in practical["texts"]["es"]["html"]
    assert '"../two/01-first"' in practical["texts"]["en"]["html"]
    assert (session["slug"], session["kind"], session["texts"]["es"]["title"]) == ("workshop", "workshop", "Taller")


def test_the_hours_of_a_track_are_held_where_they_are_named(tmp_path: Path) -> None:
    write_course(tmp_path, "one")
    write_course(tmp_path, "two")
    write(tmp_path / "courses" / "tracks.yml", "hours: {fundamentals: 1}\n")
    assert len(read(tmp_path)) == 2
    write(tmp_path / "courses" / "fundamentals" / "two" / "course.yml", "id: [")
    _, complaints = read_courses(tmp_path)
    assert {complaint.path.name for complaint in complaints} == {"course.yml"}, "what cannot be read has minutes too"


@pytest.mark.parametrize("inside", ["es/01-first.md", "media", "es"])
def test_links_out_of_the_folder_stop_everything(tmp_path: Path, inside: str) -> None:
    folder = write_course(tmp_path / "content", "one")
    secret = tmp_path / "secret"
    secret.mkdir()
    path = folder / inside
    if path.is_dir():
        path.rename(tmp_path / "moved")
    path.unlink(missing_ok=True)
    path.symlink_to(secret)
    courses, complaints = read_courses(tmp_path / "content")
    assert courses == []
    assert [complaint.path for complaint in complaints] == [path]


def test_a_course_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    write_course(tmp_path, "one")
    write(write_course(tmp_path, "two") / "course.yml", "id: [")
    courses, complaints = read_courses(tmp_path)
    assert [course.spec.id for course in courses] == ["one"]
    assert [complaint.path.parent.name for complaint in complaints] == ["two"]


def test_a_lesson_that_is_a_bomb_is_a_complaint(tmp_path: Path) -> None:
    write_course(tmp_path, "one", "> " * 10_000)
    _, complaints = read_courses(tmp_path)
    assert {complaint.message for complaint in complaints} == {"the line is longer than 4000 characters"}
