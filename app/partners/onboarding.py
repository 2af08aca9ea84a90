"""Onboarding: which steps each partner has done on its way in, and who said so; nothing of it is changed later."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, bindparam, func, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column

from app.extensions import Big, Key, LongText, Model, Slug, append_only, db, insert_or_ignore
from app.partners.checklists import Checklist, Dated, Said, checklist_of
from app.partners.programmes import Participation
from app.partners.rule_versions import in_force, rules_of, versions_of
from app.partners.timeline import start_of
from app.refusal import NotFound, Refusal

LONGEST = 500
WARNED_WITHIN = timedelta(days=30)  # what has been late for longer is no news


class OnboardingRecord(Model):
    """What was said of a step: done since the start of a day, or, where there is none, taken back for a reason.

    `number` counts what was said of the step; every other record takes the one before it back.
    """

    __tablename__ = "onboarding_records"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["participations.organisation_id", "participations.programme_id"],
            name="fk_onboarding_records_participation",
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(number - number / 2 * 2 = 1) = (done_at IS NOT NULL)", name="turns"),
        CheckConstraint("done_at <= recorded_at", name="past"),
        CheckConstraint("done_at IS NOT NULL OR note IS NOT NULL", name="reason"),
        CheckConstraint(f"length(note) BETWEEN 1 AND {LONGEST}", name="note"),
        Index("uq_onboarding_records_number", "programme_id", "organisation_id", "step", "number", unique=True),
    )

    id: Mapped[Key]
    organisation_id: Mapped[Big]
    programme_id: Mapped[Big]
    step: Mapped[Slug]
    number: Mapped[int]
    done_at: Mapped[datetime | None]
    note: Mapped[LongText | None]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    recorded_at: Mapped[datetime]


class OnboardingWarning(Model):
    """The administrators of a partner were written to that its onboarding is late: once."""

    __tablename__ = "onboarding_warnings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "programme_id"],
            ["participations.organisation_id", "participations.programme_id"],
            name="fk_onboarding_warnings_participation",
        ),
    )

    organisation_id: Mapped[Big] = mapped_column(primary_key=True)
    programme_id: Mapped[Big] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]


append_only(OnboardingRecord.__table__)  # type: ignore[arg-type]
append_only(OnboardingWarning.__table__)  # type: ignore[arg-type]


class NoSuchStep(NotFound):
    """The rules in force ask for no such step."""

    title = _l("The programme has no such step")


class StepSaidOtherwise(Refusal):
    """Somebody else was first, or the page is old."""

    title = _l("This step was changed meanwhile")
    detail = _l("The page now shows what is recorded. Nothing of it was overwritten.")


class StepInFuture(Refusal):
    """A step is ticked when it is done."""

    status = 422
    title = _l("The day of a step cannot lie ahead")


class StepNoteNeeded(Refusal):
    """Whoever takes a step back says why; a note has its length."""

    status = 422
    title = _l("Say why, in up to 500 characters")


class StepNoteTooLong(Refusal):
    """A note is a line or two."""

    status = 422
    title = _l("A note has up to 500 characters")


_LATEST = (
    select(
        OnboardingRecord.organisation_id,
        OnboardingRecord.step,
        OnboardingRecord.number,
        OnboardingRecord.done_at,
        OnboardingRecord.note,
        OnboardingRecord.recorded_by,
        OnboardingRecord.recorded_at,
    )
    .where(OnboardingRecord.programme_id == bindparam("programme_id"), OnboardingRecord.recorded_at <= bindparam("at"))
    .order_by(OnboardingRecord.organisation_id, OnboardingRecord.id)
)
_LATEST_OF_ONE = _LATEST.where(OnboardingRecord.organisation_id == bindparam("organisation_id"))
_JOINED = (
    select(Participation)
    .join(Participation.organisation)
    .join(Participation.programme)
    .options(contains_eager(Participation.organisation), contains_eager(Participation.programme))
    .where(Participation.programme_id == bindparam("programme_id"), Participation.joined_at <= bindparam("at"))
    .order_by(Participation.organisation_id)
)
_JOINED_AT = (
    select(Participation.organisation_id, Participation.joined_at)
    .where(Participation.programme_id == bindparam("programme_id"), Participation.joined_at <= bindparam("at"))
    .order_by(Participation.organisation_id)
)
_OF_STEP = (
    select(OnboardingRecord)
    .where(
        OnboardingRecord.organisation_id == bindparam("organisation_id"),
        OnboardingRecord.programme_id == bindparam("programme_id"),
    )
    .order_by(OnboardingRecord.id.desc())
)


def onboarding_days(programme_id: int, at: datetime) -> list[int]:
    """Days from joining to the last step done, of each organisation that has finished its onboarding by an instant."""
    rules, said = _rules(programme_id, at), _said(programme_id, at)
    joined = db.session.connection().execute(_JOINED_AT, {"programme_id": programme_id, "at": at})
    begun = (
        checklist_of(_rules_since(rules, joined_at), joined_at, _latest(said[organisation_id]))
        for organisation_id, joined_at in joined
        if organisation_id in said  # of whom nothing was said has finished nothing
    )
    taken = [checklist.days_taken for checklist in begun if checklist]
    return [days for days in taken if days is not None]


def checklists_in(programme_id: int, at: datetime) -> list[tuple[Participation, Checklist]]:
    """Everyone who takes part in a programme with an onboarding, and how far each has come by an instant."""
    return list(_checklists(programme_id, at, db.session.scalars(_JOINED, {"programme_id": programme_id, "at": at})))


def newly_late(programme_id: int, at: datetime) -> list[tuple[Participation, Checklist]]:
    """Whose onboarding has become late in the last days."""
    return [
        (part, checklist)
        for part, checklist in checklists_in(programme_id, at)
        if checklist.is_late(at) and checklist.due and at.date() - checklist.due < WARNED_WITHIN
    ]


def note_warning(part: Participation, *, at: datetime) -> bool:
    """Write down that the administrators are written to; False if somebody was first."""
    place = {"organisation_id": part.organisation_id, "programme_id": part.programme_id}
    return insert_or_ignore(OnboardingWarning, **place, noted_at=at)


def checklist_in(part: Participation, at: datetime) -> Checklist | None:
    """How far one partner has come; None where the programme has no onboarding."""
    place = {"organisation_id": part.organisation_id, "programme_id": part.programme_id, "at": at}
    said = [Said(*row[1:]) for row in db.session.connection().execute(_LATEST_OF_ONE, place)]
    return checklist_of(_rules_since(_rules(part.programme_id, at), part.joined_at), part.joined_at, _latest(said))


def records_of_steps(part: Participation) -> Sequence[OnboardingRecord]:
    """All that was ever said of a partner's steps, the newest first."""
    place = {"organisation_id": part.organisation_id, "programme_id": part.programme_id}
    return db.session.scalars(_OF_STEP, place).all()


