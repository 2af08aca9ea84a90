"""The outcome of an attempt: result, credential, standings, mail and ledger, all of it in one transaction."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.validity import State
from app.exams.attempts import AttemptState, attempt_of
from app.exams.results import Result
from app.exams.retakes import add_months
from app.extensions import db
from app.journeys import sitting
from app.journeys.invariants import verify_all
from app.journeys.moving import join, leave
from app.journeys.sitting import close_overdue, submit_attempt
from app.ledger.deeds import Deed
from app.mail.outbox import Task
from app.partners.programmes import participation_in
from app.partners.standing import Standing, history_of, standing_in
from app.people.organisations import JobRole, Organisation
from app.transaction import now, reading, snapshot, writing
from tests.factories import (
    answer_all,
    both,
    make_member,
    make_organisation,
    make_person,
    publish,
    sit,
    start,
    write_exam,
    write_programme,
)


@pytest.fixture(autouse=True)
def content(app: Flask, tmp_path: Path) -> None:
    write_programme(tmp_path)
    write_programme(tmp_path, slug="other", at_least=[2])
    write_exam(tmp_path)
    publish(tmp_path)


def test_a_pass_issues_a_credential_that_says_all_it_will_ever_say(app: Flask) -> None:
    organisation = make_organisation("small", name="Andes Consultores")
    person = make_member(organisation, name="Ana Ruiz")
    outcome = sit(person)
    credential, at = outcome.credential, outcome.result.graded_at
    assert outcome.result.passed
    assert (credential.holder, credential.level, credential.person_id) == ("Ana Ruiz", "fundamentals", person.id)
    assert (credential.issued_at, credential.expires_at) == (at, add_months(at, 24))
    assert credential.state(at) is State.VALID
    assert credential.data == {
        "id": credential.public_id,
        "code": credential.code,
        "level": "fundamentals",
        "name": "Ana Ruiz",
        "title": both("Certification fundamentals"),
        "organisation": "Andes Consultores",
        "issuer": app.config["ISSUER"],
        "languages": ["es", "en"],
        "language": "es",
        "issued_on": at.date().isoformat(),
        "expires_on": add_months(at, 24).date().isoformat(),
        "issued_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "expires_at": f"{add_months(at, 24):%Y-%m-%dT%H:%M:%SZ}",
        "salt": credential.data["salt"],
        "form": 2,
    }
    assert len(credential.data["salt"]) == 32
    assert len(credential.public_id) == 26


def test_a_pass_moves_the_standing_in_every_programme(app: Flask) -> None:
    organisation = make_organisation("small", "other")
    first = make_member(organisation)
    second = make_member(organisation)
    assert (tier(organisation, "small"), tier(organisation, "other")) == (None, None)
    credential = sit(first).credential
    assert (tier(organisation, "small"), tier(organisation, "other")) == ("t1", None)
    standing = standing_of(organisation, "small")
    assert standing.next_change_at == credential.expires_at
    assert credential.public_id in str(standing.proof)
    sit(second)
    assert (tier(organisation, "small"), tier(organisation, "other")) == ("t2", "t1")
    with reading():
        history = history_of(participation_in(organisation.id, "small"))
    assert [one.tier for one in history] == ["t2", "t1", None]
    assert [one.until for one in history[1:]] == [one.since for one in history[:-1]]


def test_a_pass_twice_by_one_person_counts_once(app: Flask) -> None:
    organisation = make_organisation("small")
    person = make_member(organisation)
    at = sit(person).result.graded_at
    sit(person, at=add_months(at, 19))
    assert len(stored(Credential)) == 2
    assert tier(organisation, "small") == "t1"


def test_every_outcome_is_told_and_recorded(app: Flask) -> None:
    winner, loser = make_person(), make_person()
    sit(winner)
    sit(loser, passes=False)
    assert [(task.kind, task.payload) for task in stored(Task)] == [
        ("result_mail", {"attempt_id": 1}),
        ("certificate", {"credential_id": 1}),
        ("result_mail", {"attempt_id": 2}),
    ]
    lines = [(line.deed, line.person_id, line.detail) for line in stored(Deed) if line.deed != "content_published"]
    [issued] = stored(Credential)
    assert lines == [
        ("attempt_started", winner.id, {"exam": "fundamentals"}),
        ("credential_issued", None, {"level": "fundamentals"}),
        ("attempt_closed", winner.id, {"closing": "submitted", "passed": True}),
        ("attempt_started", loser.id, {"exam": "fundamentals"}),
        ("attempt_closed", loser.id, {"closing": "submitted", "passed": False}),
    ]
    assert issued.person_id == winner.id


def test_a_failure_issues_nothing_and_moves_nothing(app: Flask) -> None:
    organisation = make_organisation("small")
    outcome = sit(make_member(organisation), passes=False)
    assert (outcome.result.passed, outcome.result.scaled, outcome.credential) == (False, 100, None)
    assert stored(Credential) == []
    assert tier(organisation, "small") is None


def test_submitting_again_answers_as_the_first_time(app: Flask) -> None:
    person = make_person()
    outcome = sit(person)
    with writing() as at:
        again = submit_attempt(1, person.id, at=at)
    assert again.result.number == outcome.result.number == 1
    assert again.credential.public_id == outcome.credential.public_id
    assert [len(stored(model)) for model in (Credential, Task)] == [1, 2]


def test_an_outcome_comes_whole_or_not_at_all(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation("small")
    person = make_member(organisation)
    attempt = start(person)
    answer_all(attempt)
    before = [len(stored(model)) for model in (Credential, Deed, Task)]
    for step in ("close_attempt", "issue", "reevaluate_organisation", "put_all", "record"):
        with monkeypatch.context() as patch:
            patch.setattr(sitting, step, after(getattr(sitting, step)))
            with pytest.raises(Broken):
                submit(attempt.id, person.id)
        with reading():
            assert attempt_of(attempt.id, person.id).state is AttemptState.OPEN
            assert db.session.scalars(select(Result)).all() == []
        assert [len(stored(model)) for model in (Credential, Deed, Task)] == before
        assert tier(organisation, "small") is None
    submit(attempt.id, person.id)
    assert tier(organisation, "small") == "t1"


def test_a_deadline_that_is_met_late_counts_for_whoever_the_person_works_for_by_then(app: Flask) -> None:
    old, new = make_organisation("small"), make_organisation("small")
    person = make_member(old)
    attempt = start(person)
    answer_all(attempt)
    moved = attempt.deadline_at + timedelta(minutes=5)
    with writing():
        leave(person.id, by=None, at=moved)
        join(person.id, new.id, job_role=JobRole.SALES, by=None, at=moved)
    with writing():
        close_overdue(attempt_of(attempt.id, person.id))
    assert (tier(old, "small"), tier(new, "small")) == (None, "t1")
    with snapshot():
        assert list(verify_all(now())) == []


class Broken(Exception):
    """A fault in the middle of a deed."""


def after(deed: Any) -> Any:
    """The deed, and a fault right after it."""

    def broken(*args: Any, **kwargs: Any) -> None:
        deed(*args, **kwargs)
        raise Broken

    return broken


def submit(attempt_id: int, person_id: int) -> None:
    with writing() as at:
        submit_attempt(attempt_id, person_id, at=at)


def standing_of(organisation: Organisation, programme: str) -> Standing:
    with reading():
        standing = standing_in(participation_in(organisation.id, programme))
    assert standing is not None
    return standing


def tier(organisation: Organisation, programme: str) -> str | None:
    return standing_of(organisation, programme).tier


def stored(model: type[Any]) -> list[Any]:
    with reading():
        return list(db.session.scalars(select(model).order_by(model.id)))
