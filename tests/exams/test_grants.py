"""Time: accommodations, grants, breaks and the time given back after an outage. The deadline moves by these alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.exams import breaks, heartbeat
from app.exams.accommodations import Allowance, NothingGranted, OwnAccommodation, allowance_of, end_accommodation
from app.exams.attempts import Attempt, AttemptClosed, attempt_of
from app.exams.catalogue import live_exam
from app.exams.grants import AlreadyGranted, Cause, Grant, WrongMinutes, accommodate, grant_minutes, grants_of
from app.exams.heartbeat import MOST_CREDIT, Outage, TimeUnsettled, beat, is_over
from app.exams.responses import OnBreak, save_response
from app.exams.timing import GRACE
from app.journeys.gates import gate_of
from app.journeys.invariants import verify_all
from app.journeys.nightly import close_overdue_attempt
from app.journeys.sitting import submit_attempt
from app.ledger.deeds import latest_deeds
from app.people.persons import Person, PersonRole
from app.transaction import reading, snapshot, writing
from tests.factories import answer_all, make_exam, make_person, make_staff, sit, start

MINUTES = 30
HALF_MORE = Allowance(extra_time_percent=50)


@pytest.fixture(autouse=True)
def exam(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)


@pytest.fixture
def ana(exam: None) -> Person:
    return make_person(name="Ana Ruiz")


@pytest.fixture
def admin(exam: None) -> Person:
    return make_staff(PersonRole.ADMIN)


@pytest.fixture
def open_attempt(ana: Person) -> Attempt:
    return start(ana)


def give(person: Person, admin: Person, allowance: Allowance, *, days: int | None = None) -> None:
    with writing() as at:
        until = at + timedelta(days=days) if days else None
        accommodate(person.id, allowance, reason="request 12", by=admin.id, at=at, expires_at=until)


def again(attempt: Attempt) -> Attempt:
    with reading():
        return attempt_of(attempt.id, attempt.person_id)


def holds() -> bool:
    with snapshot() as at:
        return list(verify_all(at)) == []


def test_extra_time_is_given_at_the_start_and_to_the_second(ana: Person, admin: Person) -> None:
    give(ana, admin, Allowance(extra_time_percent=33))
    attempt = start(ana)
    assert attempt.deadline_at - attempt.started_at == timedelta(seconds=60 * MINUTES * 133 / 100)
    assert holds()


def test_an_accommodation_reaches_an_attempt_that_has_begun_once(
    open_attempt: Attempt, ana: Person, admin: Person
) -> None:
    for _ in range(2):
        give(ana, admin, HALF_MORE)
    moved = again(open_attempt).deadline_at - open_attempt.deadline_at
    assert moved == timedelta(minutes=MINUTES / 2)
    give(ana, admin, Allowance(extra_time_percent=10))  # what was given is not taken back
    assert again(open_attempt).deadline_at - open_attempt.deadline_at == moved
    assert holds()


def test_the_newest_accommodation_counts_until_it_ends(ana: Person, admin: Person) -> None:
    give(ana, admin, HALF_MORE, days=2)
    give(ana, admin, Allowance(extra_attempts=1, break_min=5), days=1)
    with reading() as at:
        assert allowance_of(ana.id, at) == Allowance(extra_attempts=1, break_min=5)
        assert allowance_of(ana.id, at + timedelta(days=1)) == Allowance()
    with writing() as at:
        assert end_accommodation(ana.id, by=admin.id, at=at)
        assert not end_accommodation(ana.id, by=admin.id, at=at)
        assert allowance_of(ana.id, at) == Allowance()
    assert [deed.deed for deed in latest_deeds(3)] == ["accommodation_ended", *["accommodation_granted"] * 2]


def test_nobody_grants_to_themselves_nor_nothing_nor_too_much(admin: Person, ana: Person) -> None:
    with pytest.raises(OwnAccommodation):
        give(admin, admin, HALF_MORE)
    for allowance in (Allowance(), Allowance(301), Allowance(-1), Allowance(0, 21), Allowance(0, 0, False, 241)):
        with pytest.raises(NothingGranted):
            give(ana, admin, allowance)
    with pytest.raises(NothingGranted):
        give(ana, admin, HALF_MORE, days=-1)


def test_extra_attempts_move_the_limit(ana: Person, admin: Person, tmp_path: Path) -> None:
    make_exam(tmp_path, slug="once", retakes={"limit": 1, "first_wait_hours": 0, "later_wait_hours": 0})
    sit(ana, "once", passes=False)
    with reading() as at:
        assert gate_of(live_exam("once"), ana.id, at).retake.reason == "limit_reached"
    give(ana, admin, Allowance(extra_attempts=1))
    with reading() as at:
        assert gate_of(live_exam("once"), ana.id, at).allowed


def test_whoever_has_fewer_options_sees_three_with_the_right_one(ana: Person, admin: Person) -> None:
    give(ana, admin, Allowance(fewer_options=True))
    attempt = start(ana)
    for item, order in zip(attempt.items, attempt.option_orders, strict=True):
        if item["kind"] == "single_choice":
            assert len(order) == min(3, len(item["text"]["es"]["options"]))
            assert item["key"] in order
    answer_all(attempt)
    with writing():
        assert submit_attempt(attempt.id, ana.id, at=attempt.started_at).result.passed


def test_minutes_are_granted_once_for_each_page(open_attempt: Attempt, admin: Person) -> None:
    with writing() as at:
        grant_minutes(open_attempt.id, 10, seen=0, reason="the fire bell", by=admin.id, at=at)
    with pytest.raises(AlreadyGranted), writing() as at:
        grant_minutes(open_attempt.id, 10, seen=0, reason="the fire bell", by=admin.id, at=at)
    assert again(open_attempt).deadline_at - open_attempt.deadline_at == timedelta(minutes=10)
    assert holds()


@pytest.mark.parametrize("minutes", [-1, 0, 241])
def test_minutes_are_neither_taken_nor_without_end(open_attempt: Attempt, admin: Person, minutes: int) -> None:
    with pytest.raises(WrongMinutes), writing() as at:
        grant_minutes(open_attempt.id, minutes, seen=0, reason="why", by=admin.id, at=at)


def test_no_minutes_after_the_end_nor_for_oneself(open_attempt: Attempt, admin: Person) -> None:
    over = open_attempt.deadline_at + GRACE + timedelta(seconds=1)
    with pytest.raises(AttemptClosed), writing():
        grant_minutes(open_attempt.id, 5, seen=0, reason="why", by=admin.id, at=over)
    with pytest.raises(OwnAccommodation), writing() as at:
        grant_minutes(open_attempt.id, 5, seen=0, reason="why", by=open_attempt.person_id, at=at)


def test_a_break_stops_the_clock_and_what_is_not_used_is_kept(ana: Person, admin: Person) -> None:
    give(ana, admin, Allowance(break_min=10))
    attempt = start(ana)
    at = attempt.started_at + timedelta(minutes=5)
    with writing():
        breaks.take_break(attempt.id, ana.id, at=at)
        breaks.take_break(attempt.id, ana.id, at=at)  # pressed twice
    assert again(attempt).deadline_at == attempt.deadline_at + timedelta(minutes=10)
    with pytest.raises(OnBreak), writing():
        save_response(attempt.id, ana.id, 0, None, revision=0, flagged=None, at=at)
    with writing():
        breaks.end_break(attempt.id, ana.id, at=at + timedelta(minutes=4))
    assert again(attempt).deadline_at == attempt.deadline_at + timedelta(minutes=4)
    with writing():
        assert breaks.break_left_s(again(attempt)) == 360
        breaks.take_break(attempt.id, ana.id, at=at + timedelta(minutes=5))
    over = at + timedelta(minutes=20)  # nobody came back in time: the clock runs again by itself
    with writing():
        save_response(attempt.id, ana.id, 0, None, revision=0, flagged=None, at=over)
    assert again(attempt).deadline_at == attempt.deadline_at + timedelta(minutes=10)
    with pytest.raises(breaks.NoBreakLeft), writing():
        breaks.take_break(attempt.id, ana.id, at=over)
    assert holds()


def test_without_breaks_granted_the_clock_runs_on(open_attempt: Attempt) -> None:
    with pytest.raises(breaks.NoBreakLeft), writing() as at:
        breaks.take_break(open_attempt.id, open_attempt.person_id, at=at)


def test_the_time_that_the_service_was_away_is_given_back(open_attempt: Attempt) -> None:
    left = open_attempt.started_at + timedelta(minutes=20)
    back = open_attempt.deadline_at + timedelta(minutes=15)
    pulse(left)
    assert pulse(back).attempts == 1
    assert again(open_attempt).deadline_at == open_attempt.deadline_at + timedelta(minutes=10)
    assert [(grant.seconds, grant.cause) for grant in grants_now(open_attempt)] == [(600, Cause.OUTAGE)]
    assert pulse(back + timedelta(seconds=5)) is None
    assert "service_was_away" in {deed.deed for deed in latest_deeds(3)}


def test_nothing_is_closed_while_the_service_may_have_been_away(open_attempt: Attempt) -> None:
    over = open_attempt.deadline_at + GRACE + timedelta(seconds=1)
    pulse(open_attempt.started_at)
    with reading():
        assert not is_over(open_attempt.deadline_at, over)
    with pytest.raises(TimeUnsettled), writing():
        save_response(open_attempt.id, open_attempt.person_id, 0, None, revision=0, flagged=None, at=over)
    with pytest.raises(TimeUnsettled), writing():
        submit_attempt(open_attempt.id, open_attempt.person_id, at=over)
    with writing():
        close_overdue_attempt(open_attempt.id, over)
    assert again(open_attempt).closed_at is None
    pulse(over)
    with writing():
        save_response(open_attempt.id, open_attempt.person_id, 0, None, revision=0, flagged=None, at=over)


def test_where_nothing_beats_the_clock_alone_decides(open_attempt: Attempt) -> None:
    over = open_attempt.deadline_at + GRACE + timedelta(seconds=1)
    with writing():
        close_overdue_attempt(open_attempt.id, over)
    assert again(open_attempt).closed_at == open_attempt.deadline_at


def test_a_short_silence_and_a_clock_that_goes_back_move_nothing(open_attempt: Attempt) -> None:
    at = open_attempt.started_at + timedelta(minutes=1)
    pulse(at)
    assert pulse(at + heartbeat.GAP) is None
    assert pulse(at) is None
    assert pulse(at + heartbeat.GAP + heartbeat.GAP) is None
    assert again(open_attempt).deadline_at == open_attempt.deadline_at


def test_who_was_away_for_days_gives_back_so_much_and_no_more(ana: Person, tmp_path: Path) -> None:
    make_exam(tmp_path, slug="long", duration_min=600)
    attempt = start(ana, "long")
    pulse(attempt.started_at)
    pulse(attempt.started_at + timedelta(days=3))
    assert again(attempt).deadline_at == attempt.deadline_at + MOST_CREDIT


def test_what_falls_into_a_break_is_not_lost(ana: Person, admin: Person) -> None:
    give(ana, admin, Allowance(break_min=10))
    attempt = start(ana)
    at = attempt.started_at + timedelta(minutes=5)
    pulse(at)
    with writing():
        breaks.take_break(attempt.id, ana.id, at=at)
    pulse(at + timedelta(minutes=4))
    pulse(at + timedelta(minutes=15))
    granted = [(grant.cause, grant.seconds) for grant in grants_now(attempt)]
    assert granted == [(Cause.BREAK, 600), (Cause.OUTAGE, 300)]
    assert holds()


def test_a_jump_of_the_clock_is_recorded(app: Flask) -> None:
    with writing() as at:
        beat(at, timedelta(seconds=5))
        assert not [deed for deed in latest_deeds() if deed.deed == "clock_jumped"]
        beat(at, timedelta(seconds=-90))
    line = latest_deeds(1)[0]
    assert (line.deed, line.detail) == ("clock_jumped", {"seconds": -90})


def pulse(at: datetime) -> Outage | None:
    with writing():
        return beat(at)


def grants_now(attempt: Attempt) -> Sequence[Grant]:
    with reading():
        return grants_of(attempt.id)
