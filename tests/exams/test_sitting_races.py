"""Sittings in real threads: whatever happens at once, each acknowledged answer counts, and each thing happens once."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.credentials.issuing import Credential
from app.exams.attempts import Attempt, AttemptClosed, attempt_of
from app.exams.grading import Grade
from app.exams.responses import Response, answers_of
from app.exams.results import Result, current_result, grade_answers
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.invariants import verify_all
from app.journeys.nightly import close_overdue_attempt
from app.ledger.deeds import Deed
from app.mail.outbox import Task
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.persons import Person
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    answer_all,
    bearer,
    make_member,
    make_organisation,
    make_person,
    publish,
    start,
    write_exam,
    write_programme,
)

T = TypeVar("T")
THREADS, ROUNDS, PAIRS = 20, 4, 200
PICK = "## Pick {#pick-%(n)s}\n- [x] right\n- [ ] wrong\n- [ ] as wrong\n"
Saves = dict[tuple[int, int], Any]


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_exam(tmp_path, items=PICK, copies=THREADS, blueprint=[{"domain": "all", "items": THREADS}])
    publish(tmp_path)


def test_no_acknowledged_answer_is_lost_when_saves_and_the_submission_meet(app: Flask) -> None:
    for _ in range(ROUNDS):
        person = make_person()
        attempt, by = start(person), bearer(person)
        first_kept, kept = Event(), Saves()
        savers = [saver(app, attempt, position, by, first_kept, kept) for position in range(THREADS - 1)]
        at_once([*savers, submitter(app, attempt, by, first_kept)])
        with reading():
            closed = attempt_of(attempt.id, person.id)
            assert {(row.position, row.revision): row.answer for row in responses(attempt)} == kept
            graded = Grade.from_json(current_result(attempt.id).grade)
            assert graded == grade_answers(closed, answers_of([closed.id])[closed.id], [])
            assert graded.earned == sum(is_right(closed, kept, position) for position in range(THREADS))


def test_of_two_hundred_saves_beside_a_submission_each_counts_or_is_refused(app: Flask) -> None:
    met = Counter[int]()
    for _ in range(PAIRS // (THREADS // 2)):
        pairs = [(start(person), bearer(person)) for person in [make_person() for _ in range(THREADS // 2)]]
        rights = [right_answer(attempt.items[0], attempt.option_orders[0]) for attempt, _by in pairs]
        saves = [
            partial(save, app, attempt, 0, right, 0, by) for (attempt, by), right in zip(pairs, rights, strict=True)
        ]
        submits = [partial(submit, app, attempt, by) for attempt, by in pairs]
        answers = at_once([deed for pair in zip(saves, submits, strict=True) for deed in pair])
        for (attempt, _by), saved, submitted in zip(pairs, answers[::2], answers[1::2], strict=True):
            met[saved.status_code] += 1
            assert submitted.status_code == 200
            with reading():
                graded = Grade.from_json(current_result(attempt.id).grade)
                assert len(responses(attempt)) == graded.earned == (saved.status_code == 200)
    assert met.total() == PAIRS
    assert set(met) == {200, 409}


def test_many_starts_at_once_begin_one_attempt(app: Flask) -> None:
    person = make_person()
    by = bearer(person)
    answers = at_once([lambda: post(app, "/api/v1/exams/fundamentals/attempts", by, agreement=True)] * THREADS)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: THREADS - 1}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"AttemptOpen"}
    assert count(Attempt) == 1
    assert count(Deed, deed="attempt_started") == 1


def test_many_submissions_at_once_give_one_result(app: Flask) -> None:
    person = make_person()
    attempt, by = start(person), bearer(person)
    answer_all(attempt)
    answers = at_once([lambda: submit(app, attempt, by)] * THREADS)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].json["credential"]
    assert [count(Result), count(Credential), count(Task)] == [1, 1, 2]
    assert count(Deed, deed="attempt_closed") == 1


def test_the_submission_and_the_deadline_give_one_result(app: Flask) -> None:
    person = make_person()
    attempt, by = start(person, at=now() - timedelta(hours=1)), bearer(person)
    answer_all(attempt)
    looks = [lambda: app.test_client().get(f"/api/v1/attempts/{attempt.id}", headers=by).status_code] * 6
    submits = [lambda: submit(app, attempt, by).status_code] * 6
    sweeps = [lambda: sweep(app, attempt)] * 6
    assert set(at_once(looks + submits + sweeps)) == {200}
    assert [count(Result), count(Credential), count(Task)] == [1, 1, 2]
    with reading():
        assert attempt_of(attempt.id, person.id).closed_at == attempt.deadline_at


def test_two_passes_at_once_in_one_organisation_leave_its_standing_right(app: Flask) -> None:
    for _ in range(ROUNDS):
        organisation = make_organisation("small")
        pair = [make_member(organisation) for _ in range(2)]
        submits = [submission(app, person) for person in pair]
        assert [answer.json["result"]["passed"] for answer in at_once(submits)] == [True, True]
        with snapshot():
            standing = standing_in(participation_in(organisation.id, "small"))
            assert standing.tier == "t2"
            assert list(verify_all(now())) == []


def test_of_two_windows_that_saw_the_same_revision_one_saves(app: Flask) -> None:
    person = make_person()
    attempt, by = start(person), bearer(person)
    for position in range(ROUNDS * 2):
        tabs = [partial(save, app, attempt, position, choice, 0, by) for choice in (0, 1)]
        kept, stale = sorted(at_once(tabs), key=lambda answer: answer.status_code)
        assert (kept.status_code, stale.status_code) == (200, 409)
        assert stale.json["code"] == "StaleRevision"
        assert stale.json["current"]["revision"] == kept.json["revision"] == 1
        assert stale.json["current"]["answer"] == kept.json["answer"]
    assert count(Response) == ROUNDS * 2


def at_once(deeds: Sequence[Callable[[], T]]) -> list[T]:
    """What each returns, all begun at the same instant, each in a thread that knows nothing of the test's context."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], T]) -> T:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def saver(
    app: Flask, attempt: Attempt, position: int, by: dict[str, str], first_kept: Event, kept: Saves
) -> Callable[[], None]:
    """Saves one answer after the other at a position until it is refused; notes what was acknowledged."""

    def run() -> None:
        for revision in range(10):
            answer = save(app, attempt, position, (position + revision) % 3, revision, by)
            if answer.status_code != 200:
                assert answer.json["code"] == "AttemptClosed"
                return
            kept[(position, answer.json["revision"])] = str(answer.json["answer"])
            first_kept.set()

    return run


