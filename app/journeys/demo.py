"""The demo: organisations, people and their history, made through the deeds themselves in the order of their days."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.credentials.issuing import Credential
from app.credentials.register import held_exactly
from app.exams.attempts import Attempt, attempt_of
from app.exams.catalogue import live_exam
from app.exams.kinds import KINDS
from app.exams.marking import rubric_points
from app.exams.rating_queue import take_next
from app.exams.responses import save_response
from app.extensions import db
from app.journeys.assigning import assign
from app.journeys.demo_cast import (
    ASKED,
    CONSULTANTS,
    MEMOS,
    PARTNERS,
    RATED,
    REVOKED,
    STAFF,
    Actor,
    Asked,
    Partner,
    Sitting,
)
from app.journeys.demo_parts import WAITING_DAYS, hand_one_in, pass_parts
from app.journeys.demo_welcome import grades, listing, welcome
from app.journeys.moving import join, leave, revoke_credential
from app.journeys.rating import rate
from app.journeys.sitting import close_overdue, start_attempt, submit_attempt
from app.learning.catalogue import live_courses
from app.learning.enrolling import finish_lesson, open_lesson
from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.programmes import join_programme, participations_of, programme_by_slug
from app.people.consent import agreed
from app.people.domains import verify_domain
from app.people.organisations import ENTERED, add_organisation, all_organisations, membership_of, organisation_by_slug
from app.people.persons import Person, add_person, person_by_email

SEED = 2026
Deed = Callable[[datetime], object]


def fill_demo(password_hash: str, *, at: datetime) -> None:
    """Play the whole history up to `at`; the same every time."""
    rng = Random(SEED)
    morning = at.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    _admit_all(password_hash, morning - timedelta(days=900))
    for days, deed in sorted(_history(rng), key=lambda event: -event[0]):
        deed(morning - timedelta(days=days))
    for organisation in all_organisations():
        reevaluate_organisation(organisation.id, at=at)


def _admit_all(password_hash: str, at: datetime) -> None:
    for actor in (*STAFF, *CONSULTANTS):
        add_person(
            actor.email, actor.name, role=actor.role, language=actor.language, password_hash=password_hash, at=at
        )


def _history(rng: Random) -> Iterator[tuple[float, Deed]]:
    """Pairs of days ago and what happened then."""
    for partner in PARTNERS:
        yield from _partner_history(partner)
    for actor in CONSULTANTS:
        yield from _actor_history(actor, rng)
    for asked in ASKED:
        yield asked.days, lambda at, asked=asked: _assign(asked, at)  # type: ignore[misc]
    yield RATED, _rate
    yield WAITING_DAYS, hand_one_in
    email, days, reason = REVOKED
    yield days, lambda at: _revoke(email, reason, at)


def _partner_history(partner: Partner) -> Iterator[tuple[float, Deed]]:
    yield partner.joined, lambda at: _found(partner, at)
    yield from welcome(partner)
    yield from grades(partner)
    yield from listing(partner)
    for slug, days, signed in partner.later:
        yield days, lambda at, slug=slug, signed=signed: _join_later(partner, slug, signed, at)  # type: ignore[misc]
    for days, count in partner.customers:
        yield days, lambda at, count=count: _tell(partner, "customers", count, at)  # type: ignore[misc]
    for month in range(partner.joined // 31):
        yield 31 * month + 0.5, lambda at: _tell_revenue(partner, at)


def _actor_history(actor: Actor, rng: Random) -> Iterator[tuple[float, Deed]]:
    if actor.partner:
        yield actor.joined - 1, lambda at: _join(actor, actor.partner, at)
    if actor.lessons:
        yield min(actor.joined - 2, 6), lambda at: _begin(actor, at)
    if actor.finished:
        yield min(actor.joined - 2, 6), lambda at: _study(actor, "fundamentals", at)
    for sitting in actor.sittings:
        yield sitting.days + 0.2, lambda at, sitting=sitting: _study(actor, sitting.level, at)  # type: ignore[misc]
        yield sitting.days, lambda at, sitting=sitting: _sit(actor, sitting, at, rng)  # type: ignore[misc]
    if actor.moves_to:
        slug, days = actor.moves_to
        yield days, lambda at: _move(actor, slug, at)


def _found(partner: Partner, at: datetime) -> None:
    organisation = add_organisation(partner.slug, partner.name, at=at)
    verify_domain(organisation.id, f"{partner.slug}.example", by=None, at=at)
    for slug in partner.programmes:
        join_programme(organisation.id, programme_by_slug(slug), at=at)


def _join_later(partner: Partner, slug: str, signed: Iterable[str], at: datetime) -> None:
    organisation, programme = organisation_by_slug(partner.slug), programme_by_slug(slug)
    join_programme(organisation.id, programme, at=at)
    for metric in signed:
        add_fact(
            organisation_id=organisation.id,
            programme_id=programme.id,
            metric=metric,
            value=1,
            valid_from=at,
            source="Convenio firmado",
            at=at,
        )
    reevaluate_organisation(organisation.id, at=at)


def _tell(partner: Partner, metric: str, value: int, at: datetime, **more: Any) -> None:
    organisation = organisation_by_slug(partner.slug)
    for part in participations_of(organisation.id):
        add_fact(
            organisation_id=organisation.id,
            programme_id=part.programme_id,
            metric=metric,
            value=value,
            source="CRM",
            at=at,
            **{"valid_from": at} | more,
        )
    reevaluate_organisation(organisation.id, at=at)


def _tell_revenue(partner: Partner, at: datetime) -> None:
    """The revenue of the thirty-one days before, in cents."""
    _tell(
        partner,
        "revenue",
        partner.revenue * 100,
        at,
        currency="USD",
        valid_from=at - timedelta(days=31),
        valid_to=at,
    )


def _join(actor: Actor, slug: str | None, at: datetime) -> None:
    organisation = organisation_by_slug(slug or "")
    terms = agreed(ENTERED, at)
    join(_id(actor), organisation.id, job_role=actor.job, partner_role=actor.partner_role, by=None, at=at, terms=terms)


def _move(actor: Actor, slug: str, at: datetime) -> None:
    leave(_id(actor), by=None, at=at)
    _join(actor, slug, at)


def _begin(actor: Actor, at: datetime) -> None:
    """Finish the first lessons of each Fundamentals course, and open the one after."""
    for course in live_courses("fundamentals"):
        for lesson in course.live_lessons[: actor.lessons]:
            finish_lesson(_id(actor), lesson, at=at)
        for lesson in course.live_lessons[actor.lessons :][:1]:
            open_lesson(_id(actor), lesson, at=at)


def _study(actor: Actor, track: str, at: datetime) -> None:
    """Finish the courses of the track; the trainer confirms what is handed in and attended."""
    trainer = person_by_email("trainer@demo.example")
    assert trainer is not None, "the cast was admitted first"
    for course in live_courses(track):
        for lesson in course.live_lessons:
            finish_lesson(_id(actor), lesson, at=at)
        pass_parts(_id(actor), course, trainer.id, at=at)


def _assign(asked: Asked, at: datetime) -> None:
    by, *people = (person_by_email(f"{name}@demo.example") for name in (asked.by, *asked.people))
    assert by is not None, "the cast was admitted first"
    workplace = membership_of(by.id, at)
    assert workplace is not None, "whoever manages a team works there"
    chosen, last_day = [person.id for person in people if person], (at + timedelta(days=asked.within)).date()
    assign(workplace.organisation_id, chosen, asked.what, last_day=last_day, note=asked.note, by=by.id, at=at)


def _sit(actor: Actor, sitting: Sitting, at: datetime, rng: Random) -> None:
    person = _person(actor)
    attempt = start_attempt(
        live_exam(sitting.level),
        person,
        legal_name=person.name,
        language=person.language,
        agreement=True,
        at=at,
        rng=rng,
    )
    _answer(attempt, sitting, at)
    if sitting.left:
        close_overdue(attempt_of(attempt.id, person.id))
    else:
        submit_attempt(attempt.id, person.id, at=at + timedelta(minutes=25))


def _answer(attempt: Attempt, sitting: Sitting, at: datetime) -> None:
    """Answer one item a little after the other; the lightest items are the ones that go wrong."""
    items = attempt.items
    by_weight = sorted(range(len(items)), key=lambda position: items[position]["points"])
    wrong = set(by_weight[: sitting.wrong])
    for position in range(6 if sitting.left else len(items)):
        memo = MEMOS.get(items[position]["id"])
        answer = memo or right_answer(items[position], attempt.option_orders[position])
        if position in wrong:
            answer = _wrong_answer(items[position], answer)
        save_response(
            attempt.id,
            attempt.person_id,
            position,
            answer,
            revision=0,
            flagged=position % 11 == 5,
            at=at + timedelta(seconds=40 * (position + 1)),
        )


def right_answer(item: dict[str, Any], option_order: list[int]) -> Any:
    """The answer that earns every point of an item, in the positions of the form."""
    return KINDS[item["kind"]].right_answer(item, option_order)


def _wrong_answer(item: dict[str, Any], right: Any) -> Any:
    match item["kind"]:
        case "single_choice":
            return (right + 1) % len(item["text"]["es"]["options"])
        case "true_false":
            return not right
    return None


def _rate(at: datetime) -> None:
    """The trainer rates the answer that waits, a point short of all."""
    trainer = person_by_email("trainer@demo.example")
    assert trainer is not None, "the cast was admitted first"
    turn = take_next(trainer.id, at=at)
    attempt = db.session.get_one(Attempt, turn.attempt_id)
    first, *rest = rubric_points(attempt.items[turn.position])
    rate(turn.id, trainer.id, [first - 1, *rest], "", at=at)


def _revoke(email: str, reason: str, at: datetime) -> None:
    person, admin = person_by_email(email), person_by_email("admin@demo.example")
    held = held_exactly(person.id, "fundamentals", at) if person else None
    if held and admin:
        revoke_credential(db.session.get_one(Credential, held.id), reason=reason, by=admin.id, at=at)


def _person(actor: Actor) -> Person:
    person = person_by_email(actor.email)
    assert person is not None, "the cast was admitted first"
    return person


def _id(actor: Actor) -> int:
    return _person(actor).id
