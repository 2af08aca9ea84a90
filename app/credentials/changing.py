"""Changing: what becomes of a credential after its issue but for its revocation, and the revocations taken back."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, Update, bindparam, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical
from app.credentials.issuing import Credential, clean_reason, new_code, new_public_id, new_salt
from app.credentials.logging import log_change
from app.credentials.names import Names
from app.extensions import Key, Model, Name, db, forgettable
from app.ledger.log import Kind
from app.refusal import N_, Refusal

WITHDRAWN = N_("Withdrawn by the holder")


class Reinstatement(Model):
    """A revocation that was taken back: who revoked when and why, and who took it back when and why.

    The credential itself says nothing of it any more; the organisation did without it from the one to the other.
    """

    __tablename__ = "reinstatements"
    __table_args__ = (
        UniqueConstraint("credential_id", "revoked_at"),
        CheckConstraint("reinstated_at > revoked_at", name="interval"),
        CheckConstraint("length(reason) BETWEEN 1 AND 200", name="reason"),
    )

    id: Mapped[Key]
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"))
    revoked_at: Mapped[datetime]
    revoked_reason: Mapped[Name]
    revoked_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    reinstated_at: Mapped[datetime]
    reason: Mapped[Name]
    reinstated_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))


forgettable(Reinstatement.__table__, revoked_reason="'-'", reason="'-'")  # type: ignore[arg-type]


class NotReinstatable(Refusal):
    """Only a revocation that stands is taken back."""

    title = _l("This certificate cannot be reinstated")
    detail = _l("It is not revoked, or it was replaced or withdrawn since.")


class NotReissuable(Refusal):
    """Only a credential that counts, or would but for its age, is issued anew."""

    title = _l("This certificate cannot be issued anew")
    detail = _l("It was revoked, replaced or withdrawn before.")


class SameName(Refusal):
    """There is nothing to correct."""

    status = 422
    title = _l("The certificate says this name already")


class NotWithdrawable(Refusal):
    """What was taken back before has nothing left to withdraw, and a revocation is not covered up."""

    title = _l("This certificate cannot be withdrawn")
    detail = _l("It was revoked, replaced or withdrawn before.")


_STANDING = update(Credential).where(
    Credential.id == bindparam("credential_id"), Credential.superseded_at.is_(None), Credential.withdrawn_at.is_(None)
)
_REINSTATE = _STANDING.where(Credential.revoked_at == bindparam("since")).values(
    revoked_at=None, revoked_reason=None, revoked_by=None
)
_COUNTING = _STANDING.where(Credential.revoked_at.is_(None))
_REPLACE = _COUNTING.values(
    superseded_at=bindparam("at"), superseded_reason=bindparam("reason"), superseded_by=bindparam("by")
)
_WITHDRAW = _COUNTING.values(
    withdrawn_at=bindparam("at"), withdrawn_reason=bindparam("reason"), withdrawn_by=bindparam("by")
)
_HIDE = update(Credential).where(Credential.id == bindparam("credential_id")).values(hidden_at=bindparam("at"))
_RENEWALS = (
    update(Credential).where(Credential.renews_id == bindparam("credential_id")).values(renews_id=bindparam("new_id"))
)
_LAPSE, _AWARD = insert(Reinstatement), insert(Credential).returning(Credential.id)


def reinstate(credential: Credential, *, reason: str, by: int, at: datetime) -> None:
    """The revocation is taken back: the credential counts again from now on. It stays known that it did not."""
    reason = clean_reason(reason)
    if credential.revoked_at is None:
        raise NotReinstatable
    lapse = {
        "credential_id": credential.id,
        "revoked_at": credential.revoked_at,
        "revoked_reason": credential.revoked_reason,
        "revoked_by": credential.revoked_by,
        "reinstated_at": at,
        "reason": reason,
        "reinstated_by": by,
    }
    _change(credential, _REINSTATE, {"since": credential.revoked_at}, NotReinstatable)
    db.session.connection().execute(_LAPSE, lapse)
    log_change(Kind.REINSTATE, credential, at=at)


def reissue(credential: Credential, names: Names, *, reason: str, by: int, at: datetime) -> Credential:
    """Another credential in the place of one whose name was wrong: all else that it says stays, its dates too."""
    kept = {key: value for key, value in credential.data.items() if key not in Names._fields}
    said = {key: value for key, value in names._asdict().items() if value}
    if kept | said == credential.data:
        raise SameName
    fresh = {"id": new_public_id(), "code": new_code(), "salt": new_salt()}
    _change(credential, _REPLACE, {"at": at, "reason": clean_reason(reason), "by": by}, NotReissuable)
    log_change(Kind.SUPERSEDE, credential, at=at)
    same = ("person_id", "attempt_id", "result_number", "level", "issued_at", "expires_at", "renews_id", "hidden_at")
    row: dict[str, Any] = {column: getattr(credential, column) for column in same}
    row |= {"public_id": fresh["id"], "code": fresh["code"], "holder": names.name}
    row |= {"record": canonical(kept | said | fresh), "reissues_id": credential.id, "reissued_at": at}
    new_id = db.session.connection().execute(_AWARD, row).scalar_one()
    # What renewed the one renews the other, so that the way from each to the next stays whole.
    db.session.connection().execute(_RENEWALS, {"credential_id": credential.id, "new_id": new_id})
    renewed = db.session.get_one(Credential, new_id)
    log_change(Kind.REISSUE, renewed, at=at)
    return renewed


def withdraw(credential: Credential, *, by: int, at: datetime) -> None:
    """The holder gives it back, for good."""
    _change(credential, _WITHDRAW, {"at": at, "reason": WITHDRAWN, "by": by}, NotWithdrawable)
    log_change(Kind.WITHDRAW, credential, at=at)


def hide_name(credential: Credential, hidden_at: datetime | None) -> None:
    """Its page does not say the name from now on, or, with None, says it again."""
    _change(credential, _HIDE, {"at": hidden_at}, NotWithdrawable)


def reinstatements_of(credential_id: int) -> list[Reinstatement]:
    """The revocations of a credential that were taken back, in order."""
    query = select(Reinstatement).where(Reinstatement.credential_id == credential_id).order_by(Reinstatement.id)
    return list(db.session.scalars(query))


def reissue_of(credential_id: int) -> Credential | None:
    """The credential that takes the place of this one under a corrected name."""
    return db.session.scalar(select(Credential).where(Credential.reissues_id == credential_id))


def _change(credential: Credential, statement: Update, row: dict[str, Any], refusal: type[Refusal]) -> None:
    """Compare and set: whoever was first has changed it, and nobody does so unseen."""
    if db.session.connection().execute(statement, row | {"credential_id": credential.id}).rowcount != 1:
        raise refusal
    db.session.expire(credential)
