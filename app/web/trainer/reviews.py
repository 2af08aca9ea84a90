"""Reviews: the items that candidates reported and the appeals that they filed, and answering them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

from app.content.versions import body_of
from app.exams.appeals import AnotherPersonNeeded, Appeal, AppealState, appeal_of
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.reports import Finding, Report, report_of
from app.exams.results import ResultState, current_result
from app.exams.voids import standing_void
from app.extensions import db
from app.journeys.appealing import answer_appeal as answer
from app.journeys.reviewing import OwnAttempt
from app.journeys.reviewing import resolve_report as resolve
from app.ledger.deeds import record
from app.people.persons import person_by_id
from app.transaction import reading, writing
from app.web.access import may
from app.web.identity import address, visitor
from app.web.lists import page_of_query
from app.web.trainer.forms import AppealAnswerForm, ReportForm
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]


def reviews() -> str:
    """Both lists, what waits first."""
    with reading() as at:
        appeals = select(Appeal, Attempt).join(Attempt, Attempt.id == Appeal.attempt_id)
        open_first = (Appeal.state != AppealState.OPEN, Appeal.id.desc())
        return render_template(
            "trainer/reviews.html",
            page=page_of_query(found_reports()),
            appeals=db.session.execute(appeals.order_by(*open_first).limit(100)).all(),
            at=at,
        )


def found_reports() -> Select[*tuple[Any, ...]]:
    """Each report with its exam and how often the item was reported in all."""
    other, theirs = aliased(Report), aliased(Attempt)
    same = (other.item_id == Report.item_id, theirs.exam_id == Attempt.exam_id)
    count = select(func.count(other.id)).join(theirs, theirs.id == other.attempt_id).where(*same)
    query = select(Report, Exam, count.correlate(Report, Attempt).scalar_subquery())
    query = query.join(Attempt, Attempt.id == Report.attempt_id).join(Exam, Exam.id == Attempt.exam_id)
    return query.order_by(Report.verdict.is_not(None), Report.id.desc())


def report(report_id: int) -> str:
    """One report, and the form that answers it."""
    return show_report(report_id, ReportForm())


def resolve_report(report_id: int) -> Page:
    """Answer it; the result that waited for it alone becomes final."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.report", report_id=report_id))
    form = ReportForm()
    if not form.validate_on_submit():
        return show_report(report_id, form), 422
    with writing() as at:
        resolve(report_id, Finding(form.verdict.data), form.note.data, by=visitor().id, at=at)
    flash(_("The report is answered. The candidate reads it with the result."), "success")
    return redirect(url_for("trainer.report", report_id=report_id), 303)


def appeal(appeal_id: int) -> str:
    """One appeal, and the form that answers it."""
    return show_appeal(appeal_id, AppealAnswerForm())


def answer_appeal(appeal_id: int) -> Page:
    """Answer it; who decided what it is against does not."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("trainer.appeal", appeal_id=appeal_id))
    form = AppealAnswerForm()
    if not form.validate_on_submit():
        return show_appeal(appeal_id, form), 422
    try:
        with writing() as at:
            upheld = form.verdict.data == AppealState.UPHELD
            answer(appeal_id, upheld=upheld, answer=form.answer.data, by=visitor().id, at=at)
    except (AnotherPersonNeeded, OwnAttempt):
        with writing() as at:
            record("access_refused", "trainer.answer_appeal", by=visitor().id, at=at, address=address())
        raise
    flash(_("The appeal is answered, and the candidate is told."), "success")
    return redirect(url_for("trainer.appeal", appeal_id=appeal_id), 303)


def show_report(report_id: int, form: FlaskForm) -> str:
    """The page, with the form for whoever may answer while nobody has."""
    with reading() as at:
        found = report_of(report_id)
        attempt = db.session.get_one(Attempt, found.attempt_id)
        return render_template(
            "trainer/report.html",
            report=found,
            attempt=attempt,
            slug=attempt.exam["id"],
            item=body_of(attempt.item_ids[found.position]),
            resolver=person_by_id(found.resolved_by) if found.resolved_by else None,
            form=form if found.verdict is None and may("trainer.resolve_report") else None,
            at=at,
        )


def show_appeal(appeal_id: int, form: FlaskForm) -> str:
    """The page, with the form for whoever may answer; nobody answers for their own decision."""
    with reading() as at:
        found = appeal_of(appeal_id)
        attempt = db.session.get_one(Attempt, found.attempt_id)
        result = current_result(attempt.id)
        void = standing_void(attempt.id) if result and result.state is ResultState.VOID else None
        barred = {found.against, attempt.person_id} | ({void.proposed_by, void.decided_by} if void else set())
        may_answer = found.state is AppealState.OPEN and may("trainer.answer_appeal") and visitor().id not in barred
        item = None if found.position is None else body_of(attempt.item_ids[found.position])
        return render_template(
            "trainer/appeal.html",
            appeal=found,
            attempt=attempt,
            slug=attempt.exam["id"],
            item=item,
            result=result,
            void=void,
            answerer=person_by_id(found.answered_by) if found.answered_by else None,
            barred=visitor().id in barred,
            form=form if may_answer else None,
            at=at,
        )
