"""Sections and time: what is granted moves the end of the section it was granted in, and never of one that is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.exams import breaks
from app.exams.accommodations import Allowance
from app.exams.attempts import Attempt, attempt_of
from app.exams.finishing import finish_section
from app.exams.grants import Cause, accommodate, grant, grant_minutes
from app.exams.heartbeat import TimeUnsettled, beat
from app.exams.responses import OnBreak, SectionClosed, save_response
from app.exams.sections import Present
from app.exams.timing import GRACE
from app.journeys.invariants import verify_all
from app.people.persons import Person, PersonRole
from app.transaction import reading, snapshot, writing
from tests.factories import both, make_exam, make_person, make_staff, sign_in, start

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TEN_OF_BREAK = Allowance(break_min=10)


@pytest.fixture(autouse=True)
def exam(app: Flask, tmp_path: Path) -> None:
    """Half an hour: ten minutes for the first section, ten for the second, and the rest for the third."""
    rows = [{"domain": "all", "items": 2}]
    timed = [{"title": both(name), "duration_min": 10, "blueprint": rows} for name in ("First", "Second")]
    make_exam(tmp_path, sections=[*timed, {"title": both("Third"), "blueprint": rows}], blueprint=None)


@pytest.fixture
def ana(exam: None) -> Person:
    return make_person(name="Ana Ruiz", language="en")


@pytest.fixture
def admin(exam: None) -> Person:
    return make_staff(PersonRole.ADMIN)


@pytest.fixture
def open_attempt(ana: Person) -> Attempt:
    return start(ana, language="en")


def allow(person: Person, admin: Person, allowance: Allowance, at: datetime | None = None) -> None:
    with writing() as now:
        accommodate(person.id, allowance, reason="request 12", by=admin.id, at=at or now, expires_at=None)


def give(attempt: Attempt, admin: Person, minutes: int, at: datetime, seen: int = 0) -> None:
    with writing():
        grant_minutes(attempt.id, minutes, seen=seen, reason="power cut", by=admin.id, at=at)


def present(attempt: Attempt, at: datetime) -> Present:
    with reading():
        return attempt_of(attempt.id, attempt.person_id).present(at)


def ends_of(attempt: Attempt, at: Sequence[datetime]) -> list[tuple[int, timedelta]]:
    return [(one.number, one.deadline - attempt.started_at) for one in (present(attempt, moment) for moment in at)]


def save(attempt: Attempt, position: int, at: datetime) -> datetime:
    with writing():
        deadline, _ = save_response(attempt.id, attempt.person_id, position, None, revision=0, flagged=True, at=at)
    return deadline


def holds() -> bool:
    with snapshot() as at:
        return list(verify_all(at)) == []


def test_an_accommodation_lengthens_every_section(ana: Person, admin: Person) -> None:
    allow(ana, admin, Allowance(extra_time_percent=50))
    attempt = start(ana, language="en")
    begun = attempt.started_at
    moments = [begun, begun + 15 * MINUTE + GRACE + SECOND, begun + 40 * MINUTE]
    assert ends_of(attempt, moments) == [(0, 15 * MINUTE), (1, 30 * MINUTE + GRACE), (2, 45 * MINUTE)]
    assert holds()


def test_minutes_go_to_the_section_that_is_present_and_move_none_that_is_over(
    open_attempt: Attempt, admin: Person
) -> None:
    begun = open_attempt.started_at
    give(open_attempt, admin, 5, begun + 12 * MINUTE)
    assert ends_of(open_attempt, [begun, begun + 12 * MINUTE]) == [(0, 10 * MINUTE), (1, 25 * MINUTE + GRACE)]
    give(open_attempt, admin, 5, begun + 13 * MINUTE, seen=1)
    assert present(open_attempt, begun + 13 * MINUTE).deadline == begun + 30 * MINUTE + GRACE
    assert ends_of(open_attempt, [begun + 35 * MINUTE]) == [(2, 40 * MINUTE)]
    with pytest.raises(SectionClosed):
        save(open_attempt, 0, begun + 13 * MINUTE)
    assert holds()


def test_an_accommodation_of_an_attempt_that_has_begun_leaves_out_what_is_over(
    open_attempt: Attempt, ana: Person, admin: Person
) -> None:
    begun = open_attempt.started_at
    with writing():
        finish_section(open_attempt.id, ana.id, 0, at=begun + 4 * MINUTE)
    allow(ana, admin, Allowance(extra_time_percent=50), begun + 5 * MINUTE)
    moments = [begun + 5 * MINUTE, begun + 20 * MINUTE]
    assert ends_of(open_attempt, moments) == [(1, 19 * MINUTE), (2, 45 * MINUTE)]
    assert holds()


def test_on_a_break_no_section_moves_and_what_is_not_used_is_taken_back(
    ana: Person, admin: Person, client: FlaskClient
) -> None:
    allow(ana, admin, TEN_OF_BREAK)
    attempt = start(ana, language="en")
    begun = attempt.started_at
    with writing():
        breaks.take_break(attempt.id, ana.id, at=begun + 9 * MINUTE)
    for minutes in (9, 14, 18):
        assert ends_of(attempt, [begun + minutes * MINUTE]) == [(0, 20 * MINUTE)]
        with pytest.raises(OnBreak):
            save(attempt, 0, begun + minutes * MINUTE)
        with pytest.raises(OnBreak), writing():
            finish_section(attempt.id, ana.id, 0, at=begun + minutes * MINUTE)
    with writing():
        breaks.end_break(attempt.id, ana.id, at=begun + 13 * MINUTE)
    assert save(attempt, 0, begun + 13 * MINUTE) == begun + 14 * MINUTE
    assert ends_of(attempt, [begun + 14 * MINUTE + GRACE + SECOND]) == [(1, 24 * MINUTE + GRACE)]
    assert holds()


def test_finishing_a_section_on_a_break_shows_the_break(ana: Person, admin: Person, client: FlaskClient) -> None:
    allow(ana, admin, TEN_OF_BREAK)
    attempt = start(ana, language="en")
    sign_in(client, ana)
    client.post(f"/attempts/{attempt.id}/break")
    page = client.post(f"/attempts/{attempt.id}/sections/1/finish", follow_redirects=True)
    assert "The clock stands still" in page.text
    with reading():
        assert attempt_of(attempt.id, ana.id).section_ends == []


def test_an_outage_gives_its_time_to_the_section_in_which_it_began(open_attempt: Attempt) -> None:
    begun = open_attempt.started_at
    away, back = begun + 8 * MINUTE, begun + 14 * MINUTE
    with writing():
        beat(away)
    with pytest.raises(TimeUnsettled):
        save(open_attempt, 0, back)
    with writing():
        beat(back)
    assert ends_of(open_attempt, [back]) == [(0, 16 * MINUTE)]
    assert save(open_attempt, 0, back) == begun + 16 * MINUTE
    assert holds()


def test_a_grant_in_a_section_without_a_time_of_its_own_moves_the_attempt_alone(open_attempt: Attempt) -> None:
    begun = open_attempt.started_at
    with writing():
        attempt = attempt_of(open_attempt.id, open_attempt.person_id)
        grant(attempt, 300, Cause.OUTAGE, at=begun + 25 * MINUTE)
    assert ends_of(open_attempt, [begun + 26 * MINUTE]) == [(2, 35 * MINUTE)]
    assert ends_of(open_attempt, [begun, begun + 12 * MINUTE]) == [(0, 10 * MINUTE), (1, 20 * MINUTE + GRACE)]
