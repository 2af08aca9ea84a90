"""Revoking many at once: naming them, looking at what would be revoked, confirming it, and how far it has got."""

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.credentials.bulk import BulkLine, Outcome, bulk_of, count_outcomes
from app.credentials.issuing import Credential
from app.credentials.register import in_state
from app.credentials.validity import State
from app.extensions import db
from app.journeys.bulk_revoking import confirm, preview, preview_named
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.admin.credentials import find
from app.web.admin.forms import BulkConfirmForm, BulkForm
from app.web.identity import visitor
from app.web.lists import page_of_query
from app.web.wording import gettext as _

Page = Response | str | tuple[str, int]


def bulk() -> Page:
    """Name them by ids and codes, typed or in a file, or take what the search found; leads to the preview."""
    form = BulkForm()
    if not form.is_submitted():
        return _naming(form)
    if not form.validate():
        return _naming(form), 422
    is_found = request.form.get("source") == "search"
    try:
        with writing() as at:
            by = visitor().id
            if is_found:
                bulk_id = preview([one.id for one in find(at, size=None).credentials], by=by, at=at)
            else:
                bulk_id = preview_named(form.names(), by=by, at=at)
    except Refusal as refusal:
        return _naming(form, refusal), refusal.status
    return redirect(url_for("admin.bulk_revocation", batch_id=bulk_id), 303)


def bulk_revocation(batch_id: int) -> str:
    """What would be revoked, or how far it has got."""
    return _show(batch_id, BulkConfirmForm(formdata=None))


def confirm_bulk(batch_id: int) -> Page:
    """It is meant."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.bulk_revocation", batch_id=batch_id))
    form = BulkConfirmForm()
    if not form.validate_on_submit():
        return _show(batch_id, form), 422
    with writing() as at:
        confirm(batch_id, reason=form.reason.data, by=visitor().id, at=at)
    flash(_("It is being put through."), "success")
    return redirect(url_for("admin.bulk_revocation", batch_id=batch_id), 303)


def _naming(form: BulkForm, refusal: Refusal | None = None) -> str:
    with reading() as at:
        found = find(at, size=1).total if request.args else 0
        return render_template("admin/bulk.html", form=form, found=found, refusal=refusal)


def _show(bulk_id: int, form: BulkConfirmForm) -> str:
    with reading() as at:
        batch, counts = bulk_of(bulk_id), count_outcomes(bulk_id)
        listed = select(Credential, BulkLine.outcome).join(BulkLine, BulkLine.credential_id == Credential.id)
        listed = listed.where(BulkLine.bulk_id == bulk_id).order_by(Credential.holder, Credential.id)
        ids = select(BulkLine.credential_id).where(BulkLine.bulk_id == bulk_id)
        counting = in_state(State.VALID, at) | in_state(State.EXPIRED, at)
        revocable = select(Credential.id).where(Credential.id.in_(ids), counting)
        return render_template(
            "admin/bulk_revocation.html",
            batch=batch,
            total=sum(counts.values()),
            waiting=counts.get(None, 0),
            revoked=counts.get(Outcome.REVOKED, 0),
            left=counts.get(Outcome.LEFT, 0),
            revocable=len(db.session.scalars(revocable).all()),
            page=page_of_query(listed),
            form=form if batch.confirmed_at is None and batch.made_by == visitor().id else None,
            at=at,
        )
