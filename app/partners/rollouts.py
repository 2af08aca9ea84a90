"""Rollouts: new rules held against every organisation that takes part, one after the other, from where it stopped."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, case, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Big, Key, Model, db
from app.partners.programmes import Participation, Programme


class Rollout(Model):
    """The organisations that take part in `programmes` (ids) are looked at by their ids, up to `cursor` so far."""

    __tablename__ = "rollouts"
    __table_args__ = (CheckConstraint("done BETWEEN 0 AND total", name="done"),)

    id: Mapped[Key]
    programmes: Mapped[list[int]]
    begun_at: Mapped[datetime]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[Big] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


def begin_rollout(slugs: Collection[str], *, at: datetime) -> int | None:
    """Put down that these programmes have new rules; returns the rollout's id, or None where nobody takes part."""
    programmes = db.session.scalars(select(Programme.id).where(Programme.slug.in_(slugs))).all()
    parts = select(func.count(Participation.organisation_id.distinct()))
    total = db.session.scalar(parts.where(Participation.programme_id.in_(programmes))) or 0
    if not total:
        return None
    rollout = Rollout(programmes=sorted(programmes), begun_at=at, total=total)
    db.session.add(rollout)
    db.session.flush()
    return rollout.id


def rollout_of(rollout_id: int) -> Rollout:
    """The rollout of that id."""
    return db.session.get_one(Rollout, rollout_id)


def next_organisations(rollout: Rollout, limit: int) -> Sequence[int]:
    """The organisations that come next."""
    waiting = Participation.programme_id.in_(rollout.programmes), Participation.organisation_id > rollout.cursor
    query = select(Participation.organisation_id).distinct().where(*waiting)
    return db.session.scalars(query.order_by(Participation.organisation_id).limit(limit)).all()


def step_past(rollout_id: int, organisation_id: int) -> bool:
    """The organisation is done; False if another worker was first, and the deed is left to it."""
    change = update(Rollout).where(Rollout.id == rollout_id, Rollout.cursor < organisation_id)
    # An organisation that joined since is one more than were counted.
    more = case((Rollout.done < Rollout.total, Rollout.done + 1), else_=Rollout.total)
    result = db.session.execute(change.values(cursor=organisation_id, done=more))
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def end_rollout(rollout_id: int, *, at: datetime) -> None:
    """Nothing is left to look at."""
    db.session.execute(update(Rollout).where(Rollout.id == rollout_id).values(ended_at=at, done=Rollout.total))


def running_rollouts() -> Sequence[Rollout]:
    """Those with something left to do, the oldest first."""
    return db.session.scalars(select(Rollout).where(Rollout.ended_at.is_(None)).order_by(Rollout.id)).all()
