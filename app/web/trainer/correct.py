"""Proposing the correction of an item."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.exams.catalogue import live_exam
from app.exams.kinds.kind import count_options
from app.exams.regrading import BadCorrection, Proposal, like_versions
from app.journeys.regrading import propose_correction
from app.transaction import reading, writing
from app.web.identity import visitor
from app.web.trainer.editions import Edition, editions_of
from app.web.trainer.forms import CorrectionForm
from app.web.trainer.item import NoSuchItem
from app.web.wording import date_text
from app.web.wording import gettext as _


def correct(slug: str, item_id: str) -> str | Response | tuple[str, int]:
    """The form, and what it asks for: nothing is graded by it before another person has approved it."""
    form = CorrectionForm()
    with reading():
        exam = live_exam(slug)
        versions = like_versions(slug, item_id)
        if not versions:
            raise NoSuchItem
        item = next(iter(versions.values()))
        form.fit(item, [(one.id, _named(one)) for one in editions_of("item", f"{slug}/{item_id}")])
        if not form.is_submitted():
            form.versions.data = [version_id for version_id, other in versions.items() if _alike(item, other)]
        body = exam.body
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate() and (regrade_id := _propose(slug, item, form)):
            return redirect(url_for("trainer.correction", regrade_id=regrade_id))
    return render_template("trainer/correct.html", slug=slug, body=body, item=item, form=form), status


def _propose(slug: str, item: dict[str, Any], form: CorrectionForm) -> int | None:
    """The id of the regrade; None when the correction does not fit the item, which the form then says."""
    proposal = Proposal(
        item["id"], form.versions.data, form.chosen, form.lines(item), form.reason.data, bool(form.no_harm.data)
    )
    try:
        with writing() as at:
            return propose_correction(live_exam(slug), proposal, by=visitor().id, at=at).id
    except BadCorrection as refusal:
        form.form_errors.append(str(refusal.detail))
        return None


def _alike(item: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a correction of one item version is most likely meant for the other too."""
    same = (item["kind"], item["key"], count_options(item))
    return same == (other["kind"], other["key"], count_options(other))


def _named(edition: Edition) -> str:
    return _("Version %(number)s, of %(date)s", number=edition.number, date=date_text(edition.published_at, "medium"))
