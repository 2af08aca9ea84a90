"""The facts of one organisation: what counts and what ever counted, one written down by hand, corrected, withdrawn."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from werkzeug.wrappers import Response

from app.content.money import from_minor
from app.extensions import db
from app.journeys import recording_facts as deeds
from app.journeys.recording_facts import FactRefused
from app.ledger.deeds import record
from app.partners import accounts
from app.partners.facts import BY_HAND, Fact, chain_of, fact_of, facts_in, is_corrected
from app.partners.metrics import metrics_of
from app.partners.programmes import Participation, Programme, participations_of
from app.partners.recording import Outcome
from app.people.organisations import Organisation, organisation_by_slug
from app.people.persons import Person
from app.refusal import Refusal
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.fact_forms import AccountForm, CorrectionForm, FactForm, WithdrawalForm, blame_all
from app.web.csv_export import csv_response
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.lists import asked_choice, page_of_query
from app.web.partner.amounts import money
from app.web.wording import gettext as _

Page = Response | str | tuple[str, int]
HEADER = (
    *("organisation", "programme", "metric", "value", "currency", "valid_from", "valid_to", "source"),
    *("external_id", "evidence", "recorded_at", "recorded_by", "reason", "id", "corrects", "withdrawn", "counts"),
)


def facts(slug: str) -> str:
    """A page of the facts that fit the filter, with the form for another one."""
    return _list(slug)


def record_fact(slug: str) -> Page:
    """Write down a fact by hand."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.facts", slug=slug))
    with reading():
        form = _fact_form(participations_of(organisation_by_slug(slug).id))
    if not form.validate_on_submit():
        return _list(slug, form), 422
    cells = {field.name: str(field.data or "") for field in form} | {"source": BY_HAND}
    try:
        with writing() as at:
            organisation = organisation_by_slug(slug)
            _fact, outcome = deeds.record_fact(organisation, cells, reason=form.reason.data, by=visitor().id, at=at)
    except FactRefused as refusal:
        blame_all(form, refusal.complaints)
        return _list(slug, form), 422
    if outcome is Outcome.KNOWN:
        flash(_("This fact was recorded before; it counts once. If it is another, name its record."), "info")
    else:
        flash(_("The fact is recorded."), "success")
    return redirect(url_for("admin.facts", slug=slug), 303)


def fact(slug: str, fact_id: int) -> str:
    """One fact, and all that came before and after it."""
    return _show(slug, fact_id)


def correct_fact(slug: str, fact_id: int) -> Page:
    """Put something else in its place."""
    form = CorrectionForm()

    def deed(organisation: Organisation, at: datetime) -> Fact:
        cells = {field.name: str(field.data or "") for field in form}
        return deeds.correct_fact(organisation, fact_id, cells, reason=form.reason.data, by=visitor().id, at=at)

    return _do(slug, fact_id, form, deed, _("The fact is corrected."))


def withdraw_fact(slug: str, fact_id: int) -> Page:
    """Put nothing in its place."""
    form = WithdrawalForm(prefix="withdrawal")

    def deed(organisation: Organisation, at: datetime) -> Fact:
        return deeds.withdraw_fact(organisation, fact_id, reason=form.reason.data, by=visitor().id, at=at)

    return _do(slug, fact_id, form, deed, _("The fact is withdrawn."))


def facts_export(slug: str) -> FlaskResponse:
    """Every fact ever recorded, and whether it counts; the first columns are those of an import."""
    with reading():
        organisation = organisation_by_slug(slug)
        programmes = {one.id: one.slug for one in db.session.scalars(select(Programme))}
        found = db.session.execute(_rows(facts_in(organisation.id)))
        return csv_response(f"{slug}-facts", HEADER, [_csv_row(slug, programmes, *row) for row in found])


