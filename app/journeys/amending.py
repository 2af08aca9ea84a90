"""Amending: credentials that are reinstated, issued anew under a corrected name, withdrawn, or shown without a name."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.credentials.changing import hide_name, reinstate, reissue, withdraw
from app.credentials.issuing import Credential
from app.credentials.names import clean_names
from app.credentials.register import NoSuchCredential, credential_by_id
from app.exams.attempts import lock_attempt
from app.exams.results import current_result
from app.journeys.moving import reevaluate_workplaces
from app.journeys.sitting import certificate_task
from app.ledger.deeds import record
from app.mail.outbox import put_all
from app.refusal import Refusal


class OwnCredential(Refusal):
    """Nobody decides on a credential of their own."""

    status = 403
    title = _l("This is your own certificate")
    detail = _l("Somebody else has to decide on it.")


class ResultDoesNotPass(Refusal):
    """A credential stands on a passing result."""

    title = _l("This certificate cannot be reinstated")
    detail = _l("The result of its exam does not pass any more.")


def reinstate_credential(public_id: str, *, reason: str, by: int, at: datetime) -> None:
    """A revocation is taken back, and the credential counts again for the organisations of the holder."""
    credential = _held(public_id, by)
    result = current_result(credential.attempt_id)
    if result is None or not result.passed:
        raise ResultDoesNotPass
    reinstate(credential, reason=reason, by=by, at=at)
    _tell("credential_reinstated", credential, by, at, reason=" ".join(reason.split()))


def reissue_credential(
    public_id: str, name: str, *, reason: str, by: int, at: datetime, latin_name: str | None = None
) -> Credential:
    """Another credential with the corrected name takes the place of this one, with the same dates and result."""
    names = clean_names(name, latin_name)
    credential = _held(public_id, by)
    renewed = reissue(credential, names, reason=reason, by=by, at=at)
    put_all([certificate_task(renewed)], at=at)
    reason = " ".join(reason.split())
    subject = f"credential:{renewed.public_id}"
    record("credential_reissued", subject, by=by, at=at, replaces=public_id, reason=reason)
    _tell("credential_replaced", credential, by, at, by_credential=renewed.public_id, reason=reason)
    return renewed


def withdraw_credential(public_id: str, person_id: int, *, at: datetime) -> None:
    """The holder gives a credential back for good; it is printed no more and counts no more."""
    credential = own_credential(public_id, person_id)
    lock_attempt(credential.attempt_id)
    withdraw(credential, by=person_id, at=at)
    _tell("credential_withdrawn", credential, person_id, at)


def hide_holder(public_id: str, person_id: int, *, hide: bool, at: datetime) -> None:
    """The holder has the public page say the name no more, or say it again."""
    credential = own_credential(public_id, person_id)
    hide_name(credential, at if hide else None)
    record("name_hidden" if hide else "name_shown", f"credential:{public_id}", by=person_id, at=at)


def own_credential(public_id: str, person_id: int) -> Credential:
    """The person's own credential, or NoSuchCredential: those of others answer alike."""
    credential = credential_by_id(public_id)
    if credential.person_id != person_id:
        raise NoSuchCredential
    return credential


def _held(public_id: str, by: int) -> Credential:
    """The credential of somebody else, its attempt locked first, as everywhere."""
    credential = credential_by_id(public_id)
    if credential.person_id == by:
        raise OwnCredential
    lock_attempt(credential.attempt_id)
    return credential


def _tell(deed: str, credential: Credential, by: int, at: datetime, **detail: str) -> None:
    """The line in the ledger, and the standings that follow."""
    record(deed, f"credential:{credential.public_id}", by=by, at=at, address=None, **detail)
    reevaluate_workplaces(credential.person_id, at=at)
