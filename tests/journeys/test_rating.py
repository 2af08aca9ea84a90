"""Rating answers: from the closing to the final result, by one person and by two, and what goes wrong on the way."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.credentials.register import credential_of_attempt
from app.exams.attempts import Attempt, lock_attempt
from app.exams.counting import count, uncounted
from app.exams.grading import Grade
from app.exams.item_statistics import usage_of
from app.exams.marking import BadMarks
from app.exams.rating_queue import LEASE, NoSuchTurn, NothingWaits, Turn, give_back, take_next
from app.exams.results import ResultState
from app.extensions import db
from app.journeys.letters import result_letter
from app.journeys.rating import CommentTooLong, OwnAttempt, rate
from app.journeys.sitting import conclude
from app.mail.outbox import Task
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.persons import Person
from app.transaction import reading, writing
from tests.factories import make_member, make_organisation, make_person
from tests.rating import breaches, give, hand_in, make_grader, make_rated_exam, ratings, results, take, turns

Publish = Callable[..., None]


@pytest.fixture
def exam(app: Flask, tmp_path: Path) -> Publish:
    return lambda **changes: make_rated_exam(tmp_path, **changes)


def mails() -> int:
    with reading():
        return len(db.session.scalars(select(Task.id).where(Task.kind == "result_mail")).all())


def test_a_result_is_provisional_until_the_answer_is_rated(exam: Publish) -> None:
    exam()
    person = make_member(make_organisation("small"), language="en")
    attempt = hand_in(person)
    [first] = results(attempt)
    [position] = Grade.from_json(first.grade).pending
    assert (first.state, first.passed) == (ResultState.PROVISIONAL, False)
    assert turns() == [(attempt.id, position, 1)]
    assert breaches() == []
    final = give(make_grader(), 3, comment=" Good. ")
    grade = Grade.from_json(final.grade)
    assert (final.number, final.state, final.passed) == (2, ResultState.FINAL, True)
    assert (grade.earned, grade.possible, grade.pending) == (4, 5, ())
    assert grade.ratings == {position: Fraction(3, 4)}
    assert [(rating.marks, rating.earned, rating.comment) for rating in ratings()] == [([3, 0], 3, "Good.")]
    assert turns() == []
    assert mails() == 2
    with reading():
        assert credential_of_attempt(attempt.id).result_number == 2
        assert standing_in(participation_in(1, "small")).tier == "t1"
        assert result_letter(attempt.id, "").subject.startswith("You passed")
    assert breaches() == []


def test_an_answer_left_empty_waits_for_nobody(exam: Publish) -> None:
    exam()
    attempt = hand_in(make_person(), essays=False)
    [result] = results(attempt)
    assert (result.state, result.grade["earned"], turns()) == (ResultState.FINAL, "1", [])
    assert "pending" not in result.grade
    assert breaches() == []


def test_the_last_of_several_answers_decides(exam: Publish) -> None:
    exam(copies=2)
    attempt = hand_in(make_person())
    grader = make_grader()
    assert give(grader, 4) is None
    assert breaches() == []
    assert len(results(attempt)) == 1
    final = give(grader, 2)
    assert (final.passed, final.grade["earned"]) == (True, "8")
    assert breaches() == []


def test_two_who_agree_decide_by_their_mean(exam: Publish) -> None:
    exam(graders=2)
    attempt = hand_in(make_person())
    assert give(make_grader(), 3) is None
    assert breaches() == []
    final = give(make_grader(), 2)
    assert list(Grade.from_json(final.grade).ratings.values()) == [Fraction(5, 8)]
    assert len(results(attempt)) == 2
    assert breaches() == []


@pytest.mark.parametrize(("third", "share"), [(4, 1), (2, Fraction(1, 2)), (0, Fraction(1, 4)), (1, Fraction(1, 4))])
def test_where_two_disagree_a_third_is_asked_and_the_middle_counts(exam: Publish, third: int, share: Fraction) -> None:
    exam(graders=2)
    attempt = hand_in(make_person())
    pair = [make_grader(), make_grader()]
    assert give(pair[0], 4) is None
    assert give(pair[1], 1) is None
    [(attempt_id, _position, number)] = turns()
    assert (attempt_id, number) == (attempt.id, 3)
    for grader in pair:
        with pytest.raises(NothingWaits):
            take(grader)
    assert breaches() == []
    final = give(make_grader(), third)
    assert list(Grade.from_json(final.grade).ratings.values()) == [share]
    assert breaches() == []


def test_the_oldest_answer_comes_first_and_one_in_hand_comes_again(exam: Publish) -> None:
    exam()
    first, second = hand_in(make_person()), hand_in(make_person())
    grader, other = make_grader(), make_grader()
    turn = take(grader)
    assert (turn.attempt_id, take(grader).id) == (first.id, turn.id)
    assert take(other).attempt_id == second.id
    with pytest.raises(NothingWaits):
        take(make_grader())
    with writing():
        give_back(turn.id, grader.id)
    assert take(make_grader()).id == turn.id


def test_what_is_in_hand_too_long_goes_to_somebody_else(exam: Publish) -> None:
    exam()
    hand_in(make_person())
    slow, other = make_grader(), make_grader()
    turn = take(slow)
    with writing() as at:
        assert take_next(slow.id, at=at + LEASE).id == turn.id  # nobody else wanted it
    with writing() as at:
        assert take_next(other.id, at=at + 2 * LEASE + timedelta(seconds=1)).id == turn.id
    with pytest.raises(NoSuchTurn):
        give(slow, 3, turn=turn)
    assert ratings() == []
    give(other, 3, turn=turn)
    with pytest.raises(NoSuchTurn):
        give(other, 3, turn=turn)
    assert len(ratings()) == 1
    hand_in(make_person())
    assert take(slow).id != turn.id  # or the page of a turn that is over would rate another answer


def test_nobody_is_given_an_own_answer_or_one_rated_before(exam: Publish) -> None:
    exam(graders=2)
    grader = make_grader()
    own = hand_in(grader)
    with pytest.raises(NothingWaits):
        take(grader)
    with writing() as at:
        turn = db.session.scalars(select(Turn).where(Turn.attempt_id == own.id)).first()
        turn.grader_id, turn.taken_until = grader.id, at + LEASE
    with pytest.raises(OwnAttempt):
        give(grader, 4, turn=turn)
    other = make_grader()
    give(other, 4)
    with pytest.raises(NothingWaits):
        take(other)


@pytest.mark.parametrize("marks", [[4, 0], [3], [3, 1, 0], [-1, 0], ["3", 1], [True, 1], [1.0, 1], None, 4, {"0": 1}])
def test_marks_fit_the_rubric(exam: Publish, marks: object) -> None:
    exam()
    hand_in(make_person())
    grader = make_grader()
    turn = take(grader)
    with pytest.raises(BadMarks), writing() as at:
        rate(turn.id, grader.id, marks, "", at=at)
    with pytest.raises(CommentTooLong), writing() as at:
        rate(turn.id, grader.id, [1, 1], "a" * 2001, at=at)
    assert ratings() == []
    assert len(turns()) == 1


def test_a_result_made_void_waits_for_no_rating(exam: Publish) -> None:
    exam()
    attempt, grader = hand_in(make_person()), make_grader()
    turn = take(grader)
    with writing() as at:
        conclude(lock_attempt(attempt.id), grade_of(attempt), ResultState.VOID, at=at)
    with pytest.raises(NoSuchTurn):
        give(grader, 3, turn=turn)
    with pytest.raises(NothingWaits):
        take(grader)
    other = hand_in(make_person())
    assert take(grader).attempt_id == other.id
    assert breaches() == []


def test_an_answer_is_counted_once_it_is_rated(exam: Publish, person: Person) -> None:
    exam()
    hand_in(person)
    assert uncounted() == []
    give(make_grader(), 3)
    with writing():
        count(uncounted())
    with reading():
        usage = usage_of(1)
        assert (usage["compare-1"].answered, usage["compare-1"].earned) == (1, 750)
    assert breaches() == []


def test_what_people_decided_in_void_attempts_says_nothing_of_an_item(exam: Publish, person: Person) -> None:
    exam()
    attempt = hand_in(person)
    with writing() as at:
        conclude(lock_attempt(attempt.id), grade_of(attempt), ResultState.VOID, at=at)
        count(uncounted())
    with reading():
        assert (usage_of(1)["compare-1"].given, usage_of(1)["compare-1"].answered) == (1, 0)
    assert breaches() == []


@pytest.fixture
def person(app: Flask) -> Person:
    return make_person()


def grade_of(attempt: Attempt) -> Grade:
    return Grade.from_json(results(attempt)[-1].grade)


def test_what_is_amiss_is_reported(exam: Publish, person: Person) -> None:
    exam()
    attempt = hand_in(person)
    with writing():
        db.session.delete(db.session.scalars(select(Turn)).one())
    assert breaches() == [f"attempt {attempt.id}: the answers in the queue are not those that wait to be rated"]
    with writing() as at:
        grade = Grade(Fraction(1), 5, False, 271, {"all": (Fraction(1), 5)}, ratings={0: Fraction(1)})
        conclude(lock_attempt(attempt.id), grade, ResultState.PROVISIONAL, at=at)
    told = " ".join(breaches())
    assert "graded again it gives another result" in told
    assert "its result is provisional, and 0 answers wait" in told
