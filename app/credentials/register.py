"""The register: finding credentials, and who held what when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, func, or_, select

from app.content.levels import levels_from
from app.credentials.issuing import Credential
from app.credentials.validity import State
from app.extensions import db
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


def credential_by_id(public_id: str) -> Credential:
    """The credential of a public id, letter for letter, or NoSuchCredential."""
    credential = db.session.scalar(select(Credential).where(Credential.public_id == public_id))
    if credential is None:
        raise NoSuchCredential
    return credential


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
    query = select(Credential).where(Credential.attempt_id == attempt_id, Credential.superseded_at.is_(None))
    return db.session.scalar(query)


def successor_of(credential: Credential) -> Credential | None:
    """The credential that renews this one."""
    return db.session.scalar(select(Credential).where(Credential.renews_id == credential.id).limit(1))


def credentials_of(person_ids: Iterable[int]) -> Sequence[Credential]:
    """Every credential of the persons, newest first."""
    query = select(Credential).where(Credential.person_id.in_(list(person_ids)))
    query = query.execution_options(populate_existing=True)  # whatever was loaded before a lock may be old
    return db.session.scalars(query.order_by(Credential.issued_at.desc(), Credential.id.desc())).all()


def held(person_id: int, level: str, at: datetime) -> Credential | None:
    """The valid credential of the level, or of one above it, that lasts longest."""
    query = select(Credential).where(
        Credential.person_id == person_id, Credential.level.in_(levels_from(level)), in_state(State.VALID, at)
    )
    return db.session.scalar(query.order_by(Credential.expires_at.desc()).limit(1))


def held_exactly(person_id: int, level: str, at: datetime) -> Credential | None:
    """The valid credential of the level itself that lasts longest."""
    query = select(Credential).where(
        Credential.person_id == person_id, Credential.level == level, in_state(State.VALID, at)
    )
    return db.session.scalar(query.order_by(Credential.expires_at.desc()).limit(1))


def search(
    *,
    at: datetime,
    text: str = "",
    level: str | None = None,
    state: State | None = None,
    sort: str = "-issued",
    page: int = 1,
    size: int | None = PAGE,
) -> Found:
    """Credentials by part of the holder's name, the id or the code; `size` None gives all of them."""
    conditions: list[ColumnElement[bool]] = []
    if text:
        part = f"%{_escape(text.lower())}%"
        conditions.append(
            or_(
                func.lower(Credential.holder).like(part, escape="\\"),
                Credential.public_id == text,
                func.lower(Credential.code).like(part, escape="\\"),
            )
        )
    if level:
        conditions.append(Credential.level == level)
    if state:
        conditions.append(in_state(state, at))
    query = select(Credential).where(*conditions).order_by(_order(sort), Credential.id)
    total = db.session.scalar(select(func.count(Credential.id)).where(*conditions)) or 0
    if size is not None:
        query = query.limit(size).offset(max(0, page - 1) * size)
    return Found(db.session.scalars(query).all(), total)


def count_by_state(at: datetime) -> dict[State, int]:
    """How many credentials are in each state."""
    return {
        state: db.session.scalar(select(func.count(Credential.id)).where(in_state(state, at))) or 0 for state in State
    }


def in_state(state: State, at: datetime) -> ColumnElement[bool]:
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


def _order(sort: str) -> ColumnElement[object]:
    columns = {
        "holder": Credential.holder,
        "level": Credential.level,
        "issued": Credential.issued_at,
        "expires": Credential.expires_at,
    }
    column = columns.get(sort.removeprefix("-"), Credential.issued_at)
    return column.desc() if sort.startswith("-") else column.asc()  # type: ignore[return-value]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