def submitter(app: Flask, attempt: Attempt, by: dict[str, str], first_kept: Event) -> Callable[[], None]:
    """Submits in the midst of the saves."""

    def run() -> None:
        assert first_kept.wait(30)
        assert submit(app, attempt, by).status_code == 200

    return run


def submission(app: Flask, person: Person) -> Callable[[], TestResponse]:
    attempt, by = start(person), bearer(person)
    answer_all(attempt)
    return lambda: submit(app, attempt, by)


def save(app: Flask, attempt: Attempt, position: int, answer: int, seen: int, by: dict[str, str]) -> TestResponse:
    path = f"/api/v1/attempts/{attempt.id}/responses/{position}"
    return app.test_client().put(path, json={"answer": answer, "revision": seen}, headers=by)


def submit(app: Flask, attempt: Attempt, by: dict[str, str]) -> TestResponse:
    return post(app, f"/api/v1/attempts/{attempt.id}/submit", by)


def post(app: Flask, path: str, by: dict[str, str], **body: object) -> TestResponse:
    return app.test_client().post(path, json=body, headers=by)


def sweep(app: Flask, attempt: Attempt) -> int:
    """Close it as the worker does; 200 so that it reads like the others."""
    with app.app_context(), suppress(AttemptClosed), writing():
        close_overdue_attempt(attempt.id, now())
    return 200


def responses(attempt: Attempt) -> Sequence[Response]:
    return db.session.scalars(select(Response).where(Response.attempt_id == attempt.id)).all()


def is_right(attempt: Attempt, kept: Saves, position: int) -> bool:
    revisions = [revision for at, revision in kept if at == position]
    right = right_answer(attempt.items[position], attempt.option_orders[position])
    return bool(revisions) and kept[(position, max(revisions))] == str(right)


def count(model: type[Any], **having: object) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**having)) or 0
