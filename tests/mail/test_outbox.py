"""The outbox: work is leased, comes back when its worker dies, waits longer after each failure, and has an end."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.mail.outbox import LEASE, TRIES, Lane, Task, TaskState, anything_due, done, failed, lease, put, schedule
from app.transaction import now, reading, writing
from tests.factories import count_tasks

SECOND = timedelta(seconds=1)


@pytest.fixture
def at(app: Flask) -> datetime:
    """The instant at which one task was put."""
    with writing() as at:
        put("letter", {"number": 1}, at=at)
    return at


def test_work_that_is_asked_for_in_a_deed_that_fails_is_not_done(app: Flask) -> None:
    def deed() -> None:
        with writing() as at:
            put("letter", {}, at=at)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        deed()
    assert not due(now())


def test_a_task_under_lease_is_nobody_elses(at: datetime) -> None:
    assert not due(at - SECOND)
    assert due(at)
    assert len(take(at)) == 1
    assert not due(at)
    assert take(at) == []
    assert take(at + LEASE - SECOND) == []


def test_the_task_of_a_killed_worker_comes_back(at: datetime) -> None:
    first = take(at)
    again = take(at + LEASE)
    assert again == first
    assert task().tries == 2


def test_what_somebody_waits_for_comes_before_a_batch_and_a_batch_before_its_letters(at: datetime) -> None:
    lanes = [Lane.LATER, Lane.BATCH, Lane.PROMPT]
    with writing():
        for n, lane in enumerate(lanes):
            put("letter", {"number": lane}, at=at - (3 - n) * SECOND, lane=lane)
    with reading():
        kept = {task.id: task.payload["number"] for task in db.session.scalars(select(Task)) if task.due_at < at}
    order = [kept.get(number) for _ in range(4) for number in take(at)]
    assert order == [Lane.PROMPT, None, Lane.BATCH, Lane.LATER]


def test_work_that_is_done_stays_done(at: datetime) -> None:
    finish(take(at)[0], at)
    assert take(at + 10 * LEASE) == []
    assert counts() == {TaskState.DONE: 1}


def test_each_failure_doubles_the_pause(at: datetime) -> None:
    pauses = []
    for _ in range(TRIES - 1):
        task_id = take(at)[0]
        fail(task_id, at)
        pauses.append((task().due_at - at).total_seconds())
        assert not due(task().due_at - SECOND)
        at = task().due_at
    assert pauses == [2.0**number for number in range(1, TRIES)]
    assert task().error == "it broke"


def test_a_task_that_fails_too_often_is_put_aside_with_its_reason(at: datetime) -> None:
    for _ in range(TRIES):
        fail(take(at)[0], at)
        at = task().due_at
    assert counts() == {TaskState.DEAD: 1}
    assert not due(at + timedelta(days=365))
    assert task().error == "it broke"


def test_a_failure_of_old_is_forgotten_when_it_succeeds(at: datetime) -> None:
    fail(take(at)[0], at)
    later = task().due_at
    finish(take(later)[0], later)
    assert (task().error, task().state) == (None, TaskState.DONE)


def test_periodic_work_waits_for_its_next_turn_and_is_never_buried(app: Flask) -> None:
    with writing() as at:
        schedule("sweep", timedelta(minutes=5), at=at)
        schedule("sweep", timedelta(minutes=5), at=at)
    finish(take(at)[0], at)
    assert task().due_at == at + timedelta(minutes=5)
    for _ in range(TRIES + 5):
        at = task().due_at
        fail(take(at)[0], at)
    assert task().state is TaskState.WAITING
    assert task().due_at <= at + timedelta(hours=1)


def test_workers_side_by_side_share_the_work_and_double_none(app: Flask) -> None:
    with writing() as at:
        for number in range(40):
            put("letter", {"number": number}, at=at)
    barrier = Barrier(4)

    def share(_: int) -> list[int]:
        with app.app_context():
            barrier.wait()
            return [*take(at, 10), *take(at, 10)]

    with ThreadPoolExecutor(4) as pool:
        taken = [task_id for tasks in pool.map(share, range(4)) for task_id in tasks]
    taken += take(at, 40)
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 40


def test_workers_that_start_at_once_schedule_a_task_once(app: Flask) -> None:
    barrier = Barrier(6)

    def begin(_: int) -> None:
        with app.app_context():
            barrier.wait()
            with writing() as at:
                schedule("sweep", timedelta(minutes=5), at=at)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(begin, range(6)))
    assert task().kind == "sweep"


def take(at: datetime, limit: int = 20) -> list[int]:
    with writing():
        return [task.id for task in lease(at, limit)]


def finish(task_id: int, at: datetime) -> None:
    with writing():
        done(task_id, at=at)


def fail(task_id: int, at: datetime) -> None:
    with writing():
        failed(task_id, "it broke", at=at)


def due(at: datetime) -> bool:
    with reading():
        return anything_due(at)


def counts() -> dict[TaskState, int]:
    with reading():
        return count_tasks()


def task() -> Task:
    with reading():
        found: Sequence[Task] = db.session.scalars(select(Task)).all()
    assert len(found) == 1
    return found[0]
