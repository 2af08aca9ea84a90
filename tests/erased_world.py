"""What the tests of erasures share: a person with rows in nearly every table, all of whose words hold a mark."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from app import worker
from app.credentials.recognitions import Outside
from app.credentials.register import credentials_of
from app.exams.accommodations import Allowance
from app.exams.appeals import Appeal
from app.exams.attempts import Attempt
from app.exams.devices import Seen
from app.exams.grants import accommodate, grant_minutes, grants_of
from app.exams.rating_queue import take_next
from app.exams.reports import Fault, Finding, Report, report_item
from app.exams.responses import save_response
from app.exams.uploading import keep_upload, look_at
from app.exams.voids import Void
from app.extensions import db
from app.journeys.amending import reinstate_credential, reissue_credential
from app.journeys.appealing import answer_appeal, file_appeal
from app.journeys.assigning import assign
from app.journeys.demo import right_answer
from app.journeys.moving import leave, revoke_credential
from app.journeys.rating import rate
from app.journeys.recognising import approve_recognition, propose_recognition
from app.journeys.reviewing import resolve_report
from app.journeys.sitting import submit_attempt
from app.journeys.voiding import propose_voiding, reject_voiding
from app.learning.catalogue import live_courses
from app.learning.enrolling import open_lesson
from app.ledger.deeds import record
from app.mail.outbox import Task, put
from app.people.persons import Person, PersonRole
from app.people.sign_in import note_failed_sign_in, sign_in
from app.people.tokens import Scope, create_token
from app.transaction import reading, writing
from tests.factories import (
    finish_courses,
    make_membership,
    make_organisation,
    make_person,
    make_staff,
    publish,
    start,
    write_course,
    write_exam,
    write_programme,
)

MARK = "marcador"
EMAIL, NAME, REASON = f"lucia.{MARK}@test.example", f"Lucia {MARK.title()}", f"because of {MARK}"
ADDRESS, OTHER_ADDRESS = "203.0.113.77", "198.51.100.9"
MARKS = (MARK, ADDRESS, OTHER_ADDRESS)
ITEMS = """\
## Pick one {#pick-%(n)s}
- [x] right %(n)s
- [ ] wrong %(n)s

## Name it {#name-%(n)s}
= right %(n)s

## Fill it {#fill-%(n)s}
It is [= right] and [= sound].

## Write about it {#write-%(n)s type=essay}
- (4) Says something

