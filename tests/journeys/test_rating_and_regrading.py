"""Corrections of items while people still rate: what waits is carried, or waits no more."""

from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.credentials.register import credential_of_attempt
from app.exams.attempts import Attempt
from app.exams.correcting import CorrectionKind
from app.exams.grading import Grade
from app.exams.regrading import Regrade
from app.exams.results import ResultState
from app.extensions import db
from app.journeys.regrade_lines import Effect, count_effects
from app.mail.outbox import Task
from app.transaction import reading
from tests.factories import make_person
from tests.rating import breaches, give, hand_in, make_grader, make_rated_exam, results, turns
from tests.regrading import approve, look_ahead, propose, work_off


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> None:
    make_rated_exam(tmp_path)


@pytest.fixture
def two_essays(app: Flask, tmp_path: Path) -> None:
    make_rated_exam(tmp_path, copies=2)


def correct(item_id: str, kind: CorrectionKind) -> tuple[Regrade, dict[Effect, int]]:
    """A correction, put through, and how many attempts the dry run foresaw for each effect."""
    regrade = look_ahead(propose(item_id, kind))
    with reading():
        foreseen = count_effects(regrade.id, done=False)
    approve(regrade)
    work_off(regrade)
    return regrade, foreseen


def grade_of(attempt: Attempt) -> Grade:
    return Grade.from_json(results(attempt)[-1].grade)


def corrected_mails() -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(Task).where(Task.kind == "corrected_mail"))


@pytest.mark.usefixtures("content")
def test_another_item_is_corrected_and_the_answer_still_waits() -> None:
    attempt = hand_in(make_person(), picks=False)
    regrade, _foreseen = correct("pick-1", CorrectionKind.FULL_CREDIT)
    [_, second] = results(attempt)
    assert (second.state, second.passed, second.grade["earned"]) == (ResultState.PROVISIONAL, False, "1")
    assert (len(grade_of(attempt).pending), len(turns()), corrected_mails()) == (1, 1, 0)
    assert breaches() == []
    final = give(make_grader(), 3)
    assert (final.number, final.passed, Grade.from_json(final.grade).corrections) == (3, True, (regrade.id,))
    assert breaches() == []


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize("kind", [CorrectionKind.FULL_CREDIT, CorrectionKind.DROP])
def test_what_waited_waits_no_more(kind: CorrectionKind) -> None:
    attempt = hand_in(make_person())
    _regrade, foreseen = correct("compare-1", kind)
    assert foreseen[Effect.ISSUE] == 1
    assert (results(attempt)[-1].state, results(attempt)[-1].passed) == (ResultState.FINAL, True)
    assert (turns(), corrected_mails()) == ([], 1)
    with reading():
        assert credential_of_attempt(attempt.id).result_number == 2
    assert breaches() == []


@pytest.mark.usefixtures("two_essays")
def test_what_was_rated_before_counts_when_the_other_waits_no_more() -> None:
    attempt = hand_in(make_person())
    give(make_grader(), 3)
    [(_, waiting, _)] = turns()
    with reading():
        item_id = db.session.get_one(Attempt, attempt.id).items[waiting]["id"]
    correct(item_id, CorrectionKind.DROP)
    grade = grade_of(attempt)
    assert (grade.earned, grade.possible, grade.pending) == (5, 6, ())
    assert list(grade.ratings.values()) == [Fraction(3, 4)]
    assert results(attempt)[-1].passed
    assert breaches() == []


@pytest.mark.usefixtures("two_essays")
def test_what_was_rated_meanwhile_is_no_effect_of_the_correction() -> None:
    attempt = hand_in(make_person())
    give(make_grader(), 3)
    _regrade, foreseen = correct("pick-1", CorrectionKind.FULL_CREDIT)
    assert sum(foreseen.values()) == 0
    assert len(results(attempt)) == 1
    assert len(turns()) == 1


@pytest.mark.usefixtures("content")
def test_a_rated_answer_is_regraded_like_any_other() -> None:
    attempt = hand_in(make_person())
    give(make_grader(), 0)
    assert not results(attempt)[-1].passed
    correct("compare-1", CorrectionKind.FULL_CREDIT)
    assert (results(attempt)[-1].state, results(attempt)[-1].passed) == (ResultState.FINAL, True)
    assert len(grade_of(attempt).ratings) == 1
    assert breaches() == []