def account(slug: str) -> Page:
    """An account of the organisation, added or removed."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.facts", slug=slug))
    form = AccountForm(prefix="account")
    if not form.validate_on_submit():
        return _list(slug, account_form=form), 422
    said = " ".join(form.system.data.split()), " ".join(form.external_id.data.split())
    removes = request.form.get("deed") == "remove"
    with writing() as at:
        organisation = organisation_by_slug(slug)
        (accounts.remove_account if removes else accounts.add_account)(organisation.id, *said)
        deed = "account_removed" if removes else "account_added"
        subject = f"organisation:{slug}"
        record(deed, subject, by=visitor().id, at=at, organisation=organisation.id, names=[" ".join(said)])
    flash(_("The account is removed.") if removes else _("The account is added."), "success")
    return redirect(url_for("admin.facts", slug=slug), 303)


def _list(slug: str, form: FactForm | None = None, account_form: AccountForm | None = None) -> str:
    with reading() as at:
        organisation = organisation_by_slug(slug)
        parts = participations_of(organisation.id)
        programmes = {part.programme.slug: part.programme.id for part in parts}
        metrics = _metrics(parts)
        chosen = programmes.get(asked_choice("programme", programmes))
        show = asked_choice("show", ("all",))
        query = facts_in(
            organisation.id,
            programme_id=chosen,
            metric=asked_choice("metric", metrics) or None,
            known_at=None if show else at,
        )
        return render_template(
            "admin/facts.html",
            organisation=organisation,
            titles={part.programme.slug: in_language(part.programme.rules.title) for part in parts},
            names={one.id: in_language(one.rules.title) for one in db.session.scalars(select(Programme))},
            metric_choices=[(metric, metric) for metric in metrics],
            money=money,
            page=page_of_query(_rows(query)),
            form=(form or _fact_form(parts)) if may("admin.record_fact") and parts else None,
            accounts=accounts.accounts_of(organisation.id),
            account_form=(account_form or AccountForm(None, prefix="account")) if may("admin.account") else None,
        )


def _show(slug: str, fact_id: int, form: FlaskForm | None = None, refusal: Refusal | None = None) -> str:
    with reading():
        organisation = organisation_by_slug(slug)
        found = fact_of(organisation.id, fact_id)
        chain = chain_of(found)
        people = select(Person.id, Person.name).where(Person.id.in_([one.recorded_by for one in chain]))
        forms = may("admin.correct_fact") and not is_corrected(fact_id)
        asked = form if isinstance(form, CorrectionForm) else CorrectionForm(formdata=None, data=_cells(found))
        return render_template(
            "admin/fact.html",
            organisation=organisation,
            fact=found,
            chain=chain,
            money=money,
            title=in_language(db.session.get_one(Programme, found.programme_id).rules.title),
            people={row.id: row.name for row in db.session.execute(people)},
            form=asked if forms else None,
            withdrawal=(form if isinstance(form, WithdrawalForm) else WithdrawalForm(None, prefix="withdrawal"))
            if forms
            else None,
            refusal=refusal,
        )


def _do(slug: str, fact_id: int, form: FlaskForm, deed: Callable[[Organisation, datetime], Fact], news: str) -> Page:
    """Do what a form asks for, and lead to what stands now; or show the page with what is in the way."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.fact", slug=slug, fact_id=fact_id))
    if not form.validate_on_submit():
        return _show(slug, fact_id, form), 422
    try:
        with writing() as at:
            now_there = deed(organisation_by_slug(slug), at).id
    except FactRefused as refusal:
        blame_all(form, refusal.complaints)
        return _show(slug, fact_id, form), 422
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _show(slug, fact_id, form, refusal), refusal.status
    flash(news, "success")
    return redirect(url_for("admin.fact", slug=slug, fact_id=now_there), 303)


def _fact_form(parts: Sequence[Participation]) -> FactForm:
    form = FactForm()
    form.programme.choices = [(part.programme.slug, in_language(part.programme.rules.title)) for part in parts]
    form.metric.choices = [(metric, metric) for metric in _metrics(parts)]
    return form


def _metrics(parts: Sequence[Participation]) -> list[str]:
    return sorted({metric for part in parts for metric in metrics_of(part.programme.rules)})


def _rows(query: Select[Any]) -> Select[Any]:
    """Each fact with who recorded it, and the id of its correction."""
    correction = aliased(Fact)
    query = query.add_columns(Person.name, correction.id)
    return query.outerjoin(Person, Person.id == Fact.recorded_by).outerjoin(
        correction, correction.corrects_id == Fact.id
    )


def _cells(fact: Fact) -> dict[str, str]:
    """What a form shows of a fact."""
    return {
        "value": str(from_minor(fact.value, fact.currency) if fact.currency else fact.value),
        "currency": fact.currency or "",
        "valid_from": _written(fact.valid_from),
        "valid_to": _written(fact.valid_to) if fact.valid_to else "",
        "evidence": fact.evidence or "",
    }


def _written(instant: datetime) -> str:
    """A day as a day, and another instant with its time."""
    return instant.isoformat().removesuffix("T00:00:00+00:00")


def _csv_row(
    slug: str, programmes: dict[int, str], fact: Fact, who: str | None, corrected_by: int | None
) -> list[object]:
    cells = _cells(fact)
    shown = [slug, programmes[fact.programme_id], fact.metric, *(cells[name] for name in list(cells)[:4])]
    more = [fact.source, fact.external_id, fact.evidence, fact.recorded_at, who, fact.reason, fact.id, fact.corrects_id]
    counts = not fact.withdrawn and corrected_by is None
    return [*shown, *more, "yes" if fact.withdrawn else "no", "yes" if counts else "no"]
