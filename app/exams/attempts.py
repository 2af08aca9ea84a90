"""Attempts: one sitting of an exam each, bound to the versions it was given."""

import enum
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, bindparam, false, insert, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.content.versions import bodies, body_of
from app.exams.accommodations import Allowance
from app.exams.assembly import draw_form, fewer_options, option_order
from app.exams.blueprint import section_lengths
from app.exams.cases import public_case
from app.exams.catalogue import Exam, bank_of
from app.exams.devices import Seen, known_device
from app.exams.item_statistics import usage_of
from app.exams.kinds import KINDS
from app.exams.kinds.kind import count_options
from app.exams.kinds.single_choice import NAME as SINGLE_CHOICE
from app.exams.sections import Clock, Present, present_section
from app.exams.timing import deadline
from app.extensions import Big, Code, Key, Model, Name, Sha256, db
from app.people.persons import AccountClosed, Person
from app.refusal import NotFound, Refusal


class AttemptState(enum.StrEnum):
    """An attempt is open until it is closed, once."""

    OPEN = "open"
    CLOSED = "closed"


class Closing(enum.StrEnum):
    """What closed an attempt."""

    SUBMITTED = "submitted"
    DEADLINE = "deadline"


IS_OPEN = text("state = 'open'")  # no parameters: only so do queries find the indexes of what is open, or uncounted
_WHERE_OPEN: Any = {"sqlite_where": IS_OPEN, "postgresql_where": IS_OPEN}
UNCOUNTED = text("state = 'closed' AND NOT counted")


