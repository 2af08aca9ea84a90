"""Money: revenue and commission of the visitor's organisation by month; and its figures and history as files."""

from collections.abc import Iterator
from datetime import date

from babel.dates import format_date
from flask import Response, render_template

from app.content.money import from_minor
from app.extensions import db
from app.partners.earnings import Earnings, Month, earnings_of
from app.partners.facts import Fact, facts_in
from app.partners.programmes import Participation, participations_of
from app.partners.standing import history_of, standings_in
from app.transaction import reading
from app.web.csv_export import csv_response
from app.web.identity import visitor
from app.web.language import current
from app.web.layout import in_language
from app.web.partner.amounts import money as money_text
from app.web.partner.amounts import percent
from app.web.partner.places import Place
from app.web.partner.scorecard import chosen_participation, programme_tabs
from app.web.partner.team import own_organisation
from app.web.wording import gettext as _


def money() -> str:
    """The last 24 months in one programme; the others are a tab away."""
    organisation = own_organisation()
    with reading() as at:
        parts = participations_of(organisation.id)
        if not parts:
            return render_template("partner/no_scorecard.html", organisation=visitor().organisation)
        chosen = chosen_participation(parts)
        return render_template(
            "partner/money.html",
            organisation=organisation,
            place=Place(organisation.name, organisation.slug, chosen, True),
            tabs=programme_tabs(parts, chosen, "partner.money"),
            earnings=earnings_of(chosen, at),
            names=_tier_names(chosen),
            money=money_text,
            month_name=_month_name,
            shares=_shares,
            percent_of=lambda part, whole: max(0, 100 * part // whole),
        )


def money_export() -> Response:
    """Every programme's months as CSV, the amounts in decimals."""
    organisation = own_organisation()
    with reading() as at:
        rows = [row for part in participations_of(organisation.id) for row in _money_rows(part, earnings_of(part, at))]
        header = [_("Programme"), _("Month"), _("Currency"), _("Revenue"), _("Tiers"), _("Commission"), _("Basis")]
        return csv_response(f"money-{organisation.slug}-{at:%Y-%m-%d}", header, rows)


def facts_export() -> Response:
    """What is known of the organisation as CSV: what was corrected or withdrawn is left out."""
    organisation = own_organisation()
    with reading() as at:
        slugs = {part.programme_id: part.programme.slug for part in participations_of(organisation.id)}
        facts = db.session.scalars(facts_in(organisation.id, known_at=at))
        header = ["programme", "metric", "value", "currency", "valid_from", "valid_to", "recorded_at", "source"]
        rows = [_fact_row(fact, slugs[fact.programme_id]) for fact in facts if fact.programme_id in slugs]
        return csv_response(f"facts-{organisation.slug}-{at:%Y-%m-%d}", [*header, "evidence", "id"], rows)


def history_export() -> Response:
    """Every tier that was ever held, in every programme and on every ladder, as CSV."""
    organisation = own_organisation()
    with reading() as at:
        rows = [row for part in participations_of(organisation.id) for row in _history_rows(part)]
        header = ["programme", "ladder", "tier", "since", "until", "by_exception", "standing"]
        return csv_response(f"standings-{organisation.slug}-{at:%Y-%m-%d}", header, rows)


def _money_rows(part: Participation, every: list[Earnings]) -> Iterator[list[object]]:
    names, title = _tier_names(part), in_language(part.programme.rules.title)
    for one in every:
        for month in one.months:
            commission = "" if month.commission is None else from_minor(month.commission, one.currency)
            basis = "" if month.commission is None else _("Recorded") if month.is_recorded else _("Estimate")
            cells = [title, f"{month.first:%Y-%m}", one.currency, from_minor(month.revenue, one.currency)]
            yield [*cells, "; ".join(_shares(month, names)), commission, basis]


def _fact_row(fact: Fact, programme: str) -> list[object]:
    value = from_minor(fact.value, fact.currency) if fact.currency else fact.value
    cells: list[object] = [programme, fact.metric, value, fact.currency, fact.valid_from, fact.valid_to]
    return [*cells, fact.recorded_at, fact.source, fact.evidence, fact.id]


def _history_rows(part: Participation) -> Iterator[list[object]]:
    for ladder in standings_in(part):
        for past in history_of(part, ladder):
            held = "yes" if past.exception_id else "no"
            yield [part.programme.slug, ladder, past.tier, past.since, past.until, held, past.id]


def _tier_names(part: Participation) -> dict[str, str]:
    return {tier.id: in_language(tier.name) for tier in part.programme.rules.tiers}


def _shares(month: Month, names: dict[str, str]) -> list[str]:
    """The tiers of a month with their percentages."""
    words = []
    for share in month.shares:
        tier = names.get(share.tier or "", share.tier) or _("No tier")
        words.append(f"{tier} ({percent(share.percent)})" if share.percent is not None else tier)
    return words


def _month_name(first: date) -> str:
    name = format_date(first, "LLLL y", locale=current())
    return name[:1].upper() + name[1:]
