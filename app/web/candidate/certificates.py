"""Certificates: the credentials of the person who looks, hiding the name on one's page, and withdrawing one."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.credentials.issuing import Credential
from app.credentials.register import credentials_of
from app.credentials.validity import State
from app.exams.catalogue import Exam, live_exams
from app.exams.retakes import add_months
from app.journeys.amending import hide_holder, own_credential, withdraw_credential
from app.transaction import reading, writing
from app.web.candidate.forms import WithdrawForm
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.wording import gettext as _


@dataclass(frozen=True)
class Certificate:
    """A credential with what it is worth now; `renewal` is the exam to sit, once the window to renew it is open."""

    credential: Credential
    state: State
    renewal: Exam | None

    @property
    def url(self) -> str:
        """Its public page, as others reach it."""
        return f"{current_app.config['BASE_URL']}/c/{self.credential.public_id}"

    @property
    def linkedin(self) -> str:
        """LinkedIn's form for a certificate, filled in."""
        return linkedin_url(self.credential, self.url)


def certificates() -> str:
    """Every credential one was awarded, the newest first."""
    with reading() as at:
        found = credentials_of([visitor().id])
        exams = {exam.level: exam for exam in live_exams()}
        renewed = {credential.renews_id for credential in found}
        return render_template(
            "candidate/certificates.html",
            certificates=[
                Certificate(one, one.state(at), None if one.id in renewed else _renewal(one, exams, at))
                for one in found
            ],
            first_exam=next(iter(exams.values()), None),
        )


def linkedin_url(credential: Credential, url: str) -> str:
    """Where LinkedIn adds a certificate to the profile of whoever follows the link."""
    record, start, end = credential.data, credential.issued_at, credential.expires_at
    filled = {
        "startTask": "CERTIFICATION_NAME",
        "name": in_language(record["title"]),
        "organizationName": record["issuer"],
        "issueYear": start.year,
        "issueMonth": start.month,
        "expirationYear": end.year,
        "expirationMonth": end.month,
        "certUrl": url,
        "certId": record["code"],
    }
    return f"https://www.linkedin.com/profile/add?{urlencode(filled)}"


def hide_name(public_id: str) -> Response:
    """The public page says the name no more, or says it again."""
    is_hidden = request.form.get("hide") == "1"
    with writing() as at:
        hide_holder(public_id, visitor().id, hide=is_hidden, at=at)
    news = (
        _("The public page does not show your name any more.") if is_hidden else _("The public page shows your name.")
    )
    flash(news, "success")
    return redirect(url_for("candidate.certificates"), 303)


def withdraw(public_id: str) -> Response | str | tuple[str, int]:
    """Ask whether it is meant, and then withdraw the certificate for good."""
    form = WithdrawForm()
    if form.validate_on_submit():
        with writing() as at:
            withdraw_credential(public_id, visitor().id, at=at)
        flash(_("Your certificate is withdrawn."), "success")
        return redirect(url_for("candidate.certificates"), 303)
    with reading() as at:
        found = own_credential(public_id, visitor().id)
        page = render_template("candidate/withdraw.html", credential=found, state=found.state(at), form=form)
    return (page, 422) if form.errors else page


def _renewal(credential: Credential, exams: dict[str, Exam], at: datetime) -> Exam | None:
    exam = exams.get(credential.level)
    if exam is None or credential.state(at) is not State.VALID:
        return None
    opens = add_months(credential.expires_at, -exam.body["validity"]["renewal_months"])
    return exam if opens <= at else None
