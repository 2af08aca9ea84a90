"""Ratings in real threads: an answer is in one pair of hands, and the last rating of an attempt concludes it, once."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask

from app.exams.rating_queue import NoSuchTurn, NothingWaits, take_next
from app.journeys.rating import rate
from app.people.persons import Person
from app.refusal import Refusal
from app.transaction import writing
from tests.exams.test_sitting_races import at_once
from tests.factories import make_member, make_organisation, make_person
from tests.rating import MARKS, breaches, hand_in, make_grader, make_rated_exam, ratings, results, take, turns

THREADS = 12


@pytest.fixture
def exam(app: Flask, tmp_path: Path) -> Callable[..., None]:
    return lambda **changes: make_rated_exam(tmp_path, **changes)


def taking(app: Flask, grader: Person) -> Callable[[], int | None]:
    """Takes the next answer; None when none waits."""

    def run() -> int | None:
        with app.app_context():
            try:
                with writing() as at:
                    return take_next(grader.id, at=at).id
            except NothingWaits:
                return None

    return run


def rating(app: Flask, turn_id: int, grader: Person) -> Callable[[], type[Refusal] | None]:
    """Rates the answer of a turn; returns what refused it."""

    def run() -> type[Refusal] | None:
        with app.app_context():
            try:
                with writing() as at:
                    rate(turn_id, grader.id, MARKS[3], "", at=at)
            except NoSuchTurn as refusal:
                return type(refusal)
            return None

    return run


def test_no_two_people_are_given_the_same_answer(app: Flask, exam: Callable[..., None]) -> None:
    exam()
    for _ in range(THREADS - 2):
        hand_in(make_person())
    taken = at_once([taking(app, make_grader()) for _ in range(THREADS)])
    assert Counter(turn for turn in taken if turn is not None).most_common(1)[0][1] == 1
    assert len([turn for turn in taken if turn is not None]) == THREADS - 2
    assert breaches() == []


def test_two_windows_of_one_person_are_given_the_same_answer(app: Flask, exam: Callable[..., None]) -> None:
    exam()
    for _ in range(3):
        hand_in(make_person())
    assert len({*at_once([taking(app, make_grader())] * THREADS)}) == 1


def test_an_answer_sent_twice_is_rated_once(app: Flask, exam: Callable[..., None]) -> None:
    exam()
    attempt, grader = hand_in(make_person()), make_grader()
    turn = take(grader)
    outcomes = at_once([rating(app, turn.id, grader)] * THREADS)
    assert Counter(outcomes) == {None: 1, NoSuchTurn: THREADS - 1}
    assert [len(ratings()), len(results(attempt))] == [1, 2]
    assert breaches() == []


def test_of_last_ratings_at_once_one_concludes(app: Flask, exam: Callable[..., None]) -> None:
    exam(copies=2, graders=2)
    organisation = make_organisation("small")
    pair = [hand_in(make_member(organisation)) for _ in range(2)]
    people = [make_grader() for _ in range(8)]
    held = [(take(grader).id, grader) for grader in people]
    outcomes = at_once([partial(rating(app, turn_id, grader)) for turn_id, grader in held])
    assert set(outcomes) == {None}
    assert turns() == []
    assert [[result.number for result in results(attempt)] for attempt in pair] == [[1, 2], [1, 2]]
    assert breaches() == []
