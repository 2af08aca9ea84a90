"""The lines of the ledger in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.extensions import Model, db
from app.ledger.deeds import Deed
from app.people.organisations import Organisation
from app.people.persons import Person
from app.web.layout import last_day
from app.web.naming import LEVELS
from app.web.wording import date_text
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

# %(who)s did it, %(whom)s is the person it was done to; each stands alone where there is no other.
SENTENCES = {
    "erasure_asked": _l("%(whom)s asked to be erased"),
    "erasure_taken_back": _l("%(whom)s no longer asks to be erased"),
    "person_erased": _l("%(who)s erased the person %(whom)s"),
    "account_disabled": _l("The account of %(whom)s was disabled"),
    "sign_in": _l("%(whom)s signed in"),
    "sign_in_refused": _l("A sign-in to the account of %(whom)s was refused"),
    "password_changed": _l("%(whom)s changed the password"),
    "accommodation_granted": _l("%(who)s granted %(whom)s an accommodation in exams"),
    "accommodation_ended": _l("%(who)s ended the accommodation of %(whom)s"),
    "time_granted": _l("%(who)s gave %(whom)s more time in the %(exam)s exam: %(reason)s"),
    "service_was_away": _l("The service was away; open attempts got their time back"),
    "clock_jumped": _l("The clock of the service jumped"),
    "access_refused": _l("%(who)s asked for a page that the role does not open: %(page)s"),
    "attempt_started": _l("%(whom)s started the %(exam)s exam"),
    "credential_issued": _l("%(whom)s received the %(level)s certificate"),
    "credential_revoked": _l("%(who)s revoked the %(level)s certificate of %(whom)s: %(reason)s"),
    "credential_reinstated": _l("%(who)s reinstated the %(level)s certificate of %(whom)s: %(reason)s"),
    "credential_reissued": _l("%(who)s issued the %(level)s certificate of %(whom)s anew: %(reason)s"),
    "credential_replaced": _l("%(who)s replaced the %(level)s certificate of %(whom)s: %(reason)s"),
    "credential_withdrawn": _l("%(who)s withdrew the %(level)s certificate"),
    "bulk_revocation_confirmed": _l("%(who)s revoked several certificates at once: %(reason)s"),
    "name_hidden": _l("%(who)s hid the name on the public page of the %(level)s certificate"),
    "name_shown": _l("%(who)s let the public page of the %(level)s certificate show the name again"),
    "recognition_proposed": _l("%(who)s proposed to recognise an outside certificate of %(whom)s"),
    "recognition_approved": _l("%(who)s recognised an outside certificate of %(whom)s"),
    "recognition_rejected": _l("%(who)s did not recognise an outside certificate of %(whom)s"),
    "recognition_revoked": _l("%(who)s recognises an outside certificate of %(whom)s no longer"),
    "answer_rated": _l("%(who)s rated an answer in the %(exam)s exam"),
    "correction_proposed": _l("%(who)s proposed to correct the item %(item)s: %(reason)s"),
    "correction_approved": _l("%(who)s approved the correction of the item %(item)s"),
    "correction_withdrawn": _l("%(who)s withdrew the correction of the item %(item)s"),
    "correction_done": _l("The correction of the item %(item)s was put through"),
    "result_decided": _l("The result of %(whom)s in the %(exam)s exam was decided"),
    "result_corrected": _l("The result of %(whom)s in the %(exam)s exam was corrected"),
    "report_resolved": _l("%(who)s answered the report of the item %(item)s by %(whom)s"),
    "void_proposed": _l("%(who)s proposed to void the result of %(whom)s in the %(exam)s exam"),
    "void_approved": _l("%(who)s voided the result of %(whom)s in the %(exam)s exam"),
    "void_rejected": _l("%(who)s rejected voiding the result of %(whom)s in the %(exam)s exam"),
    "appeal_filed": _l("%(whom)s appealed against the result of the %(exam)s exam"),
    "appeal_answered": _l("%(who)s answered the appeal of %(whom)s in the %(exam)s exam"),
    "joined": _l("%(whom)s joined %(organisation)s"),
    "left": _l("%(whom)s left %(organisation)s"),
    "membership_ends": _l("%(whom)s leaves %(organisation)s on %(day)s"),
    "membership_kept": _l("%(whom)s does not leave %(organisation)s after all"),
    "membership_changed": _l("%(who)s changed what %(whom)s works as at %(organisation)s"),
    "consent_given": _l("%(whom)s agreed to what %(organisation)s sees"),
    "invited": _l("%(who)s invited somebody to %(organisation)s"),
    "invitation_sent_again": _l("%(who)s sent an invitation to %(organisation)s again"),
    "invitation_revoked": _l("%(who)s took an invitation to %(organisation)s back"),
    "invitation_refused": _l("%(who)s opened an invitation to %(organisation)s that was for another address"),
    "domain_verified": _l("%(who)s verified the domain %(name)s of %(organisation)s"),
    "domain_withdrawn": _l("%(who)s withdrew the domain %(name)s of %(organisation)s"),
    "organisation_labelled": _l("%(who)s set the label of the certificates of %(organisation)s"),
    "fact_recorded": _l("%(who)s wrote down a fact about %(organisation)s: %(reason)s"),
    "fact_corrected": _l("%(who)s corrected a fact about %(organisation)s: %(reason)s"),
    "fact_withdrawn": _l("%(who)s withdrew a fact about %(organisation)s: %(reason)s"),
    "facts_import_confirmed": _l("%(who)s confirmed the facts of the file %(names)s"),
    "facts_imported": _l("The facts of the file %(names)s were recorded"),
    "account_added": _l("%(who)s added the account %(names)s of %(organisation)s"),
    "account_removed": _l("%(who)s removed the account %(names)s of %(organisation)s"),
    "exception_proposed": _l("%(who)s proposed to hold a tier for %(organisation)s: %(reason)s"),
    "exception_approved": _l("%(who)s approved to hold a tier for %(organisation)s: %(reason)s"),
    "exception_rejected": _l("%(who)s did not approve to hold a tier for %(organisation)s"),
    "exception_revoked": _l("%(who)s ended the exception of %(organisation)s: %(reason)s"),
    "investment_recorded": _l("%(who)s wrote down an investment in the programme %(name)s"),
    "investment_withdrawn": _l("%(who)s withdrew an investment in the programme %(name)s: %(reason)s"),
    "report_subscribed": _l("%(who)s asked for the report %(name)s by letter"),
    "report_unsubscribed": _l("%(who)s no longer gets the report %(name)s by letter"),
    "step_done": _l("%(who)s ticked the onboarding step %(name)s of %(organisation)s"),
    "step_taken_back": _l("%(who)s took the onboarding step %(name)s of %(organisation)s back: %(reason)s"),
    "listing_saved": _l("%(who)s changed the public entry of %(organisation)s"),
    "listing_published": _l("%(who)s let %(organisation)s be seen in the public directory"),
    "listing_taken_down": _l("%(who)s took %(organisation)s out of the public directory"),
    "listing_hidden": _l("%(who)s hid what %(organisation)s wrote in the public directory: %(reason)s"),
    "listing_shown": _l("%(who)s let what %(organisation)s wrote in the public directory be seen again"),
    "content_published": _l("New content was published: %(names)s"),
}
CLOSINGS = {
    (True, "submitted"): _l("%(whom)s submitted the %(exam)s exam, and passed"),
    (False, "submitted"): _l("%(whom)s submitted the %(exam)s exam, and did not pass"),
    (True, "deadline"): _l("The time of %(whom)s in the %(exam)s exam was over: passed"),
    (None, "submitted"): _l("%(whom)s submitted the %(exam)s exam; the result is not final yet"),
    (None, "deadline"): _l("The time of %(whom)s in the %(exam)s exam was over; the result is not final yet"),
    (False, "deadline"): _l("The time of %(whom)s in the %(exam)s exam was over: not passed"),
}
BY_THE_VENDOR = {
    "left": _l("%(who)s ended the membership of %(whom)s in %(organisation)s: %(reason)s"),
    "membership_ends": _l("%(who)s ended the membership of %(whom)s in %(organisation)s on %(day)s: %(reason)s"),
}
OTHER = _l("%(who)s: %(deed)s, %(subject)s")


@dataclass(frozen=True)
class Line:
    """A line of the ledger as it is read; `url` leads to what it is about, where there is a page for it."""

    at: datetime
    sentence: str
    url: str | None


@dataclass(frozen=True)
class Names:
    """What the lines speak of, looked up for all of them at once."""

    persons: dict[int, Person]
    organisations: dict[int, Organisation]
    credentials: dict[str, Credential]
    attempts: dict[int, tuple[Attempt, Exam]]

    def person(self, person_id: int | None) -> str:
        """The name, or what stands for nobody in particular."""
        person = self.persons.get(person_id or 0)
        return person.name if person else _("the system")


def in_words(deeds: Sequence[Deed]) -> list[Line]:
    """The lines, in the page's language."""
    names = _look_up(deeds)
    return [_line(deed, names) for deed in deeds]


