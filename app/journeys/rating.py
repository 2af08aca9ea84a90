"""Rating: a person gives an answer its marks, and the last rating that was needed makes the result final."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.content.versions import body_of
from app.exams.attempts import Attempt, lock_attempt
from app.exams.marking import Policy, read_marks, rubric_points
from app.exams.rating_queue import NoSuchTurn, Turn, ask_for_another, in_hand, rate_in_turn, turns_of
from app.exams.ratings import given_to
from app.exams.results import Result, ResultState, current_result
from app.journeys.reviewing import OwnAttempt, settle
from app.ledger.deeds import record
from app.refusal import Refusal

LONGEST_COMMENT = 2000


class CommentTooLong(Refusal):
    """A comment is a note, not a treatise."""

    status = 422
    title = _l("The comment is too long")


def rate(turn_id: int, grader_id: int, raw_marks: Any, comment: str, *, at: datetime) -> Result | None:
    """Keep the marks that a person gives the answer in hand; the final result, when nothing else was waited for.

    The attempt is locked first: of two last ratings at once, the second sees the first.
    """
    attempt = lock_attempt(in_hand(turn_id, grader_id).attempt_id)
    turn = in_hand(turn_id, grader_id, lock=True)
    current = current_result(attempt.id)
    if attempt.person_id == grader_id:
        raise OwnAttempt
    if current is None or current.state is not ResultState.PROVISIONAL:
        raise NoSuchTurn
    if len(comment) > LONGEST_COMMENT:
        raise CommentTooLong
    worth = rubric_points(body_of(attempt.item_ids[turn.position]))
    rate_in_turn(turn, read_marks(raw_marks, worth), possible=sum(worth), comment=comment.strip(), at=at)
    subject = f"attempt:{attempt.id}"
    record("answer_rated", subject, by=grader_id, at=at, position=turn.position, round=turn.round)
    _resolve(attempt, turn, at)
    return settle(attempt, at=at)


def _resolve(attempt: Attempt, turn: Turn, at: datetime) -> None:
    """Ask for one more rating where two disagree."""
    marks, points = given_to(attempt.id)[turn.position]
    is_last = not any(other.position == turn.position for other in turns_of(attempt.id))
    if is_last and len(marks) < Policy.of(attempt.exam).rounds(marks, points):
        ask_for_another(turn, len(marks) + 1, at=at)
