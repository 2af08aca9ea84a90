"""Erasing: a person of whom nothing is left but the number, in one transaction; what lies in files follows."""

from datetime import datetime
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from app.credentials.forgetting import credentials_extent, forget_credentials
from app.credentials.issuing import clean_reason
from app.credentials.recognitions import recognitions_of
from app.credentials.register import credentials_of
from app.exams.appeals import appeals_of
from app.exams.attempts import lock_attempt
from app.exams.forgetting import exams_extent, forget_exams, own_attempts, require_decided
from app.learning.assigning import forget_assignments
from app.learning.enrolling import forget_studies
from app.learning.hand_ins import forget_hand_ins
from app.ledger.deeds import forget_deeds, record, record_erasure
from app.mail.outbox import LEASE, forget_tasks, put
from app.partners.evaluating import reevaluate_organisation
from app.partners.standing import forget_member
from app.partners.subscriptions import forget_subscriptions
from app.people.erasures import (
    ask_for_erasure,
    forget_person,
    lock_unerased,
    note_erasure,
    organisations_ever,
    require_another_admin,
    take_erasure_back,
)
from app.people.persons import Person
from app.refusal import Refusal


class OwnErasure(Refusal):
    """Nobody does it to themselves: somebody else has to be able to answer for it."""

    status = 403
    title = _l("Somebody else has to erase you")
    detail = _l("Ask for it on the page of your account, and another administrator decides.")


class ReasonNames(Refusal):
    """The reason stays when the person is gone."""

    status = 422
    title = _l("The reason names the person")
    detail = _l("It stays when all else is gone: name a reference to the request instead.")


class Extent(NamedTuple):
    """What an erasure empties, in numbers."""

    credentials: int
    certificates: int
    recognitions: int
    attempts: int
    written: int
    uploads: int
    accommodations: int


def extent_of(person_id: int) -> Extent:
    """What there is to erase."""
    return Extent(*credentials_extent(person_id), *exams_extent(person_id))


def ask(person_id: int, *, at: datetime) -> None:
    """The person asks to be erased."""
    ask_for_erasure(person_id, at=at)
    record("erasure_asked", f"person:{person_id}", by=person_id, at=at)


def take_back(person_id: int, *, at: datetime) -> None:
    """The person asks for it no longer."""
    take_erasure_back(person_id, at=at)
    record("erasure_taken_back", f"person:{person_id}", by=person_id, at=at)


def erase(person_id: int, *, reason: str, by: int | None, at: datetime) -> None:
    """Erase a person, all of it or nothing; there is no way back. The person is locked first, as by a start.

    Raises AlreadyErased, OwnErasure, LastAdministrator, StillDecided, ReasonMissing or ReasonNames.
    """
    person = lock_unerased(person_id)
    if person_id == by:
        raise OwnErasure
    require_another_admin(person)
    reason = _nameless(reason, person)
    attempt_ids = own_attempts(person_id)
    for attempt_id in attempt_ids:
        lock_attempt(attempt_id)
    require_decided(person_id, attempt_ids)
    organisations = organisations_ever(person_id)
    tasks = _forget_tasks(person)
    public_ids = forget_credentials(person_id, person.pseudonym, at=at)
    forget_exams(person_id, attempt_ids)
    forget_hand_ins(person_id)
    forget_studies(person_id)
    forget_assignments(person_id)
    forget_subscriptions(person_id)
    forget_person(person, at=at)
    note_erasure(person_id, reason=reason, by=by, at=at)
    subjects = [f"person:{person_id}", *(f"attempt:{one}" for one in attempt_ids)]
    lines = forget_deeds(person_id, [*subjects, *(f"credential:{one}" for one in public_ids)])
    record_erasure(person_id, lines, by=by, at=at)
    for organisation_id in organisations:
        reevaluate_organisation(organisation_id, at=at)
        forget_member(organisation_id, person_id, person.pseudonym)
    put("scrub", {"tasks": tasks}, at=at + LEASE)  # by then whoever has one of its letters in hand is done with it


def _nameless(reason: str, person: Person) -> str:
    reason = clean_reason(reason)
    said = reason.casefold()
    if person.email.casefold() in said or person.name.casefold() in said:
        raise ReasonNames
    return reason


def _forget_tasks(person: Person) -> list[int]:
    """Everything that waits to be done for the person, and what is known of what was done."""
    attempt_ids = own_attempts(person.id)
    about = {
        "person_id": [person.id],
        "attempt_id": attempt_ids,
        "credential_id": [credential.id for credential in credentials_of([person.id])],
        "appeal_id": [appeal.id for attempt_id in attempt_ids for appeal in appeals_of(attempt_id)],
        "recognition_id": [recognition.id for recognition in recognitions_of(person.id)],
    }
    return forget_tasks(about, person.email)
