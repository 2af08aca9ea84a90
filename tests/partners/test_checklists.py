"""The checklist of an onboarding: its clock from the first day to the last, its phases, and rules that change."""

import json
from datetime import date, datetime, timedelta

import pytest

from app.partners.checklists import Checklist, Dated, Said, checklist_of
from app.partners.particulars import Onboarding
from tests.partners.making import day, published, text

pytestmark = pytest.mark.once

JOINED = day(2026, 1, 5) + timedelta(hours=22)


def onboarding(*steps: str, **clock: object) -> Onboarding:
    phases = [{"name": text("Phase"), "steps": [{"id": step, "name": text(step)} for step in steps]}]
    return Onboarding.model_validate_json(json.dumps({"phases": phases, **clock}))


def said(*done: tuple[str, datetime | None]) -> dict[str, Said]:
    return {step: Said(step, 1 if at else 2, at, None, 1, at or JOINED) for step, at in done}


def made(rules: list[Dated], *done: tuple[str, datetime | None]) -> Checklist:
    checklist = checklist_of(rules, JOINED, said(*done))
    assert checklist is not None
    return checklist


def of(programme: str) -> list[Dated]:
    return [(day(2020, 1, 1), published(programme).onboarding)]


@pytest.mark.parametrize(
    ("programme", "limit", "last"),
    [
        ("ia-bulk", 42, date(2026, 2, 15)),  # S03: 4 to 6 weeks
        ("email-reengagement", 56, date(2026, 3, 1)),  # S21: 8 weeks
        ("expansion-suprema", 30, date(2026, 2, 3)),  # S33: under 30 days
        ("marketing-mastery", None, None),  # S29 names no time
    ],
)
def test_the_clock_of_each_programme(programme: str, limit: int | None, last: date | None) -> None:
    checklist = made(of(programme))
    assert (checklist.limit_days, checklist.last_day) == (limit, last)


def test_a_programme_without_onboarding_asks_for_nothing() -> None:
    assert checklist_of(of("education-partners"), JOINED, {}) is None


def test_the_day_of_joining_is_the_first_and_the_end_is_not_within() -> None:
    checklist = made([(JOINED, onboarding("one", below_days=30))])
    assert [checklist.day(at) for at in (JOINED - timedelta(days=9), JOINED, day(2026, 2, 3))] == [0, 1, 30]
    assert not checklist.is_late(day(2026, 2, 4) - timedelta(microseconds=1))
    assert checklist.is_late(day(2026, 2, 4))


@pytest.mark.parametrize(("last", "days", "late"), [(day(2026, 2, 3), 29, False), (day(2026, 2, 4), 30, True)])
def test_it_is_finished_by_its_last_step(last: datetime, days: int, late: bool) -> None:
    rules: list[Dated] = [(JOINED, onboarding("one", "two", below_days=30))]
    checklist = made(rules, ("two", last), ("one", day(2026, 1, 1)))
    assert (checklist.days_taken, checklist.is_late_for_good) == (days, late)
    assert not checklist.is_late(day(2027, 1, 1))
    assert made(rules, ("two", last)).days_taken is None


def test_steps_from_before_joining_take_no_time() -> None:
    assert made([(JOINED, onboarding("one"))], ("one", day(2025, 12, 1))).days_taken == 0


def test_a_step_that_was_taken_back_is_open() -> None:
    checklist = made([(JOINED, onboarding("one", "two"))], ("one", None), ("two", JOINED))
    assert ([step.id for step in checklist.open_steps], checklist.done, checklist.finished_on) == (["one"], 1, None)


def test_the_windows_of_the_phases() -> None:
    checklist = made(of("email-reengagement"), ("application-review", JOINED))
    assert [phase.window for phase in checklist.phases] == [
        (date(2026, 1, 5), date(2026, 1, 11)),
        (date(2026, 1, 12), date(2026, 2, 1)),
        (date(2026, 2, 2), date(2026, 3, 1)),
    ]
    assert [phase.is_late(day(2026, 1, 12)) for phase in checklist.phases] == [True, False, False]
    assert [phase.done for phase in checklist.phases] == [1, 0, 0]


def test_a_step_that_later_rules_drop_is_kept_and_not_asked_for() -> None:
    rules = [(JOINED, onboarding("one", "two")), (day(2026, 2, 1), onboarding("two", "three"))]
    checklist = made(rules, ("one", day(2026, 1, 9)))
    assert ([step.id for step in checklist.open_steps], [one.step for one in checklist.dropped]) == (
        ["two", "three"],
        ["one"],
    )


@pytest.mark.parametrize(("last", "asked"), [(day(2026, 1, 31), []), (day(2026, 2, 1), ["three"])])
def test_who_was_finished_is_asked_for_nothing_more(last: datetime, asked: list[str]) -> None:
    rules = [(JOINED, onboarding("one", "two")), (day(2026, 2, 1), onboarding("two", "three"))]
    checklist = made(rules, ("one", day(2026, 1, 9)), ("two", last))
    assert [step.id for step in checklist.open_steps] == asked
