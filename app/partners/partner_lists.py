"""Partner lists: every participation with its standing on a ladder, filtered, and read on from a key; and how many
stand where."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.extensions import db
from app.partners.exceptions import TierException
from app.partners.periods import joined_for_review
from app.partners.programmes import Participation
from app.partners.rules import MAIN
from app.partners.rules import Programme as Rules
from app.partners.standing import Standing
from app.people.organisations import Membership, Organisation, present

REVIEWS_AHEAD = timedelta(days=90)
STATES = ("risk", "grace", "review", "exception", "none")
SORTS = ("name", "since", "risk", "joined")
FIRST, LAST = datetime.fromisoformat("0001-01-02T00:00:00+00:00"), datetime.fromisoformat("9999-12-30T00:00:00+00:00")


class Key(NamedTuple):
    """Where a list goes on: after the row that is sorted by `value`, of this organisation and programme."""

    value: str
    organisation_id: int
    programme_id: int


@dataclass(frozen=True)
class Wanted:
    """What to list; `state` is one of STATES, `tier` a tier of the ladder, `region` where somebody present works."""

    programme_ids: Collection[int]
    ladder: str = MAIN
    tier: str = ""
    state: str = ""
    text: str = ""
    region: str = ""
    sort: str = "name"


class Partner(NamedTuple):
    """A participation with its standing on a ladder; all that follows `joined_at` is None before its first look."""

    organisation_id: int
    programme_id: int
    slug: str
    name: str
    joined_at: datetime
    standing_id: int | None
    tier: str | None
    since: datetime | None
    at_risk_since: datetime | None
    review_at: datetime | None
    grace_until: datetime | None
    exception_until: datetime | None


class Count(NamedTuple):
    """How many participations hold a tier of a ladder (None: none), and how many of those are at risk or in grace."""

    programme_id: int
    ladder: str
    tier: str | None
    partners: int
    at_risk: int
    in_grace: int
    excepted: int


def partners(wanted: Wanted, rules: Mapping[int, Rules], at: datetime, after: Key | None, size: int) -> list[Partner]:
    """The next rows after the key."""
    is_down, by_name = wanted.sort.startswith("-"), wanted.sort.endswith("name")
    place = (_sorted_by(wanted.sort), Participation.organisation_id, Participation.programme_id)
    query = _query(wanted, rules, at).order_by(*(one.desc() if is_down else one.asc() for one in place))
    if after:
        query = query.where(_beyond(place, after, is_down=is_down, by_name=by_name))
    return [Partner(*row) for row in db.session.execute(query.limit(size))]


def count_partners(wanted: Wanted, rules: Mapping[int, Rules], at: datetime) -> int:
    """How many rows the list has in all."""
    return db.session.scalar(select(func.count()).select_from(_query(wanted, rules, at).subquery())) or 0


def key_of(partner: Partner, sort: str) -> Key:
    """The key that a list goes on from after this row."""
    last = FIRST if sort.startswith("-") else LAST
    values = {
        "name": partner.name,
        "joined": partner.joined_at.isoformat(),
        "since": (partner.since or last).isoformat(),
        "risk": (partner.at_risk_since or last).isoformat(),
    }
    return Key(values[sort.removeprefix("-")], partner.organisation_id, partner.programme_id)


def counts(programme_ids: Collection[int]) -> list[Count]:
    """How many stand where on each ladder of the programmes: one statement."""
    query = (
        select(
            Standing.programme_id,
            Standing.ladder,
            Standing.tier,
            func.count(),
            func.count(Standing.at_risk_since),
            func.count(Standing.grace_until),
            func.count(Standing.exception_id),
        )
        .where(Standing.until.is_(None), Standing.programme_id.in_(programme_ids))
        .group_by(Standing.programme_id, Standing.ladder, Standing.tier)
    )
    return [Count(*row) for row in db.session.execute(query)]


def count_reviews(rules: Mapping[int, Rules], at: datetime) -> dict[int, int]:
    """How many partners of each programme have their anniversary review in the next ninety days: one statement."""
    due = {id: _review_ahead(id, one, at) for id, one in rules.items()}
    query = select(Participation.programme_id, func.count()).where(or_(False, *due.values()))
    rows = db.session.execute(query.group_by(Participation.programme_id))
    return {row[0]: row[1] for row in rows}


def explanations(standing_ids: Collection[int]) -> Mapping[int, Standing]:
    """The standings whose proofs say why they are at risk, by id."""
    query = select(Standing).where(Standing.id.in_(standing_ids))
    return {standing.id: standing for standing in db.session.scalars(query)}


def regions() -> Sequence[str]:
    """Where people of partners work, as far as it is known."""
    query = select(Membership.region).where(Membership.region.is_not(None), Membership.ends_at.is_(None)).distinct()
    return [str(region) for region in db.session.scalars(query.order_by(Membership.region))]


def _query(wanted: Wanted, rules: Mapping[int, Rules], at: datetime) -> Select[*tuple[Any, ...]]:
    on_ladder = (
        (Standing.organisation_id == Participation.organisation_id)
        & (Standing.programme_id == Participation.programme_id)
        & (Standing.ladder == wanted.ladder)
        & Standing.until.is_(None)
    )
    return (
        select(
            Participation.organisation_id,
            Participation.programme_id,
            Organisation.slug,
            Organisation.name,
            Participation.joined_at,
            Standing.id,
            Standing.tier,
            Standing.since,
            Standing.at_risk_since,
            Standing.review_at,
            Standing.grace_until,
            TierException.expires_at,
        )
        .select_from(Participation)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .outerjoin(Standing, on_ladder)
        .outerjoin(TierException, TierException.id == Standing.exception_id)
        .where(Participation.programme_id.in_(wanted.programme_ids), *_conditions(wanted, rules, at))
    )


def _conditions(wanted: Wanted, rules: Mapping[int, Rules], at: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        text = wanted.text.lower()
        named = (
            func.lower(column).contains(text, autoescape=True) for column in (Organisation.name, Organisation.slug)
        )
        conditions.append(or_(*named))
    if wanted.tier:
        conditions.append(Standing.tier == wanted.tier)
    if wanted.region:
        there = (Membership.organisation_id == Participation.organisation_id) & (Membership.region == wanted.region)
        conditions.append(select(Membership.id).where(there, present(at)).exists())
    states = {
        "risk": Standing.at_risk_since.is_not(None),
        "grace": Standing.grace_until.is_not(None),
        "exception": Standing.exception_id.is_not(None),
        "none": Standing.tier.is_(None),
        "review": or_(False, *(_review_ahead(id, rules[id], at) for id in wanted.programme_ids)),
    }
    return conditions + ([states[wanted.state]] if wanted.state else [])


def _review_ahead(programme_id: int, rules: Rules, at: datetime) -> ColumnElement[bool]:
    """The condition that the next anniversary review of a participation is near."""
    intervals = joined_for_review(date(2000, 1, 1), rules.review.every_months, at, at + REVIEWS_AHEAD)
    joined = [(Participation.joined_at >= start) & (Participation.joined_at < end) for start, end in intervals]
    return (Participation.programme_id == programme_id) & or_(False, *joined)


def _sorted_by(sort: str) -> ColumnElement[Any]:
    """What is sorted by; whoever has no such date comes last either way."""
    last = FIRST if sort.startswith("-") else LAST
    columns: dict[str, ColumnElement[Any]] = {
        "name": Organisation.name.expression,
        "joined": Participation.joined_at.expression,
        "since": func.coalesce(Standing.since, last),
        "risk": func.coalesce(Standing.at_risk_since, last),
    }
    return columns[sort.removeprefix("-")]


def _beyond(place: tuple[Any, ...], after: Key, *, is_down: bool, by_name: bool) -> ColumnElement[bool]:
    """The rows that come after the key, in the order of the list."""
    value = after.value if by_name else datetime.fromisoformat(after.value)
    values = (value, after.organisation_id, after.programme_id)
    further = [column < to if is_down else column > to for column, to in zip(place, values, strict=True)]
    same = [column == to for column, to in zip(place, values, strict=True)]
    return or_(further[0], and_(same[0], further[1]), and_(same[0], same[1], further[2]))
