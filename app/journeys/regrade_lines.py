"""The lines of a regrade: each result and each standing that it would change, and each result that it did change."""

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Select, bindparam, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Slug, append_only, db


class Effect(enum.StrEnum):
    """What becomes of an attempt beside its score; `keep`: the result stays, since nobody is to be harmed."""

    SCORE = "score"
    ISSUE = "issue"
    REVOKE = "revoke"
    KEEP = "keep"


class RegradeLine(Model):
    """An attempt whose result differs under the correction: foreseen by the dry run, or done.

    The primary key is what keeps a batch that was cut off and begun again from grading an attempt twice.
    """

    __tablename__ = "regrade_lines"
    __table_args__ = (
        ForeignKeyConstraint(["attempt_id", "number"], ["results.attempt_id", "results.number"]),
        CheckConstraint("(number IS NOT NULL) = (done AND effect <> 'keep')", name="number"),
        CheckConstraint("credential_id IS NULL OR (done AND effect IN ('issue', 'revoke'))", name="credential"),
    )

    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrades.id"), primary_key=True)
    done: Mapped[bool] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    effect: Mapped[Effect]
    scaled_before: Mapped[int]
    passed_before: Mapped[bool]
    scaled_after: Mapped[int]
    passed_after: Mapped[bool]
    number: Mapped[int | None]
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    at: Mapped[datetime]


class RegradeTier(Model):
    """A standing that would change, as the dry run foresaw it; a tier that is no longer earned is at risk first."""

    __tablename__ = "regrade_tiers"

    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrades.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    tier_before: Mapped[Slug | None]
    at_risk_before: Mapped[bool]
    tier_after: Mapped[Slug | None]
    at_risk_after: Mapped[bool]


append_only(RegradeLine.__table__)  # type: ignore[arg-type]
append_only(RegradeTier.__table__)  # type: ignore[arg-type]

_LINE, _TIER = insert(RegradeLine), insert(RegradeTier)
_REVOKED = select(RegradeLine.regrade_id).where(
    RegradeLine.credential_id == bindparam("credential_id"), RegradeLine.effect == Effect.REVOKE
)


def add_lines(lines: Sequence[dict[str, Any]]) -> None:
    """Write down what is foreseen or done for a piece of the attempts."""
    if lines:
        db.session.connection().execute(_LINE, lines)


def add_tiers(tiers: Sequence[dict[str, Any]]) -> None:
    """Write down the standings that would change."""
    if tiers:
        db.session.connection().execute(_TIER, tiers)


def lines_of(regrade_id: int, *, done: bool) -> Select[RegradeLine]:
    """What a regrade would change, or has changed, by attempt."""
    query = select(RegradeLine).where(RegradeLine.regrade_id == regrade_id, RegradeLine.done == done)
    return query.order_by(RegradeLine.attempt_id)


def count_effects(regrade_id: int, *, done: bool) -> dict[Effect, int]:
    """How many lines there are of each effect."""
    query = select(RegradeLine.effect, func.count()).where(RegradeLine.regrade_id == regrade_id)
    counts = dict.fromkeys(Effect, 0)
    for effect, count in db.session.execute(query.where(RegradeLine.done == done).group_by(RegradeLine.effect)):
        counts[effect] = count
    return counts


def spared_from(attempt_id: int) -> set[int]:
    """The regrades that left the result of an attempt as it was, since they would have harmed it."""
    query = select(RegradeLine.regrade_id).where(RegradeLine.attempt_id == attempt_id, RegradeLine.done)
    return set(db.session.scalars(query.where(RegradeLine.effect == Effect.KEEP)))


def was_revoked_by_a_regrade(credential_id: int) -> bool:
    """Whether a credential fell with its result, and not for anything its holder did."""
    return db.session.connection().execute(_REVOKED, {"credential_id": credential_id}).first() is not None
