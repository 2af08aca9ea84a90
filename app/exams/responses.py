"""Responses: what was answered, in append-only revisions; acknowledged only after the commit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Row, bindparam, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.content.versions import body_of
from app.exams.attempts import Attempt, AttemptClosed, AttemptState, Sheet, lock_for_saving
from app.exams.devices import Seen, note_device
from app.exams.heartbeat import TimeUnsettled, is_over, seen_until
from app.exams.kinds import KINDS
from app.exams.kinds.practical import files_of
from app.exams.sections import Present
from app.exams.timing import accepts
from app.exams.uploads import require_uploads
from app.extensions import Big, LongText, Model, db, forgettable, insert_or_ignore
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
    key: Mapped[Big | None]
    device_id: Mapped[int | None]  # none: the one that the attempt was begun from; `verify-all` looks that it is there


forgettable(Response.__table__, answer="'null'")  # type: ignore[arg-type]

_COLUMNS = (
    Response.position,
    Response.revision,
    Response.answer,
    Response.flagged,
    Response.received_at,
    Response.key,
)
_OF_ATTEMPT = select(*_COLUMNS).where(Response.attempt_id == bindparam("attempt_id"))
_AT_POSITION = _OF_ATTEMPT.where(Response.position == bindparam("position")).order_by(Response.revision.desc())
_NEWEST = _AT_POSITION.limit(1)
_newer = aliased(Response)
_is_newest = (
    Response.revision
    == select(func.max(_newer.revision))
    .where(_newer.attempt_id == Response.attempt_id, _newer.position == Response.position)
    .scalar_subquery()
)
_CURRENT = _OF_ATTEMPT.where(_is_newest)
_NEWEST_AND_KEYED = _AT_POSITION.where(or_(_is_newest, Response.key == bindparam("key")))
_ANSWERS = select(Response.attempt_id, Response.position, Response.answer).where(
    Response.attempt_id.in_(bindparam("attempt_ids", expanding=True)), _is_newest
)


class StaleRevision(Refusal):
    """The answer was changed elsewhere since this page read it."""

    title = _l("This answer was changed in another window")
    detail = _l("The newer answer is kept. Look at it and answer again if you want to.")


class NoSuchPosition(Refusal):
    """The form has fewer items."""

    status = 422
    title = _l("The form has no item at that position")


class SectionClosed(Refusal):
    """The item belongs to a section that is finished, whose time is over, or that has not begun."""

    title = _l("This section is closed")
    detail = _l("What was saved before its end is kept. Go on with the section that is open.")


class KeyReused(Refusal):
    """The idempotency key came with another answer before."""

    status = 422
    title = _l("This Idempotency-Key was used for another answer")
    detail = _l("Nothing was saved. Give each new answer a key of its own.")


class OnBreak(Refusal):
    """The clock stands still, and so do the answers."""

    title = _l("You are on a break")
    detail = _l("End the break to go on with the exam.")


@dataclass(frozen=True)
class Saved:
    """The current response at a position: revision 0 means nothing was answered yet."""

    position: int
    revision: int
    answer: Any
    flagged: bool
    received_at: datetime | None


@dataclass(frozen=True)
class Asked:
    """What a page wants kept: on top of `revision`, the last one it saw. `flagged` None leaves the flag as it is.

    `key` names the wish: sent again, it is answered as the first time.
    """

    position: int
    answer: Any
    revision: int
    flagged: bool | None
    key: int | None


def save_response(
    attempt_id: int,
    person_id: int,
    position: int,
    raw: Any,
    *,
    revision: int,
    flagged: bool | None,
    at: datetime,
    key: int | None = None,
    seen: Seen | None = None,
) -> tuple[datetime, Saved]:
    """Add a revision. Returns the deadline of the present section, and what is kept from now on."""
    asked = Asked(position, raw, revision, flagged, key)
    sheet = lock_for_saving(attempt_id, person_id, seen)
    current, repeated = _standing_at(attempt_id, asked)
    if repeated:
        return sheet.present(at).deadline, _as_before(repeated, sheet, asked)
    require_open(sheet, at)
    if not 0 <= position < len(sheet.item_ids):
        raise NoSuchPosition
    section = require_section(sheet, position, at)
    answer = _read(sheet, asked)
    require_uploads(attempt_id, position, files_of(answer))
    if current.revision != revision:
        raise StaleRevision(current=current)
    saved = Saved(position, revision + 1, answer, current.flagged if flagged is None else flagged, at)
    if not _append(attempt_id, saved, key, _device(attempt_id, sheet, seen, at)):
        raise StaleRevision(current=response_at(attempt_id, position))
    return section.deadline, saved


def responses_of(attempt_id: int) -> dict[int, Saved]:
    """The current response at each position that has one."""
    rows = db.session.connection().execute(_CURRENT, {"attempt_id": attempt_id})
    return {row.position: _saved(row) for row in rows}


def answers_of(attempt_ids: Sequence[int]) -> dict[int, dict[int, Any]]:
    """The current answers of several attempts, by attempt and position."""
    answers: dict[int, dict[int, Any]] = {attempt_id: {} for attempt_id in attempt_ids}
    rows = db.session.connection().execute(_ANSWERS, {"attempt_ids": list(attempt_ids)})
    for attempt_id, position, answer in rows:
        answers[attempt_id][position] = json.loads(answer)
    return answers


def response_at(attempt_id: int, position: int) -> Saved:
    """The current response at a position."""
    place = {"attempt_id": attempt_id, "position": position}
    row = db.session.connection().execute(_NEWEST, place).first()
    return _saved(row) if row else _nothing(position)


def _nothing(position: int) -> Saved:
    return Saved(position, 0, None, False, None)


def require_open(sat: Sheet | Attempt, at: datetime) -> None:
    """Raises AttemptClosed, TimeUnsettled or OnBreak."""
    if sat.state is not AttemptState.OPEN:
        raise AttemptClosed
    if not accepts(sat.deadline_at, at):
        raise AttemptClosed if is_over(sat.deadline_at, at) else TimeUnsettled
    if sat.break_until and at < sat.break_until:
        raise OnBreak


def require_section(sat: Sheet | Attempt, position: int, at: datetime) -> Present:
    """The present section, if the position may be answered; it may have ended while nobody could answer."""
    section = sat.present(at)
    if position not in section.open_positions:
        raise TimeUnsettled if position in sat.present(seen_until(at)).open_positions else SectionClosed
    return section


def _standing_at(attempt_id: int, asked: Asked) -> tuple[Saved, Saved | None]:
    """What is kept at the position, and what was kept when the same key was sent before."""
    wish = {"attempt_id": attempt_id, "position": asked.position, "key": asked.key}
    rows = db.session.connection().execute(_NEWEST_AND_KEYED, wish).all()
    repeated = next((_saved(row) for row in rows if row.key is not None and row.key == asked.key), None)
    return (_saved(rows[0]) if rows else _nothing(asked.position)), repeated


def _as_before(before: Saved, sheet: Sheet, asked: Asked) -> Saved:
    """The reply of the first time, if it is the same answer."""
    same = before.revision == asked.revision + 1 and asked.flagged in (None, before.flagged)
    if not same or before.answer != _read(sheet, asked):
        raise KeyReused
    return before


def _read(sheet: Sheet, asked: Asked) -> Any:
    item = body_of(sheet.item_ids[asked.position])
    return KINDS[item["kind"]].read_response(asked.answer, item, sheet.option_orders[asked.position])


def _device(attempt_id: int, sheet: Sheet, seen: Seen | None, at: datetime) -> int | None:
    """The device that answers, where it is not the first; the sheet looked for it, so that a save stays short."""
    if seen is None or seen == (sheet.address, sheet.agent):
        return None
    return sheet.device_id or note_device(attempt_id, seen, at=at)


def _append(attempt_id: int, saved: Saved, key: int | None, device_id: int | None) -> bool:
    """Whether the revision was free; two windows that saw the same one cannot both have the next."""
    return insert_or_ignore(
        Response,
        attempt_id=attempt_id,
        position=saved.position,
        revision=saved.revision,
        answer=json.dumps(saved.answer, ensure_ascii=False),
        flagged=saved.flagged,
        received_at=saved.received_at,
        key=key,
        device_id=device_id,
    )


def _saved(row: Row[int, int, str, bool, datetime, int | None]) -> Saved:
    position, revision, answer, flagged, received_at, _ = row
    return Saved(position, revision, json.loads(answer), flagged, received_at)
