"""The public directory of certified partners: a list to search, and a page for each that wants to be seen."""

from datetime import datetime

from flask import render_template, request

from app.content.levels import LEVELS
from app.partners.directory import Held, Search, Shown, seen_by_all, shown, shown_by_slug
from app.partners.programmes import live_programmes
from app.partners.rules import Programme as Rules
from app.transaction import reading
from app.web.guessing import guesses_counted
from app.web.layout import in_language
from app.web.lists import Page, asked_choice, asked_text, page_of_query
from app.web.wording import country_text

Names = dict[int, Rules]


def partners() -> str:
    """A page of those searched for."""
    with reading() as at:
        names = programme_rules()
        page, found = found_partners(names, at)
        return render_template(
            "public/partners.html",
            page=page,
            partners=[(one, held_in_words(one.held, names)) for one in found],
            programmes={one.id: in_language(one.title) for one in names.values()},
            tiers=tier_names(names),
            country=country_text,
            is_filtered=bool(request.args),
        )


def partner(slug: str) -> str:
    """One of them."""
    with guesses_counted(), reading() as at:
        found = shown_by_slug(slug, at)
        names = programme_rules()
    held = held_in_words(found.held, names)
    return render_template("public/partner.html", partner=found, held=held, country=country_text)


def programme_rules() -> Names:
    """The rules that stand, by programme."""
    return {programme.id: programme.rules for programme in live_programmes()}


def found_partners(names: Names, at: datetime) -> tuple[Page, list[Shown]]:
    """The page asked for, and what is seen of each on it."""
    search = Search(
        asked_text(),
        asked_choice("programme", [one.id for one in names.values()]),
        asked_choice("tier", tier_names(names)),
        asked_choice("level", LEVELS),
    )
    page = page_of_query(seen_by_all(search, at))
    return page, shown([row.id for row in page.items], at)


def tier_names(names: Names) -> dict[str, str]:
    """Every tier there is, by id: tiers of one id in several programmes are looked for together."""
    every = [tier for rules in names.values() for _, _, tiers in rules.every_ladder for tier in tiers]
    return {tier.id: in_language(tier.name) for tier in every}


def held_in_words(held: list[Held], names: Names) -> list[tuple[str, str, str]]:
    """For each tier held the programme with its ladder, the id and the name of the tier."""
    return [(_where(names[one.programme_id], one.ladder), one.tier, _tier(names, one)) for one in held]


def _where(rules: Rules, ladder: str) -> str:
    title = next((name for id, name, _ in rules.every_ladder if id == ladder), None)
    return " · ".join(in_language(text) for text in (rules.title, title) if text)


def _tier(names: Names, held: Held) -> str:
    tiers = names[held.programme_id].tiers_of(held.ladder)
    return next((in_language(tier.name) for tier in tiers if tier.id == held.tier), held.tier)
