"""How people rate, in figures: how many answers, what they give in the mean, how often they agree with each other."""

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.content.versions import body_of
from app.exams.attempts import Attempt
from app.exams.marking import Policy
from app.exams.ratings import Rating
from app.extensions import db
from app.people.persons import Person


@dataclass(frozen=True)
class Grader:
    """One of them: `mean` is the share of the points, `agreement` the share of the comparisons; None without any."""

    name: str
    count: int
    mean: float
    agreement: float | None


def graders() -> list[Grader]:
    """Everybody who has rated, by name."""
    compared = _comparisons()
    share = func.avg(1.0 * Rating.earned / Rating.possible)
    query = select(Person.id, Person.name, func.count(), share).join(Rating, Rating.grader_id == Person.id)
    rows = db.session.execute(query.group_by(Person.id, Person.name).order_by(Person.name, Person.id))
    return [
        Grader(name, count, float(mean), float(compared[person_id]) if person_id in compared else None)
        for person_id, name, count, mean in rows
    ]


def _comparisons() -> dict[int, Fraction]:
    """Of the ratings by others of the same answers, the share that each person's differ from as little as allowed."""
    other = aliased(Rating)
    apart = func.abs(Rating.earned - other.earned)
    columns = Rating.grader_id, Attempt.exam_version_id, Rating.possible, apart
    query = select(*columns, func.count()).join(Attempt, Attempt.id == Rating.attempt_id)
    same = (other.attempt_id == Rating.attempt_id) & (other.position == Rating.position)
    query = query.join(other, same & (other.grader_id != Rating.grader_id))
    agreed: dict[int, list[int]] = {}
    for grader_id, version_id, possible, points, count in db.session.execute(query.group_by(*columns)):
        close = points <= Policy.of(body_of(version_id)).disagreement * possible
        sums = agreed.setdefault(grader_id, [0, 0])
        sums[0] += count * close
        sums[1] += count
    return {grader_id: Fraction(close, count) for grader_id, (close, count) in agreed.items()}
