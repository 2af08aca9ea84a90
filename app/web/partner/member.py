"""One member of the visitor's own organisation: what they work as, since when, and until when."""

from collections.abc import Callable
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from app.journeys.moving import change_roles, keep, send_off
from app.people.membership_changes import end_of, story_of
from app.people.organisations import Membership, membership_of
from app.refusal import NotFound
from app.transaction import reading
from app.web.identity import visitor
from app.web.inviting import Answer, Wrong, do
from app.web.membership_forms import EndForm, RolesForm
from app.web.partner.team import own_organisation
from app.web.wording import gettext as _


def member(person_id: int) -> str:
    """The page."""
    return show(person_id, None)


def change_member(person_id: int) -> Answer:
    """Other roles or another region from now on."""
    form = RolesForm()

    def deed(at: datetime) -> str:
        by = visitor().id
        change_roles(person_id, own_organisation().id, seen=form.seen.data, by=by, at=at, **form.roles())
        return _("The change holds from now on.")

    return _deed(person_id, form, deed, "partner.member")


def end_member(person_id: int) -> Answer:
    """The member leaves, at once or after a last day."""
    form = EndForm()

    def deed(at: datetime) -> str:
        last = form.last_day.data
        ends_at = end_of(last, at) if last else None
        send_off(person_id, own_organisation().id, by=visitor().id, at=at, ends_at=ends_at)
        return _("The end is set.") if ends_at else _("The membership has ended.")

    return _deed(person_id, form, deed, "partner.member" if form.last_day.data else "partner.team")


def keep_member(person_id: int) -> Answer:
    """The member does not leave after all."""

    def deed(at: datetime) -> str:
        keep(person_id, own_organisation().id, by=visitor().id, at=at)
        return _("The membership goes on.")

    return _deed(person_id, FlaskForm(), deed, "partner.member")


def show(person_id: int, wrong: Wrong | None) -> str:
    """The page, with the form that was sent if something is wrong with it."""
    organisation = own_organisation()
    with reading() as at:
        present, story = _present(person_id, organisation.id, at), story_of(person_id, organisation.id)
        return render_template(
            "partner/member.html",
            organisation=organisation,
            person=story[0].person,
            membership=present,
            story=story,
            roles=_sent(wrong, RolesForm) or RolesForm(formdata=None, obj=present, seen=present.id),
            end=_sent(wrong, EndForm) or EndForm(formdata=None),
            wrong=wrong,
            at=at,
        )


def _present(person_id: int, organisation_id: int, at: datetime) -> Membership:
    membership = membership_of(person_id, at)
    if membership is None or membership.organisation_id != organisation_id:
        raise NotFound
    return membership


def _sent(wrong: Wrong | None, kind: type[FlaskForm]) -> FlaskForm | None:
    return wrong.form if wrong and isinstance(wrong.form, kind) else None


def _deed(person_id: int, form: FlaskForm, deed: Callable[[datetime], str], to: str) -> Answer:
    """Whoever gives up the team's pages goes home, as they are closed from then on."""
    page = url_for("partner.member", person_id=person_id)
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(page)
    if person_id == visitor().id:
        to = "account.membership"
    onward = page if to == "partner.member" else url_for(to)
    return do(form, deed, lambda wrong: show(person_id, wrong), onward)
