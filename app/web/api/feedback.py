"""What programs are shown of a closed practice attempt, item by item."""

from collections.abc import Mapping
from typing import Any

from app.exams.attempts import Attempt
from app.exams.feedback import Feedback, feedback_of
from app.exams.responses import Saved


def items_with_feedback(attempt: Attempt, responses: Mapping[int, Saved], language: str) -> list[dict[str, Any]]:
    """The items as they were shown, each with its feedback, in the order of the form."""
    return [
        attempt.public_item(told.position, language) | {"feedback": _view(told, language)}
        for told in feedback_of(attempt, responses)
    ]


def _view(told: Feedback, language: str) -> dict[str, Any]:
    """`right_answer` has the shape of an answer; `reasons` and `why` are HTML."""
    return {
        "percent": int(100 * told.share),
        "right_answer": told.right_answer,
        "reasons": told.reasons(language),
        "why": told.item["text"][language]["why"],
        "lesson": told.lesson,
    }
