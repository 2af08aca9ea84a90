"""Inviting, as the pages of partners and of the administration do it alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app, flash, redirect
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.journeys.inviting import invite
from app.refusal import Refusal
from app.transaction import writing
from app.web.identity import visitor
from app.web.membership_forms import InviteForm
from app.web.wording import ngettext

Answer = Response | tuple[str, int]


@dataclass(frozen=True)
class Wrong:
    """What a page shows again: the form that was sent, why it was refused, and the lines that are wrong."""

    form: FlaskForm
    refusal: Refusal | None = None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Pairs of a line and why it cannot be sent."""
        return [(line, str(why)) for line, why in self.refusal.facts.get("lines", ())] if self.refusal else []


def signing_key() -> str:
    """What the secrets of the links are made with."""
    return str(current_app.config["SECRET_KEY"])


def send_invitations(
    organisation: Callable[[], int], form: InviteForm, show: Callable[[Wrong], str], to: str
) -> Answer:
    """Invite everyone on the form and go on, or show the page with what is wrong with each line."""

    def deed(at: datetime) -> str:
        sent = invite(organisation(), form.lines(), form.wish(), key=signing_key(), by=visitor().id, at=at)
        return ngettext("%(num)s invitation is on its way", "%(num)s invitations are on their way", len(sent))

    return do(form, deed, show, to)


def do(form: FlaskForm, deed: Callable[[datetime], str], show: Callable[[Wrong], str], to: str) -> Answer:
    """Do what a form asks for and say so on the page `to`; what is refused is said beside the form."""
    if not form.validate_on_submit():
        return show(Wrong(form)), 422
    try:
        with writing() as at:
            news = deed(at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return show(Wrong(form, refusal)), refusal.status
    flash(news, "success")
    return redirect(to, 303)
