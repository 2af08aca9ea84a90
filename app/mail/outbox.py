"""The outbox: slow or outside work, written in the transaction that asks for it and done by the worker."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, and_, cast, func, insert, or_, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, Key, LongText, Model, db, insert_or_ignore

LEASE = timedelta(minutes=2)
TRIES = 8


class TaskState(enum.StrEnum):
    """A task waits (perhaps under a lease), is done, or is dead after too many tries."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


class Lane(enum.IntEnum):
    """Whose turn it is among what is due: what somebody waits for, a piece of a batch, and what a batch leaves to do.

    So the letters of a hundred thousand corrected results stand in nobody's way, not even in that of the correction.
    """

    PROMPT = 0
    BATCH = 1
    LATER = 2


IS_WAITING = text("state = 'waiting'")  # no parameters: only so do queries find the indexes of what is left to do
IS_DEAD = text("state = 'dead'")


class Task(Model):
    """One piece of work. `due_at` moves into the future while a worker holds it, so a killed worker's work comes back.

    A periodic task has `every_s` and waits again after it was done.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("lane BETWEEN 0 AND 2", name="lane"),
        Index("ix_outbox_waiting", "lane", "due_at", "id", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
        Index("ix_outbox_dead", "id", sqlite_where=IS_DEAD, postgresql_where=IS_DEAD),
    )

    id: Mapped[Key]
    kind: Mapped[Code]
    payload: Mapped[dict[str, Any]]
    state: Mapped[TaskState] = mapped_column(default=TaskState.WAITING)
    lane: Mapped[int] = mapped_column(default=Lane.PROMPT)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[LongText | None]
    every_s: Mapped[int | None]
    periodic: Mapped[str | None] = mapped_column(unique=True)


_TASK = insert(Task)


def put(kind: str, payload: dict[str, Any], *, at: datetime, lane: Lane = Lane.PROMPT) -> None:
    """Ask for a piece of work; it is done if and only if this transaction commits."""
    put_all([(kind, payload)], at=at, lane=lane)


def put_all(tasks: Iterable[tuple[str, dict[str, Any]]], *, at: datetime, lane: Lane = Lane.PROMPT) -> None:
    """Ask for several pieces of work, by kind and payload, in one statement."""
    rows = [{"kind": kind, "payload": payload, "due_at": at, "lane": lane} for kind, payload in tasks]
    db.session.connection().execute(_TASK, rows)


def schedule(kind: str, every: timedelta, *, at: datetime) -> None:
    """Make sure that a periodic task stands in the outbox; of several workers that start at once, one puts it there."""
    insert_or_ignore(
        Task,
        kind=kind,
        payload={},
        state=TaskState.WAITING,
        tries=0,
        lane=Lane.PROMPT,
        due_at=at,
        every_s=int(every.total_seconds()),
        periodic=kind,
    )


def anything_due(at: datetime) -> bool:
    """Whether there is work to take."""
    due = select(Task.id).where(IS_WAITING, Task.due_at <= at)
    return db.session.scalar(due.limit(1)) is not None


def lease(at: datetime, limit: int = 1) -> Sequence[Task]:
    """Take what is due; no other worker sees it until the lease ends."""
    due = select(Task).where(IS_WAITING, Task.due_at <= at).order_by(Task.lane, Task.due_at, Task.id)
    tasks = db.session.scalars(due.limit(limit).with_for_update(skip_locked=True)).all()
    for task in tasks:
        task.due_at = at + LEASE
        task.tries += 1
    return tasks


def done(task_id: int, *, at: datetime) -> None:
    """The work is done; a periodic task waits for its next turn."""
    task = db.session.get_one(Task, task_id)
    task.error, task.tries = None, 0
    if task.every_s is None:
        task.state = TaskState.DONE
    else:
        task.due_at = at + timedelta(seconds=task.every_s)


def again(task_id: int, *, at: datetime) -> None:
    """A piece of the work is done and more is left: it goes to the end of its lane, so that nothing waits for it."""
    task = db.session.get_one(Task, task_id)
    task.error, task.tries, task.due_at = None, 0, at


def failed(task_id: int, error: str, *, at: datetime) -> None:
    """Try again after a growing pause; a one-off task that failed too often is put aside for a person to see."""
    task = db.session.get_one(Task, task_id)
    if task.state is not TaskState.WAITING:  # whom it was for was erased meanwhile
        return
    task.error = error[:2000]
    task.due_at = at + timedelta(seconds=task.every_s or min(2**task.tries, 3600))
    if task.tries >= TRIES and task.every_s is None:
        task.state = TaskState.DEAD


def forget_tasks(about: Mapping[str, Sequence[int]], address: str) -> list[int]:
    """Leave the numbers of the tasks that name one of these ids or the address: nothing of them is done any more.

    `about` holds ids by the name under which payloads have them. Returns the numbers.
    """
    named = [Task.payload[name].as_integer().in_(ids) for name, ids in about.items()]
    columns = [func.lower(cast(column, Text)) for column in (Task.payload, Task.error)]
    texts = [column.contains(address.lower(), autoescape=True) for column in columns]
    concerned = and_(Task.every_s.is_(None), or_(*named, *texts))
    forgotten = update(Task).where(concerned).values(state=TaskState.DONE, payload={}, error=None)
    return list(db.session.execute(forgotten.returning(Task.id)).scalars())


def count_waiting() -> int:
    """Tasks that wait to be done; the periodic ones, which always wait, are left out."""
    waiting = select(func.count(Task.id)).where(IS_WAITING, Task.every_s.is_(None))
    return db.session.scalar(waiting) or 0


def dead_tasks() -> Sequence[Task]:
    """What was put aside after too many tries, the newest first."""
    return db.session.scalars(select(Task).where(IS_DEAD).order_by(Task.id.desc())).all()