def _line(deed: Deed, names: Names) -> Line:
    kind, _colon, key = deed.subject.partition(":")
    sentence = str(_sentence(deed)) % _words(deed, names)
    url = url_for("admin.credential", public_id=key) if kind == "credential" and key in names.credentials else None
    if kind == "regrade":
        url = url_for("trainer.correction", regrade_id=_number(key))
    return Line(deed.at, sentence[:1].upper() + sentence[1:], url)


def _sentence(deed: Deed) -> object:
    if deed.deed == "attempt_closed":
        return CLOSINGS.get((deed.detail.get("passed"), str(deed.detail.get("closing"))), OTHER)
    if deed.deed in BY_THE_VENDOR and deed.detail.get("reason"):
        return BY_THE_VENDOR[deed.deed]
    return SENTENCES.get(deed.deed, OTHER)


def _words(deed: Deed, names: Names) -> dict[str, str]:
    """Everything that a sentence may speak of."""
    kind, _colon, key = deed.subject.partition(":")
    credential = names.credentials.get(key)
    attempt, exam = names.attempts.get(_number(key), (None, None)) if kind == "attempt" else (None, None)
    touched = _number(key) if kind == "person" else attempt.person_id if attempt else None
    whom = _("somebody unknown") if touched is None else names.person(touched)
    organisation = names.organisations.get(_number(deed.detail.get("organisation")))
    gone = "…" if deed.salt is None else ""
    reason = str(deed.detail.get("reason", gone))
    level = credential.level if credential else exam.level if exam else ""
    return {
        "who": names.person(deed.person_id),
        "whom": credential.holder if credential else whom,
        "level": LEVELS.get(level, level),
        "exam": LEVELS.get(level, level),
        "organisation": organisation.name if organisation else gone,
        "reason": _(reason) if reason else "",  # some are ours, and then they are in the catalogue
        "item": str(deed.detail.get("item", "")),
        "name": str(deed.detail.get("name", "")),
        "day": _last_day(str(deed.detail.get("ends_at", ""))),
        "names": ", ".join(deed.detail.get("names", ())),
        "page": deed.subject,
        "deed": deed.deed,
        "subject": deed.subject,
    }


