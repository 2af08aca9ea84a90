"""All partners by programme and tier: how many stand where, and the list of them as a page and as a file."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, render_template

from app.partners import partner_lists
from app.partners.partner_lists import SORTS, STATES, Count, Partner, Wanted
from app.partners.periods import next_review
from app.partners.programmes import live_programmes
from app.partners.rules import MAIN
from app.partners.rules import Programme as Rules
from app.partners.standing import Standing
from app.transaction import reading
from app.web.admin.vendor import asked_key, vendor_tabs, written_key
from app.web.csv_export import csv_response
from app.web.layout import in_language, last_day
from app.web.lists import PAGE, asked_choice, asked_sort, asked_text
from app.web.partner.amounts import amount
from app.web.wording import gettext as _


@dataclass(frozen=True)
class Row:
    """A partner as the list shows it; `reasons` says what the tier asks for and is no longer there."""

    partner: Partner
    programme: str
    slug: str
    tier: str
    next_review: datetime
    exception_last: date | None
    reasons: Sequence[str]


@dataclass(frozen=True)
class Ladder:
    """How many partners stand where on one ladder of a programme: each tier's id and name, and how many hold it."""

    slug: str
    ladder: str
    title: str
    tiers: Sequence[tuple[str, str, int]]
    at_risk: int
    in_grace: int
    excepted: int
    reviews: int


def partners() -> str:
    """A page of the partners that fit, below how many stand where."""
    with reading() as at:
        rules = {programme.id: programme.rules for programme in live_programmes()}
        wanted = _wanted(rules)
        found = partner_lists.partners(wanted, rules, at, asked_key(wanted.sort), PAGE + 1)
        rows = _rows(found[:PAGE], wanted, rules, at)
        following = (
            written_key(partner_lists.key_of(found[PAGE - 1], wanted.sort), wanted.sort) if len(found) > PAGE else None
        )
        shown = {id: rules[id] for id in wanted.programme_ids}
        return render_template(
            "admin/partners.html",
            tabs=vendor_tabs(_chosen(wanted, rules)),
            rows=rows,
            following=following,
            total=partner_lists.count_partners(wanted, rules, at),
            ladders=_ladders(shown, at),
            programmes={one.id: in_language(one.title) for one in rules.values()},
            region_choices=[(region, region) for region in partner_lists.regions()],
            wanted=wanted,
            **_choices(shown, wanted),
        )


def partners_export() -> Response:
    """All that fit, as CSV."""
    with reading() as at:
        rules = {programme.id: programme.rules for programme in live_programmes()}
        wanted = _wanted(rules)
        found = partner_lists.partners(wanted, rules, at, None, partner_lists.count_partners(wanted, rules, at))
        header = [_("Partner"), _("Name"), _("Programme"), _("Ladder"), _("Tier"), _("Partner since"), _("Tier since")]
        header += [_("At risk since"), _("Reason"), _("Grace until"), _("Next review"), _("Exception until")]
        rows = [_cells(row, wanted.ladder) for row in _rows(found, wanted, rules, at)]
        return csv_response(f"partners-{at:%Y-%m-%d}", header, rows)


def reasons_of(standing: Standing) -> list[str]:
    """What the tier that is held asks for and does not find, as it was found last."""
    proved = next((tier for tier in standing.proof["tiers"] if tier["id"] == standing.tier), None)
    return [_reason(check) for check in (proved["requirements"] if proved else ()) if not check["met"]]


def _reason(check: Mapping[str, Any]) -> str:
    have, need = amount(dict(check), check["have"]), amount(dict(check), check["need"])
    return _("%(requirement)s: %(have)s of %(need)s", requirement=in_language(check["name"]), have=have, need=need)


