"""Invitations to work for an organisation: bound to an address, used once, and over after two weeks."""

import enum
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.extensions import Code, Key, Model, Name, Sha256, db
from app.people.organisations import JobRole, Organisation, PartnerRole
from app.people.persons import Person
from app.people.sessions import hash_token
from app.refusal import NotFound, Refusal

LIFE, PAUSE = timedelta(days=14), timedelta(minutes=5)
IS_OPEN = text("accepted_at IS NULL AND revoked_at IS NULL")


class InvitationState(enum.StrEnum):
    """What may still become of an invitation."""

    OPEN = "open"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class Wish(NamedTuple):
    """What whoever is invited is to be, and the language they are written to in.

    `approved_reason` is why the vendor lets them in whatever their address and however often they have moved.
    """

    job_role: JobRole
    partner_role: PartnerRole = PartnerRole.USER
    region: str | None = None
    language: str = "es"
    approved_reason: str | None = None


class Invitation(Model):
    """The link's secret follows from `nonce` and the service's own key; of the secret only the hash is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("expires_at > sent_at", name="life"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="acceptance"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revocation"),
        CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name="one_end"),
        CheckConstraint("length(region) BETWEEN 2 AND 10", name="region"),
        Index(
            "uq_invitations_open",
            "organisation_id",
            "email",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    email: Mapped[str] = mapped_column(String(254))
    job_role: Mapped[JobRole]
    partner_role: Mapped[PartnerRole]
    region: Mapped[Code | None]
    language: Mapped[Code]
    approved_reason: Mapped[Name | None]
    nonce: Mapped[Code]
    token_hash: Mapped[Sha256] = mapped_column(unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    inviter: Mapped[Person] = relationship(lazy="raise", foreign_keys=invited_by)

    def state(self, at: datetime) -> InvitationState:
        """What it is at an instant."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.OPEN if at < self.expires_at else InvitationState.EXPIRED


class NoSuchInvitation(NotFound):
    """There is no such invitation, or it is another organisation's."""

    title = _l("There is no such invitation")


class InvitationOver(Refusal):
    """It was used, withdrawn, or has expired."""

    status = 410
    title = _l("This invitation has expired")
    detail = _l("Ask whoever invited you to send it again.")


class InvitationUsed(InvitationOver):
    """It is good for one person, once."""

    title = _l("This invitation was used already")
    detail = _l("If it was you, sign in: you work for the organisation.")


class InvitationRevoked(InvitationOver):
    """Whoever invited took it back."""

    title = _l("This invitation was taken back")
    detail = _l("Ask whoever invited you.")


class WrongPerson(Refusal):
    """An invitation is for one address."""

    status = 403
    title = _l("This invitation is for another e-mail address")
    detail = _l("Sign out, and open the link again with the account of the address it was sent to.")


class SentJustNow(Refusal):
    """Nobody's mailbox is filled."""

    status = 429
    title = _l("It was sent just now")
    detail = _l("Wait five minutes before you send it again.")


_OPEN = (
    select(Invitation)
    .options(joinedload(Invitation.organisation), joinedload(Invitation.inviter))
    .execution_options(populate_existing=True)
)


def secret_of(nonce: str, key: str) -> str:
    """The secret of the link: whoever reads the database alone cannot make it."""
    digest = hmac.digest(key.encode(), f"invitation:{nonce}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def add_invitation(organisation_id: int, email: str, wish: Wish, *, key: str, by: int, at: datetime) -> Invitation:
    """An invitation that is sent at `at`; the address is clean."""
    nonce = secrets.token_hex(16)
    invitation = Invitation(
        organisation_id=organisation_id,
        email=email,
        nonce=nonce,
        token_hash=hash_token(secret_of(nonce, key)),
        invited_by=by,
        sent_at=at,
        expires_at=at + LIFE,
        **wish._asdict(),
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def send_anew(invitation: Invitation, *, key: str, at: datetime) -> None:
    """Another link for two weeks more; the one that was sent before is good for nothing."""
    if invitation.sent_at > at - PAUSE:
        raise SentJustNow
    nonce = secrets.token_hex(16)
    _end(invitation, nonce=nonce, token_hash=hash_token(secret_of(nonce, key)), sent_at=at, expires_at=at + LIFE)


def revoke_invitation(invitation: Invitation, *, by: int, at: datetime) -> None:
    """Nobody can use it any more."""
    _end(invitation, revoked_at=at, revoked_by=by)


def note_accepted(invitation: Invitation, person_id: int, *, at: datetime) -> None:
    """It was used; of several who try at once, one succeeds."""
    _end(invitation, accepted_at=at, accepted_by=person_id)


def invitation_of(invitation_id: int) -> Invitation:
    """The invitation, with the organisation and whoever invited."""
    return _one(_OPEN.where(Invitation.id == invitation_id))


def invitation_in(organisation_id: int, invitation_id: int) -> Invitation:
    """An organisation's own invitation, or NoSuchInvitation."""
    return _one(_OPEN.where(Invitation.id == invitation_id, Invitation.organisation_id == organisation_id))


def invitation_by_token(token: str, at: datetime, *, lock: bool = False) -> Invitation:
    """What the link is for, as long as it can be used; `lock` holds it until the transaction ends."""
    query = _OPEN.where(Invitation.token_hash == hash_token(token))
    invitation = _one(query.with_for_update(of=Invitation) if lock else query)
    refuse_over(invitation, at)
    return invitation


def refuse_over(invitation: Invitation, at: datetime) -> None:
    """InvitationOver, unless it is open."""
    match invitation.state(at):
        case InvitationState.ACCEPTED:
            raise InvitationUsed
        case InvitationState.REVOKED:
            raise InvitationRevoked
        case InvitationState.EXPIRED:
            raise InvitationOver


def invitations_of(organisation_id: int) -> Sequence[Invitation]:
    """The invitations of an organisation that wait to be accepted or have expired, the latest first."""
    query = _OPEN.where(Invitation.organisation_id == organisation_id, IS_OPEN)
    return db.session.scalars(query.order_by(Invitation.sent_at.desc(), Invitation.id.desc())).all()


def open_invitation(organisation_id: int, email: str) -> Invitation | None:
    """The invitation of an address that was neither accepted nor taken back, expired or not."""
    query = _OPEN.where(Invitation.organisation_id == organisation_id, Invitation.email == email, IS_OPEN)
    return db.session.scalar(query)


def _one(query: object) -> Invitation:
    invitation = db.session.scalar(query)  # type: ignore[call-overload]
    if invitation is None:
        raise NoSuchInvitation
    return invitation  # type: ignore[no-any-return]


def _end(invitation: Invitation, **values: object) -> None:
    """Compare and set: what was accepted or taken back meanwhile is no longer changed."""
    change = update(Invitation).where(Invitation.id == invitation.id, IS_OPEN).values(**values)
    if db.session.execute(change).rowcount != 1:  # type: ignore[attr-defined]
        raise InvitationUsed
