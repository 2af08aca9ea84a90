"""Filling a database with any number of people, each with a passed exam, set-wise from one history made by the deeds.

`python -m bench.population N` fills the database of the settings with N attempts.
"""

import json
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice
from random import Random
from time import monotonic
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    LargeBinary,
    String,
    Table,
    Text,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    true,
)

from app.canonical import fingerprint
from app.credentials.issuing import Credential
from app.credentials.logging import leaf
from app.exams.attempts import Attempt
from app.exams.catalogue import live_exam
from app.exams.responses import Response, save_response
from app.exams.results import Result
from app.extensions import db
from app.factory import create_app
from app.journeys.demo import right_answer
from app.journeys.demo_parts import pass_parts
from app.journeys.moving import join
from app.journeys.publishing import publish_content, read_content
from app.journeys.sitting import start_attempt, submit_attempt
from app.learning.catalogue import live_courses
from app.learning.enrolling import Enrolment, Progress, finish_lesson
from app.learning.hand_ins import HandIn
from app.ledger.deeds import Deed
from app.ledger.log import Kind, Leaf, leaf_row
from app.partners.facts import Fact, add_fact
from app.partners.programmes import Participation, join_programme, programme_by_slug
from app.partners.standing import Standing
from app.people.organisations import JobRole, Membership, Organisation, PartnerRole, add_organisation
from app.people.passwords import hash_password
from app.people.persons import Person, PersonRole, add_person
from app.transaction import writing
from bench.service import ROOT

