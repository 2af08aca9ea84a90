"""The queue of answers that people have to rate: one turn for each rating that is still needed, taken under a lease."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.attempts import Attempt
from app.exams.ratings import Rating, add_rating
from app.exams.results import Result, ResultState
from app.extensions import Key, Model, db
from app.people.persons import Person
from app.refusal import NotFound, Refusal

LEASE = timedelta(hours=1)  # after it whoever asks next may be given the answer


class Turn(Model):
    """A rating that an answer needs, in the round of its number; the turn is gone once the rating is there.

    `grader_id` has it in hand; after `taken_until` somebody else may take it. A person holds one turn at a time.
    """

    __tablename__ = "rating_turns"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position", "round"),
        UniqueConstraint("grader_id"),
        CheckConstraint("round BETWEEN 1 AND 3", name="round"),
        CheckConstraint("(grader_id IS NULL) = (taken_until IS NULL)", name="taken"),
        Index("ix_rating_turns_waiting", "waits_since", "id"),
        {"sqlite_autoincrement": True},  # a form of a turn that is over never fits a later one
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    round: Mapped[int]
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    waits_since: Mapped[datetime]
    grader_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    taken_until: Mapped[datetime | None]


class Waiting(NamedTuple):
    """What of an exam waits: answers not rated at all, those that wait for another rating, and the oldest of them."""

    exam_id: int
    first: int
    further: int
    in_hand: int
    since: datetime


class NoSuchTurn(NotFound):
    """It was rated, given back, or given to somebody else."""

    title = _l("This answer is not in your hands")
    detail = _l("It was rated or given back, or the time for it was over and somebody else has it now.")


class NothingWaits(Refusal):
    """The queue holds nothing for this person."""

    status = 404
    title = _l("No answer waits for you")
    detail = _l("What still waits is in other hands, or you have rated it already.")


_numbers = select(Result.number).where(Result.attempt_id == Turn.attempt_id).order_by(Result.number.desc())
_undecided = (
    select(Result.number)
    .where(
        Result.attempt_id == Turn.attempt_id,
        Result.state == ResultState.PROVISIONAL,
        Result.number == _numbers.limit(1).correlate(Turn).scalar_subquery(),
    )
    .correlate(Turn)
    .exists()
)
_rated_before = (
    select(Rating.round)
    .where(
        Rating.attempt_id == Turn.attempt_id,
        Rating.position == Turn.position,
        Rating.grader_id == bindparam("grader_id"),
    )
    .correlate(Turn)
    .exists()
)
_own = (
    select(Attempt.id)
    .where(Attempt.id == Turn.attempt_id, Attempt.person_id == bindparam("grader_id"))
    .correlate(Turn)
    .exists()
)
_GRADER = select(Person.id).where(Person.id == bindparam("grader_id")).with_for_update(key_share=True)
_MINE = select(Turn).where(Turn.grader_id == bindparam("grader_id"), _undecided).with_for_update(of=Turn)
_LEAVE = update(Turn).where(Turn.grader_id == bindparam("leaving")).values(grader_id=None, taken_until=None)
_FREE = (
    select(Turn)
    .where(or_(Turn.taken_until.is_(None), Turn.taken_until <= bindparam("at")), _undecided, ~_rated_before, ~_own)
    .order_by(Turn.waits_since, Turn.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=Turn)
)
_OF_ATTEMPT = select(Turn).where(Turn.attempt_id == bindparam("attempt_id"))
_TURN = insert(Turn)


def ask_for_ratings(attempt: Attempt, positions: Collection[int], rounds: int, *, at: datetime) -> None:
    """Let the answers at these positions wait for so many ratings each."""
    shared = {"attempt_id": attempt.id, "exam_id": attempt.exam_id, "waits_since": at}
    turns = product(positions, range(1, rounds + 1))
    rows = [shared | {"position": position, "round": number} for position, number in turns]
    if rows:
        db.session.connection().execute(_TURN, rows)


def ask_for_another(turn: Turn, number: int, *, at: datetime) -> None:
    """Let the answer of a turn wait for one more rating, in the round of the number."""
    row = {name: getattr(turn, name) for name in ("attempt_id", "position", "exam_id")}
    db.session.connection().execute(_TURN, row | {"round": number, "waits_since": at})


def take_next(grader_id: int, *, at: datetime, exam_id: int | None = None) -> Turn:
    """The turn that the person has in hand, or the one that has waited longest, of the exam if one is named.

    It is the person's until the lease is over, and after that as long as nobody else takes it.
    Raises NothingWaits: nobody is given an answer of their own, or one that they have rated.
    """
    db.session.execute(_GRADER, {"grader_id": grader_id})  # two windows of one person are given the same
    turn = db.session.scalar(_MINE, {"grader_id": grader_id})
    if turn is None:
        db.session.connection().execute(_LEAVE, {"leaving": grader_id})  # of an attempt that is decided on otherwise
        free = _FREE.where(Turn.exam_id == exam_id) if exam_id else _FREE
        turn = db.session.scalar(free, {"grader_id": grader_id, "at": at})
    if turn is None:
        raise NothingWaits
    turn.grader_id, turn.taken_until = grader_id, at + LEASE
    db.session.flush()
    return turn


def turn_of(grader_id: int) -> Turn | None:
    """What the person has in hand."""
    return db.session.scalar(select(Turn).where(Turn.grader_id == grader_id))


def in_hand(turn_id: int, grader_id: int, *, lock: bool = False) -> Turn:
    """The turn, if the person has it in hand; locked, nobody takes it meanwhile. Raises NoSuchTurn."""
    query = select(Turn).where(Turn.id == turn_id, Turn.grader_id == grader_id)
    query = query.with_for_update() if lock else query
    turn = db.session.scalar(query.execution_options(populate_existing=True))
    if turn is None:
        raise NoSuchTurn
    return turn


def give_back(turn_id: int, grader_id: int) -> None:
    """Let somebody else rate it; it keeps its place in the queue."""
    turn = in_hand(turn_id, grader_id, lock=True)
    turn.grader_id = turn.taken_until = None
    db.session.flush()


def rate_in_turn(turn: Turn, marks: Sequence[int], *, possible: int, comment: str, at: datetime) -> None:
    """Keep the marks of whoever has the turn in hand; the turn is over."""
    assert turn.grader_id, "a turn is in somebody's hands"
    place = turn.attempt_id, turn.position
    add_rating(place, turn.grader_id, number=turn.round, marks=marks, possible=possible, comment=comment, at=at)
    db.session.delete(turn)
    db.session.flush()


def turns_of(attempt_id: int) -> list[Turn]:
    """What an attempt still waits for."""
    return list(db.session.scalars(_OF_ATTEMPT, {"attempt_id": attempt_id}))


def end_turns(attempt_id: int, *, but: Collection[int] = ()) -> None:
    """Nobody has to rate the answers of the attempt any more, but for those at some positions."""
    query = delete(Turn).where(Turn.attempt_id == attempt_id)
    db.session.execute(query.where(Turn.position.not_in(but) if but else true()))


def waiting_of(grader_id: int, at: datetime) -> list[Waiting]:
    """What waits, exam by exam, the oldest first; own answers are left out, and what somebody else is at is counted."""
    taken = Turn.taken_until > at
    query = select(
        Turn.exam_id,
        func.sum(_counted(Turn.round == 1)),
        func.sum(_counted(Turn.round > 1)),
        func.sum(_counted(taken)),
        func.min(Turn.waits_since),
    ).where(_undecided, ~_own)
    rows = db.session.execute(
        query.group_by(Turn.exam_id).order_by(func.min(Turn.waits_since)), {"grader_id": grader_id}
    )
    return [Waiting(*row) for row in rows]


def _counted(rule: ColumnElement[bool]) -> ColumnElement[int]:
    return case((rule, 1), else_=0)
