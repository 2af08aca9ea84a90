"""Imports of facts: uploading a file, saying which column is what, looking at what it comes to, and confirming it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.extensions import db
from app.journeys.importing_facts import begin_import, columns_of, content_of, foreseen, planned_of, stored
from app.journeys.importing_facts import confirm_import as confirm
from app.journeys.importing_facts import map_import as choose
from app.partners.fact_files import LARGEST, read_table
from app.partners.fact_mapping import FactMapping, suggested
from app.partners.fact_rows import read_facts
from app.partners.imports import FactImport, ImportConfirmed, import_of, save_mapping, saved_mapping, saved_mappings
from app.partners.metrics import metrics_of
from app.partners.programmes import live_programmes
from app.partners.recording import plan
from app.people.organisations import Organisation
from app.people.persons import Person
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.fact_forms import SAVED, ConfirmForm, MappingForm, UploadForm, starts
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.lists import page_of_query
from app.web.wording import gettext as _

Page = Response | str | tuple[str, int]


def imports() -> str:
    """The imports, the newest first, with the form for another file."""
    return _list()


def upload_import() -> Page:
    """Take a file in; leads to its columns, or to its preview where they are known."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.imports"))
    with reading():
        form = _upload_form()
    if not form.validate_on_submit():
        return _list(form), 422
    content = form.file.data.read(LARGEST + 1)
    try:
        proposal = _proposal(form.start.data, content)
        with writing() as at:
            started = begin_import(form.file.data.filename or "", content, by=visitor().id, at=at)
            started.mapping = proposal
            import_id = started.id
    except Refusal as refusal:
        return _list(form, refusal), refusal.status
    if mapping := _whole(proposal):
        _preview(import_id, content, mapping)
    return redirect(url_for("admin.fact_import", import_id=import_id), 303)


def fact_import(import_id: int) -> str:
    """What the file comes to, or which column is what, or how far its recording has got."""
    return _show(import_id)


def map_import(import_id: int) -> Page:
    """Say which column is what."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.fact_import", import_id=import_id))
    with reading():
        content, _mapping = content_of(import_id)
        if content is None:
            raise ImportConfirmed
        form = _mapping_form(import_of(import_id))
    mapping = form.mapping() if form.validate_on_submit() else None
    if mapping is None:
        return _show(import_id, form), 422
    _preview(import_id, content, mapping, save_as=" ".join((form.save_as.data or "").split()))
    return redirect(url_for("admin.fact_import", import_id=import_id), 303)


def confirm_import(import_id: int) -> Page:
    """It is meant: what was looked at is recorded, now or by the worker."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.fact_import", import_id=import_id))
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _show(import_id, confirm_form=form), 422
    with reading():
        content, mapping = content_of(import_id)
    if content is None:
        raise ImportConfirmed
    rows = read_facts(content, mapping)
    with reading():
        planned = planned_of(import_id, rows)
    with writing() as at:
        confirm(import_id, rows, planned, by=visitor().id, at=at)
    flash(_("It is being recorded."), "success")
    return redirect(url_for("admin.fact_import", import_id=import_id), 303)


def _proposal(start: str, content: bytes) -> dict[str, Any]:
    """The parts of a mapping that are known before anybody looked at the file."""
    header = read_table(content).header
    if start.startswith(SAVED):
        with reading():
            return saved_mapping(start.removeprefix(SAVED))
    return suggested(start, header)


def _whole(proposal: dict[str, Any]) -> FactMapping | None:
    """The mapping, if the proposal names all that one needs."""
    try:
        mapping = FactMapping(**{**proposal, "stages": tuple(proposal.get("stages", ()))})
    except ValidationError:
        return None
    named = all(
        getattr(mapping, part) or getattr(mapping, f"always_{part}") for part in ("programme", "metric", "source")
    )
    return mapping if named else None


def _preview(import_id: int, content: bytes, mapping: FactMapping, save_as: str = "") -> None:
    """Read the file by the mapping, see what it comes to, and keep both."""
    rows = read_facts(content, mapping)
    with reading() as at:
        planned = plan(rows, mapping)
        standings = foreseen(planned, at=at)
    with writing() as at:
        choose(import_id, mapping, rows, planned, standings)
        if save_as:
            save_mapping(save_as, stored(mapping), by=visitor().id, at=at)


def _list(form: UploadForm | None = None, refusal: Refusal | None = None) -> str:
    with reading():
        query = select(FactImport, Person.name).outerjoin(Person, Person.id == FactImport.made_by)
        return render_template(
            "admin/imports.html",
            page=page_of_query(query.order_by(FactImport.id.desc())),
            form=(form or _upload_form()) if may("admin.upload_import") else None,
            refusal=refusal,
        )


def _show(import_id: int, form: MappingForm | None = None, confirm_form: ConfirmForm | None = None) -> str:
    with reading():
        started = import_of(import_id)
        summary = started.summary or {}
        touched = dict(summary.get("organisations", ()))
        named = select(Organisation).where(Organisation.id.in_(touched)).order_by(Organisation.name)
        names = {one.id: one for one in db.session.scalars(named)}
        is_open = started.confirmed_at is None and may("admin.map_import")
        is_sound = bool(summary) and not summary["wrong"] and bool(summary["counts"])
        return render_template(
            "admin/import.html",
            started=started,
            summary=summary,
            organisations=[(one, touched[one.id]) for one in names.values()],
            names=names,
            form=(form or _mapping_form(started)) if is_open else None,
            confirm_form=(confirm_form or ConfirmForm(formdata=None)) if is_open and is_sound else None,
        )


def _upload_form() -> UploadForm:
    form = UploadForm()
    form.start.choices = starts(saved_mappings())
    return form


def _mapping_form(started: FactImport) -> MappingForm:
    """The form over the columns of the file, with what is known of them."""
    known = dict(started.mapping or {})
    known["stages"] = ", ".join(known.get("stages", ()))
    form = MappingForm(data=known)
    programmes = live_programmes()
    metrics = sorted({metric for one in programmes for metric in metrics_of(one.rules)})
    form.offer(columns_of(started), [(one.slug, in_language(one.rules.title)) for one in programmes], metrics)
    return form
