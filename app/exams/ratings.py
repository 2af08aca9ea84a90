"""Ratings: the marks that people gave answers by the rubrics of their items, append-only, and what they decide."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import CheckConstraint, ForeignKey, Table, UniqueConstraint, bindparam, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.exams.attempts import Attempt
from app.exams.marking import Policy
from app.extensions import LongText, Model, db, forgettable, on_create


class Rating(Model):
    """What one person gave an answer, in the first, the second or the third round.

    `marks` are the points by line of the rubric, `earned` of `possible` their sum; `comment` is for the staff.
    Nobody rates an answer twice, nor one of an own attempt.
    """

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position", "round"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("round BETWEEN 1 AND 3", name="round"),
        CheckConstraint("earned BETWEEN 0 AND possible AND possible > 0", name="earned"),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    grader_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    round: Mapped[int]
    marks: Mapped[list[int]]
    earned: Mapped[int]
    possible: Mapped[int]
    comment: Mapped[LongText]
    rated_at: Mapped[datetime]


OWN = "nobody rates an own attempt"
OWN_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_own_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM attempts WHERE id = NEW.attempt_id AND person_id = NEW.grader_id) THEN
    RAISE EXCEPTION '{OWN}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
"""


def _refuse_own_attempts(table: Table) -> None:
    """Let the database itself see who sat the attempt: no constraint reaches another table."""
    on_create(
        table,
        "sqlite",
        f"CREATE TRIGGER ratings_not_own BEFORE INSERT ON {table.name} "
        "WHEN EXISTS (SELECT 1 FROM attempts WHERE id = NEW.attempt_id AND person_id = NEW.grader_id) "
        f"BEGIN SELECT RAISE(ABORT, '{OWN}'); END",
    )
    on_create(table, "postgresql", OWN_FUNCTION)
    on_create(
        table,
        "postgresql",
        f"CREATE TRIGGER ratings_not_own BEFORE INSERT ON {table.name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_own_attempt()",
    )


forgettable(Rating.__table__, comment="''")  # type: ignore[arg-type]
_refuse_own_attempts(Rating.__table__)  # type: ignore[arg-type]

_RATING = insert(Rating)
_OF_ATTEMPT = (
    select(Rating.position, Rating.earned, Rating.possible)
    .where(Rating.attempt_id == bindparam("attempt_id"))
    .order_by(Rating.position, Rating.round)
)


def add_rating(
    place: tuple[int, int],
    grader_id: int,
    *,
    number: int,
    marks: Sequence[int],
    possible: int,
    comment: str,
    at: datetime,
) -> None:
    """Write down what a person gave the answer of an attempt at a position, in the round of the number."""
    row = {
        "attempt_id": place[0],
        "position": place[1],
        "grader_id": grader_id,
        "round": number,
        "marks": list(marks),
        "earned": sum(marks),
        "possible": possible,
        "comment": comment,
        "rated_at": at,
    }
    db.session.connection().execute(_RATING, row)


def given_to(attempt_id: int) -> dict[int, tuple[list[int], int]]:
    """The points that each rated answer of an attempt was given, in the order of the rounds, and those it could get."""
    given: dict[int, tuple[list[int], int]] = {}
    for position, earned, possible in db.session.connection().execute(_OF_ATTEMPT, {"attempt_id": attempt_id}):
        given.setdefault(position, ([], possible))[0].append(earned)
    return given


def decided_of(attempt: Attempt) -> dict[int, Fraction]:
    """The share of its points, by position, of each answer of the attempt that enough people have rated."""
    return decided(given_to(attempt.id), Policy.of(attempt.exam))


def decided(given: Mapping[int, tuple[list[int], int]], policy: Policy) -> dict[int, Fraction]:
    """The same, of ratings that were read already."""
    shares = {position: policy.share(marks, points) for position, (marks, points) in given.items()}
    return {position: share for position, share in shares.items() if share is not None}
