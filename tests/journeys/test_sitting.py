"""Sitting an exam: what opens the gate, what a start fixes for ever, and what the end of an attempt brings about."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.content.versions import bodies
from app.exams.agreements import AgreementNeeded
from app.exams.attempts import Attempt, AttemptClosed, AttemptOpen, AttemptState, Closing, attempt_of
from app.exams.catalogue import live_exam
from app.exams.responses import save_response
from app.exams.retakes import add_months
from app.exams.timing import GRACE
from app.extensions import db
from app.journeys.gates import Gate, GateClosed, RetakeRefused, gate_of
from app.journeys.letters import result_letter
from app.journeys.moving import revoke_credential
from app.journeys.sitting import Outcome, close_overdue, submit_attempt
from app.learning.catalogue import live_courses
from app.learning.enrolling import reopen_lesson
from app.people.persons import NameInvalid, Person
from app.transaction import reading, writing
from tests.factories import (
    OPEN_GATE,
    answer_all,
    both,
    finish_courses,
    make_exam,
    make_person,
    publish,
    sit,
    start,
    write_course,
    write_exam,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_the_gate_names_every_course_that_is_missing(app: Flask, tmp_path: Path) -> None:
    write_course(tmp_path)
    write_course(tmp_path, slug="more")
    write_course(tmp_path, slug="for-fun", required=False)
    make_exam(tmp_path, gate=OPEN_GATE | {"track": "fundamentals"})
    person = make_person()
    with pytest.raises(GateClosed) as refused:
        start(person)
    assert refused.value.facts["missing_courses"] == ["basics", "more"]
    finish_courses(person)
    with writing():
        lesson = live_courses("fundamentals")[0].live_lessons[0]
        reopen_lesson(person.id, lesson)
    with pytest.raises(GateClosed):
        start(person)
    finish_courses(person)
    assert start(person).state is AttemptState.OPEN


def test_the_gate_asks_for_the_level_below_or_one_above_it(app: Flask, tmp_path: Path) -> None:
    write_exam(tmp_path)
    write_exam(tmp_path, slug="advanced", level="advanced")
    write_exam(tmp_path, slug="expert", level="expert", gate=OPEN_GATE | {"credential": "fundamentals"})
    publish(tmp_path)
    nobody, beginner, adept = make_person(), make_person(), make_person()
    with pytest.raises(GateClosed) as refused:
        start(nobody, "expert")
    assert refused.value.facts["missing_level"] == "fundamentals"
    sit(beginner, at=NOON)
    sit(adept, "advanced", at=NOON)
    assert gate(beginner, NOON + DAY, "expert").allowed
    assert gate(adept, NOON + DAY, "expert").allowed
    assert gate(beginner, add_months(NOON, 24), "expert").missing_level == "fundamentals"


def test_a_revoked_credential_opens_no_gate(app: Flask, tmp_path: Path) -> None:
    write_exam(tmp_path)
    write_exam(tmp_path, slug="expert", level="expert", gate=OPEN_GATE | {"credential": "fundamentals"})
    publish(tmp_path)
    person = make_person()
    credential = sit(person, at=NOON).credential
    with writing():
        revoke_credential(db.session.merge(credential), reason="copied", by=person.id, at=NOON + HOUR)
    assert gate(person, NOON + HOUR, "expert").missing_level == "fundamentals"


def test_nothing_starts_without_the_agreement_and_a_name(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    with pytest.raises(AgreementNeeded):
        start(person, agreement=False)
    for name in ("", " x ", "Ana\x07", "a" * 121):
        with pytest.raises(NameInvalid):
            start(person, legal_name=name)
    assert stored(Attempt) == []
    attempt = start(person, legal_name="  Ana   María\tRuiz ")
    assert attempt.legal_name == "Ana María Ruiz"
    assert [one.name for one in stored(Person)] == ["Ana María Ruiz"]


def test_one_attempt_at_a_time(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    start(person)
    with pytest.raises(AttemptOpen):
        start(person)
    start(make_person())


def test_a_failure_is_waited_for(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path, retakes={"first_wait_hours": 24, "later_wait_hours": 336, "limit": 3, "window_months": 12})
    person = make_person()
    first = NOON
    sit(person, passes=False, at=first)
    refused_until(person, first + 24 * HOUR, "waiting")
    second = first + 24 * HOUR
    sit(person, passes=False, at=second)
    refused_until(person, second + 336 * HOUR, "waiting")
    third = second + 336 * HOUR
    sit(person, passes=False, at=third)
    assert gate(person, third).attempts_used == 3
    refused_until(person, add_months(first, 12), "limit_reached")
    assert start(person, at=add_months(first, 12)).state is AttemptState.OPEN


def test_who_holds_the_credential_waits_for_its_renewal(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path, validity={"months": 24, "renewal_months": 6})
    person = make_person()
    old = sit(person, at=NOON).credential
    refused_until(person, add_months(NOON, 18), "credential_held")
    renewal = sit(person, at=add_months(NOON, 18)).credential
    assert renewal.renews_id == old.id
    assert old.renews_id is None
    assert renewal.expires_at == add_months(NOON, 42)
    refused_until(person, add_months(NOON, 36), "credential_held")


def test_after_expiry_a_new_credential_renews_nothing(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    sit(person, at=NOON)
    assert sit(person, at=add_months(NOON, 24)).credential.renews_id is None


def test_the_form_follows_the_blueprint_and_prefers_what_was_not_seen(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path, copies=2, retakes={"first_wait_hours": 0, "later_wait_hours": 0, "limit": 9})
    person = make_person()
    sit(person, passes=False, at=NOON)
    sit(person, passes=False, at=NOON + HOUR)
    forms = [attempt.item_ids for attempt in stored(Attempt)]
    with reading():
        items = bodies([item for form in forms for item in form])
    ids = [{items[item]["id"] for item in form} for form in forms]
    assert [len(form) for form in ids] == [5, 5]
    assert ids[0].isdisjoint(ids[1])
    for attempt in stored(Attempt):
        for item, order in zip(attempt.item_ids, attempt.option_orders, strict=True):
            assert sorted(order) == list(range(len(items[item]["text"]["es"]["options"])))


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_exam_in_one_language_is_sat_in_it(app: Flask, tmp_path: Path, language: str) -> None:
    text = {language: "One"}
    texts = {"title": text, "summary": text, "credential": text, "agreement": text, "domains": {"all": text}}
    make_exam(tmp_path, languages=[language], **texts)
    other = "es" if language == "en" else "en"
    person = make_person(language=other)
    attempt = start(person, language=other)
    assert attempt.language == language
    with reading():
        assert attempt.public_item(0)["stem"]
    submit(attempt, attempt.started_at)
    with reading():
        assert "One" in result_letter(attempt.id, "https://test.example").subject


def test_the_deadline_is_fixed_at_the_start(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path, duration_min=45)
    attempt = start(make_person(), at=NOON)
    make_exam(tmp_path, duration_min=60)
    assert stored(Attempt)[0].deadline_at == attempt.deadline_at == NOON + timedelta(minutes=45)


def test_an_answer_counts_until_the_grace_is_over(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    attempt = start(make_person(), at=NOON)
    end = attempt.deadline_at
    for revision, at in enumerate([NOON, end - timedelta(seconds=1), end, end + GRACE]):
        assert save(attempt, revision, at) == revision + 1
    with pytest.raises(AttemptClosed):
        save(attempt, 4, end + GRACE + timedelta(microseconds=1))


def test_a_late_submission_closes_as_the_deadline_would(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    attempt = start(person, at=NOON)
    answer_all(attempt)
    outcome = submit(attempt, attempt.deadline_at + DAY)
    closed = stored(Attempt)[0]
    assert (closed.closing, closed.closed_at) == (Closing.DEADLINE, attempt.deadline_at)
    assert outcome.result.passed
    assert outcome.credential.issued_at == attempt.deadline_at
    again = submit(attempt, attempt.deadline_at + 2 * DAY)
    assert (again.result.number, again.credential.public_id) == (1, outcome.credential.public_id)


def test_at_the_deadline_what_was_saved_is_graded_once(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    attempt = start(person, at=NOON)
    answer_all(attempt, at=attempt.deadline_at + GRACE)
    with writing():
        outcome = close_overdue(attempt_of(attempt.id, person.id))
    assert outcome.result.passed
    with pytest.raises(AttemptClosed), writing():
        close_overdue(attempt_of(attempt.id, person.id))
    with pytest.raises(AttemptClosed):
        save(attempt, 1, NOON + HOUR / 4)


def test_a_person_who_has_left_can_sit_on(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    assert sit(make_person()).credential.data["organisation"] is None


def test_the_exam_of_an_attempt_is_the_one_it_was_given(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    attempt = start(person)
    answer_all(attempt)
    make_exam(tmp_path, cut_score=1, credential=both("Another name"))
    outcome = submit(attempt, attempt.started_at)
    assert outcome.credential.data["title"] == both("Certification fundamentals")
    assert outcome.result.scaled == 1000


def refused_until(person: Person, when: datetime, reason: str) -> None:
    just_before = when - timedelta(microseconds=1)
    with pytest.raises(RetakeRefused) as refused:
        start(person, at=just_before)
    assert refused.value.facts == {"reason": reason, "from_when": when}
    assert gate(person, when).allowed


def gate(person: Person, at: datetime, exam: str = "fundamentals") -> Gate:
    with reading():
        return gate_of(live_exam(exam), person.id, at)


def save(attempt: Attempt, revision: int, at: datetime) -> int:
    with writing():
        given: dict[str, Any] = {"revision": revision, "flagged": None, "at": at}
        return save_response(attempt.id, attempt.person_id, 0, None, **given)[1].revision


def submit(attempt: Attempt, at: datetime) -> Outcome:
    with writing():
        return submit_attempt(attempt.id, attempt.person_id, at=at)


def stored(model: type[Any]) -> list[Any]:
    with reading():
        return list(db.session.scalars(select(model).order_by(model.id)))
