"""Exceptions of an organisation: proposing, deciding and revoking them; and where its history came out otherwise."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import db
from app.journeys.excepting import approve_tier, propose_tier, reject_tier, revoke_tier
from app.ledger.deeds import record
from app.partners.exceptions import ExceptionState, SecondApproverNeeded, exception_of, exceptions_in
from app.partners.late import late_changes
from app.partners.programmes import Participation, Programme, participation_in, participations_of
from app.people.organisations import Organisation, organisation_by_slug
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.attempt import names_of
from app.web.admin.forms import EndExceptionForm, ExceptionForm
from app.web.identity import address, visitor
from app.web.layout import in_language
from app.web.partner.explained import show_as_of, show_standing
from app.web.partner.forecast import show_forecast
from app.web.partner.places import Place
from app.web.partner.plan import show_plan
from app.web.partner.scorecard import chosen_participation, programme_tabs
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]


def as_of(slug: str) -> str | tuple[str, int]:
    """The standing of any day."""
    with reading() as now:
        return show_as_of(_place(slug), now)


def standing(slug: str, standing_id: int) -> str:
    """One standing of the history."""
    with reading():
        return show_standing(_place(slug), standing_id)


def plan(slug: str) -> str:
    """The cheapest way to a tier."""
    with reading() as at:
        return show_plan(_place(slug), at)


def forecast(slug: str) -> str:
    """The next two years."""
    with reading() as at:
        return show_forecast(_place(slug), at)


def exceptions(slug: str) -> str:
    """What was decided, what is proposed, and what the history would be by what is known now."""
    return _show(slug, ExceptionForm(formdata=None))


def propose_exception(slug: str) -> Page:
    """Ask another administrator to let the organisation hold a tier."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.exceptions", slug=slug))
    form = ExceptionForm()
    with reading():
        part = _place(slug).part
        form.tier.choices = _tiers(part)
    if not form.validate_on_submit():
        return _show(slug, form), 422
    ladder, _colon, tier = form.tier.data.partition(":")
    try:
        with writing() as at:
            part = participation_in(part.organisation_id, part.programme.slug)
            propose_tier(part, ladder, tier, form.reason.data, form.last_day.data, by=visitor().id, at=at)
    except Refusal as refusal:
        return _show(slug, form, refusal), refusal.status
    flash(_("It is proposed. Another administrator has to approve it."), "success")
    return redirect(url_for("admin.exceptions", slug=slug, programme=part.programme.slug), 303)


def approve_exception(exception_id: int) -> Response:
    """The second administrator says yes."""
    return _decide(exception_id, approve_tier, _("The tier is held from now on. The partner is told."))


def reject_exception(exception_id: int) -> Response:
    """The second administrator says no."""
    return _decide(exception_id, reject_tier, _("The proposal is rejected. Nothing was changed."))


def revoke_exception(exception_id: int) -> Page:
    """It ends before its last day."""
    with reading():
        home = _home(exception_id)
    form = EndExceptionForm()
    if request.method == "POST" and form.validate_on_submit():
        with writing() as at:
            revoke_tier(exception_id, form.end_reason.data, by=visitor().id, at=at)
        flash(_("The exception is over."), "success")
    elif request.method == "POST":
        flash(_("Say why"), "danger")
    return redirect(home, 303)


def _decide(exception_id: int, decide: Callable[..., None], news: str) -> Response:
    with reading():
        home = _home(exception_id)
    if request.method == "POST":
        try:
            with writing() as at:
                decide(exception_id, by=visitor().id, at=at)
        except SecondApproverNeeded:
            with writing() as at:
                record("access_refused", str(request.endpoint), by=visitor().id, at=at, address=address())
            raise
        flash(news, "success")
    return redirect(home, 303)


def _home(exception_id: int) -> str:
    exception = exception_of(exception_id)
    organisation = db.session.get_one(Organisation, exception.organisation_id)
    programme = db.session.get_one(Programme, exception.programme_id)
    return url_for("admin.exceptions", slug=organisation.slug, programme=programme.slug)


def _place(slug: str) -> Place:
    organisation = organisation_by_slug(slug)
    part = chosen_participation(participations_of(organisation.id))
    return Place(organisation.name, slug, part, False)


def _tiers(part: Participation) -> list[tuple[str, str]]:
    """The tiers of each ladder, the highest first."""
    return [
        (f"{ladder}:{tier.id}", ": ".join(in_language(text) for text in (name, tier.name) if text))
        for ladder, name, tiers in part.programme.rules.every_ladder
        for tier in sorted(tiers, key=lambda tier: -tier.rank)
    ]


def _show(slug: str, form: ExceptionForm, refusal: Refusal | None = None) -> str:
    with reading() as at:
        place = _place(slug)
        part = place.part
        form.tier.choices = tiers = _tiers(part)
        found = exceptions_in(part.organisation_id, part.programme_id)
        proposed = next((one for one in found if one.state is ExceptionState.PROPOSED), None)
        people = {person for one in found for person in (one.proposed_by, one.decided_by, one.revoked_by) if person}
        return render_template(
            "admin/exceptions.html",
            place=place,
            tabs=programme_tabs(participations_of(part.organisation_id), part, "admin.exceptions", slug),
            exceptions=found,
            proposed=proposed,
            may_decide=proposed and may("admin.approve_exception") and proposed.proposed_by != visitor().id,
            names=names_of(people),
            tiers=dict(tiers),
            late=late_changes(part, at=at),
            form=form if may("admin.propose_exception") and not proposed else None,
            ending=EndExceptionForm(formdata=None) if may("admin.revoke_exception") else None,
            refusal=refusal,
            at=at,
        )
