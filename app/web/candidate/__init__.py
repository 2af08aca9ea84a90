"""Pages of consultants."""

from typing import Any

from flask import Blueprint

from app.web.candidate import (
    attempts,
    breaks,
    certificates,
    exams,
    home,
    learning,
    parts,
    path,
    pictures,
    recognitions,
    results,
)
from app.web.files import take_a_file
from app.web.part_texts import title_of

blueprint = Blueprint("candidate", __name__)
blueprint.add_app_template_filter(path.hours, "hours")
blueprint.add_app_template_filter(title_of, "lesson_title")
blueprint.add_url_rule("/", view_func=home.home)
blueprint.add_url_rule("/courses", view_func=learning.courses)
blueprint.add_url_rule("/courses/<slug>", view_func=learning.course)
blueprint.add_url_rule("/courses/<slug>/media/<name>", view_func=learning.medium)
blueprint.add_url_rule("/courses/<slug>/<lesson_slug>", view_func=learning.lesson)
blueprint.add_url_rule("/courses/<slug>/<lesson_slug>/finish", view_func=learning.finish_lesson, methods=["POST"])
blueprint.add_url_rule("/courses/<slug>/<lesson_slug>/reopen", view_func=learning.reopen_lesson, methods=["POST"])
blueprint.add_url_rule("/courses/<slug>/<lesson_slug>/reread", view_func=learning.reread_lesson, methods=["POST"])
blueprint.add_url_rule("/courses/<slug>/<lesson_slug>/hand-in", view_func=parts.hand_in, methods=["GET", "POST"])
blueprint.add_url_rule("/certificates", view_func=certificates.certificates)
blueprint.add_url_rule("/certificates/<public_id>/name", view_func=certificates.hide_name, methods=["POST"])
blueprint.add_url_rule("/certificates/<public_id>/withdraw", view_func=certificates.withdraw, methods=["GET", "POST"])
blueprint.add_url_rule("/recognitions", view_func=recognitions.recognitions, methods=["GET", "POST"])
blueprint.add_url_rule("/exams", view_func=exams.exams)
blueprint.add_url_rule("/exams/<slug>", view_func=exams.exam)
blueprint.add_url_rule("/exams/<slug>/start", view_func=exams.start_exam, methods=["POST"])
blueprint.add_url_rule("/pictures/<name>", view_func=pictures.picture)
blueprint.add_url_rule("/attempts/<int:attempt_id>", view_func=attempts.attempt)
blueprint.add_url_rule(
    "/attempts/<int:attempt_id>/items/<int:position>", view_func=attempts.save_item, methods=["POST"]
)
blueprint.add_url_rule("/attempts/<int:attempt_id>/language", view_func=attempts.show_attempt_in, methods=["POST"])
blueprint.add_url_rule("/attempts/<int:attempt_id>/review", view_func=attempts.review)
blueprint.add_url_rule(
    "/attempts/<int:attempt_id>/sections/<int:number>/finish", view_func=attempts.finish_section, methods=["POST"]
)
blueprint.add_url_rule("/attempts/<int:attempt_id>/submit", view_func=attempts.submit, methods=["POST"])
blueprint.add_url_rule("/attempts/<int:attempt_id>/result", view_func=results.result)
blueprint.add_url_rule("/attempts/<int:attempt_id>/appeal", view_func=results.appeal, methods=["GET", "POST"])
blueprint.add_url_rule("/attempts/<int:attempt_id>/receipt.json", view_func=results.receipt)
blueprint.add_url_rule("/attempts/<int:attempt_id>/break", view_func=breaks.take_break, methods=["POST"])
blueprint.add_url_rule("/attempts/<int:attempt_id>/resume", view_func=breaks.end_break, methods=["POST"])


@blueprint.url_value_preprocessor
def _take_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint in ("candidate.save_item", "candidate.recognitions"):
        take_a_file(endpoint, values)