## Hand it in {#hand-%(n)s type=practical types=pdf}
- (4) Is a plan
"""


def write_content(root: Path) -> None:
    """A course, an exam with every kind of written answer, and a programme that counts it."""
    write_course(root)
    write_exam(root, items=ITEMS, copies=1, blueprint=[{"domain": "all", "items": 5}], appeal_days=30)
    write_programme(root)
    publish(root)


def make_marked() -> Person:
    """The person, with everything done to them that leaves a trace; the attempt is over and decided."""
    person = make_person(email=EMAIL, name=NAME)
    admin, other, trainer = (make_staff(role) for role in (PersonRole.ADMIN, PersonRole.ADMIN, PersonRole.TRAINER))
    organisation = make_organisation("small")
    make_membership(person, organisation)
    with writing() as at:
        assign(organisation.id, [person.id], "basics", last_day=at.date(), note=REASON, by=admin.id, at=at)
    _study(person)
    with writing() as at:
        accommodate(person.id, Allowance(50), reason=REASON, by=admin.id, at=at, expires_at=None)
        _recognise(person, admin, at)
        create_token(person.id, Scope.READ, at=at)
        sign_in(person, ADDRESS, at=at)
        note_failed_sign_in(EMAIL, ADDRESS, at=at)
        record("access_refused", "admin.people", by=person.id, at=at, address=OTHER_ADDRESS)
    attempt = _sit(person, admin)
    _decide(attempt, admin, other, trainer)
    _amend(person, admin)
    _move(person)
    worker.run(once=True)
    with writing() as at:
        put("letter", {"to": EMAIL}, at=at)
        for model, own in ((Person, Person.id), (Attempt, Attempt.person_id)):
            db.session.execute(update(model).where(own == person.id).values(latin_name=MARK))
        db.session.execute(update(Task).where(Task.kind == "result_mail").values(error=f"refused: {EMAIL}"))
    return person


def _study(person: Person) -> None:
    finish_courses(person)
    with writing() as at:
        open_lesson(person.id, live_courses("fundamentals")[0].live_lessons[0], at=at)


def _recognise(person: Person, admin: Person, at: Any) -> None:
    evidence = {"link": f"https://norte.example/{MARK}", "file": (f"{MARK}.pdf", b"%PDF-1.7\n" + MARK.encode())}
    issued, ends = date(2026, 1, 1), date(2036, 1, 1)
    outside = Outside(f"School of {MARK}", f"Course of {MARK}", MARK, issued, ends, "advanced", None, **evidence)
    recognition_id = propose_recognition(person.id, outside, by=person.id, at=at)
    approve_recognition(recognition_id, date(2035, 1, 1), reason=REASON, by=admin.id, at=at)


def _sit(person: Person, admin: Person) -> Attempt:
    attempt = start(person, legal_name=NAME, seen=Seen(ADDRESS, f"{MARK} browser"), key=77)
    at = attempt.started_at
    with writing():
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            answer = _answer(attempt, position, item, order, at)
            given = {"flagged": None, "at": at, "seen": Seen(OTHER_ADDRESS, f"other {MARK}")}
            first = f"first {MARK}" if item["kind"] in ("essay", "short_text") else None
            save_response(attempt.id, person.id, position, first, revision=0, **given)
            save_response(attempt.id, person.id, position, answer, revision=1, **given)
        report_item(attempt.id, person.id, 0, Fault.OTHER, f"unclear, says {MARK}", at=at)
        grant_minutes(attempt.id, 5, seen=len(grants_of(attempt.id)), reason=REASON, by=admin.id, at=at)
    with writing():
        submit_attempt(attempt.id, person.id, at=at + timedelta(seconds=1))
    return attempt


def _answer(attempt: Attempt, position: int, item: dict[str, Any], order: Any, at: Any) -> Any:
    if item["kind"] == "practical":
        kept = keep_upload(
            attempt.id, attempt.person_id, position, look_at(f"{MARK}.pdf", b"%PDF-1.7\n" + MARK.encode()), at=at
        )
        return {"text": f"by {MARK}", "files": [kept.id]}
    return {
        "essay": f"I, {MARK}, would call.",
        "short_text": f"wrong {MARK}",
        "blanks": ["right", MARK],
    }.get(item["kind"], right_answer(item, order))


def _decide(attempt: Attempt, admin: Person, other: Person, trainer: Person) -> None:
    with writing() as at:
        report = db.session.scalars(select(Report)).one()
        resolve_report(report.id, Finding.NOTHING_WRONG, f"fine, {MARK}", by=trainer.id, at=at)
    for _ in range(2):
        with writing() as at:
            rate(take_next(trainer.id, at=at).id, trainer.id, [4], f"{MARK} writes well", at=at)
    with writing() as at:
        propose_voiding(attempt.id, REASON, by=admin.id, at=at)
        reject_voiding(db.session.scalars(select(Void)).one().id, by=other.id, at=at)
        file_appeal(attempt.id, attempt.person_id, f"I, {MARK}, disagree", None, at=at)
        appeal = db.session.scalars(select(Appeal)).one()
        answer_appeal(appeal.id, upheld=False, answer=f"no, {MARK}", by=admin.id, at=at)


def _amend(person: Person, admin: Person) -> None:
    """Revoked and reinstated, issued anew, and the new one revoked: every reason names the person."""
    with writing() as at:
        [credential] = credentials_of([person.id])
        revoke_credential(credential, reason=REASON, by=admin.id, at=at)
    with writing() as at:
        reinstate_credential(credential.public_id, reason=REASON, by=admin.id, at=at)
    worker.run(once=True)
    with writing() as at:
        reissue_credential(credential.public_id, f"{NAME} Ruiz", reason=REASON, by=admin.id, at=at)


def _move(person: Person) -> None:
    with writing() as at:
        leave(person.id, by=None, at=at)
    make_membership(person, make_organisation("small"))


def found_in_tables() -> dict[str, set[str]]:
    """Every table and column that holds a mark in any of its rows, and the marks."""
    found: dict[str, set[str]] = {}
    with reading():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    for mark in marks_in(value):
                        found.setdefault(f"{table.name}.{column.name}", set()).add(mark)
    return found


def found_in_files() -> dict[str, set[str]]:
    """Every file below DATA_DIR that holds a mark."""
    files = [path for path in Path(current_app.config["DATA_DIR"]).rglob("*") if path.is_file()]
    found = {path.name: marks_in(path.read_bytes()) for path in files}
    return {name: marks for name, marks in found.items() if marks}


def marks_in(value: Any) -> set[str]:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return {mark for mark in MARKS if mark in text.lower()}
