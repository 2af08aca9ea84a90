"""Forgetting: what of an erased person's exams is emptied, and what has to be decided before."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Text, case, cast, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.content.versions import body_of
from app.exams.accommodations import Accommodation
from app.exams.appeals import Appeal, AppealState
from app.exams.attempts import Attempt, AttemptState, lock_attempt
from app.exams.counting import tally_of
from app.exams.devices import Device
from app.exams.grants import Grant
from app.exams.item_statistics import take_usage
from app.exams.kinds.blanks import NAME as BLANKS
from app.exams.kinds.essay import NAME as ESSAY
from app.exams.kinds.practical import NAME as PRACTICAL
from app.exams.kinds.short_text import NAME as SHORT_TEXT
from app.exams.rating_queue import Turn
from app.exams.ratings import Rating
from app.exams.reports import Report
from app.exams.responses import Response
from app.exams.results import ResultState, attempts_of
from app.exams.uploads import Upload
from app.exams.voids import Void, VoidState
from app.extensions import db
from app.refusal import Refusal

WRITTEN = (BLANKS, ESSAY, PRACTICAL, SHORT_TEXT)  # whose answers are words, and may say anything
GONE = "-"  # where a text has to stand


class StillDecided(Refusal):
    """An attempt is open, or somebody decides on a result."""

    title = _l("An exam of this person is not over yet")
    detail = _l("An attempt is open, or a result, an appeal or a void waits for a decision. Decide it first.")


class Extent(NamedTuple):
    """How much there is of a person's exams."""

    attempts: int
    written: int
    uploads: int
    accommodations: int


def own_attempts(person_id: int) -> Sequence[int]:
    """The ids of every attempt of the person, in the order of locks."""
    return db.session.scalars(select(Attempt.id).where(Attempt.person_id == person_id).order_by(Attempt.id)).all()


def exams_extent(person_id: int) -> Extent:
    """What would be emptied."""
    ids = own_attempts(person_id)
    attempts = db.session.scalars(select(Attempt).where(Attempt.id.in_(ids)))
    uploads = select(func.count(Upload.id)).where(Upload.attempt_id.in_(ids))
    granted = select(func.count(Accommodation.id)).where(Accommodation.person_id == person_id)
    written = sum(len(_written_positions(attempt)) for attempt in attempts)
    return Extent(len(ids), written, db.session.scalar(uploads) or 0, db.session.scalar(granted) or 0)


def require_decided(person_id: int, attempt_ids: Sequence[int]) -> None:
    """Raises StillDecided, for a caller who holds the attempts."""
    appeals = select(Appeal.id).where(Appeal.attempt_id.in_(attempt_ids), Appeal.state == AppealState.OPEN)
    voids = select(Void.id).where(Void.attempt_id.in_(attempt_ids), Void.state == VoidState.PROPOSED)
    undecided = any(
        attempt.state is AttemptState.OPEN or (result and result.state is ResultState.PROVISIONAL)
        for attempt, result in attempts_of(person_id)
    )
    if undecided or db.session.scalar(appeals.limit(1)) or db.session.scalar(voids.limit(1)):
        raise StillDecided


def forget_exams(person_id: int, attempt_ids: Sequence[int]) -> None:
    """Empty what the person wrote and from where; what was chosen, and what it earned, stays without a name.

    For a caller who holds the attempts, all of them closed.
    """
    for attempt_id in attempt_ids:
        _forget_answers(lock_attempt(attempt_id))
    _forget_rows(attempt_ids)
    db.session.execute(delete(Accommodation).where(Accommodation.person_id == person_id))
    mine = update(Turn).where(Turn.grader_id == person_id)
    db.session.execute(mine.values(grader_id=None, taken_until=None))
    own = update(Attempt).where(Attempt.id.in_(attempt_ids))
    db.session.execute(own.values(legal_name="", latin_name=None, address=None, agent=None, start_key=None))


def _forget_answers(attempt: Attempt) -> None:
    """The statistics go on to be the sum of what is there: an answer that is gone counts as none."""
    before = tally_of(attempt).usage
    place = (Response.attempt_id == attempt.id) & Response.position.in_(_written_positions(attempt))
    db.session.execute(update(Response).where(place, Response.answer != "null").values(answer="null"))
    if attempt.counted:
        after = tally_of(attempt).usage
        changed = {name: (usage, after[name]) for name, usage in before.items() if after[name] != usage}
        take_usage(attempt.exam_id, changed)


def _written_positions(attempt: Attempt) -> list[int]:
    return [position for position, version in enumerate(attempt.item_ids) if body_of(version)["kind"] in WRITTEN]


def _forget_rows(attempt_ids: Sequence[int]) -> None:
    """The files, the devices, and every text that somebody wrote about the attempts."""
    emptied = (
        (Upload, {"name": "", "content": None}, Upload.content.is_not(None)),
        (Rating, {"comment": ""}, Rating.comment != ""),
        (Grant, {"reason": GONE}, Grant.reason.is_not(None)),
        (Report, {"text": "", "note": _if_there(Report.note)}, or_(Report.text != "", Report.note.is_not(None))),
        (Appeal, {"text": GONE, "answer": _if_there(Appeal.answer)}, Appeal.text != GONE),
        (Void, {"reason": GONE}, Void.reason != GONE),
    )
    for model, left, there in emptied:
        own = model.attempt_id.in_(attempt_ids)  # type: ignore[attr-defined]
        db.session.execute(update(model).where(own, there).values(left))
    devices = update(Device).where(Device.attempt_id.in_(attempt_ids), Device.address != "")
    db.session.execute(devices.values(address="", agent=cast(Device.id, Text)))


def _if_there(column: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    return case((column.is_not(None), GONE))
