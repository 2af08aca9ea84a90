"""Programmes as they stand, and which organisations take part in them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, bindparam, func, select, update
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from app.content.versions import publish_version
from app.extensions import Key, Model, Slug, db
from app.partners.programme_files import ProgrammeFile
from app.partners.rule_versions import ProgrammeVersion, rules_of, version_at, versions_of
from app.partners.rules import Programme as Rules
from app.partners.timeline import start_of
from app.people.organisations import Organisation
from app.refusal import NotFound


class Programme(Model):
    """A partner programme at the version that stands."""

    __tablename__ = "programmes"

    id: Mapped[Key]
    slug: Mapped[Slug] = mapped_column(unique=True)
    live: Mapped[bool] = mapped_column(default=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))

    @property
    def rules(self) -> Rules:
        """Tiers, requirements, benefits and the rest, as published."""
        return rules_of(self.version_id)


class Participation(Model):
    """An organisation that takes part in a programme; the anniversary reviews count from `joined_at`."""

    __tablename__ = "participations"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    joined_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


_PARTICIPATIONS = (
    select(Participation)
    .join(Participation.programme)
    .join(Participation.organisation)
    .options(contains_eager(Participation.programme), contains_eager(Participation.organisation))
    .where(Programme.live)
    .order_by(Organisation.slug, Programme.slug)
)
_AHEAD = select(func.min(ProgrammeVersion.effective_from)).where(
    ProgrammeVersion.programme_id == bindparam("programme_id"), ProgrammeVersion.effective_from > bindparam("at")
)
_OF_ORGANISATION = _PARTICIPATIONS.where(Participation.organisation_id == bindparam("organisation_id"))


class NoSuchProgramme(NotFound):
    """The programme is not published, or the organisation takes no part in it."""

    title = _l("There is no such programme")


def join_programme(organisation_id: int, programme: Programme, *, at: datetime) -> Participation:
    """The organisation takes part from `at` on."""
    participation = Participation(
        organisation_id=organisation_id, programme_id=programme.id, joined_at=at, programme=programme
    )
    db.session.add(participation)
    db.session.flush()
    return participation


def programme_by_slug(slug: str) -> Programme:
    """A published programme, or NoSuchProgramme."""
    programme = db.session.scalar(select(Programme).where(Programme.slug == slug, Programme.live))
    if programme is None:
        raise NoSuchProgramme
    return programme


def live_programmes() -> Sequence[Programme]:
    """The published programmes, by id."""
    return db.session.scalars(select(Programme).where(Programme.live).order_by(Programme.slug)).all()


def participations_of(organisation_id: int) -> Sequence[Participation]:
    """The programmes that the organisation takes part in."""
    return db.session.scalars(_OF_ORGANISATION, {"organisation_id": organisation_id}).all()


def participation_in(organisation_id: int, programme_slug: str) -> Participation:
    """The organisation's part in one programme, or NoSuchProgramme."""
    for participation in participations_of(organisation_id):
        if participation.programme.slug == programme_slug:
            return participation
    raise NoSuchProgramme


def all_participations() -> Sequence[Participation]:
    """Every participation, by organisation and programme."""
    return db.session.scalars(_PARTICIPATIONS).all()


def publish_programmes(files: Sequence[ProgrammeFile], *, at: datetime) -> list[str]:
    """Make these the programmes that stand; returns the ids of those that are new, changed or back.

    A version whose date lies ahead is kept and announced; the one before it stands until then.
    """
    stood = set(db.session.scalars(select(Programme.id).where(Programme.live)))
    db.session.execute(update(Programme).values(live=False))
    return [file.spec.id for file in files if _publish_programme(file, stood, at)]


def stand_by_date(at: datetime) -> None:
    """Let each programme stand at the version that is in force by now."""
    for programme in live_programmes():
        version = version_at(versions_of(programme.id), at, at)
        if version and version.version_id != programme.version_id:
            programme.version_id = version.version_id


def announced(programme_id: int, at: datetime) -> datetime | None:
    """From when the next version of the rules is in force, if one is published."""
    ahead: datetime | None = db.session.connection().execute(_AHEAD, {"programme_id": programme_id, "at": at}).scalar()
    return ahead


def _publish_programme(file: ProgrammeFile, stood: Collection[int], at: datetime) -> bool:
    """Whether it is new, changed or back."""
    version, _ = publish_version("programme", file.spec.id, file.as_json(), at=at)
    programme = db.session.scalar(select(Programme).where(Programme.slug == file.spec.id))
    if programme is None:
        programme = Programme(slug=file.spec.id, version_id=version.id)
        db.session.add(programme)
    was_live, programme.live = programme.id in stood, True
    db.session.flush()
    published = versions_of(programme.id)
    if published and published[-1].version_id == version.id:
        return not was_live
    effective_from = start_of(file.spec.effective_from)
    db.session.add(
        ProgrammeVersion(
            programme_id=programme.id, version_id=version.id, effective_from=effective_from, published_at=at
        )
    )
    db.session.flush()
    stands = version_at(versions_of(programme.id), at, at)
    programme.version_id = stands.version_id if stands else version.id
    return True
