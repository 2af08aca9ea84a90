"""How many bytes the database keeps of an attempt."""

from random import Random

from sqlalchemy import text

from app.exams.catalogue import live_exam
from app.exams.devices import Seen
from app.exams.responses import save_response
from app.extensions import db
from app.journeys.demo import right_answer
from app.journeys.sitting import start_attempt, submit_attempt
from app.people.persons import Person
from app.transaction import reading, writing
from bench.population import Crowd
from bench.rows import EXAM

SEEN = Seen("203.0.113.77", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0")


def bytes_per_attempt(people: Crowd, *, passing: bool) -> float:
    """What the whole database grows by for each attempt of 20 items, one a person, half of them right or all."""
    before = _size()
    for person_id in people.person_ids:
        _sit(person_id, passing=passing)
    return (_size() - before) / len(people.person_ids)


def _sit(person_id: int, *, passing: bool) -> None:
    with writing() as at:
        person = db.session.get_one(Person, person_id)
        attempt = start_attempt(
            live_exam(EXAM),
            person,
            legal_name=person.name,
            language="es",
            agreement=True,
            at=at,
            rng=Random(person_id),
            seen=SEEN,
        )
        pairs = list(zip(attempt.items, attempt.option_orders, strict=True))
    for position, (item, order) in enumerate(pairs):
        answer = right_answer(item, order) if passing or position < 10 else None
        with writing() as at:
            save_response(attempt.id, person_id, position, answer, revision=0, flagged=None, at=at, seen=SEEN)
    with writing() as at:
        submit_attempt(attempt.id, person_id, at=at)


def _size() -> int:
    """Bytes in use, indexes included."""
    if db.engine.dialect.name == "postgresql":
        query = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
    else:
        query = (
            "SELECT (p.page_count - f.freelist_count) * s.page_size "
            "FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s"
        )
    with reading():
        return int(db.session.scalar(text(query)) or 0)
