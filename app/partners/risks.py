"""Risks that ended while the tier was kept: of those a standing itself keeps nothing, and reports look back at them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, insert
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, append_only, db
from app.partners.standing import Standing


class EndedRisk(Model):
    """A standing was at risk in [since, ended_at); that it was no longer was written down at `recorded_at`."""

    __tablename__ = "ended_risks"
    __table_args__ = (CheckConstraint("ended_at > since AND recorded_at >= ended_at", name="interval"),)

    standing_id: Mapped[int] = mapped_column(ForeignKey(Standing.id), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


append_only(EndedRisk.__table__)  # type: ignore[arg-type]

_END = insert(EndedRisk)


def note_end(standing_id: int, since: datetime, *, ended_at: datetime, at: datetime) -> None:
    """The standing is at risk no longer, and the tier is the same."""
    end = {"standing_id": standing_id, "since": since, "ended_at": ended_at, "recorded_at": at}
    db.session.connection().execute(_END, end)
