"""The targets of a programme against what there is, and the partners of a tier against the figures of their tier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import Response, render_template

from app.partners import partner_lists
from app.partners.counting import recorded
from app.partners.facts import facts_of_metrics
from app.partners.particulars import Figure, Series
from app.partners.partner_lists import Partner, Wanted
from app.partners.programmes import NoSuchProgramme, Programme, programme_by_slug
from app.partners.rules import MAIN, Tier
from app.partners.target_sheets import Against, by_tier, target_sheet
from app.partners.targets import Judged, judge
from app.transaction import reading
from app.web.admin.vendor import asked_key, programme_choices, vendor_tabs, written_key
from app.web.csv_export import csv_response
from app.web.layout import in_language
from app.web.lists import PAGE
from app.web.programmes.figure_words import amount
from app.web.programmes.figure_words import figure as figure_words
from app.web.wording import gettext as _

BY_NAME = "name"


@dataclass(frozen=True)
class OfPartner:
    """A partner against the figures of its tier."""

    partner: Partner
    figures: Sequence[Judged]


def targets(programme: str) -> str:
    """Every target with what there is, the next date first in mind."""
    with reading() as at:
        found = programme_by_slug(programme)
        sheet = target_sheet(found.id, found.rules, at=at, known_at=at)
        return render_template(
            "admin/targets.html",
            tabs=vendor_tabs(programme),
            choices=programme_choices(found),
            slug=programme,
            rules=found.rules,
            sheet=[one for one in sheet if one.kind is None],
            of_kinds=[one for one in sheet if one.kind is not None],
            tier_names={tier.id: in_language(tier.name) for tier in found.rules.tiers},
            have_words=have_words,
        )


def targets_export(programme: str) -> Response:
    """Every figure, as CSV."""
    with reading() as at:
        found = programme_by_slug(programme)
        header = [_("Programme"), _("Kind of partner"), _("Target"), _("Period"), _("Tier"), _("Last day"), _("Aim")]
        header += [_("There is"), _("State"), _("Per cent"), _("Partners who reach it"), _("Partners of the tier")]
        sheet = target_sheet(found.id, found.rules, at=at, known_at=at)
        rows = [cells for one in sheet for cells in figure_rows(programme, one)]
        return csv_response(f"{programme}-targets-{at:%Y-%m-%d}", header, rows)


def target_tier(programme: str, tier: str) -> str:
    """A page of the partners of a tier."""
    with reading() as at:
        found = programme_by_slug(programme)
        named = _tier(found, tier)
        series = list(_of_tier(found, tier))
        wanted = Wanted([found.id], tier=tier)
        rules = {found.id: found.rules}
        partners = partner_lists.partners(wanted, rules, at, asked_key(BY_NAME), PAGE + 1)
        following = (
            written_key(partner_lists.key_of(partners[PAGE - 1], BY_NAME), BY_NAME) if len(partners) > PAGE else None
        )
        return render_template(
            "admin/target_tier.html",
            tabs=vendor_tabs(programme),
            slug=programme,
            title=in_language(found.rules.title),
            tier=named,
            series=series,
            rows=_against(found, series, partners[:PAGE], at),
            total=partner_lists.count_partners(wanted, rules, at),
            following=following,
            have_words=have_words,
        )


def target_tier_export(programme: str, tier: str) -> Response:
    """All the partners of a tier, as CSV."""
    with reading() as at:
        found = programme_by_slug(programme)
        _tier(found, tier)
        series = list(_of_tier(found, tier))
        wanted, rules = Wanted([found.id], tier=tier), {found.id: found.rules}
        partners = partner_lists.partners(wanted, rules, at, None, partner_lists.count_partners(wanted, rules, at))
        header = [_("Partner"), _("Name"), _("Tier")]
        header += [in_language(one.name) for one, _figure in series for _column in range(2)]
        rows = [
            [
                row.partner.slug,
                row.partner.name,
                tier,
                *(cell for one in row.figures for cell in (one.have, one.status)),
            ]
            for row in _against(found, series, partners, at)
        ]
        return csv_response(f"{programme}-{tier}-targets-{at:%Y-%m-%d}", header, rows)


def figure_rows(programme: str, one: Against) -> Iterator[list[object]]:
    """The lines of a series in a file."""
    for place, line in enumerate(one.figures):
        tier = one.tiers.get(place)
        yield [
            *(programme, in_language(one.kind), in_language(one.series.name), in_language(line.figure.period)),
            *(line.figure.tier, line.figure.by, figure_words(line.figure, one.series), line.have),
            *(line.status, line.percent, tier.met if tier else None, tier.partners if tier else None),
        ]


def have_words(series: Series, have: Decimal | None) -> str:
    """What there is, in the unit of the series."""
    return (
        "–"
        if have is None
        else amount(have.normalize() if series.unit == "percent" else have, series.unit, series.currency)
    )


def _tier(programme: Programme, tier: str) -> Tier:
    for one in programme.rules.tiers_of(MAIN):
        if one.id == tier:
            return one
    raise NoSuchProgramme


def _of_tier(programme: Programme, tier: str) -> Iterator[tuple[Series, Figure]]:
    """The series whose facts each partner of the tier is held against."""
    for series in programme.rules.targets:
        yield from ((series, one) for one in series.values if one.tier == tier and by_tier(series, one))


def _against(
    programme: Programme, series: Sequence[tuple[Series, Figure]], partners: Sequence[Partner], at: datetime
) -> list[OfPartner]:
    metrics = {str(one.metric) for one, _figure in series}
    ids = {one.organisation_id for one in partners}
    facts = facts_of_metrics(programme.id, metrics, at, ids) if metrics and ids else {}
    values = [
        recorded(facts.get(str(one.metric), {}), one, figure, programme.rules.rates, at).values
        for one, figure in series
    ]
    rows = []
    for partner in partners:
        had = [of_series.get(partner.organisation_id) for of_series in values]
        rows.append(
            OfPartner(partner, [_judged(figure, have) for (_one, figure), have in zip(series, had, strict=True)])
        )
    return rows


def _judged(figure: Figure, have: Decimal | None) -> Judged:
    return Judged(figure, have, *judge(figure, have, is_over=False), is_next=False)
