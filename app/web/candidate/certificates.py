"""Certificates: the credentials of the person who looks."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template

from app.credentials.issuing import Credential
from app.credentials.register import credentials_of
from app.credentials.validity import State
from app.exams.catalogue import Exam, live_exams
from app.exams.retakes import add_months
from app.transaction import reading
from app.web.identity import visitor


@dataclass(frozen=True)
class Certificate:
    """A credential with what it is worth now; `renewal` is the exam to sit, once the window to renew it is open."""

    credential: Credential
    state: State
    renewal: Exam | None


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


def _renewal(credential: Credential, exams: dict[str, Exam], at: datetime) -> Exam | None:
    exam = exams.get(credential.level)
    if exam is None or credential.state(at) is not State.VALID:
        return None
    opens = add_months(credential.expires_at, -exam.body["validity"]["renewal_months"])
    return exam if opens <= at else None
