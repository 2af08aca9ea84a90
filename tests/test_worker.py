"""The worker: mail goes out once, deadlines and standings are met with nobody online, and no failure stops the rest."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app import worker
from app.exams.attempts import Attempt, AttemptState, attempt_of
from app.exams.results import close_attempt
from app.extensions import db
from app.journeys import sitting
from app.journeys.invariants import verify_all
from app.mail.outbox import LEASE, TRIES, Task, TaskState, put
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.sessions import LIFE, Session, open_session
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    count_tasks,
    make_member,
    make_organisation,
    make_person,
    publish,
    sit,
    start,
    write_exam,
    write_programme,
)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)


def test_the_news_of_a_result_goes_out_in_the_readers_language(app: Flask) -> None:
    ana, bob = make_person(name="Ana Ruiz", language="es"), make_person(name="Bob Hill", language="en")
    sit(ana)
    sit(bob, passes=False)
    worker.run(once=True)
    for_ana, for_bob = mail_to(app, ana.email), mail_to(app, bob.email)
    assert "Ana Ruiz" in text_of(for_ana)
    assert "/attempts/1/result" in text_of(for_ana)
    assert for_bob["Subject"] == "Your result: Exam fundamentals"
    assert "/attempts/2/result" in text_of(for_bob)
    assert not any(char.isdigit() for char in for_bob["Subject"])
    assert counts()[TaskState.DONE] == 3  # the two letters and a certificate


def test_an_attempt_whose_candidate_has_left_is_closed_at_its_deadline(app: Flask) -> None:
    person = make_person()
    late = start(person, at=now() - timedelta(hours=2))
    running = start(make_person())
    worker.run(once=True)
    with reading():
        closed = attempt_of(late.id, person.id)
        assert (closed.state, closed.closed_at) == (AttemptState.CLOSED, late.deadline_at)
        assert db.session.get_one(Attempt, running.id).state is AttemptState.OPEN


def test_one_attempt_that_cannot_be_closed_does_not_keep_the_others_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = start(make_person(), at=now() - timedelta(hours=3))
    others = [start(make_person(), at=now() - timedelta(hours=2)) for _ in range(2)]

    def close(attempt: Attempt, *args: Any, **kwargs: Any) -> Any:
        if attempt.id == broken.id:
            raise ArithmeticError("a broken item")
        return close_attempt(attempt, *args, **kwargs)

    monkeypatch.setattr(sitting, "close_attempt", close)
    worker.run(once=True)
    with reading():
        states = {attempt.id: attempt.state for attempt in db.session.scalars(select(Attempt))}
        task = db.session.scalars(select(Task).where(Task.kind == "close_overdue")).one()
    assert states == {broken.id: AttemptState.OPEN} | {other.id: AttemptState.CLOSED for other in others}
    assert "a broken item" in task.error


def test_a_standing_that_changes_by_itself_is_looked_at_again(app: Flask) -> None:
    organisation = make_organisation("small")
    sit(make_member(organisation))
    with reading():
        expires = standing_in(participation_in(organisation.id, "small")).next_change_at
    with time_machine.travel(expires + timedelta(seconds=1)):
        with reading():
            assert standing_in(participation_in(organisation.id, "small")).at_risk_since is None
        worker.run(once=True)
        with snapshot():
            assert standing_in(participation_in(organisation.id, "small")).at_risk_since == expires
            assert list(verify_all(now())) == []


def test_sessions_that_ended_are_swept(app: Flask) -> None:
    person_id = make_id()
    with writing():
        open_session(person_id, at=now() - LIFE)
    worker.run(once=True)
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_the_task_of_a_killed_worker_is_done_by_the_next(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sit(make_person(), passes=False)
    with monkeypatch.context() as patch:
        patch.setitem(worker.HANDLERS, "result_mail", killed)
        with pytest.raises(Killed):
            worker.work()
    assert worker.work() == 0
    assert letters(app) == []
    with time_machine.travel(now() + LEASE):
        assert worker.work() == 1
        assert worker.work() == 0
    assert len(letters(app)) == 1


def test_killed_after_the_mail_went_out_it_is_the_same_mail_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sit(make_person(), passes=False)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "done", killed)
        with pytest.raises(Killed):
            worker.work()
    assert len(letters(app)) == 1
    with time_machine.travel(now() + LEASE):
        worker.work()
    assert len(letters(app)) == 1
    assert counts() == {TaskState.DONE: 1}


def test_work_that_fails_is_kept_with_its_reason_and_in_the_end_put_aside(app: Flask) -> None:
    with writing() as at:
        put("no such kind", {}, at=at)
    for tries in range(1, TRIES + 1):
        with time_machine.travel(now() + timedelta(hours=tries)):
            assert worker.work() == 1
    with reading():
        task = db.session.scalars(select(Task)).one()
    assert (task.state, task.tries) == (TaskState.DEAD, TRIES)
    assert "no such kind" in task.error


def test_workers_side_by_side_send_each_letter_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setitem(worker.HANDLERS, "result_mail", lambda task_id, _: sent.append(task_id))
    with writing() as at:
        for number in range(30):
            put("result_mail", {"attempt_id": number}, at=at)
    barrier = Barrier(4)

    def drain(_: int) -> None:
        barrier.wait()
        with app.app_context():
            while worker.work():
                pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(drain, range(4)))
    assert len(sent) == len(set(sent)) == 30
    assert counts() == {TaskState.DONE: 30}


class Killed(BaseException):
    """What kill -9 looks like from within: nothing that comes after is done."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed


def make_id() -> int:
    return make_person().id


def counts() -> dict[TaskState, int]:
    """One-off tasks by their state."""
    with reading():
        return count_tasks()


def letters(app: Flask) -> list[Path]:
    return sorted((app.config["DATA_DIR"] / "mail").glob("*.eml"))


def mail_to(app: Flask, address: str) -> Message:
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in letters(app)]
    [found] = [letter for letter in read if letter["To"] == address]
    return found


def text_of(letter: Message) -> str:
    return str(letter.get_payload(decode=True).decode())
