"""The return of a programme: planned in its file, and actual, from what was spent and what came in."""

from collections.abc import Iterator
from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.ledger.deeds import record
from app.partners.investments import (
    BadInvestment,
    actual_returns,
    investments_of,
    record_investment,
    withdraw_investment,
)
from app.partners.particulars import return_of
from app.partners.programmes import programme_by_slug
from app.partners.rules import Programme
from app.transaction import reading, writing
from app.web.access import may
from app.web.admin.attempt import names_of
from app.web.admin.investment_forms import InvestmentForm, WithdrawInvestmentForm
from app.web.admin.vendor import programme_choices, vendor_tabs
from app.web.identity import visitor
from app.web.layout import in_language
from app.web.partner.amounts import money
from app.web.programmes.figure_words import amount, returned
from app.web.wording import gettext as _

Page = str | Response | tuple[str, int]
Planned = tuple[str, str, str, str]


def investments(programme: str) -> str:
    """The plan, the actual return, and what was written down of the spending."""
    return _show(programme, InvestmentForm(formdata=None))


def add_investment(programme: str) -> Page:
    """Write down what was spent in a period."""
    if request.method == "GET":  # the page of an error, asked for again
        return redirect(url_for("admin.investments", programme=programme))
    form = InvestmentForm()
    if not form.validate_on_submit():
        return _show(programme, form), 422
    try:
        with writing() as at:
            found = programme_by_slug(programme)
            days = (form.first_day.data, form.last_day.data)
            sums = (form.amount.data, form.currency.data)
            made = record_investment(found.id, *sums, *days, form.source.data, by=visitor().id, at=at)
            record("investment_recorded", f"investment:{made.id}", by=visitor().id, at=at, name=programme)
    except BadInvestment as refusal:
        form.amount.errors = [str(refusal.detail)]
        return _show(programme, form), refusal.status
    flash(_("The investment is written down."), "success")
    return redirect(url_for("admin.investments", programme=programme), 303)


def end_investment(programme: str, investment_id: int) -> Page:
    """It was wrong: it counts no longer."""
    if request.method == "GET":
        return redirect(url_for("admin.investments", programme=programme))
    form = WithdrawInvestmentForm()
    if not form.validate_on_submit():
        flash(_("Say why"), "danger")
        return redirect(url_for("admin.investments", programme=programme), 303)
    reason = form.withdrawn_reason.data
    with writing() as at:
        found = programme_by_slug(programme)
        withdraw_investment(found.id, investment_id, reason, by=visitor().id, at=at)
        subject = f"investment:{investment_id}"
        record("investment_withdrawn", subject, by=visitor().id, at=at, name=programme, reason=reason)
    flash(_("The investment is withdrawn."), "success")
    return redirect(url_for("admin.investments", programme=programme), 303)


def _show(programme: str, form: InvestmentForm) -> str:
    with reading() as at:
        found = programme_by_slug(programme)
        rules, rule = found.rules, found.rules.return_on_investment
        entered = investments_of(found.id)
        return render_template(
            "admin/investments.html",
            tabs=vendor_tabs(programme),
            choices=programme_choices(found),
            slug=programme,
            rules=rules,
            rule=rule,
            planned=list(_planned(rules)),
            actual=[
                (one, returned(rule.formula, one.value) if rule and one.value is not None else None)
                for one in actual_returns(found.id, rules, at)
            ],
            currency=_currency(rules),
            amount=amount,
            money=money,
            entered=entered,
            names=names_of({one.recorded_by for one in entered}),
            form=form if may("admin.add_investment") else None,
            ending=WithdrawInvestmentForm(formdata=None) if may("admin.end_investment") else None,
        )


def _planned(rules: Programme) -> Iterator[Planned]:
    """Each period of the plan with what is invested, what comes in and the return of it."""
    rule = rules.return_on_investment
    if rule is None:
        return
    series = {one.id: one for one in (*rules.targets, *rules.investment)}
    income, cost = series[rule.revenue], series[rule.investment]
    for earned, spent in zip(income.values, cost.values, strict=True):
        sums: tuple[Decimal, Decimal] = (spent.amounts[0], earned.amounts[0])
        words = [amount(one, "money", income.currency) for one in sums]
        value = returned(rule.formula, return_of(rule.formula, sums[1], sums[0]))
        yield in_language(earned.period), words[0], words[1], value


def _currency(rules: Programme) -> str | None:
    rule = rules.return_on_investment
    return next((one.currency for one in rules.targets if rule and one.id == rule.revenue), None)
