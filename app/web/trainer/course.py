"""A course as its trainers see it: every lesson in every language, the objectives and the versions."""

from flask import render_template

from app.learning.catalogue import live_course
from app.transaction import reading
from app.web.trainer.editions import editions_of


def course(slug: str) -> str:
    """The standing version of a course."""
    with reading() as at:
        found = live_course(slug)
        return render_template(
            "trainer/course.html", course=found, body=found.body, editions=editions_of("course", slug), at=at
        )
