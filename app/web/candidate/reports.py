"""Reporting an item from its page, without leaving it; the answer is sent along with the same form."""

from flask import flash, request

from app.exams.reports import AlreadyReported, Fault, TextTooLong, report_item
from app.transaction import writing
from app.web.identity import visitor
from app.web.wording import gettext as _


def file_report(attempt_id: int, position: int) -> None:
    """Keep the report and say so; one that cannot be kept says why, and the answer is saved all the same."""
    sent = request.form.get("fault", "")
    fault = Fault(sent) if sent in list(Fault) else Fault.OTHER
    try:
        with writing() as at:
            report_item(attempt_id, visitor().id, position, fault, request.form.get("report_text", ""), at=at)
    except (AlreadyReported, TextTooLong) as refusal:
        flash(str(refusal.title), "warning")
    else:
        flash(_("Your report is kept. People look at it; you see the answer with your result."), "success")
