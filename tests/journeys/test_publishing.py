"""Publishing: all that is sound and changed, or nothing; what was begun keeps the version it was given."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import worker
from app.content.versions import Version, body_of
from app.exams.attempts import Attempt, attempt_of
from app.exams.catalogue import NoSuchExam, live_exam, live_exams
from app.extensions import db
from app.journeys import publishing
from app.journeys.publishing import ContentBroken, Published, publish_content, read_content
from app.journeys.sitting import submit_attempt
from app.learning.catalogue import live_courses
from app.ledger.deeds import Deed
from app.partners.programmes import live_programmes, participation_in, participations_of
from app.partners.standing import standing_in
from app.people.organisations import Organisation
from app.transaction import reading, writing
from tests.factories import (
    answer_all,
    make_member,
    make_organisation,
    make_person,
    publish,
    sit,
    start,
    write_course,
    write_exam,
    write_programme,
)


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    write_course(tmp_path)
    write_exam(tmp_path)
    write_programme(tmp_path)
    return tmp_path


def test_what_is_new_goes_live_and_is_recorded(root: Path) -> None:
    assert publish(root) == Published(["basics"], ["fundamentals"], ["small"])
    with reading():
        assert [course.slug for course in live_courses()] == ["basics"]
        assert [exam.slug for exam in live_exams()] == ["fundamentals"]
        assert [programme.slug for programme in live_programmes()] == ["small"]
        [line] = db.session.scalars(select(Deed)).all()
    assert (line.deed, line.detail) == ("content_published", {"names": ["basics", "fundamentals", "small"]})


def test_unchanged_content_publishes_nothing(root: Path) -> None:
    publish(root)
    before = counts()
    assert publish(root) == Published([], [], [])
    assert counts() == before


def test_only_what_changed_is_published(root: Path) -> None:
    publish(root)
    before = counts()
    write_exam(root, duration_min=31)
    assert publish(root) == Published([], ["fundamentals"], [])
    assert counts() == {Version: before[Version] + 1, Deed: before[Deed] + 1}


def test_nothing_is_published_while_anything_is_wrong(root: Path) -> None:
    write_exam(root, slug="advanced", level="advanced", cut_score=2)
    content = read_content(root)
    assert [complaint.path.name for complaint in content.complaints] == ["exam.yml"]
    with writing() as at, pytest.raises(ContentBroken):
        publish_content(content, at=at)
    assert counts() == {Version: 0, Deed: 0}


def test_a_fault_at_the_end_leaves_nothing_by_halves(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "publish_programmes", broken)
        with pytest.raises(ZeroDivisionError):
            publish(root)
    assert counts() == {Version: 0, Deed: 0}
    assert publish(root) == Published(["basics"], ["fundamentals"], ["small"])


def test_what_a_failed_publication_held_is_not_remembered(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        db.session.flush()
        for (version_id,) in db.session.execute(select(Version.id)).all():
            body_of(version_id)
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "publish_programmes", fail)
        with pytest.raises(ZeroDivisionError):
            publish(root)
    write_exam(root, slug="another", duration_min=77)
    publish(root)
    with reading():
        assert live_exam("another").body["duration_min"] == 77
        assert [course.body["id"] for course in live_courses()] == ["basics"]


def test_an_open_attempt_keeps_the_items_it_was_given(root: Path) -> None:
    publish(root)
    person = make_person()
    attempt = start(person)
    answer_all(attempt)
    given = items_of(attempt)
    for language in ("es", "en"):
        items = root / "exams/fundamentals/items" / language / "all.md"
        items.write_text(items.read_text().replace("= true", "= false").replace("right", "exact"))
    assert publish(root).exams == ["fundamentals"]
    assert items_of(attempt) == given
    assert {item["key"] for item in items_of(start(make_person())) if item["kind"] == "true_false"} == {False}
    with writing() as at:
        assert submit_attempt(attempt.id, person.id, at=at).result.scaled == 1000


def test_only_the_item_that_changed_has_a_new_version(root: Path) -> None:
    publish(root)
    before = counts()[Version]
    for language in ("es", "en"):
        items = root / "exams/fundamentals/items" / language / "all.md"
        items.write_text(items.read_text().replace("Pick one {#pick-1}", "Pick only one {#pick-1}"))
    publish(root)
    assert counts()[Version] == before + 2


def test_going_back_to_an_earlier_version_is_a_change(root: Path) -> None:
    publish(root)
    write_exam(root, duration_min=99)
    write_programme(root, at_least=[2, 3])
    assert publish(root) == Published([], ["fundamentals"], ["small"])
    write_exam(root)
    write_programme(root)
    before = counts()
    assert publish(root) == Published([], ["fundamentals"], ["small"])
    assert counts() == {Version: before[Version], Deed: before[Deed] + 1}
    with reading():
        assert live_exam("fundamentals").body["duration_min"] == 30


def test_a_course_that_goes_back_to_an_earlier_version_has_changed(root: Path) -> None:
    publish(root)
    write_course(root, required=False)
    publish(root)
    write_course(root)
    assert publish(root).courses == ["basics"]
    with reading():
        assert live_courses()[0].required


def test_what_is_taken_away_is_no_longer_offered_but_goes_on(root: Path) -> None:
    write_exam(root, slug="old")
    write_programme(root, slug="past")
    publish(root)
    organisation = make_organisation("small", "past")
    person = make_person()
    attempt = start(person, "old")
    answer_all(attempt)
    remove(root / "exams/old")
    (root / "programmes/past.yml").unlink()
    publish(root)
    with reading():
        assert [exam.slug for exam in live_exams()] == ["fundamentals"]
        assert [part.programme.slug for part in participations_of(organisation.id)] == ["small"]
        with pytest.raises(NoSuchExam):
            live_exam("old")
    with writing() as at:
        assert submit_attempt(attempt.id, person.id, at=at).result.passed


def test_the_worker_holds_new_rules_against_every_organisation(root: Path) -> None:
    publish(root)
    organisation = make_organisation("small")
    sit(make_member(organisation))
    assert tier(organisation) == "t1"
    write_programme(root, at_least=[0, 1])
    publish(root)
    assert tier(organisation) == "t1"
    worker.run(once=True)
    assert tier(organisation) == "t2"


def test_rules_that_come_back_are_held_too(root: Path) -> None:
    write_programme(root, at_least=[0, 1])
    publish(root)
    write_programme(root, at_least=[1, 2])
    publish(root)
    organisation = make_organisation("small")
    sit(make_member(organisation))
    assert tier(organisation) == "t1"
    write_programme(root, at_least=[0, 1])
    publish(root)
    assert tier(organisation) == "t1"
    worker.run(once=True)
    assert tier(organisation) == "t2"


def test_a_programme_that_was_away_is_looked_at_again(root: Path) -> None:
    publish(root)
    organisation = make_organisation("small")
    (root / "programmes/small.yml").unlink()
    publish(root)
    sit(make_member(organisation))
    write_programme(root)
    assert publish(root).programmes == ["small"]
    worker.run(once=True)
    assert tier(organisation) == "t1"


def counts() -> dict[type[Any], int]:
    with reading():
        return {model: db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (Version, Deed)}


def items_of(attempt: Attempt) -> list[dict[str, Any]]:
    with reading():
        return attempt_of(attempt.id, attempt.person_id).items


def tier(organisation: Organisation) -> str | None:
    with reading():
        standing = standing_in(participation_in(organisation.id, "small"))
    assert standing is not None
    return standing.tier


def remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def asks_for(**requirement: object) -> dict[str, object]:
    name = {"es": "Algo", "en": "Something"}
    return {"id": "t1", "rank": 1, "name": name, "requirements": [{"id": "one", "name": name, **requirement}]}


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        ({"kind": "persons", "level": "expert", "at_least": 1}, "no exam awards the level `expert`"),
        (
            {"kind": "training", "track": "expert", "at_least": 1},
            "the track `expert` has no required course",
        ),
        (
            {"kind": "training", "track": "fundamentals", "course": "other", "at_least": 1},
            "the track `fundamentals` has no required course `other`",
        ),
        ({"kind": "training", "track": "fundamentals", "course": "basics", "at_least": 1}, None),
        ({"kind": "persons", "level": "fundamentals", "at_least": 1}, None),
    ],
)
def test_a_programme_asks_only_for_what_can_be_earned(
    root: Path, requirement: dict[str, object], message: str | None
) -> None:
    write_programme(root, tiers=[asks_for(**requirement)])
    found = read_content(root).complaints
    assert [each.message for each in found] == ([message] if message else [])
    assert all(each.path.name == "small.yml" and each.line > 1 for each in found)


@pytest.mark.parametrize(
    ("training", "messages"),
    [
        ({"courses": ["basics", "selling"]}, []),
        ({"courses": ["basics"], "track": "fundamentals", "area": "product", "hours": 1}, []),
        ({"courses": ["basics", "selling"], "hours": 2}, []),
        ({"courses": ["basics", "selling"], "hours": 3}, ["its courses take 2 h 30 min together, and not 3 h"]),
        ({"courses": ["basics", "other"], "hours": 9}, ["there is no course `other`"]),
        (
            {"courses": ["selling"], "area": "product"},
            ["the course `selling` is of the area `sales`, and not of `product`"],
        ),
        (
            {"courses": ["selling"], "track": "advanced"},
            ["the course `selling` is of the track `fundamentals`, and not of `advanced`"],
        ),
        ({"courses": ["basics", "basics"]}, ["the course `basics` stands here twice"]),
    ],
)
def test_the_courses_of_a_training_are_there_and_reach_its_hours(
    root: Path, training: dict[str, object], messages: list[str]
) -> None:
    write_course(root, "selling", lessons=("01-one", "02-two", "03-three"), area="sales")
    write_programme(root, training=[{"name": {"es": "Algo", "en": "Something"}, **training}])
    found = read_content(root).complaints
    assert [each.message for each in found] == messages
    assert all(each.path.name == "small.yml" and each.line > 1 for each in found)
