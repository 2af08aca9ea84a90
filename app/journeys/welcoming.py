"""Welcoming: the steps of a partner's onboarding, ticked and taken back, and the letter when its time is over."""

from datetime import date, datetime
from typing import Any

from flask_babel import force_locale, format_date, ngettext
from flask_babel import gettext as _

from app.extensions import db
from app.journeys.letters import Letter
from app.ledger.deeds import record
from app.mail.outbox import put_all
from app.partners.checklists import Checklist
from app.partners.onboarding import checklist_in, newly_late, note_warning, take_back, tick
from app.partners.programmes import NoSuchProgramme, Participation, Programme, live_programmes, participation_in
from app.people.organisations import PartnerRole, members_of, membership_of
from app.people.persons import Person

TASK = "onboarding_mail"


def tick_step(part: Participation, step: str, done_on: date, note: str, seen: int, *, by: int, at: datetime) -> None:
    """A step is done since a day."""
    tick(part, step, done_on, note, seen, by=by, at=at)
    _record("step_done", part, step, by, at)


def take_step_back(part: Participation, step: str, reason: str, seen: int, *, by: int, at: datetime) -> None:
    """A step is not done after all."""
    take_back(part, step, reason, seen, by=by, at=at)
    _record("step_taken_back", part, step, by, at, reason=" ".join(reason.split()))


def warn_late(at: datetime) -> None:
    """Write once to whoever administers a partner whose onboarding has become late; nobody is asked after a month."""
    for programme in live_programmes():
        for part, _checklist in newly_late(programme.id, at):
            if note_warning(part, at=at):
                _write_to_admins(part, at)


def is_still_late(payload: dict[str, Any], at: datetime) -> bool:
    """Whether the letter still says something true to somebody whom it concerns."""
    membership = membership_of(payload["person_id"], at)
    if not membership or membership.organisation_id != payload["organisation_id"]:
        return False
    checklist = _checklist(payload, at)
    return membership.partner_role is PartnerRole.ADMIN and checklist is not None and checklist.is_late(at)


def onboarding_letter(payload: dict[str, Any], base_url: str) -> Letter:
    """Which steps are open, and since when the time is over."""
    person = db.session.get_one(Person, payload["person_id"])
    programme = db.session.get_one(Programme, payload["programme_id"])
    checklist = _checklist(payload, datetime.fromisoformat(payload["at"]))
    assert checklist, "only what has an onboarding is late"
    assert checklist.last_day, "only what has a clock is late"
    with force_locale(person.language):
        title = _say(programme.rules.title, person.language)
        left = checklist.total - checklist.done
        lines = [
            _("Hello %(name)s,", name=person.name),
            _("The time for your onboarding ended on %(day)s.", day=format_date(checklist.last_day, "long")),
            ngettext("%(num)s step is open:", "%(num)s steps are open:", left)
            + "".join(f"\n- {_say(step.name, person.language)}" for step in checklist.open_steps),
            _("Your contact at the vendor ticks them off. Nothing is lost meanwhile."),
            _("See the onboarding: %(url)s", url=f"{base_url}/scorecard/onboarding?programme={programme.slug}"),
        ]
        return Letter(person.email, _("Your onboarding is late: %(programme)s", programme=title), _joined(lines))


def _joined(lines: list[str]) -> str:
    return "\n\n".join(lines) + "\n"


def _write_to_admins(part: Participation, at: datetime) -> None:
    place = {"organisation_id": part.organisation_id, "programme_id": part.programme_id, "at": at.isoformat()}
    members = members_of(part.organisation_id, at)
    readers = [one.person_id for one in members if one.partner_role is PartnerRole.ADMIN]
    if readers:
        put_all([(TASK, place | {"person_id": reader}) for reader in readers], at=at)


def _checklist(payload: dict[str, Any], at: datetime) -> Checklist | None:
    programme = db.session.get_one(Programme, payload["programme_id"])
    try:
        return checklist_in(participation_in(payload["organisation_id"], programme.slug), at)
    except NoSuchProgramme:
        return None


def _record(deed: str, part: Participation, step: str, by: int, at: datetime, **reason: str) -> None:
    organisation_id = part.organisation_id
    detail: dict[str, Any] = {"organisation": organisation_id, "name": step} | reason
    record(deed, f"organisation:{organisation_id}", by=by, at=at, **detail)


def _say(text: Any, language: str) -> str:
    return str(text.get(language) or next(iter(text.values())))
