"""The public directory: the organisations that want to be seen and hold a tier, with how many people they certified."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, select

from app.content.levels import LEVELS, levels_from
from app.credentials.issuing import Credential
from app.credentials.register import in_state
from app.credentials.validity import State
from app.extensions import db
from app.partners.programmes import Participation, Programme
from app.partners.standing import PRESENT_IN_PART, Standing
from app.people.brands import Brand
from app.people.listings import Listing, ListingText, NoSuchListing
from app.people.organisations import Membership, Organisation, present


class Search(NamedTuple):
    """What a visitor looks for; what is empty leaves nobody out. A level includes those above it."""

    name: str = ""
    programme: str = ""
    tier: str = ""
    level: str = ""


class Held(NamedTuple):
    """A tier that is held now on a ladder of a programme."""

    programme_id: int
    ladder: str
    tier: str
    since: datetime


class Shown(NamedTuple):
    """An organisation as everyone sees it; what it wrote is empty while the vendor hides it.

    `certified` counts its present people by the highest level that each holds a valid credential of.
    """

    slug: str
    name: str
    logo: str | None
    country: str | None
    region: str | None
    website: str | None
    texts: Mapping[str, str]
    held: list[Held]
    certified: Mapping[str, int]


_IN_PROGRAMME = (
    select(Standing.id)
    .join(Participation, PRESENT_IN_PART)
    .join(Programme, Programme.id == Standing.programme_id)
    .where(Programme.live, Standing.tier.is_not(None))
)


def seen_by_all(search: Search, at: datetime) -> Select[*tuple[Any, ...]]:
    """Rows of an organisation's id and name, by name."""
    return (
        select(Organisation.id, Organisation.name)
        .join(Listing, Listing.organisation_id == Organisation.id)
        .where(Listing.listed_at.is_not(None), *_conditions(search, at))
        .order_by(func.lower(Organisation.name), Organisation.id)
    )


def shown(organisation_ids: Collection[int], at: datetime) -> list[Shown]:
    """What everyone sees of these organisations, in their order."""
    columns = (Listing.country, Listing.region, Listing.website, Listing.hidden_at)
    query = (
        select(Organisation.id, Organisation.slug, Organisation.name, Brand.logo, *columns)
        .join(Listing, Listing.organisation_id == Organisation.id)
        .outerjoin(Brand, Brand.organisation_id == Organisation.id)
        .where(Organisation.id.in_(organisation_ids))
    )
    rows = {row.id: row for row in db.session.execute(query)}
    texts, held, certified = _texts(rows), _held(rows), _certified(rows, at)
    return [_shown(rows[one], texts[one], held[one], certified[one]) for one in organisation_ids if one in rows]


def shown_by_slug(slug: str, at: datetime) -> Shown:
    """What everyone sees of one organisation, or NoSuchListing."""
    found = db.session.execute(seen_by_all(Search(), at).where(Organisation.slug == slug)).first()
    if found is None:
        raise NoSuchListing
    return shown([found.id], at)[0]


def _shown(row: Any, texts: Mapping[str, str], held: list[Held], certified: Mapping[str, int]) -> Shown:
    if row.hidden_at:
        return Shown(row.slug, row.name, row.logo, None, None, None, {}, held, certified)
    return Shown(row.slug, row.name, row.logo, row.country, row.region, row.website, texts, held, certified)


def _conditions(search: Search, at: datetime) -> list[ColumnElement[bool]]:
    held = _IN_PROGRAMME.where(Standing.organisation_id == Organisation.id)
    if search.programme:
        held = held.where(Programme.slug == search.programme)
    if search.tier:
        held = held.where(Standing.tier == search.tier)
    conditions: list[ColumnElement[bool]] = [held.correlate(Organisation).exists()]
    if search.name:
        conditions.append(func.lower(Organisation.name).contains(search.name.lower(), autoescape=True))
    if search.level:
        works = (Membership.organisation_id == Organisation.id) & present(at)
        holds = (Credential.person_id == Membership.person_id) & Credential.level.in_(levels_from(search.level))
        conditions.append(exists().where(works, holds, in_state(State.VALID, at)))
    return conditions


def _texts(organisation_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    texts: dict[int, dict[str, str]] = defaultdict(dict)
    query = select(ListingText).where(ListingText.organisation_id.in_(organisation_ids))
    for one in db.session.scalars(query.order_by(ListingText.language.desc())):
        texts[one.organisation_id][one.language] = one.text
    return texts


def _held(organisation_ids: Collection[int]) -> Mapping[int, list[Held]]:
    held: dict[int, list[Held]] = defaultdict(list)
    columns = (Standing.organisation_id, Standing.programme_id, Standing.ladder, Standing.tier, Standing.since)
    query = _IN_PROGRAMME.with_only_columns(*columns).where(Standing.organisation_id.in_(organisation_ids))
    for row in db.session.execute(query.order_by(Programme.slug, Standing.id)):
        held[row.organisation_id].append(Held(row.programme_id, row.ladder, row.tier or "", row.since))
    return held


def _certified(organisation_ids: Collection[int], at: datetime) -> Mapping[int, Mapping[str, int]]:
    """Each person counts once, at the highest level."""
    highest: dict[tuple[int, int], str] = {}
    query = (
        select(Membership.organisation_id, Membership.person_id, Credential.level)
        .join(Credential, Credential.person_id == Membership.person_id)
        .where(Membership.organisation_id.in_(organisation_ids), present(at), in_state(State.VALID, at))
    )
    for organisation_id, person_id, level in db.session.execute(query):
        key = (organisation_id, person_id)
        highest[key] = max(level, highest.get(key, level), key=LEVELS.index)
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(LEVELS, 0))
    for (organisation_id, _), level in highest.items():
        counts[organisation_id][level] += 1
    return counts
