"""Forgetting: of an erased person's credentials the id, the state and the commitments stay, and nothing else."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from app.credentials.changing import WITHDRAWN, Reinstatement
from app.credentials.issuing import Credential
from app.credentials.keeping import Certificate, erase_certificates
from app.credentials.logging import log_change
from app.credentials.recognitions import Recognition
from app.extensions import db
from app.ledger.log import Kind

GONE = "-"  # where a text has to stand


def forget_credentials(person_id: int, pseudonym: str, *, at: datetime) -> list[str]:
    """Withdraw every credential in the holder's name, then empty it; returns their public ids.

    The log gets its last leaf of each while the salt is still there: without it the leaves of two credentials of one
    person have nothing in common.
    """
    own = select(Credential).where(Credential.person_id == person_id).order_by(Credential.id)
    credentials = db.session.scalars(own.with_for_update().execution_options(populate_existing=True)).all()
    for credential in credentials:
        if credential.withdrawn_at is None:
            log_change(Kind.WITHDRAW, credential, at=at)
            credential.withdrawn_at, credential.withdrawn_reason = at, WITHDRAWN
            credential.withdrawn_by = person_id
        credential.holder, credential.record = pseudonym, b""
        for name in ("revoked_reason", "superseded_reason"):
            setattr(credential, name, GONE if getattr(credential, name) else None)
        erase_certificates(credential.id)
    db.session.flush()
    ids = [credential.id for credential in credentials]
    lapses = update(Reinstatement).where(Reinstatement.credential_id.in_(ids), Reinstatement.reason != GONE)
    db.session.execute(lapses.values(reason=GONE, revoked_reason=GONE))
    db.session.execute(delete(Recognition).where(Recognition.person_id == person_id))
    return [credential.public_id for credential in credentials]


def credentials_extent(person_id: int) -> tuple[int, int, int]:
    """How many credentials, kept certificates and outside credentials of the person there are."""
    ids = select(Credential.id).where(Credential.person_id == person_id)
    kept = select(func.count(Certificate.id)).where(Certificate.credential_id.in_(ids), Certificate.pdf.is_not(None))
    counts = (
        select(func.count(Credential.id)).where(Credential.person_id == person_id),
        kept,
        select(func.count(Recognition.id)).where(Recognition.person_id == person_id),
    )
    credentials, certificates, recognitions = (db.session.scalar(count) or 0 for count in counts)
    return credentials, certificates, recognitions