class Attempt(Model):
    """One sitting of an exam, bound for ever to the versions it was given."""

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("deadline_at > started_at", name="deadline"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        Index("uq_attempts_one_open", "person_id", "exam_id", unique=True, **_WHERE_OPEN),
        Index("ix_attempts_person", "person_id", "exam_id", "started_at"),
        Index("ix_attempts_open", "deadline_at", **_WHERE_OPEN),
        Index("ix_attempts_uncounted", "id", sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"))
    exam_version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    language: Mapped[Code]
    shown_language: Mapped[Code | None]  # while it is open; none: the one it was started in
    legal_name: Mapped[Name]
    latin_name: Mapped[Name | None] = mapped_column(CheckConstraint("latin_name <> ''", name="latin_name"))
    state: Mapped[AttemptState]
    item_ids: Mapped[list[int]]
    option_orders: Mapped[list[list[int]]]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closing: Mapped[Closing | None]
    time_percent: Mapped[int] = mapped_column(server_default="100")
    break_s: Mapped[int] = mapped_column(server_default="0")
    break_until: Mapped[datetime | None]
    start_key: Mapped[Big | None]
    section_lengths: Mapped[list[int]] = mapped_column(server_default="[]")  # in items; none: made before sections
    section_ends: Mapped[list[int]] = mapped_column(server_default="[]")  # of those finished, in ms after the start
    section_grants: Mapped[list[int]] = mapped_column(server_default="[]")  # seconds granted to each; none: nothing yet
    counted: Mapped[bool] = mapped_column(server_default=false())  # in the statistics of its items
    agreement_hash: Mapped[Sha256 | None]  # of the text that was accepted; none: practice, or not kept then
    address: Mapped[Code | None]  # of the device that it was begun from
    agent: Mapped[Name | None]

    @property
    def exam(self) -> dict[str, Any]:
        """The exam as it was when the attempt started."""
        return body_of(self.exam_version_id)

    @property
    def is_practice(self) -> bool:
        """It was begun to practise: it is shown item by item afterwards, and counts for nothing."""
        return bool(self.exam.get("practice"))

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of the form, in its order, with their keys: never to be shown as they are."""
        content = bodies(self.item_ids)
        return [content[version_id] for version_id in self.item_ids]

    def present(self, at: datetime) -> Present:
        """The section that the candidate is in at the instant."""
        return _present(self, at)

    @property
    def is_erased(self) -> bool:
        """Its person was erased, and what they wrote with them: it cannot be graded again."""
        return not self.legal_name

    @property
    def spoken(self) -> str:
        """The language in which the candidate reads it."""
        return self.shown_language or self.language

    def public_item(self, position: int, language: str | None = None) -> dict[str, Any]:
        """What the candidate may see of an item of the form."""
        item, spoken = body_of(self.item_ids[position]), language or self.spoken
        public = KINDS[item["kind"]].public(item, spoken, self.option_orders[position])
        return public | {"case": public_case(item, spoken)}


class Sheet(NamedTuple):
    """What a save needs to know of an attempt."""

    state: AttemptState
    deadline_at: datetime
    break_until: datetime | None
    item_ids: list[int]
    option_orders: list[list[int]]
    exam_version_id: int
    started_at: datetime
    time_percent: int
    section_lengths: list[int]
    section_ends: list[int]
    section_grants: list[int]
    address: str | None
    agent: str | None
    device_id: int | None

    def present(self, at: datetime) -> Present:
        """The section that the candidate is in at the instant."""
        return _present(self, at)


_SHEET = (
    select(*(getattr(Attempt, name) for name in Sheet._fields[:-1]), known_device(Attempt.id))
    .where(Attempt.id == bindparam("attempt_id"), Attempt.person_id == bindparam("person_id"))
    .with_for_update(read=True)
)
_LOCKED = (select(Attempt).where(Attempt.id == bindparam("attempt_id")).with_for_update()).execution_options(
    populate_existing=True
)
_OWN = select(Attempt).where(Attempt.id == bindparam("attempt_id"), Attempt.person_id == bindparam("person_id"))
_TO_CLOSE = _OWN.with_for_update().execution_options(populate_existing=True)
_FORMS = select(Attempt.item_ids).where(
    Attempt.person_id == bindparam("person_id"), Attempt.exam_id == bindparam("exam_id")
)
_BEGIN = insert(Attempt).returning(Attempt.id)
_LOOK = select(Person.name, Person.latin_name, Person.disabled_at)
_CANDIDATE = _LOOK.where(Person.id == bindparam("person_id")).with_for_update()


class NoSuchAttempt(NotFound):
    """There is no such attempt, or it is someone else's."""

    title = _l("There is no such attempt")


class AttemptClosed(Refusal):
    """The attempt was submitted, or its time is over."""

    title = _l("This attempt is closed")
    detail = _l("What was saved before the end has been graded.")


class AttemptOpen(Refusal):
    """One attempt at a time."""

    title = _l("You have an open attempt of this exam")
    detail = _l("Go back to it: your answers are there.")


def begin_attempt(
    exam: Exam,
    *,
    person_id: int,
    legal_name: str,
    latin_name: str | None,
    language: str,
    at: datetime,
    rng: Random,
    allowance: Allowance,
    key: int | None,
    agreement_hash: str | None,
    seen: Seen | None,
) -> Attempt:
    """Draw the form and start the clock, for a caller who holds the person's lock and has looked at the gate."""
    body = exam.body
    item_ids = draw_form(
        bank_of(exam.version_id),
        body["blueprint"],
        rng,
        seen_items(person_id, exam.id),
        usage_of(exam.id),
        body.get("pilots", 0),
    )
    items = bodies(item_ids)
    row = {
        "person_id": person_id,
        "exam_id": exam.id,
        "exam_version_id": exam.version_id,
        "language": language,
        "legal_name": legal_name,
        "latin_name": latin_name,
        "state": AttemptState.OPEN,
        "item_ids": item_ids,
        "option_orders": [_option_order(items[version_id], rng, allowance) for version_id in item_ids],
        "started_at": at,
        "deadline_at": deadline(at, body["duration_min"], allowance.time_factor),
        "time_percent": allowance.time_percent,
        "break_s": 60 * allowance.break_min,
        "start_key": key,
        "agreement_hash": agreement_hash,
        "address": seen.address if seen else None,
        "agent": seen.agent if seen else None,
        "section_lengths": section_lengths(body["blueprint"], len(item_ids)),
        "section_ends": [],
        "section_grants": [],
    }
    return Attempt(id=db.session.connection().execute(_BEGIN, row).scalar_one(), **row)


def attempt_of(attempt_id: int, person_id: int) -> Attempt:
    """The person's own attempt, or NoSuchAttempt."""
    attempt = db.session.scalar(_OWN, {"attempt_id": attempt_id, "person_id": person_id})
    if attempt is None:
        raise NoSuchAttempt
    return attempt


def lock_for_saving(attempt_id: int, person_id: int, seen: Seen | None = None) -> Sheet:
    """The person's own attempt, shared with other saves and held against the closing; the device is looked up."""
    device = seen._asdict() if seen else {"address": None, "agent": None}
    own = {"attempt_id": attempt_id, "person_id": person_id} | device
    row = db.session.connection().execute(_SHEET, own).first()
    if row is None:
        raise NoSuchAttempt
    return Sheet._make(row)


def lock_for_closing(attempt_id: int, person_id: int) -> Attempt:
    """The person's own attempt, held alone: no save and no other closing goes on beside this one."""
    attempt = db.session.scalar(_TO_CLOSE, {"attempt_id": attempt_id, "person_id": person_id})
    if attempt is None or attempt.is_erased:
        raise NoSuchAttempt
    return attempt


def lock_attempt(attempt_id: int) -> Attempt:
    """Anybody's attempt, held alone, for those who look after exams."""
    attempt = db.session.scalar(_LOCKED, {"attempt_id": attempt_id})
    if attempt is None:
        raise NoSuchAttempt
    return attempt


def seen_items(person_id: int, exam_id: int) -> frozenset[str]:
    """The ids of the items that earlier forms of the person held."""
    forms = db.session.connection().execute(_FORMS, {"person_id": person_id, "exam_id": exam_id}).scalars()
    given = {version_id for form in forms for version_id in form}
    return frozenset(item["id"] for item in bodies(list(given)).values())


def lock_candidate(person_id: int) -> tuple[str, str | None]:
    """Hold the person until the transaction ends: of several starts at once, one begins and the others find it.

    Returns the person's name and its Latin form, if it has one. Raises AccountClosed.
    """
    name, latin_name, disabled_at = db.session.connection().execute(_CANDIDATE, {"person_id": person_id}).one()
    if disabled_at:
        raise AccountClosed
    return name, latin_name


def _option_order(item: dict[str, Any], rng: Random, allowance: Allowance) -> list[int]:
    order = option_order(count_options(item), item["shuffle"], rng)
    if allowance.fewer_options and item["kind"] == SINGLE_CHOICE:
        return fewer_options(order, item["key"], rng)
    return order


def _present(sat: Attempt | Sheet, at: datetime) -> Present:
    lengths = sat.section_lengths or [len(sat.item_ids)]
    clock = Clock(sat.started_at, sat.deadline_at, sat.time_percent, sat.section_grants)
    return present_section(body_of(sat.exam_version_id), lengths, sat.section_ends, clock, at)
