"""Factories: plain functions that put people, organisations and a small published content into the database.

Each does its own transaction, so call them between transactions, never inside one.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.exams.attempts import Attempt
from app.exams.catalogue import Exam, live_exam
from app.exams.responses import save_response
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.demo_parts import pass_parts
from app.journeys.moving import join
from app.journeys.publishing import Published, publish_content
from app.journeys.sitting import Outcome, start_attempt, submit_attempt
from app.learning.catalogue import live_courses
from app.learning.enrolling import finish_lesson
from app.mail.outbox import Task, TaskState
from app.partners.evaluating import reevaluate_organisation
from app.partners.programmes import join_programme, programme_by_slug
from app.people.consent import agreed
from app.people.organisations import ENTERED, JobRole, Membership, Organisation, PartnerRole, add_organisation
from app.people.passwords import hash_password
from app.people.persons import Person, PersonRole, add_person
from app.people.sessions import open_session
from app.people.tokens import Scope, create_token
from app.transaction import reading, writing
from app.web.identity import COOKIE_KEY
from tests.declared import declared
from tests.reading import read_once

LANGUAGES = ("es", "en")
OPEN_GATE = {"track": None, "credential": None}
CANARY = "canario"  # stands in every key that can hold a word, in every feedback and in every explanation
ITEMS = f"""\
## Pick one {{#pick-%(n)s}}
- [x] right %(n)s
  > {CANARY} feedback
- [ ] wrong %(n)s
- [ ] as wrong %(n)s

> Why: {CANARY} why

## Pick all {{#all-%(n)s scoring=partial}}
- [x] good %(n)s
- [x] good too %(n)s
- [ ] bad %(n)s
  > {CANARY} feedback

> Why: {CANARY} why

## It is so {{#true-%(n)s}}
= true

> Why: {CANARY} why

## How many {{#count-%(n)s}}
= 987654 +- 1

> Why: {CANARY} why

## Name it {{#name-%(n)s}}
= {CANARY} key %(n)s