def _wanted(rules: Mapping[int, Rules]) -> Wanted:
    """What the address asks for; a ladder and a tier go with a programme."""
    slug = asked_choice("programme", [one.id for one in rules.values()])
    chosen = next(((id, one) for id, one in rules.items() if one.id == slug), None)
    ladder, tier = MAIN, ""
    if chosen:
        ladder = asked_choice("ladder", [id for id, _name, _tiers in chosen[1].every_ladder]) or MAIN
        tier = asked_choice("tier", [one.id for one in chosen[1].tiers_of(ladder)])
    return Wanted(
        programme_ids=[chosen[0]] if chosen else list(rules),
        ladder=ladder,
        tier=tier,
        state=asked_choice("state", STATES),
        text=asked_text(),
        region=asked_text("region"),
        sort=asked_sort(SORTS, "name"),
    )


def _choices(shown: Mapping[int, Rules], wanted: Wanted) -> dict[str, Any]:
    """The ladders and tiers of the programme that is chosen; none while several are shown."""
    rules = next(iter(shown.values()), None) if len(shown) == 1 else None
    ladders = rules.every_ladder if rules else ()
    return {
        "rules": rules,
        "ladder_choices": [(id, in_language(name) if name else _("Tiers")) for id, name, _tiers in ladders],
        "tier_choices": [(one.id, in_language(one.name)) for one in rules.tiers_of(wanted.ladder)] if rules else [],
    }


def _chosen(wanted: Wanted, rules: Mapping[int, Rules]) -> str | None:
    """The programme that is asked for, if it is one; where only one is published, it is."""
    return rules[next(iter(wanted.programme_ids))].id if len(wanted.programme_ids) == 1 else None


def _rows(found: Iterable[Partner], wanted: Wanted, rules: Mapping[int, Rules], at: datetime) -> list[Row]:
    found = list(found)
    at_risk = [one.standing_id for one in found if one.at_risk_since and one.standing_id]
    standings = partner_lists.explanations(at_risk) if at_risk else {}
    return [_row(one, wanted.ladder, rules[one.programme_id], standings, at) for one in found]


def _row(partner: Partner, ladder: str, rules: Rules, standings: Mapping[int, Standing], at: datetime) -> Row:
    names = {tier.id: in_language(tier.name) for tier in rules.tiers_of(ladder)}
    standing = standings.get(partner.standing_id or 0)
    return Row(
        partner=partner,
        programme=in_language(rules.title),
        slug=rules.id,
        tier=names.get(partner.tier or "", partner.tier or ""),
        next_review=next_review(partner.joined_at.date(), rules.review.every_months, at),
        exception_last=last_day(partner.exception_until) if partner.exception_until else None,
        reasons=reasons_of(standing) if standing else [],
    )


def _ladders(rules: Mapping[int, Rules], at: datetime) -> list[Ladder]:
    counted = partner_lists.counts(rules)
    reviews = partner_lists.count_reviews(rules, at)
    return [
        _ladder(
            one,
            ladder,
            name,
            [row for row in counted if (row.programme_id, row.ladder) == (id, ladder)],
            reviews.get(id, 0),
        )
        for id, one in rules.items()
        for ladder, name, _tiers in one.every_ladder
    ]


def _ladder(rules: Rules, ladder: str, name: Mapping[Any, str] | None, rows: Collection[Count], reviews: int) -> Ladder:
    numbers = {row.tier: row.partners for row in rows}
    tiers = sorted(rules.tiers_of(ladder), key=lambda tier: -tier.rank)
    held = [(tier.id, in_language(tier.name), numbers.get(tier.id, 0)) for tier in tiers]
    return Ladder(
        slug=rules.id,
        ladder=ladder,
        title=" · ".join(in_language(text) for text in (rules.title, name) if text),
        tiers=[*held, ("", _("No tier"), numbers.get(None, 0))],
        at_risk=sum(row.at_risk for row in rows),
        in_grace=sum(row.in_grace for row in rows),
        excepted=sum(row.excepted for row in rows),
        reviews=reviews,
    )


def _cells(row: Row, ladder: str) -> list[object]:
    partner = row.partner
    dates = (partner.since, partner.at_risk_since)
    return [
        *(partner.slug, partner.name, row.slug, ladder, partner.tier, partner.joined_at.date()),
        *(day.date() if day else None for day in dates),
        "; ".join(row.reasons),
        last_day(partner.grace_until) if partner.grace_until else None,
        row.next_review.date(),
        row.exception_last,
    ]
