"""Rule versions: every version of a programme that was published, and which of them is in force when."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.content.versions import Version, body_of, derived
from app.extensions import Key, Model, append_only, db
from app.partners.programme_files import programme_from_json
from app.partners.rules import Programme as Rules

BEGINNING = datetime.min.replace(tzinfo=UTC)


class ProgrammeVersion(Model):
    """A version as it was published, in force from `effective_from` until another one is."""

    __tablename__ = "programme_versions"
    __table_args__ = (Index("ix_programme_versions_programme", "programme_id", "id"),)

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    effective_from: Mapped[datetime]
    published_at: Mapped[datetime]


append_only(ProgrammeVersion.__table__)  # type: ignore[arg-type]


class Dated(NamedTuple):
    """A published version; `id` counts the publications, so that of two with one date the later counts."""

    id: int
    version_id: int
    effective_from: datetime
    published_at: datetime
    hash: str


_OF_PROGRAMME = (
    select(
        ProgrammeVersion.id,
        ProgrammeVersion.version_id,
        ProgrammeVersion.effective_from,
        ProgrammeVersion.published_at,
        Version.hash,
    )
    .join(Version, Version.id == ProgrammeVersion.version_id)
    .where(ProgrammeVersion.programme_id == bindparam("programme_id"))
    .order_by(ProgrammeVersion.id)
)


def rules_of(version_id: int) -> Rules:
    """The rules that a version of a programme states."""
    return derived(version_id, _read_rules)


def versions_of(programme_id: int) -> list[Dated]:
    """What was published of a programme, in that order."""
    return [Dated(*row) for row in db.session.connection().execute(_OF_PROGRAMME, {"programme_id": programme_id})]


def in_force(versions: Iterable[Dated], known_at: datetime) -> list[Dated]:
    """The versions that were known at an instant, by the date from which each is in force.

    The first one counts as always known: whatever is recorded about the time before was recorded under it.
    """
    published = sorted(versions)
    known = [one for one in published if one.published_at <= known_at] or published[:1]
    return [by_date for _, by_date in sorted({one.effective_from: one for one in known}.items())]


def version_at(versions: Iterable[Dated], at: datetime, known_at: datetime) -> Dated | None:
    """The version in force at an instant, as known at another; None before the first."""
    begun = [one for one in in_force(versions, known_at) if one.effective_from <= at]
    return begun[-1] if begun else None


def rules_over_time(versions: Sequence[Dated], known_at: datetime) -> list[tuple[datetime, Rules]]:
    """The rules with the instant from which each is in force; before the first there are ladders without tiers."""
    known = in_force(versions, known_at)
    return [
        (BEGINNING, derived(known[0].version_id, _no_rules)),
        *((one.effective_from, rules_of(one.version_id)) for one in known),
    ]


def _read_rules(version_id: int) -> Rules:
    return programme_from_json(body_of(version_id))


def _no_rules(version_id: int) -> Rules:
    return rules_of(version_id).model_copy(update={"tiers": (), "ladders": ()})