def _last_day(ends_at: str) -> str:
    return date_text(last_day(datetime.fromisoformat(ends_at)), "long") if ends_at else ""


def _look_up(deeds: Sequence[Deed]) -> Names:
    subjects = [deed.subject.partition(":") for deed in deeds]
    attempts = _attempts({_number(key) for kind, _colon, key in subjects if kind == "attempt"})
    people = {deed.person_id for deed in deeds if deed.person_id}
    people |= {_number(key) for kind, _colon, key in subjects if kind == "person"}
    people |= {attempt.person_id for attempt, _exam in attempts.values()}
    public_ids = {key for kind, _colon, key in subjects if kind == "credential"}
    credentials = db.session.scalars(select(Credential).where(Credential.public_id.in_(public_ids)))
    return Names(
        persons=_by_id(Person, people),
        organisations=_by_id(Organisation, {_number(deed.detail.get("organisation")) for deed in deeds}),
        credentials={credential.public_id: credential for credential in credentials},
        attempts=attempts,
    )


def _attempts(attempt_ids: set[int]) -> dict[int, tuple[Attempt, Exam]]:
    query = select(Attempt, Exam).join(Exam, Exam.id == Attempt.exam_id).where(Attempt.id.in_(attempt_ids))
    return {attempt.id: (attempt, exam) for attempt, exam in db.session.execute(query)}


def _by_id(model: type[Model], ids: set[int]) -> dict[int, Any]:
    rows = db.session.scalars(select(model).where(model.id.in_(ids)))  # type: ignore[attr-defined]
    return {row.id: row for row in rows}  # type: ignore[attr-defined]


def _number(text: object) -> int:
    """An id, or 0, which is nobody's."""
    return int(text) if isinstance(text, int) or (isinstance(text, str) and text.isdecimal()) else 0
