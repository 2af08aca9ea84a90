"""The register: finding credentials, and who held what when."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.credentials.issuing import Credential
from app.credentials.validity import State
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.extensions import db
from app.people.organisations import Membership, Organisation
from app.refusal import NotFound

PAGE = 25


class NoSuchCredential(NotFound):
    """Every unknown id answers alike, whatever its shape."""

    title = _l("There is no certificate with that id")
    detail = _l("Check the id, or ask the holder for the link or the QR code.")


@dataclass(frozen=True)
class Found:
    """One page of a search, and how many there are in all."""

    credentials: Sequence[Credential]
    total: int


def in_state(state: State, at: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that a credential is in a state at an instant: `state_at` as SQL."""
    withdrawn = and_(Credential.withdrawn_at.is_not(None), Credential.withdrawn_at <= at)
    revoked = and_(Credential.revoked_at.is_not(None), Credential.revoked_at <= at)
    superseded = and_(Credential.superseded_at.is_not(None), Credential.superseded_at <= at)
    ended = or_(withdrawn, revoked, superseded)
    return {
        State.WITHDRAWN: withdrawn,
        State.REVOKED: and_(revoked, ~withdrawn),
        State.SUPERSEDED: and_(superseded, ~withdrawn, ~revoked),
        State.EXPIRED: and_(Credential.expires_at <= at, ~ended),
        State.VALID: and_(Credential.expires_at > at, ~ended),
    }[state]


class Owned(NamedTuple):
    """A valid credential, as gates and renewals look at it."""

    id: int
    level: str
    expires_at: datetime


_BY_ID = select(Credential).where(Credential.public_id == bindparam("public_id"))
_OF_ATTEMPT = select(Credential).where(
    Credential.attempt_id == bindparam("attempt_id"), Credential.superseded_at.is_(None)
)
NEWER = aliased(Credential)
RENEWS = (NEWER.person_id == Credential.person_id) & (NEWER.renews_id == Credential.id)  # the person's few, not all
_WITH_SUCCESSOR = (
    select(Credential, NEWER).outerjoin(NEWER, RENEWS).where(Credential.public_id == bindparam("public_id")).limit(1)
)
_OF_PERSONS = (
    select(Credential)
    .where(Credential.person_id.in_(bindparam("person_ids", expanding=True)))
    .order_by(Credential.issued_at.desc(), Credential.id.desc())
)
_OWNED = (
    select(Credential.id, Credential.level, Credential.expires_at)
    .where(Credential.person_id == bindparam("person_id"), in_state(State.VALID, bindparam("at")))
    .order_by(Credential.expires_at.desc(), Credential.id)
)


def credential_by_id(public_id: str) -> Credential:
    """The credential of a public id, letter for letter, or NoSuchCredential."""
    credential = db.session.scalar(_BY_ID, {"public_id": public_id})
    if credential is None:
        raise NoSuchCredential
    return credential


def credential_of_number(number: int) -> Credential:
    """The credential of a row's number, as tasks name it."""
    return db.session.get_one(Credential, number)


def credential_and_successor(public_id: str) -> tuple[Credential, Credential | None]:
    """The credential of a public id, or NoSuchCredential, and the one that renews it."""
    row = db.session.execute(_WITH_SUCCESSOR, {"public_id": public_id}).first()
    if row is None:
        raise NoSuchCredential
    return row[0], row[1]


def credential_by_code(text: str) -> Credential:
    """The credential of an id or of a short code, as a person types it."""
    typed = text.strip()
    code = typed.upper().replace(" ", "").replace("-", "")
    match = or_(Credential.public_id == typed, Credential.code == f"{code[:4]}-{code[4:]}")
    credential = db.session.scalar(select(Credential).where(match))
    if credential is None:
        raise NoSuchCredential
    return credential


def credential_of_attempt(attempt_id: int) -> Credential | None:
    """The credential that stands for an attempt."""
    return db.session.scalar(_OF_ATTEMPT, {"attempt_id": attempt_id})