PROGRAMMES = ("email-reengagement", "ia-bulk")  # that an organisation takes part in
MEMBERS = 25
CHUNK = 20_000
PREFIX, FIRST = "bench-credential-", 100_000_000  # 26 characters, and never what the product would make
PASSWORD = secrets.token_hex(8)
Overrides = Mapping[str, ColumnElement[Any]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Original:
    """The ids of the history that is copied; the copies follow them without a gap."""

    person: int
    organisation: int
    attempt: int
    credential: int


@dataclass(frozen=True)
class Crowd:
    """Some of the people that were filled in: their ids, and those of their credentials."""

    person_ids: list[int]
    credentials: list[str]


class Population:
    """The people that were filled in, handed out once each."""

    def __init__(self, original: Original, count: int) -> None:
        self._original = original
        self._numbers = iter(range(1, count + 1))

    def take(self, count: int) -> Crowd:
        """The next so many."""
        numbers = list(islice(self._numbers, count))
        assert len(numbers) == count, "more people are asked for than were filled in"
        return Crowd([self._original.person + n for n in numbers], [f"{PREFIX}{FIRST + n}" for n in numbers])


def publish() -> None:
    """Make the tables and publish the sample content in an empty database."""
    db.create_all()
    content = read_content(ROOT)
    with writing() as at:
        publish_content(content, at=at)


def fill(count: int, say: Say, *, barely: bool = False, members: int = MEMBERS) -> Population:
    """Add `count` people with all their lessons done and the Fundamentals exam passed, so many to an organisation.

    `barely`: they answered no more than it takes to pass, so that a point less is a fail.
    """
    original = _live_once(barely)
    started = monotonic()
    for low in range(1, count + 1, CHUNK):
        high = min(low + CHUNK - 1, count)
        with writing():
            _unchecked()
            _copy_organisations(original, low, high, members)
            _copy_people(original, low, high, members)
        say(f"{high:,} of {count:,} attempts, {monotonic() - started:.0f} s")
    with writing():
        _catch_up()
    return Population(original, count)


def _live_once(barely: bool) -> Original:
    """One person of one organisation, whose history goes through the deeds themselves."""
    secret = hash_password(PASSWORD)
    with writing() as now:
        at = now - timedelta(days=100)
        organisation = add_organisation("original", "Original", at=at)
        for programme in map(programme_by_slug, PROGRAMMES):
            join_programme(organisation.id, programme, at=at)
            for month in range(3):
                _tell(organisation.id, programme.id, at - timedelta(days=31 * month))
        trainer = add_person("trainer@bench.example", "Teresa Original", at=at, role=PersonRole.TRAINER)
        person = add_person("person@bench.example", "Ana Original", at=at, password_hash=secret)
        join(person.id, organisation.id, job_role=JobRole.SALES, partner_role=PartnerRole.ADMIN, by=None, at=at)
        for course in live_courses():
            for lesson in course.live_lessons:
                finish_lesson(person.id, lesson, at=at)
            pass_parts(person.id, course, trainer.id, at=at)
        rng = Random(1)
        attempt = start_attempt(
            live_exam("fundamentals"), person, legal_name=person.name, language="es", agreement=True, at=at, rng=rng
        )
        for position in _answered(attempt, barely):
            answer = right_answer(attempt.items[position], attempt.option_orders[position])
            save_response(attempt.id, person.id, position, answer, revision=0, flagged=None, at=at)
        outcome = submit_attempt(attempt.id, person.id, at=at)
        assert outcome.credential is not None
        return Original(person.id, organisation.id, attempt.id, outcome.credential.id)


def _answered(attempt: Attempt, barely: bool) -> Iterator[int]:
    """The positions of the items that are answered: all, or the weightiest until the cut is reached."""
    points = [item["points"] for item in attempt.items]
    missing = sum(points) * Fraction(attempt.exam["cut_score"]) if barely else sum(points)
    for position in sorted(range(len(points)), key=lambda position: -points[position]):
        if missing <= 0:
            return
        missing -= points[position]
        yield position


def _tell(organisation_id: int, programme_id: int, at: datetime) -> None:
    """A month's revenue and customers."""
    for metric, value, currency in (("revenue", 2_000_000, "USD"), ("customers", 3, None)):
        add_fact(
            organisation_id=organisation_id,
            programme_id=programme_id,
            metric=metric,
            value=value,
            currency=currency,
            valid_from=at - timedelta(days=31),
            valid_to=at,
            source="CRM",
            at=at,
        )


def _copy_organisations(original: Original, low: int, high: int, members: int) -> None:
    """The organisations of the people from `low` to `high` that are not there yet."""
    numbers = _numbers((low + members - 2) // members + 1, (high - 1) // members + 1)
    n, own = numbers.c.n, original.organisation
    name = literal("organisation-") + cast(n, String)
    _copy(Organisation, Organisation.id == own, numbers, {"id": own + n, "slug": name, "name": name})
    for model in (Participation, Standing, Fact):
        _copy(model, model.organisation_id == own, numbers, {"organisation_id": own + n})


def _copy_people(original: Original, low: int, high: int, members: int) -> None:
    numbers = _numbers(low, high)
    n = numbers.c.n
    text_n = cast(n, String)
    person, attempt = original.person + n, original.attempt + n
    email = literal("person-") + text_n + literal("@bench.example")
    organisation = original.organisation + 1 + (n - 1) // members
    _copy(Person, Person.id == original.person, numbers, {"id": person, "email": email})
    of_person: dict[Any, Overrides] = {
        Membership: {"organisation_id": organisation},
        Enrolment: {},
        Progress: {},
        HandIn: {},
        Attempt: {"id": attempt},
    }
    for model, own in of_person.items():
        _copy(model, model.person_id == original.person, numbers, {"person_id": person, **own})
    _copy(Response, Response.attempt_id == original.attempt, numbers, {"attempt_id": attempt})
    _copy(Result, Result.attempt_id == original.attempt, numbers, {"attempt_id": attempt})
    subject = {"person_id": person, "subject": literal("attempt:") + cast(attempt, String), "number": null()}
    _copy(Deed, Deed.subject == f"attempt:{original.attempt}", numbers, subject)
    _copy_credentials(original, numbers, {"person_id": person, "attempt_id": attempt})
    _log_credentials(original.credential + low, original.credential + high)


def _copy_credentials(original: Original, numbers: CTE, owner: dict[str, ColumnElement[Any]]) -> None:
    """Each with names of its own, in its frozen record too."""
    n = numbers.c.n
    public_id, code = literal(PREFIX) + cast(n + FIRST, String), literal("B-") + cast(n, String)
    if db.engine.dialect.name == "postgresql":
        record: ColumnElement[Any] = func.convert_from(Credential.record, "UTF8")
    else:
        record = cast(Credential.record, Text)
    record = func.replace(func.replace(record, Credential.public_id, public_id), Credential.code, code)
    as_bytes = func.convert_to(record, "UTF8") if db.engine.dialect.name == "postgresql" else cast(record, LargeBinary)
    new = {"id": original.credential + n, "public_id": public_id, "code": code, "record": as_bytes}
    _copy(Credential, Credential.id == original.credential, numbers, owner | new)


def _log_credentials(low: int, high: int) -> None:
    """Each begins in the log, as if it had been issued."""
    copied = select(Credential.record, Credential.issued_at).where(Credential.id.between(low, high))
    for rows in db.session.execute(copied.order_by(Credential.id)).partitions(1000):
        db.session.execute(insert(Leaf), [_first_leaf(*row) for row in rows])


def _first_leaf(record: bytes, at: datetime) -> dict[str, object]:
    return leaf_row(leaf(Kind.ISSUE, json.loads(record), fingerprint(record)), at=at)


def _copy(model: Any, own: ColumnElement[bool], numbers: CTE, new: Overrides) -> None:
    """Insert, for each number, the rows of the original with the new values in their columns; keys count on alone."""
    table: Table = model.__table__
    columns = [column for column in table.columns if column.name != "id" or "id" in new]
    values = [new.get(column.name, column) for column in columns]
    rows = select(*values).select_from(table.join(numbers, true())).where(own)
    db.session.execute(insert(table).from_select(columns, rows, include_defaults=False))


def _numbers(low: int, high: int) -> CTE:
    """The numbers from `low` to `high`; none when `high` is less."""
    first = select(literal(low).label("n")).where(literal(low) <= literal(high))
    numbers = first.cte("numbers", recursive=True)
    return numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < high))


def _unchecked() -> None:
    """The copies are right by construction: PostgreSQL need not look up each of their foreign keys."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))


def _catch_up() -> None:
    """Keys that were given go on from the highest, and the planner learns how much there is.

    Of the tables that stay empty here it must not: it would read them whole, as no service with people in it does.
    """
    if db.engine.dialect.name == "postgresql":
        for model in (Person, Organisation, Attempt, Credential):
            highest = select(func.max(model.id)).scalar_subquery()
            db.session.execute(select(func.setval(f"{model.__tablename__}_id_seq", highest)))
    for table in db.metadata.sorted_tables:
        if db.session.execute(select(literal(1)).select_from(table).limit(1)).first():
            db.session.execute(text(f"ANALYZE {table.name}"))


if __name__ == "__main__":
    with create_app().app_context():
        publish()
        fill(int(sys.argv[1]), print)
