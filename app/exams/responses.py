"""Responses: what was answered, in append-only revisions; acknowledged only after the commit."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Row, bindparam, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.content.versions import body_of
from app.exams.attempts import AttemptClosed, AttemptState, SectionClosed, Sheet, lock_for_saving
from app.exams.kinds import KINDS
from app.exams.timing import accepts
from app.extensions import LongText, Model, append_only, db, insert_or_ignore
from app.refusal import Refusal


class Response(Model):
    """What was answered at a position of the form: append-only revisions, the highest counts. `answer` is JSON."""

    __tablename__ = "responses"
    __table_args__ = (CheckConstraint("revision > 0", name="revision"), {"sqlite_with_rowid": False})

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    answer: Mapped[LongText]
    flagged: Mapped[bool]
    received_at: Mapped[datetime]


append_only(Response.__table__)  # type: ignore[arg-type]

_COLUMNS = (Response.position, Response.revision, Response.answer, Response.flagged, Response.received_at)
_OF_ATTEMPT = select(*_COLUMNS).where(Response.attempt_id == bindparam("attempt_id"))
_AT_POSITION = _OF_ATTEMPT.where(Response.position == bindparam("position")).order_by(Response.revision.desc()).limit(1)
_newer = aliased(Response)
_CURRENT = _OF_ATTEMPT.where(
    Response.revision
    == select(func.max(_newer.revision))
    .where(_newer.attempt_id == Response.attempt_id, _newer.position == Response.position)
    .scalar_subquery()
)


class StaleRevision(Refusal):
    """The answer was changed elsewhere since this page read it."""

    title = _l("This answer was changed in another window")
    detail = _l("The newer answer is kept. Look at it and answer again if you want to.")


class NoSuchPosition(Refusal):
    """The form has fewer items."""

    status = 422
    title = _l("The form has no item at that position")


@dataclass(frozen=True)
class Saved:
    """The current response at a position: revision 0 means nothing was answered yet."""

    position: int
    revision: int
    answer: Any
    flagged: bool
    received_at: datetime | None


def save_response(
    attempt_id: int, person_id: int, position: int, raw: Any, *, revision: int, flagged: bool | None, at: datetime
) -> tuple[datetime, Saved]:
    """Add a revision on top of `revision`, the last one the page saw. `flagged` None leaves the flag as it is.

    Returns the deadline of the present section, and what is kept from now on.
    """
    sheet = lock_for_saving(attempt_id, person_id)
    if sheet.state is not AttemptState.OPEN or not accepts(sheet.deadline_at, at):
        raise AttemptClosed
    if not 0 <= position < len(sheet.item_ids):
        raise NoSuchPosition
    section = sheet.present(at)
    if position not in section.open_positions:
        raise SectionClosed
    answer = _read(sheet, position, raw)
    current = response_at(attempt_id, position)
    if current.revision != revision:
        raise StaleRevision(current=current)
    flag = current.flagged if flagged is None else flagged
    saved = Saved(position, revision + 1, answer, flag, at)
    if not _append(attempt_id, saved):
        raise StaleRevision(current=response_at(attempt_id, position))
    return section.deadline, saved


def responses_of(attempt_id: int) -> dict[int, Saved]:
    """The current response at each position that has one."""
    rows = db.session.connection().execute(_CURRENT, {"attempt_id": attempt_id})
    return {row.position: _saved(row) for row in rows}


def response_at(attempt_id: int, position: int) -> Saved:
    """The current response at a position."""
    place = {"attempt_id": attempt_id, "position": position}
    row = db.session.connection().execute(_AT_POSITION, place).first()
    return _saved(row) if row else Saved(position, 0, None, False, None)


def _read(sheet: Sheet, position: int, raw: Any) -> Any:
    item = body_of(sheet.item_ids[position])
    return KINDS[item["kind"]].read_response(raw, item, sheet.option_orders[position])


def _append(attempt_id: int, saved: Saved) -> bool:
    """Whether the revision was free; two windows that saw the same one cannot both have the next."""
    return insert_or_ignore(
        Response,
        attempt_id=attempt_id,
        position=saved.position,
        revision=saved.revision,
        answer=json.dumps(saved.answer, ensure_ascii=False),
        flagged=saved.flagged,
        received_at=saved.received_at,
    )


def _saved(row: Row[int, int, str, bool, datetime]) -> Saved:
    position, revision, answer, flagged, received_at = row
    return Saved(position, revision, json.loads(answer), flagged, received_at)
