"""Responses: of the revisions at each position the highest is the current one."""

from pathlib import Path

import pytest
from flask import Flask

from app.exams.attempts import Attempt, AttemptClosed, NoSuchAttempt
from app.exams.responses import Saved, response_at, responses_of, save_response
from app.exams.timing import GRACE
from app.transaction import reading, writing
from tests.factories import make_exam, make_person, start

Answers = dict[int, tuple[int, bool]]


@pytest.fixture
def attempt(app: Flask, tmp_path: Path) -> Attempt:
    """An attempt of five items, open."""
    make_exam(tmp_path)
    return start(make_person())


def test_the_highest_revision_at_each_position_is_current(attempt: Attempt) -> None:
    other = start(make_person())
    for revision in range(12):
        save(attempt, 2, revision, flagged=revision % 2 == 0)
    save(attempt, 0, 0, flagged=True)
    save(attempt, 0, 1, flagged=None)
    save(other, 4, 0, flagged=False)
    assert current(attempt) == {0: (2, True), 2: (12, False)}
    assert current(other) == {4: (1, False)}
    with reading():
        assert response_at(attempt.id, 2).revision == 12
        assert response_at(attempt.id, 4) == Saved(4, 0, None, False, None)


def test_a_save_tells_the_deadline(attempt: Attempt) -> None:
    assert save(attempt, 0, 0, flagged=None) == attempt.deadline_at


def test_a_save_is_for_an_own_attempt_in_time(attempt: Attempt) -> None:
    with pytest.raises(NoSuchAttempt), writing() as at:
        save_response(attempt.id, attempt.person_id + 1, 0, None, revision=0, flagged=None, at=at)
    late = attempt.deadline_at + 2 * GRACE
    with pytest.raises(AttemptClosed), writing():
        save_response(attempt.id, attempt.person_id, 0, None, revision=0, flagged=None, at=late)
    assert current(attempt) == {}


def save(attempt: Attempt, position: int, revision: int, *, flagged: bool | None) -> object:
    with writing() as at:
        given = {"revision": revision, "flagged": flagged, "at": at}
        return save_response(attempt.id, attempt.person_id, position, None, **given)[0]


def current(attempt: Attempt) -> Answers:
    with reading():
        return {place: (saved.revision, saved.flagged) for place, saved in responses_of(attempt.id).items()}
