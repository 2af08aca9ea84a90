"""Pages of trainers."""

from flask import Blueprint

from app.web.trainer import correct, corrections, course, exam, grading, item, practicals, reviews, sessions, studio

blueprint = Blueprint("trainer", __name__)
blueprint.add_url_rule("/studio", view_func=studio.studio)
blueprint.add_url_rule("/studio/courses/<slug>", view_func=course.course)
blueprint.add_url_rule("/studio/exams/<slug>", view_func=exam.exam)
blueprint.add_url_rule("/studio/exams/<slug>/items/<item_id>", view_func=item.item)
blueprint.add_url_rule(
    "/studio/exams/<slug>/items/<item_id>/correct", view_func=correct.correct, methods=["GET", "POST"]
)
blueprint.add_url_rule("/studio/corrections", view_func=corrections.corrections)
blueprint.add_url_rule("/studio/corrections/<int:regrade_id>", view_func=corrections.correction)
blueprint.add_url_rule("/studio/corrections/<int:regrade_id>/results.csv", view_func=corrections.results_export)
blueprint.add_url_rule("/studio/corrections/<int:regrade_id>/tiers.csv", view_func=corrections.tiers_export)
blueprint.add_url_rule(
    "/studio/corrections/<int:regrade_id>/approve", "approve_correction", corrections.approve, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/studio/corrections/<int:regrade_id>/withdraw",
    "withdraw_correction",
    corrections.withdraw,
    methods=["GET", "POST"],
)
blueprint.add_url_rule("/studio/grading", view_func=grading.grading)
blueprint.add_url_rule("/studio/grading/next", view_func=grading.next_answer, methods=["GET", "POST"])
blueprint.add_url_rule("/studio/grading/<int:turn_id>", view_func=grading.answer, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/studio/grading/<int:turn_id>/give-back", view_func=grading.give_back_answer, methods=["GET", "POST"]
)
blueprint.add_url_rule("/studio/grading/<int:turn_id>/files/<int:number>", view_func=grading.answer_file)
blueprint.add_url_rule("/studio/reviews", view_func=reviews.reviews)
blueprint.add_url_rule("/studio/reports/<int:report_id>", view_func=reviews.report)
blueprint.add_url_rule(
    "/studio/reports/<int:report_id>/resolve", view_func=reviews.resolve_report, methods=["GET", "POST"]
)
blueprint.add_url_rule("/studio/appeals/<int:appeal_id>", view_func=reviews.appeal)
blueprint.add_url_rule(
    "/studio/appeals/<int:appeal_id>/answer", view_func=reviews.answer_appeal, methods=["GET", "POST"]
)
blueprint.add_url_rule("/studio/practicals", view_func=practicals.practicals)
blueprint.add_url_rule("/studio/practicals/<int:hand_in_id>", view_func=practicals.practical)
blueprint.add_url_rule(
    "/studio/practicals/<int:hand_in_id>/confirm", "confirm_practical", practicals.confirm, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/studio/practicals/<int:hand_in_id>/send-back",
    "send_back_practical",
    practicals.send_it_back,
    methods=["GET", "POST"],
)
blueprint.add_url_rule("/studio/sessions", view_func=sessions.sessions)
blueprint.add_url_rule("/studio/sessions/<slug>/<part_slug>", view_func=sessions.session)
blueprint.add_url_rule(
    "/studio/sessions/<slug>/<part_slug>/confirm", "confirm_session", sessions.confirm, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/studio/sessions/<slug>/<part_slug>/<int:person_id>/take-back",
    "take_back_session",
    sessions.take_back,
    methods=["GET", "POST"],
)
