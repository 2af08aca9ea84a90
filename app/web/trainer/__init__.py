"""Pages of trainers."""

from flask import Blueprint

from app.web.trainer import course, exam, item, studio

blueprint = Blueprint("trainer", __name__)
blueprint.add_url_rule("/studio", view_func=studio.studio)
blueprint.add_url_rule("/studio/courses/<slug>", view_func=course.course)
blueprint.add_url_rule("/studio/exams/<slug>", view_func=exam.exam)
blueprint.add_url_rule("/studio/exams/<slug>/items/<item_id>", view_func=item.item)
