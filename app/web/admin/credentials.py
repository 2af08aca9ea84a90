"""The register of credentials, searched, as a page and as a file."""

from datetime import datetime

from flask import Response, render_template

from app.credentials.issuing import Credential
from app.credentials.register import Found, search
from app.credentials.validity import State
from app.transaction import reading
from app.web.csv_export import csv_response
from app.web.lists import PAGE, asked_choice, asked_page, asked_sort, asked_text, page_of
from app.web.naming import LEVELS, STATES
from app.web.wording import gettext as _

SORTS = ("holder", "level", "issued", "expires")


def credentials() -> str:
    """A page of what was searched for."""
    with reading() as at:
        found = find(at, page=asked_page())
        page = page_of(lambda _first: found.credentials, found.total)
        sort = asked_sort(SORTS, "-issued")
        return render_template("admin/credentials.html", page=page, sort=sort, at=at)


def credentials_export() -> Response:
    """All that was searched for, as CSV."""
    with reading() as at:
        found = find(at, size=None)
        header = [_("Holder"), _("Organisation"), _("Level"), _("State"), _("Code"), _("Id")]
        header += [_("Issued on"), _("Expires on"), _("Revoked on"), _("Reason")]
        return csv_response(f"credentials-{at:%Y-%m-%d}", header, [csv_row(one, at) for one in found.credentials])


def find(at: datetime, page: int = 1, size: int | None = PAGE) -> Found:
    """The credentials that fit the address, in its order."""
    state = asked_choice("state", STATES)
    return search(
        at=at,
        text=asked_text(),
        level=asked_choice("level", LEVELS) or None,
        state=State(state) if state else None,
        sort=asked_sort(SORTS, "-issued"),
        page=page,
        size=size,
    )


def csv_row(credential: Credential, at: datetime) -> list[object]:
    """A line of the file."""
    return [
        credential.holder,
        credential.data["organisation"],
        LEVELS[credential.level],
        STATES[credential.state(at)],
        credential.code,
        credential.public_id,
        credential.issued_at.date(),
        credential.expires_at.date(),
        credential.revoked_at.date() if credential.revoked_at else None,
        credential.revoked_reason,
    ]
