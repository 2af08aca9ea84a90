"""The register of credentials, searched, as a page and as a file."""

from datetime import date, datetime

from flask import Response, render_template, request

from app.credentials.issuing import Credential
from app.credentials.register import Found, Wanted, search
from app.credentials.validity import State
from app.exams.catalogue import live_exams
from app.transaction import reading
from app.web.csv_export import csv_response
from app.web.layout import in_language
from app.web.lists import PAGE, asked_choice, asked_page, asked_sort, asked_text, page_of
from app.web.naming import LEVELS, STATES
from app.web.wording import gettext as _

SORTS = ("holder", "level", "issued", "expires")
ENDS = ("revoked", "superseded", "withdrawn")


def credentials() -> str:
    """A page of what was searched for."""
    with reading() as at:
        found = find(at, page=asked_page())
        page = page_of(lambda _first: found.credentials, found.total)
        exams = [(exam.slug, in_language(exam.body["title"])) for exam in live_exams()]
        sort = asked_sort(SORTS, "-issued")
        return render_template("admin/credentials.html", page=page, sort=sort, exams=exams, at=at)


def credentials_export() -> Response:
    """All that was searched for, as CSV."""
    with reading() as at:
        found = find(at, size=None)
        header = [_("Holder"), _("Organisation"), _("Level"), _("State"), _("Code"), _("Id")]
        header += [_("Issued on"), _("Expires on"), _("Revoked on"), _("Replaced on"), _("Withdrawn on"), _("Reason")]
        return csv_response(f"credentials-{at:%Y-%m-%d}", header, [csv_row(one, at) for one in found.credentials])


def find(at: datetime, page: int = 1, size: int | None = PAGE) -> Found:
    """The credentials that fit the address, in its order."""
    state = asked_choice("state", STATES)
    wanted = Wanted(
        text=asked_text(),
        level=asked_choice("level", LEVELS) or None,
        state=State(state) if state else None,
        organisation=asked_text("organisation"),
        exam=asked_text("exam") or None,
        issued_from=_asked_day("issued_from"),
        issued_to=_asked_day("issued_to"),
    )
    return search(wanted, at=at, sort=asked_sort(SORTS, "-issued"), page=page, size=size)


def csv_row(credential: Credential, at: datetime) -> list[object]:
    """A line of the file."""
    ends = [getattr(credential, f"{end}_at") for end in ENDS]
    reasons = [getattr(credential, f"{end}_reason") for end in ENDS]
    return [
        credential.holder,
        credential.data.get("organisation"),
        LEVELS[credential.level],
        STATES[credential.state(at)],
        credential.code,
        credential.public_id,
        credential.issued_at.date(),
        credential.expires_at.date(),
        *(end.date() if end else None for end in ends),
        "; ".join(_(reason) for reason in reasons if reason),
    ]


def _asked_day(name: str) -> date | None:
    """The day that the address names; what is no day of the calendar asks for nothing."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
