"""Who is erased and by whom, what stands in the way, and what happens when several things come at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask

from app.exams.forgetting import StillDecided
from app.journeys.appealing import file_appeal
from app.journeys.erasing import OwnErasure, ReasonNames, ask, erase, take_back
from app.journeys.invariants import verify_all
from app.journeys.sitting import Outcome
from app.journeys.voiding import propose_voiding
from app.people.erasures import (
    AlreadyAsked,
    AlreadyErased,
    LastAdministrator,
    NothingAsked,
    done_erasures,
    waiting_erasures,
)
from app.people.persons import Person, PersonRole, person_by_id
from app.refusal import Refusal
from app.transaction import reading, snapshot, writing
from tests.erased_world import make_marked, write_content
from tests.factories import (
    make_exam,
    make_person,
    make_staff,
    sit,
    start,
)
from tests.leaves import number_all
from tests.rating import hand_in, make_rated_exam, take


@pytest.fixture
def marked(app: Flask, tmp_path: Path) -> Person:
    content = tmp_path / "elsewhere"
    write_content(content)
    return make_marked()


def do(person: Person, reason: str = "request 12", by: Person | None = None) -> None:
    by_id = by.id if by else None
    with writing() as at:
        erase(person.id, reason=reason, by=by_id, at=at)


def breaches() -> list[str]:
    with snapshot() as at:
        return list(verify_all(at))


@pytest.mark.parametrize(
    ("refusal", "prepare"),
    [
        (StillDecided, lambda person, admin: start(person)),
        (StillDecided, lambda person, admin: appealed(sit(person, passes=False))),
        (StillDecided, lambda person, admin: void_proposed(sit(person, passes=False), admin)),
    ],
)
def test_what_is_not_decided_stands_in_the_way(
    app: Flask, tmp_path: Path, refusal: type[Refusal], prepare: Callable[[Person, Person], object]
) -> None:
    make_exam(tmp_path / "elsewhere")
    person, admin = make_person(), make_staff(PersonRole.ADMIN)
    prepare(person, admin)
    with pytest.raises(refusal):
        do(person, by=admin)
    with reading():
        assert person_by_id(person.id).email == person.email
    assert breaches() == []


def test_who_may_not_be_erased_and_by_whom(app: Flask) -> None:
    only = make_staff(PersonRole.ADMIN)
    with pytest.raises(LastAdministrator):
        do(only)
    other = make_staff(PersonRole.ADMIN)
    with pytest.raises(OwnErasure):
        do(other, by=other)
    person = make_person()
    for reason in (f"asked by {person.email}", f"{person.name.upper()} asked"):
        with pytest.raises(ReasonNames):
            do(person, reason)
    do(other, by=only)
    with pytest.raises(LastAdministrator):
        do(only)
    with pytest.raises(AlreadyErased):
        do(other, by=only)


def test_a_trainer_gives_the_answer_in_hand_back(app: Flask, tmp_path: Path) -> None:
    make_rated_exam(tmp_path / "elsewhere")
    make_staff(PersonRole.ADMIN)
    trainer, writer = make_staff(PersonRole.TRAINER), make_person()
    hand_in(writer)
    take(trainer)
    do(trainer)
    assert take(make_staff(PersonRole.TRAINER)).attempt_id
    with pytest.raises(StillDecided):
        do(writer)


def test_of_two_administrators_at_once_one_does_it(marked: Person, app: Flask) -> None:
    admins = [make_staff(PersonRole.ADMIN) for _ in range(4)]
    barrier = Barrier(len(admins))

    def try_it(admin: Person) -> str:
        with app.app_context():
            barrier.wait()
            try:
                do(marked, by=admin)
            except AlreadyErased:
                return "before"
            return "done"

    with ThreadPoolExecutor(len(admins)) as pool:
        outcomes = sorted(pool.map(try_it, admins))
    assert outcomes == ["before"] * 3 + ["done"]
    with reading():
        assert len(done_erasures()) == 1
    number_all()
    assert breaches() == []


def test_a_start_and_an_erasure_at_once_come_one_after_the_other(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path / "elsewhere")
    for _ in range(5):
        person = make_person()
        barrier = Barrier(2)

        def try_it(deed: Callable[[], object], barrier: Barrier = barrier) -> str:
            with app.app_context():
                barrier.wait()
                try:
                    deed()
                except Refusal as refusal:
                    return type(refusal).__name__
                return "done"

        with ThreadPoolExecutor(2) as pool:
            tries = [pool.submit(try_it, deed) for deed in (lambda: do(person), lambda: start(person))]  # noqa: B023
        assert sorted(one.result() for one in tries) in (["AccountClosed", "done"], ["StillDecided", "done"])
    assert breaches() == []


def test_a_wish_is_made_and_taken_back(app: Flask) -> None:
    person = make_person()
    make_staff(PersonRole.ADMIN)
    with writing() as at:
        ask(person.id, at=at)
    with pytest.raises(AlreadyAsked), writing() as at:
        ask(person.id, at=at)
    with reading():
        [(wish, whose)] = waiting_erasures()
        assert (whose.id, wish.answer_by - wish.asked_at) == (person.id, timedelta(days=30))
    with writing() as at:
        take_back(person.id, at=at)
    with pytest.raises(NothingAsked), writing() as at:
        take_back(person.id, at=at)
    with writing() as at:
        ask(person.id, at=at)
    do(person)
    with reading():
        assert (waiting_erasures(), len(done_erasures())) == ([], 1)


def test_the_commands_erase_by_address_or_number_and_list(app: Flask) -> None:
    make_staff(PersonRole.ADMIN)
    one, other = make_person(), make_person()
    run = app.test_cli_runner().invoke
    assert run(args=["people", "erase", one.email, "--reason", "request 1"], input="n\n").exit_code != 0
    assert run(args=["people", "erase", one.email, "--reason", "request 1", "--yes"]).exit_code == 0
    assert run(args=["people", "erase", str(other.id), "--reason", "request 2", "--yes"]).exit_code == 0
    again = run(args=["people", "erase", str(other.id), "--reason", "request 2", "--yes"])
    assert (again.exit_code, "erased before" in again.output) == (1, True)
    listed = run(args=["people", "erasures"]).output
    assert [line.split("\t")[0] for line in listed.splitlines()] == [str(one.id), str(other.id)]


def appealed(outcome: Outcome) -> None:
    with writing() as at:
        file_appeal(outcome.attempt.id, outcome.attempt.person_id, "I disagree", None, at=at)


def void_proposed(outcome: Outcome, admin: Person) -> None:
    with writing() as at:
        propose_voiding(outcome.attempt.id, "seen to copy", by=admin.id, at=at)
