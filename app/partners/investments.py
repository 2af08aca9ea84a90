"""Investments: what the vendor spent on a programme, written down by hand, for the return that really came of it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.content.money import to_minor
from app.extensions import Big, Code, Key, Model, Name, db
from app.partners.counting import came_in
from app.partners.facts import facts_of_metrics
from app.partners.particulars import return_of
from app.partners.periods import FIRST_YEAR, LAST_YEAR
from app.partners.records import Fact
from app.partners.rules import Programme
from app.partners.timeline import start_of
from app.refusal import NotFound, Refusal

LONGEST = 200
MOST = 10**17  # in minor units
REVENUE = "revenue"


class Investment(Model):
    """An amount in minor units of its currency, spent in [starts_at, ends_at); a wrong one is withdrawn, and stays."""

    __tablename__ = "investments"
    __table_args__ = (
        CheckConstraint(f"amount BETWEEN 1 AND {MOST}", name="amount"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("ends_at > starts_at", name="interval"),
        CheckConstraint(f"length(source) BETWEEN 1 AND {LONGEST}", name="source"),
        CheckConstraint("withdrawn_at >= recorded_at", name="withdrawal"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_reason"),
        Index("ix_investments_programme", "programme_id", "starts_at"),
    )

    id: Mapped[Key]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"))
    amount: Mapped[Big]
    currency: Mapped[Code]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    source: Mapped[Name]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    withdrawn_reason: Mapped[Name | None]


class Returned(NamedTuple):
    """What was spent in a period, what came in, and the return by the programme's formula (None: it cannot be said).

    `left_out` counts the amounts that no dated rate converts into the currency of the plan: then it cannot be said.
    """

    starts_at: datetime
    ends_at: datetime
    invested: Decimal
    revenue: Decimal
    value: Decimal | None
    left_out: int


class BadInvestment(Refusal):
    """Neither an amount nor a period that could be counted with."""

    status = 422
    title = _l("This investment cannot be counted")


class NoSuchInvestment(NotFound):
    """There is no such investment, or it is of another programme."""

    title = _l("There is no such investment")


class InvestmentWithdrawn(Refusal):
    """Once is enough."""

    title = _l("This investment was withdrawn before")


def record_investment(
    programme_id: int, amount: Decimal, currency: str, first: date, last: date, source: str, *, by: int, at: datetime
) -> Investment:
    """Write down what was spent from the first to the last day, both included."""
    try:
        minor = to_minor(amount, currency)
    except ValueError as error:
        raise BadInvestment(_l("The amount has more decimals than its currency.")) from error
    if not 0 < minor <= MOST:
        raise BadInvestment(_l("The amount is above zero, and no larger than anybody spends."))
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR or last < first:
        raise BadInvestment(_l("The last day is not before the first one, and both are of our time."))
    if not 0 < len(source.strip()) <= LONGEST:
        raise BadInvestment(_l("Say where the figure comes from, in up to 200 characters."))
    investment = Investment(
        programme_id=programme_id,
        amount=minor,
        currency=currency,
        starts_at=start_of(first),
        ends_at=start_of(last + timedelta(days=1)),
        source=source.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    db.session.add(investment)
    db.session.flush()
    return investment


def withdraw_investment(programme_id: int, investment_id: int, reason: str, *, by: int, at: datetime) -> None:
    """It counts no longer from now on; what was known before stays answerable."""
    if not 0 < len(reason.strip()) <= LONGEST:
        raise BadInvestment(_l("Say why, in up to 200 characters"))
    investment = db.session.get(Investment, investment_id)
    if investment is None or investment.programme_id != programme_id:
        raise NoSuchInvestment
    still = update(Investment).where(Investment.id == investment_id, Investment.withdrawn_at.is_(None))
    change = still.values(withdrawn_at=at, withdrawn_by=by, withdrawn_reason=reason.strip())
    if db.session.connection().execute(change).rowcount != 1:
        raise InvestmentWithdrawn


def investments_of(programme_id: int) -> Sequence[Investment]:
    """Every investment ever written down, the latest period first."""
    query = select(Investment).where(Investment.programme_id == programme_id)
    return db.session.scalars(query.order_by(Investment.starts_at.desc(), Investment.id.desc())).all()


def actual_returns(programme_id: int, rules: Programme, known_at: datetime) -> list[Returned]:
    """The return of each period that something was spent in, the earliest first, by what was known at an instant."""
    rule = rules.return_on_investment
    if rule is None:
        return []
    plan = next(one for one in rules.targets if one.id == rule.revenue)
    metric, currency = plan.metric or REVENUE, str(plan.currency)
    by_partner = facts_of_metrics(programme_id, [metric], known_at)[metric]
    revenue = [fact for facts in by_partner.values() for fact in facts]
    periods: dict[tuple[datetime, datetime], list[Fact]] = {}
    for spent in _known(programme_id, known_at):
        periods.setdefault((spent.valid_from, spent.valid_to or spent.valid_from), []).append(spent)
    return [
        _returned(rule.formula, rules, currency, start, end, every, revenue)
        for (start, end), every in sorted(periods.items(), key=lambda one: one[0])
    ]


def _returned(
    formula: str, rules: Programme, currency: str, start: datetime, end: datetime, spent: list[Fact], facts: list[Fact]
) -> Returned:
    invested, missing = came_in(spent, currency, rules.rates, start, end)
    revenue, unknown = came_in(facts, currency, rules.rates, start, end)
    left_out = missing + unknown
    known = any(start < (one.valid_to or one.valid_from) <= end for one in facts) and invested > 0 and not left_out
    return Returned(start, end, invested, revenue, return_of(formula, revenue, invested) if known else None, left_out)


def _known(programme_id: int, known_at: datetime) -> list[Fact]:
    """What was spent, in the shape in which money is counted and converted."""
    query = select(Investment).where(Investment.programme_id == programme_id, Investment.recorded_at <= known_at)
    counts = or_(Investment.withdrawn_at.is_(None), Investment.withdrawn_at > known_at)
    return [
        Fact(one.id, "investment", one.amount, one.currency, one.starts_at, one.ends_at, one.recorded_at, one.source)
        for one in db.session.scalars(query.where(counts).order_by(Investment.id))
    ]