def step_gaps() -> list[str]:
    """Breaches of the stored data: a step of which something was said that is not there."""
    place = (OnboardingRecord.organisation_id, OnboardingRecord.programme_id, OnboardingRecord.step)
    query = select(*place).group_by(*place).having(func.max(OnboardingRecord.number) != func.count())
    return [
        f"organisation {organisation_id}: what was said of the step {step} has a gap"
        for organisation_id, _, step in db.session.execute(query)
    ]


def tick(part: Participation, step: str, done_on: date, note: str, seen: int, *, by: int, at: datetime) -> None:
    """The step is done since a day; `seen` is how often something had been said of it as far as `by` saw."""
    if done_on > at.date():
        raise StepInFuture
    note = note.strip()
    if len(note) > LONGEST:
        raise StepNoteTooLong
    if seen % 2:
        raise StepSaidOtherwise
    _say(part, step, seen, {"done_at": start_of(done_on), "note": note or None}, by, at)


def take_back(part: Participation, step: str, reason: str, seen: int, *, by: int, at: datetime) -> None:
    """The step is not done after all."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise StepNoteNeeded
    if not seen % 2:
        raise StepSaidOtherwise
    _say(part, step, seen, {"done_at": None, "note": reason}, by, at)


def _say(part: Participation, step: str, seen: int, said: dict[str, object], by: int, at: datetime) -> None:
    checklist = checklist_in(part, at)
    line = checklist.step(step) if checklist else None
    if line is None:
        raise NoSuchStep
    place = {"organisation_id": part.organisation_id, "programme_id": part.programme_id, "step": step}
    row = {**place, **said} | {"number": seen + 1, "recorded_by": by, "recorded_at": at}
    if line.number != seen or not insert_or_ignore(OnboardingRecord, **row):
        raise StepSaidOtherwise


def _checklists(
    programme_id: int, at: datetime, parts: Iterable[Participation]
) -> Iterator[tuple[Participation, Checklist]]:
    """The rules and the records of a programme are read once for all of them."""
    rules, said = _rules(programme_id, at), _said(programme_id, at)
    for part in parts:
        since = _rules_since(rules, part.joined_at)
        checklist = checklist_of(since, part.joined_at, _latest(said.get(part.organisation_id, ())))
        if checklist:
            yield part, checklist


def _said(programme_id: int, at: datetime) -> dict[int, list[Said]]:
    """All that was said of the steps, by organisation."""
    said: dict[int, list[Said]] = {}
    for row in db.session.connection().execute(_LATEST, {"programme_id": programme_id, "at": at}):
        said.setdefault(row.organisation_id, []).append(Said(*row[1:]))
    return said


def _latest(said: Iterable[Said]) -> dict[str, Said]:
    """The last word about each step."""
    return {one.step: one for one in said}


def _rules(programme_id: int, at: datetime) -> list[Dated]:
    """What the rules that were in force by an instant ask for, and from when on each; before the first, it does."""
    known = in_force(versions_of(programme_id), at)
    begun = [one for one in known if one.effective_from <= at] or known[:1]
    return [(one.effective_from, rules_of(one.version_id).onboarding) for one in begun]


def _rules_since(rules: Sequence[Dated], joined_at: datetime) -> Sequence[Dated]:
    """Those in force when the partner joined, and those since."""
    before = [n for n, (begins, _) in enumerate(rules) if begins <= joined_at]
    return rules[before[-1] :] if before else rules
