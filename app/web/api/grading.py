"""Endpoints of grading: the answers that wait for people, and the one in hand."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from app.exams.catalogue import Exam, live_exam
from app.exams.rating_queue import give_back, take_next, waiting_of
from app.extensions import db
from app.journeys.rating import LONGEST_COMMENT, rate
from app.transaction import reading, writing
from app.web.api.parsing import Endpoints
from app.web.files import attachment
from app.web.identity import visitor
from app.web.rating_sheet import Sheet, file_of, sheet_of

blueprint = Endpoints("api_grading", __name__, description="Answers that people rate")


class NextSchema(Schema):
    """Which exam to take an answer of; without it, of any."""

    exam = fields.String()


class RatingSchema(Schema):
    """The points of each line of the rubric, in its order."""

    marks = fields.List(fields.Integer(strict=True), required=True)
    comment = fields.String(load_default="", validate=validate.Length(max=LONGEST_COMMENT))


@blueprint.get("/grading")
@blueprint.response(200)
def list_waiting() -> dict[str, Any]:
    """What waits, exam by exam: first and further ratings, those in hand, and since when the oldest waits."""
    with reading() as at:
        lines = waiting_of(visitor().id, at)
        slugs = {line.exam_id: db.session.get_one(Exam, line.exam_id).slug for line in lines}
        return {
            "waiting": [
                {
                    "exam": slugs[line.exam_id],
                    "first": line.first,
                    "further": line.further,
                    "in_hand": line.in_hand,
                    "since": line.since.isoformat(),
                }
                for line in lines
            ]
        }


@blueprint.post("/grading/next")
@blueprint.arguments(NextSchema())
@blueprint.response(200)
def take_next_answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Take the answer that has waited longest; asked again, the one in hand."""
    with writing() as at:
        exam_id = live_exam(asked["exam"]).id if "exam" in asked else None
        return Sheet.of(take_next(visitor().id, at=at, exam_id=exam_id)).as_json()


@blueprint.get("/grading/<int:turn_id>")
@blueprint.response(200)
def get_answer(turn_id: int) -> dict[str, Any]:
    """The answer in hand: the item, its rubric and what was answered; not by whom."""
    with reading():
        return sheet_of(turn_id, visitor().id).as_json()


@blueprint.get("/grading/<int:turn_id>/files/<int:number>")
@blueprint.response(200)
def get_answer_file(turn_id: int, number: int) -> Response:
    """A file of the answer in hand, counted from 1, always as an attachment."""
    with reading():
        return attachment(*file_of(turn_id, visitor().id, number))


@blueprint.post("/grading/<int:turn_id>")
@blueprint.arguments(RatingSchema())
@blueprint.response(204)
def rate_answer(asked: dict[str, Any], turn_id: int) -> None:
    """Give the answer in hand its marks, for good."""
    with writing() as at:
        rate(turn_id, visitor().id, asked["marks"], asked["comment"], at=at)


@blueprint.post("/grading/<int:turn_id>/give-back")
@blueprint.response(204)
def give_back_answer(turn_id: int) -> None:
    """Let somebody else rate it."""
    with writing():
        give_back(turn_id, visitor().id)