def credentials_of_attempts(attempt_ids: Collection[int]) -> dict[int, Credential]:
    """The credentials that stand for attempts, by attempt."""
    query = select(Credential).where(Credential.attempt_id.in_(attempt_ids), Credential.superseded_at.is_(None))
    return {credential.attempt_id: credential for credential in db.session.scalars(query)}


def credentials_of(person_ids: Iterable[int]) -> Sequence[Credential]:
    """Every credential of the persons, newest first."""
    return db.session.scalars(_OF_PERSONS, {"person_ids": list(person_ids)}).all()


def owned_by(person_id: int, at: datetime) -> Sequence[Owned]:
    """The person's valid credentials, the one that lasts longest first."""
    rows = db.session.connection().execute(_OWNED, {"person_id": person_id, "at": at})
    return [Owned(*row) for row in rows]


def longest(owned: Iterable[Owned], levels: Collection[str]) -> Owned | None:
    """The credential of one of the levels that lasts longest."""
    return next((one for one in owned if one.level in levels), None)


def held_exactly(person_id: int, level: str, at: datetime) -> Owned | None:
    """The valid credential of the level itself that lasts longest."""
    return longest(owned_by(person_id, at), (level,))


@dataclass(frozen=True)
class Wanted:
    """What to search for: part of the holder's name, the id or the code; the organisation at issue by part of its name;
    the exam by its slug; the days of issue, both included."""

    text: str = ""
    level: str | None = None
    state: State | None = None
    organisation: str = ""
    exam: str | None = None
    issued_from: date | None = None
    issued_to: date | None = None


def search(wanted: Wanted, *, at: datetime, sort: str = "-issued", page: int = 1, size: int | None = PAGE) -> Found:
    """The credentials that are wanted; `size` None gives all of them. A page beyond the last is the last."""
    conditions = list(_conditions(wanted, at))
    query = select(Credential).where(*conditions).order_by(_order(sort), Credential.id)
    total = db.session.scalar(select(func.count(Credential.id)).where(*conditions)) or 0
    if size is not None:
        last = max(1, -(-total // size))
        query = query.limit(size).offset((min(page, last) - 1) * size)
    return Found(db.session.scalars(query).all(), total)


def _conditions(wanted: Wanted, at: datetime) -> Iterator[ColumnElement[bool]]:
    if wanted.text:
        yield _holds(wanted.text, Credential.holder, Credential.code) | (Credential.public_id == wanted.text)
    if wanted.level:
        yield Credential.level == wanted.level
    if wanted.state:
        yield in_state(wanted.state, at)
    if wanted.exam:
        sat = (Attempt.id == Credential.attempt_id) & (Exam.id == Attempt.exam_id)
        yield exists().where(sat, Exam.slug == wanted.exam)
    if wanted.organisation:
        yield _issued_while_at(wanted.organisation)
    if wanted.issued_from:
        yield Credential.issued_at >= datetime.combine(wanted.issued_from, time(), UTC)
    if wanted.issued_to:
        yield Credential.issued_at < datetime.combine(wanted.issued_to, time(), UTC) + timedelta(days=1)


def _issued_while_at(name: str) -> ColumnElement[bool]:
    """The holder worked, at issue, for an organisation with this in its name."""
    return exists().where(
        Membership.person_id == Credential.person_id,
        Membership.starts_at <= Credential.issued_at,
        Membership.ends_at.is_(None) | (Membership.ends_at > Credential.issued_at),
        Organisation.id == Membership.organisation_id,
        _holds(name, Organisation.name, Organisation.slug),
    )


def _holds(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in columns))


def count_by_state(at: datetime) -> dict[State, int]:
    """How many credentials are in each state."""
    counts = select(*(func.count().filter(in_state(state, at)) for state in State)).select_from(Credential)
    return dict(zip(State, db.session.execute(counts).one(), strict=True))


def _order(sort: str) -> ColumnElement[object]:
    columns = {
        "holder": Credential.holder,
        "level": Credential.level,
        "issued": Credential.issued_at,
        "expires": Credential.expires_at,
    }
    column = columns.get(sort.removeprefix("-"), Credential.issued_at)
    return column.desc() if sort.startswith("-") else column.asc()  # type: ignore[return-value]
