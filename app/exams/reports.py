"""Reports: an item that a candidate finds faulty while answering it, and what a trainer says about it."""

import enum
from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, bindparam, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.content.versions import body_of
from app.exams.attempts import lock_for_saving
from app.exams.responses import SectionClosed, require_open
from app.extensions import Key, LongText, Model, Slug, db, insert_or_ignore
from app.refusal import NotFound, Refusal

LONGEST = 500
IS_WAITING = text("verdict IS NULL")


class Fault(enum.StrEnum):
    """What a candidate finds wrong with an item."""

    UNCLEAR = "unclear"
    ANSWERS = "answers"
    BROKEN = "broken"
    OTHER = "other"


class Finding(enum.StrEnum):
    """What a trainer found."""

    NOTHING_WRONG = "nothing_wrong"
    AT_FAULT = "at_fault"


class Report(Model):
    """A candidate's report of an item of the form, and its answer, given once."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        CheckConstraint(f"length(text) <= {LONGEST}", name="text"),
        CheckConstraint("(verdict IS NULL) = (resolved_by IS NULL)", name="resolver"),
        CheckConstraint("(verdict IS NULL) = (resolved_at IS NULL)", name="resolution"),
        CheckConstraint(f"(verdict IS NULL) = (note IS NULL) AND length(note) BETWEEN 1 AND {LONGEST}", name="note"),
        Index("ix_reports_waiting", "id", sqlite_where=IS_WAITING, postgresql_where=IS_WAITING),
    )

    id: Mapped[Key]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    item_id: Mapped[Slug]
    fault: Mapped[Fault]
    text: Mapped[LongText]
    reported_at: Mapped[datetime]
    verdict: Mapped[Finding | None]
    note: Mapped[LongText | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    resolved_at: Mapped[datetime | None]


_OF_ATTEMPT = select(Report).where(Report.attempt_id == bindparam("attempt_id")).order_by(Report.position)
_POSITIONS = select(Report.position).where(Report.attempt_id == bindparam("attempt_id"))
_WAITING = _POSITIONS.where(Report.verdict.is_(None))
_RESOLVE = (
    update(Report)
    .where(Report.id == bindparam("report_id"), Report.verdict.is_(None))
    .values({name: bindparam(f"new_{name}") for name in ("verdict", "note", "resolved_by", "resolved_at")})
)


class NoSuchReport(NotFound):
    """There is no such report."""

    title = _l("There is no such report")


class AlreadyReported(Refusal):
    """Once for each item and attempt."""

    title = _l("You have reported this item before")
    detail = _l("The report is kept, and people look at it.")


class AlreadyResolved(Refusal):
    """A report is answered once."""

    title = _l("This report was answered before")


class TextTooLong(Refusal):
    """A text has its bounds."""

    status = 422
    title = _l("Say it in fewer words")


def report_item(attempt_id: int, person_id: int, position: int, fault: Fault, said: str, *, at: datetime) -> None:
    """Report an item that is open to the candidate; nothing else of the attempt changes."""
    sheet = lock_for_saving(attempt_id, person_id)
    require_open(sheet, at)
    if position not in sheet.present(at).open_positions:
        raise SectionClosed
    said = said.strip()
    if len(said) > LONGEST:
        raise TextTooLong
    row = {"attempt_id": attempt_id, "position": position, "item_id": body_of(sheet.item_ids[position])["id"]}
    if not insert_or_ignore(Report, **row, fault=fault, text=said, reported_at=at):
        raise AlreadyReported


def resolve(report_id: int, verdict: Finding, note: str, *, by: int, at: datetime) -> None:
    """Answer a report, once; the note is what the candidate reads."""
    note = note.strip()
    if not 0 < len(note) <= LONGEST:
        raise TextTooLong(_l("Say why, in up to 500 characters"))
    answer = {"new_verdict": verdict, "new_note": note, "new_resolved_by": by, "new_resolved_at": at}
    if db.session.connection().execute(_RESOLVE, {"report_id": report_id} | answer).rowcount != 1:
        raise AlreadyResolved


def report_of(report_id: int) -> Report:
    """The report as it is now, or NoSuchReport."""
    report = db.session.get(Report, report_id, populate_existing=True)
    if report is None:
        raise NoSuchReport
    return report


def reports_of(attempt_id: int) -> Sequence[Report]:
    """The reports of an attempt, in the order of its form."""
    return db.session.scalars(_OF_ATTEMPT, {"attempt_id": attempt_id}).all()


def reported_positions(attempt_id: int) -> list[int]:
    """The items of the form that were reported."""
    return list(db.session.connection().execute(_POSITIONS, {"attempt_id": attempt_id}).scalars())


def waiting_positions(attempt_id: int) -> list[int]:
    """The items of the form whose reports nobody has answered yet."""
    return list(db.session.connection().execute(_WAITING, {"attempt_id": attempt_id}).scalars())
