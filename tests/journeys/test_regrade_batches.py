"""The life of a regrade: who may approve it and when, and a batch that is cut off, overtaken or done by several."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import worker
from app.credentials.issuing import Credential
from app.exams import results as closing
from app.exams.attempts import Attempt
from app.exams.correcting import CorrectionKind
from app.exams.regrading import (
    DryRunNeeded,
    DryRunOutdated,
    NotProposed,
    Regrade,
    RegradeRunning,
    RegradeState,
    SecondPersonNeeded,
    regrade_of,
)
from app.exams.results import Result
from app.extensions import db
from app.journeys import regrading
from app.journeys.invariants import verify_all
from app.journeys.regrading import withdraw_correction
from app.mail.outbox import LEASE, Task, TaskState, put
from app.people.persons import PersonRole
from app.transaction import now, reading, snapshot, writing
from tests.factories import make_person, make_staff, publish, write_exam, write_programme
from tests.regrading import (
    answered,
    approve,
    assert_all_holds,
    correct,
    effects,
    go_on_once,
    look_ahead,
    propose,
    results,
    sat,
    scores,
    submit,
    work_off,
)

NEW_KEY, ALSO_ACCEPT, FULL_CREDIT, DROP = CorrectionKind


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    """A form of five items, one of each kind, passed with four of them; a programme whose tiers ask for one and two."""
    write_programme(tmp_path)
    write_exam(tmp_path, copies=1)
    publish(tmp_path)


def test_attempts_that_end_after_the_approval_are_graded_under_it_from_the_start() -> None:
    attempt = answered(make_person(), missing=["pick-1", "all-1"])
    regrade = look_ahead(propose("pick-1", FULL_CREDIT))
    approve(regrade)
    submit(attempt)
    work_off(regrade)
    assert [passed for _, passed in scores(attempt)] == [True]
    assert results(attempt.id)[0].grade["corrections"] == [regrade.id]
    assert effects(regrade, done=True) == {}
    assert_all_holds()


def test_a_batch_that_was_cut_off_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "PIECE", 2)
    attempts = [sat(make_person(), missing=["pick-1", "all-1"]) for _ in range(7)]
    regrade = look_ahead(propose("pick-1", FULL_CREDIT))
    approve(regrade)
    assert go_on_once(regrade)
    issue_for, calls = regrading.issue_for, []

    def fails_at_the_second(*args: object, **kwargs: object) -> Credential:
        calls.append(args)
        if len(calls) == 2:
            raise ConnectionError("cut off")
        return issue_for(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(regrading, "issue_for", fails_at_the_second)
        with pytest.raises(ConnectionError):
            go_on_once(regrade)
    assert [len(results(attempt.id)) for attempt in attempts] == [2, 2, 1, 1, 1, 1, 1]
    work_off(regrade)
    assert [len(results(attempt.id)) for attempt in attempts] == [2] * 7
    assert set(effects(regrade, done=True).values()) == {"issue"}
    with reading():
        finished = regrade_of(regrade.id)
        assert (finished.state, finished.looked, finished.total) == (RegradeState.DONE, 7, 7)
    assert not go_on_once(regrade)
    assert_all_holds()


def test_the_second_person() -> None:
    trainer = make_staff(PersonRole.TRAINER)
    regrade = propose("pick-1", DROP, by=trainer)
    with pytest.raises(DryRunNeeded):
        approve(regrade)
    look_ahead(regrade)
    with pytest.raises(SecondPersonNeeded):
        approve(regrade, by=trainer)
    approve(regrade)
    with pytest.raises(NotProposed):
        approve(regrade)
    with pytest.raises(NotProposed), writing() as at:
        withdraw_correction(regrade.id, by=trainer.id, at=at)


def test_what_was_withdrawn_changes_nothing() -> None:
    attempt = sat(make_person(), missing=["pick-1", "all-1"])
    regrade = look_ahead(propose("pick-1", DROP))
    admin = make_staff(PersonRole.ADMIN)
    with writing() as at:
        withdraw_correction(regrade.id, by=admin.id, at=at)
    with pytest.raises(NotProposed):
        approve(regrade)
    assert not go_on_once(regrade)
    assert len(results(attempt.id)) == 1
    sat_later = sat(make_person(), missing=["pick-1", "all-1"])
    assert [passed for _, passed in scores(sat_later)] == [False]


def test_one_at_a_time_and_none_on_an_outdated_dry_run() -> None:
    sat(make_person())
    first, second = look_ahead(propose("pick-1", DROP)), look_ahead(propose("all-1", DROP))
    approve(first)
    with pytest.raises(RegradeRunning):
        approve(second)
    work_off(first)
    with pytest.raises(DryRunOutdated):
        approve(second)
    correct("all-1", DROP)


def test_the_worker_tries_it_out_puts_it_through_and_writes_to_whom_it_concerns(app: Flask) -> None:
    attempt = sat(make_person(email="ana@test.example", language="en"), missing=["pick-1", "all-1"])
    regrade = propose("pick-1", FULL_CREDIT)
    worker.run(once=True)
    assert (effects(regrade, done=False), effects(regrade, done=True)) == ({attempt.id: "issue"}, {})
    approve(regrade)
    worker.run(once=True)
    assert effects(regrade, done=True) == {attempt.id: "issue"}
    [letter] = [letter for letter in letters(app) if "corrected" in letter]
    assert "The result now is: passed." in letter
    assert "To: ana@test.example" in letter


def test_other_work_does_not_wait_for_a_batch(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "PIECE", 1)
    for _ in range(3):
        sat(make_person(), missing=["pick-1", "all-1"])
    with writing() as at:
        db.session.execute(update(Task).values(state=TaskState.DONE))
    propose("pick-1", FULL_CREDIT)
    assert worker.work() == 1
    with writing() as at:
        put("result_mail", {"attempt_id": 1}, at=at - LEASE)
    worker.work()
    assert len(letters(app)) == 1
    with reading():
        [waiting] = db.session.scalars(select(Task).where(Task.state == TaskState.WAITING)).all()
        assert (waiting.kind, waiting.tries, waiting.due_at <= now()) == ("regrade", 0, True)


def test_a_submission_in_the_midst_of_a_batch_is_graded_under_it_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PIECE", 1)
    for item in ("pick-1", "all-1", "true-1"):
        closed = [sat(make_person(), missing=[item]) for _ in range(3)]
        running = [answered(make_person(), missing=[item]) for _ in range(4)]
        regrade = look_ahead(propose(item, FULL_CREDIT))
        barrier = Barrier(1 + len(running))
        with ThreadPoolExecutor(1 + len(running)) as pool:
            done = [pool.submit(approve_and_work_off, app, regrade, barrier)]
            done += [pool.submit(hand_in, app, attempt, barrier) for attempt in running]
        assert [one.exception() for one in done] == [None] * len(done)
        for attempt in (*closed, *running):
            assert results(attempt.id)[-1].grade["corrections"][-1] == regrade.id
            assert scores(attempt)[-1] == (1000, True)
        assert_all_holds()


def test_a_closing_that_has_just_missed_the_approval_is_waited_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = answered(make_person(), missing=["pick-1", "all-1"])
    regrade = look_ahead(propose("pick-1", FULL_CREDIT))
    read, batch = closing.approved_corrections, ThreadPoolExecutor(1)
    alone, tried = Barrier(1), []

    def reads_and_is_overtaken(exam_id: int) -> object:
        found = read(exam_id)
        tried.append(batch.submit(approve_and_work_off, app, regrade, alone))
        with suppress(TimeoutError):
            tried[0].result(timeout=2)  # it cannot end before the closing does
        return found

    monkeypatch.setattr(closing, "approved_corrections", reads_and_is_overtaken)
    submit(attempt)
    batch.shutdown()
    assert tried[0].exception() is None
    assert [result.grade.get("corrections") for result in results(attempt.id)] == [None, [regrade.id]]
    assert_all_holds()


def approve_and_work_off(app: Flask, regrade: Regrade, barrier: Barrier) -> None:
    with app.app_context():
        admin = make_staff(PersonRole.ADMIN)
        barrier.wait()
        approve(regrade, admin)
        work_off(regrade)


def hand_in(app: Flask, attempt: Attempt, barrier: Barrier) -> None:
    with app.app_context():
        barrier.wait()
        submit(attempt)


def test_workers_side_by_side_do_each_piece_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regrading, "PIECE", 1)
    attempts = [sat(make_person(), missing=["pick-1", "all-1"]) for _ in range(8)]
    regrade = look_ahead(propose("pick-1", FULL_CREDIT))
    approve(regrade)

    def drain(_: int) -> None:
        with app.app_context():
            work_off(regrade)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(drain, range(4)))
    assert [len(results(attempt.id)) for attempt in attempts] == [2] * 8
    with reading():
        assert regrade_of(regrade.id).looked == 8
    assert_all_holds()


def test_replaying_an_attempt_needs_no_file(app: Flask, tmp_path: Path) -> None:
    attempt = sat(make_person(), missing=["pick-1", "all-1"])
    correct("pick-1", FULL_CREDIT)
    shutil.rmtree(tmp_path / "exams")
    answer = app.test_cli_runner().invoke(args=["exams", "replay", str(attempt.id)])
    assert answer.exit_code == 0
    assert answer.output.splitlines() == ["result 1: 614, not passed", "result 2: 800, passed"]
    assert app.test_cli_runner().invoke(args=["exams", "replay", "999"]).exit_code == 1


def test_a_batch_whose_task_was_put_aside_is_gone_on_with_by_hand(app: Flask) -> None:
    attempt = sat(make_person(), missing=["pick-1", "all-1"])
    regrade = propose("pick-1", FULL_CREDIT)
    answer = app.test_cli_runner().invoke(args=["exams", "regrade", str(regrade.id)])
    assert answer.output == f"correction {regrade.id} of pick-1: proposed, 1 attempts looked at\n"
    approve(regrade)
    answer = app.test_cli_runner().invoke(args=["exams", "regrade", str(regrade.id)])
    assert answer.output == f"correction {regrade.id} of pick-1: done, 1 attempts looked at\n"
    assert [passed for _, passed in scores(attempt)] == [False, True]
    assert app.test_cli_runner().invoke(args=["exams", "regrade", "99"]).exit_code == 1


def test_a_stored_result_that_is_not_what_its_corrections_give_is_seen(app: Flask) -> None:
    attempt = sat(make_person(), missing=["pick-1", "all-1"])
    correct("pick-1", FULL_CREDIT)
    forged = Result(attempt_id=attempt.id, number=3, passed=True, scaled=1000, graded_at=now())
    forged.grade = results(attempt.id)[1].grade | {"corrections": []}
    with writing():
        db.session.add(forged)
    answer = app.test_cli_runner().invoke(args=["exams", "replay", str(attempt.id)])
    assert answer.exit_code == 1
    assert "result 3: 1000, passed; graded again it is another" in answer.output
    with snapshot() as at:
        assert f"attempt {attempt.id}: graded again it gives another result" in list(verify_all(at))


def letters(app: Flask) -> list[str]:
    """What was sent, as text."""
    return [
        str(message_from_bytes(path.read_bytes(), policy=policy.default))
        for path in sorted((app.config["DATA_DIR"] / "mail").glob("*.eml"))
    ]
