"""Issuing: the credential as a frozen record, made once for a passing result; revoking it."""

import json
import secrets
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, bindparam, insert, or_, text, update
from sqlalchemy.orm import Mapped, mapped_column

from app.canonical import canonical
from app.credentials.badge import FORM, instant_text
from app.credentials.logging import log_change
from app.credentials.validity import Dates, State, state_at
from app.extensions import Code, Key, Model, Name, db
from app.ledger.log import Kind
from app.refusal import Refusal

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter that reads like a digit
ID_LENGTH = 26  # 130 random bits
SALT_BYTES = 16

HAS_ENDED = "revoked_at IS NOT NULL OR superseded_at IS NOT NULL OR withdrawn_at IS NOT NULL"


class Credential(Model):
    """The awarded record. What is shown later comes from `record`, never from rows that live on.

    `passed` is always true: with it the foreign key to results admits only a passing one. `reissues_id` is the one that
    it corrects, made anew at `reissued_at` with the dates of the first; `hidden_at`: its page does not say the name.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        ForeignKeyConstraint(
            ["attempt_id", "result_number", "passed"],
            ["results.attempt_id", "results.number", "results.passed"],
            name="fk_credentials_passing_result",
        ),
        CheckConstraint("passed", name="passed"),
        CheckConstraint("expires_at > issued_at", name="validity"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revocation"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked_by"),
        CheckConstraint("(superseded_at IS NULL) = (superseded_reason IS NULL)", name="supersession"),
        CheckConstraint("(superseded_at IS NULL) = (superseded_by IS NULL)", name="superseded_by"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by"),
        CheckConstraint("(reissues_id IS NULL) = (reissued_at IS NULL)", name="reissue"),
        CheckConstraint("reissues_id <> id", name="reissues_another"),
        Index(
            "uq_credentials_one_per_attempt",
            "attempt_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_credentials_person", "person_id", "expires_at"),
        Index("ix_credentials_ended", "id", sqlite_where=text(HAS_ENDED), postgresql_where=text(HAS_ENDED)),
        Index("uq_credentials_reissues", "reissues_id", unique=True),
    )

    id: Mapped[Key]
    public_id: Mapped[Code] = mapped_column(unique=True)
    code: Mapped[Code] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    attempt_id: Mapped[int]
    result_number: Mapped[int]
    passed: Mapped[bool] = mapped_column(default=True)
    level: Mapped[Code] = mapped_column(index=True)
    holder: Mapped[Name]
    record: Mapped[bytes]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    reissues_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    reissued_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
    superseded_reason: Mapped[Name | None]
    superseded_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[Name | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[Name | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    @property
    def data(self) -> dict[str, Any]:
        """The frozen record: names, titles and dates as they were at issue; of an erased holder it is empty."""
        record: dict[str, Any] = json.loads(self.record or b"{}")
        return record

    @property
    def is_erased(self) -> bool:
        """Its holder was erased: what it said is gone."""
        return not self.record

    @property
    def dates(self) -> Dates:
        """What its state follows from."""
        ends = (self.revoked_at, self.superseded_at, self.withdrawn_at)
        return Dates(self.issued_at, self.expires_at, *ends, self.reissued_at)

    def state(self, at: datetime) -> State:
        """What it is worth at an instant."""
        return state_at(self.dates, at)


ENDED = or_(
    Credential.revoked_at.is_not(None), Credential.superseded_at.is_not(None), Credential.withdrawn_at.is_not(None)
)
_AWARD = insert(Credential).returning(Credential.id)
_ONE = update(Credential).where(Credential.id == bindparam("credential_id"), Credential.superseded_at.is_(None))
_SUPERSEDE = _ONE.values(
    superseded_at=bindparam("at"), superseded_reason=bindparam("reason"), superseded_by=bindparam("by")
)
_REVOKE = _ONE.where(Credential.revoked_at.is_(None), Credential.withdrawn_at.is_(None)).values(
    revoked_at=bindparam("at"), revoked_reason=bindparam("reason"), revoked_by=bindparam("by")
)


class NotRevocable(Refusal):
    """Only a credential that counts, or would but for its age, can be revoked."""

    title = _l("This credential cannot be revoked")
    detail = _l("It was revoked, replaced or withdrawn before.")


class ReasonMissing(Refusal):
    """Whatever becomes of a credential says why."""

    status = 422
    title = _l("Say why, in up to 200 characters")


def issue(
    *,
    person_id: int,
    attempt_id: int,
    result_number: int,
    level: str,
    frozen: dict[str, Any],
    issued_at: datetime,
    expires_at: datetime,
    renews_id: int | None = None,
) -> Credential:
    """Award the credential of a passing result. `frozen` holds what the certificate and the page will say."""
    public_id, code = new_public_id(), new_code()
    days = {"issued_on": issued_at.date().isoformat(), "expires_on": expires_at.date().isoformat()}
    dates = days | {"issued_at": instant_text(issued_at), "expires_at": instant_text(expires_at)}
    names = {"id": public_id, "code": code, "level": level, "salt": new_salt(), "form": FORM}
    row = {
        "public_id": public_id,
        "code": code,
        "person_id": person_id,
        "attempt_id": attempt_id,
        "result_number": result_number,
        "level": level,
        "holder": frozen["name"],
        "record": canonical(frozen | dates | names),
        "issued_at": issued_at,
        "expires_at": expires_at,
        "renews_id": renews_id,
    }
    credential = Credential(id=db.session.connection().execute(_AWARD, row).scalar_one(), **row)
    log_change(Kind.RENEW if renews_id else Kind.ISSUE, credential, at=issued_at)
    return credential


def revoke(credential: Credential, *, reason: str, by: int, at: datetime) -> None:
    """The credential no longer counts from now on."""
    row = {"credential_id": credential.id, "at": at, "reason": clean_reason(reason), "by": by}
    if db.session.connection().execute(_REVOKE, row).rowcount != 1:
        raise NotRevocable
    log_change(Kind.REVOKE, credential, at=at)
    db.session.expire(credential, ["revoked_at", "revoked_reason", "revoked_by"])


def supersede(credential: Credential, *, reason: str, by: int, at: datetime) -> None:
    """Another credential of the same attempt takes its place; what else became of it stays known."""
    row = {"credential_id": credential.id, "at": at, "reason": clean_reason(reason), "by": by}
    if db.session.connection().execute(_SUPERSEDE, row).rowcount == 1:
        log_change(Kind.SUPERSEDE, credential, at=at)
    db.session.expire(credential, ["superseded_at", "superseded_reason", "superseded_by"])


def clean_reason(reason: str) -> str:
    """The reason on one line, or ReasonMissing."""
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= 200:
        raise ReasonMissing
    return reason


def new_salt() -> str:
    """What hides, in the log, whose credential it is."""
    return secrets.token_hex(SALT_BYTES)


def new_public_id() -> str:
    """An id that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def new_code() -> str:
    """A short code for people to read out: `K7QM-4XTD`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8)).upper()
    return f"{letters[:4]}-{letters[4:]}"