> Why: {CANARY} why
"""
_numbers = count(1)


def make_person(**overrides: Any) -> Person:
    """An account; `password` is hashed, and without one nobody signs in by the form."""
    number = next(_numbers)
    password = overrides.pop("password", None)
    secret = hash_password(password) if password else None
    given = {"email": f"person-{number}@test.example", "name": f"Persona {number}", "password_hash": secret}
    with writing() as at:
        return add_person(**{"at": at} | given | overrides)


def make_staff(role: PersonRole, **overrides: Any) -> Person:
    """A trainer, a viewer or an admin of the vendor."""
    return make_person(role=role, **overrides)


def make_organisation(*programmes: str, **overrides: Any) -> Organisation:
    """A partner company that takes part in these published programmes, its standings evaluated."""
    number = next(_numbers)
    with writing() as at:
        given = {"slug": f"company-{number}", "name": f"Company {number}", "at": at} | overrides
        organisation = add_organisation(**given)
        for slug in programmes:
            join_programme(organisation.id, programme_by_slug(slug), at=given["at"])
        reevaluate_organisation(organisation.id, at=given["at"])
        return organisation


def make_membership(person: Person, organisation: Organisation, **overrides: Any) -> Membership:
    """The person works there, from now on unless `at` says otherwise, and has agreed to what is seen of them."""
    with writing() as at:
        given = {"job_role": JobRole.SALES, "by": None, "at": at, "terms": agreed(ENTERED, at)} | overrides
        return join(person.id, organisation.id, **given)


def make_member(
    organisation: Organisation, *, partner_role: PartnerRole = PartnerRole.USER, **overrides: Any
) -> Person:
    """A new account of somebody who works there."""
    person = make_person(**overrides)
    make_membership(person, organisation, partner_role=partner_role)
    return person


def sign_in(client: FlaskClient, person: Person) -> FlaskClient:
    """Give the browser a session of the person, without the form and its slow hash."""
    with writing() as at:
        token = open_session(person.id, at=at)
    with client.session_transaction() as cookie:
        cookie[COOKIE_KEY] = token
    return client


def bearer(person: Person, scope: Scope = Scope.WRITE) -> dict[str, str]:
    """The header with which a program speaks for the person."""
    with writing() as at:
        return {"Authorization": f"Bearer {create_token(person.id, scope, at=at)}"}


def write_course(
    root: Path,
    slug: str = "basics",
    lessons: Sequence[str] = ("01-one", "02-two"),
    teaches: Mapping[str, str] | None = None,
    **changes: Any,
) -> None:
    """A course of short lessons below `root`; `changes` replace keys of its course.yml.

    `teaches` holds the objective that a lesson names, by the lesson.
    """
    taught = teaches or {}
    spec = {
        "id": slug,
        "track": "fundamentals",
        "area": "product",
        "languages": list(LANGUAGES),
        "title": both(f"Course {slug}"),
        "summary": both("A short course."),
        "duration_min": 30 * len(lessons),
        "objectives": [{"id": name} | both("Know all of it") for name in ["all.of-it", *taught.values()]],
        "lessons": list(lessons),
    } | changes
    folder = root / "courses" / spec["track"] / slug
    _write_yaml(folder / "course.yml", spec)
    for lesson in lessons:
        objectives = f"objectives: [{taught[lesson]}]\n" if lesson in taught else ""
        head = f"---\ntitle: Lesson {lesson}\nduration_min: 30\n{objectives}---\n"
        for language in LANGUAGES:
            _write(folder / language / f"{lesson}.md", f"{head}Text of {lesson} in {language}.\n")


def write_exam(
    root: Path, slug: str = "fundamentals", copies: int = 2, items: str = ITEMS, domain: str = "all", **changes: Any
) -> None:
    """An exam open to anyone below `root`: a form of five items, one of each kind, from a bank of `copies` of each."""
    spec = {
        "id": slug,
        "level": "fundamentals",
        "languages": list(LANGUAGES),
        "title": both(f"Exam {slug}"),
        "summary": both("A short exam."),
        "credential": both(f"Certification {slug}"),
        "duration_min": 30,
        "cut_score": 0.7,
        "domains": {domain: both("All of it")},
        "blueprint": [{"domain": domain, "items": 5}],
        "gate": OPEN_GATE,
        "agreement": both("Own work only."),
    } | changes
    _write_yaml(root / "exams" / slug / "exam.yml", spec)
    bank = "\n".join(items % {"n": number} for number in range(1, copies + 1))
    for language in spec["languages"]:
        text = f"---\ndomain: {domain}\nlang: {language}\n---\n{bank}"
        _write(root / "exams" / slug / "items" / language / f"{domain}.md", text)


def write_programme(root: Path, slug: str = "small", at_least: Sequence[int] = (1, 2), **changes: Any) -> None:
    """A programme whose tiers `t1`, `t2` … ask for so many certified people; 0: for nothing.

    Whatever the tiers count is declared, unless `kpis` are given.
    """
    tiers = [
        {
            "id": f"t{rank}",
            "rank": rank,
            "name": both(f"Tier {rank}"),
            "requirements": [
                {"id": "people", "kind": "persons", "level": "fundamentals", "at_least": number, "name": both("People")}
            ][:number],
        }
        for rank, number in enumerate(at_least, start=1)
    ]
    spec = {
        "id": slug,
        "title": both(f"Programme {slug}"),
        "summary": both("A small programme."),
        "effective_from": "2024-01-01",
        "review": {"every_months": 12, "grace_days": 90},
        "tiers": tiers,
    } | changes
    spec.setdefault("kpis", declared(spec["tiers"], {}))
    _write_yaml(root / "programmes" / f"{slug}.yml", spec)


def publish(root: Path) -> Published:
    """Put what lies below `root` live, once it is sound."""
    content = read_once(root)
    assert not content.complaints, [str(complaint) for complaint in content.complaints]
    with writing() as at:
        return publish_content(content, at=at)


def make_programme(root: Path) -> Path:
    """An exam and a programme of two tiers that counts who has passed it, published; returns `root`."""
    write_exam(root)
    write_programme(root)
    publish(root)
    return root


def make_exam(root: Path, **changes: Any) -> Exam:
    """A small exam, written below `root` and published."""
    write_exam(root, **changes)
    publish(root)
    with reading():
        return live_exam(changes.get("slug", "fundamentals"))


def finish_courses(person: Person, track: str = "fundamentals") -> None:
    """Every lesson of the track is done, and every other part confirmed."""
    trainer = make_staff(PersonRole.TRAINER)
    with writing() as at:
        for course in live_courses(track):
            for lesson in course.live_lessons:
                finish_lesson(person.id, lesson, at=at)
            pass_parts(person.id, course, trainer.id, at=at)


def start(person: Person, exam: str = "fundamentals", *, at: datetime | None = None, **changes: Any) -> Attempt:
    """An attempt of the person, begun now or at `at`."""
    given = {"legal_name": person.name, "language": "es", "agreement": True, "rng": Random(1)} | changes
    with writing() as now:
        return start_attempt(live_exam(exam), person, at=at or now, **given)


def answer_all(attempt: Attempt, *, right: bool = True, at: datetime | None = None) -> None:
    """Every item of the form answered rightly, or cleared, at the instant of the start or at `at`."""
    when = at or attempt.started_at
    with writing():
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            answer = right_answer(item, order) if right else None
            save_response(attempt.id, attempt.person_id, position, answer, revision=0, flagged=None, at=when)


def sit(person: Person, exam: str = "fundamentals", *, passes: bool = True, at: datetime | None = None) -> Outcome:
    """A whole sitting, begun, answered and submitted at one instant."""
    attempt = start(person, exam, at=at)
    answer_all(attempt, right=passes)
    with writing():
        return submit_attempt(attempt.id, person.id, at=attempt.started_at)


def both(text: str) -> dict[str, str]:
    """The same text in both languages."""
    return dict.fromkeys(LANGUAGES, text)


def _write_yaml(path: Path, data: dict[str, Any]) -> None:
    _write(path, json.dumps(data, ensure_ascii=False, indent=2))  # JSON is YAML, and has no aliases


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def count_tasks() -> dict[TaskState, int]:
    """How many tasks of the outbox there are in each state."""
    rows = db.session.execute(select(Task.state, func.count(Task.id)).group_by(Task.state))
    return dict(rows.all())
