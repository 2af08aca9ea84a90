"""The page of a closed practice attempt: every item with what was answered, what is right, why, and its lesson."""

from dataclasses import dataclass
from fractions import Fraction

from flask import render_template

from app.exams.attempts import Attempt
from app.exams.catalogue import all_exams
from app.exams.feedback import Feedback, feedback_of
from app.exams.grading import Grade
from app.exams.kinds.ordering import shown_order
from app.journeys.sitting import outcome_of
from app.learning.catalogue import LiveCourse, LivePart, live_courses
from app.transaction import reading
from app.web.item_texts import exact_decimal, numeric_answer, with_gaps
from app.web.layout import in_language


@dataclass(frozen=True)
class Taught:
    """A lesson of a published course."""

    course: LiveCourse
    lesson: LivePart


@dataclass(frozen=True)
class Reviewed:
    """An item as the page shows it; `lesson` is None where none is named, or it is no longer published."""

    feedback: Feedback
    lesson: Taught | None

    @property
    def placed(self) -> list[tuple[int, int | None]]:
        """Of an order: the file positions of its elements, each with the place given, those without one last."""
        pairs = zip(shown_order(self.feedback.option_order), self.feedback.answer, strict=True)
        return sorted(pairs, key=lambda pair: (pair[1] is None, pair[1]))


def practised_page(sitting: Attempt) -> str:
    """The page; raises KeptBack of whatever was not practice."""
    with reading():
        outcome, exams, body = outcome_of(sitting), all_exams(), sitting.exam
        told, taught = feedback_of(sitting, outcome.responses), _lessons()
        percent = outcome.result.domain_percent
        return render_template(
            "candidate/practised.html",
            attempt=sitting,
            exam=body,
            grade=Grade.from_json(outcome.result.grade),
            cut_percent=int(100 * Fraction(body["cut_score"])),
            rows=[(in_language(title), percent[name]) for name, title in body["domains"].items() if name in percent],
            items=[Reviewed(one, taught.get(one.lesson or "")) for one in told],
            graded=next((exam for exam in exams if exam.level == body["level"] and not exam.is_practice), None),
            again=any(exam.id == sitting.exam_id for exam in exams),
            language=sitting.spoken,
            numeric_answer=numeric_answer,
            exact_decimal=exact_decimal,
            with_gaps=with_gaps,
        )


def _lessons() -> dict[str, Taught]:
    """The published lessons, by how items name them."""
    return {
        f"{course.slug}/{lesson.slug}": Taught(course, lesson)
        for course in live_courses()
        for lesson in course.live_lessons
    }
