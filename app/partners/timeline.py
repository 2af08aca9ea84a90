"""Timelines, purely: the records of an organisation made ready to be looked at from any instant."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

from app.content.levels import LEVELS
from app.content.money import exponent, from_minor
from app.exams.retakes import add_months
from app.partners.proofs import Check, Conversion, Tally, Who
from app.partners.records import Fact, Holding, Member, Records, holds
from app.partners.requirements import (
    Agreement,
    Attestation,
    OfMetric,
    OfMoney,
    OfTraining,
    Points,
    Requirement,
    Tenure,
    every_requirement,
)
from app.partners.rules import Programme, Rate, Tier

Course = tuple[str, str | None]
Span = tuple[str, int | None, str | None]
Stays = Mapping[int, Sequence[Member]]

_FOREVER = datetime.max.replace(tzinfo=UTC)
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)  # the largest amount times the finest rate has 37 digits


@dataclass(frozen=True)
class Life:
    """From when a requirement sees a fact, from when it counts, and until when.

    `worth` is its value in the currency asked for; None: it is in another one, and no rate converts it.
    """

    fact: Fact
    seen_from: datetime
    counts_from: datetime
    until: datetime | None
    worth: int | None
    conversion: Conversion | None


class Present(NamedTuple):
    """A present member, with the best of the credentials that are valid, and all of those, the best first."""

    member: Member
    who: Who
    held: Sequence[Holding]


@dataclass(frozen=True)
class Timeline:
    """The records made ready; a person's `holdings` begin with the best, `done` says who completed what and when.

    `edges` are, in order, the instants at which a check may come out otherwise by the passing of time alone.
    """

    tiers: Mapping[tuple[str, str], Tier]
    members: Sequence[Member]
    holdings: Mapping[int, Sequence[Holding]]
    lives: Mapping[Span, Sequence[Life]]
    done: Mapping[Course, Mapping[int, datetime]]
    joined_at: datetime | None
    edges: Sequence[datetime]

    def moment(self, ladder: str, at: datetime) -> "Moment":
        """What is known of an instant, to hold the tiers of a ladder against."""
        members = (member for member in self.members if holds(member.from_at, member.to_at, at))
        return Moment(at, ladder, [_present(one, self.holdings.get(one.person_id, ()), at) for one in members], self)

    def next_edge(self, at: datetime) -> datetime | None:
        position = bisect_right(self.edges, at)
        return self.edges[position] if position < len(self.edges) else None


@dataclass(frozen=True)
class Moment:
    """What is known of an instant, once for all requirements.

    `proved` keeps the checks of the tiers seen so far, and `tallies` what was counted for them.
    """

    at: datetime
    ladder: str
    present: Sequence[Present]
    records: Timeline
    proved: dict[tuple[str, str], tuple[Check, ...] | None] = field(default_factory=dict)
    tallies: dict[tuple[object, object], Tally] = field(default_factory=dict)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def who(member: Member, holding: Holding | None) -> Who:
    """The member with a credential, or without one."""
    person_id, name, job_role, region = member.person_id, member.name, member.job_role, member.region
    if holding is None:
        return Who(person_id, name, job_role, None, None, None, region)
    return Who(person_id, name, job_role, holding.level, holding.public_id, holding.valid_to, region)


def stays_of(members: Iterable[Member]) -> Stays:
    """The memberships of each person: what becomes of somebody elsewhere changes nothing here."""
    found: dict[int, list[Member]] = {}
    for member in members:
        found.setdefault(member.person_id, []).append(member)
    return found


def stay_at(stays: Stays, person_id: int, at: datetime) -> Member | None:
    """The person's membership into which the instant falls, if one does."""
    return next((stay for stay in stays.get(person_id, ()) if holds(stay.from_at, stay.to_at, at)), None)


def timeline(programme: Programme, records: Records) -> Timeline:
    """The records as all the ladders of the programme look at them."""
    tiers = {(ladder, tier.id): tier for ladder, _, tiers in programme.every_ladder for tier in tiers}
    asked = list(every_requirement(requirement for tier in tiers.values() for requirement in tier.requirements))
    holdings: dict[int, list[Holding]] = {}
    for holding in sorted(records.holdings, key=_quality, reverse=True):
        holdings.setdefault(holding.person_id, []).append(holding)
    counted = list(_counted(asked))
    facts = sorted(records.facts, key=lambda fact: (fact.valid_from, fact.id))
    spans = {span_of(one) for one in counted if not isinstance(one, OfTraining)}
    lives = {span: [life_of(span, fact, programme.rates) for fact in facts if fact.metric == span[0]] for span in spans}
    courses: set[Course] = {(one.track, one.course) for one in counted if isinstance(one, OfTraining)}
    done = {course: _done(course, records) for course in courses}
    ends = [reached_at(one, records.joined_at) for one in asked if isinstance(one, Tenure)]
    return Timeline(
        tiers=tiers,
        members=sorted(records.members, key=lambda member: (member.name, member.person_id)),
        holdings=holdings,
        lives=lives,
        done=done,
        joined_at=records.joined_at,
        edges=sorted({edge for edge in [*_edges(records, lives, done), *ends] if edge is not None}),
    )


def span_of(asked: OfMetric | OfMoney | Agreement | Attestation) -> Span:
    """The metric, and of money the months of the window and the currency."""
    if isinstance(asked, OfMoney):
        return asked.metric, asked.window_months, asked.currency
    return asked.metric, None, None


def reached_at(tenure: Tenure, joined_at: datetime | None) -> datetime | None:
    """When the months have gone by."""
    return add_months(joined_at, tenure.months) if joined_at else None


def _counted(asked: Iterable[Requirement]) -> Iterator[OfMetric | OfMoney | OfTraining | Agreement | Attestation]:
    """Whatever counts facts or completions, also inside points."""
    for requirement in asked:
        parts = [part.of for part in requirement.parts] if isinstance(requirement, Points) else [requirement]
        for one in parts:
            if isinstance(one, OfMetric | OfMoney | OfTraining | Agreement | Attestation):
                yield one


def _edges(
    records: Records, lives: Mapping[Span, Sequence[Life]], done: Mapping[Course, Mapping[int, datetime]]
) -> Iterator[datetime | None]:
    yield from (member.from_at for member in records.members)
    yield from (member.to_at for member in records.members)
    stays = stays_of(records.members)
    for holding in records.holdings:
        edges = (holding.valid_from, holding.valid_to)
        yield from (edge for edge in edges if edge and stay_at(stays, holding.person_id, edge))
    for row in lives.values():
        yield from (edge for life in row for edge in (life.seen_from, life.counts_from, life.until))
    for completed in done.values():
        yield from (edge for person, edge in completed.items() if stay_at(stays, person, edge))


def _present(member: Member, holdings: Iterable[Holding], at: datetime) -> Present:
    held = [one for one in holdings if holds(one.valid_from, one.valid_to, at)]
    return Present(member, who(member, held[0] if held else None), held)


def _quality(holding: Holding) -> tuple[int, datetime, str]:
    """The higher level is the better credential, and of the same level the one that lasts longer."""
    return LEVELS.index(holding.level), holding.valid_to or _FOREVER, holding.public_id


def life_of(span: Span, fact: Fact, rates: Iterable[Rate]) -> Life:
    """Money counts once its period is over, and then for the window's months.

    So twelve months, four quarters or one year fill a window of twelve months on every day of the year, and a
    thirteenth month never joins them.
    """
    _, months, currency = span
    if months is None:
        worth = fact.value if fact.currency is None else None
        return Life(fact, fact.valid_from, fact.valid_from, fact.valid_to, worth, None)
    end = fact.valid_to or fact.valid_from
    worth, conversion = _worth(fact, str(currency), end, rates)
    endless = end.year + months // 12 + 1 > MAXYEAR  # "for ever" written as a date of the year 9999
    return Life(fact, fact.valid_from, end, None if endless else add_months(end, months), worth, conversion)


def _worth(fact: Fact, currency: str, end: datetime, rates: Iterable[Rate]) -> tuple[int | None, Conversion | None]:
    """The value in a currency, by the latest rate of the day its period ended or of one before."""
    if fact.currency == currency:
        return fact.value, None
    known = [rate for rate in rates if (rate.currency, rate.to) == (fact.currency, currency)]
    rate = max((rate for rate in known if start_of(rate.on) <= end), key=lambda rate: rate.on, default=None)
    if rate is None:
        return None, None
    worth = _converted(fact, rate)
    return worth, Conversion(fact, worth, currency, rate.rate, rate.on)


def _converted(fact: Fact, rate: Rate) -> int:
    """Rounded to the minor unit, and half a unit to the even one."""
    exact = _EXACT.multiply(from_minor(fact.value, rate.currency), rate.rate)
    return int(_EXACT.quantize(exact.scaleb(exponent(rate.to), _EXACT), Decimal(1)))


def _done(course: Course, records: Records) -> dict[int, datetime]:
    """When each person had completed the course, or every course that the track requires."""
    track, named = course
    wanted = {named} if named else records.courses.get(track, frozenset())
    first: dict[int, dict[str, datetime]] = {}
    for one in records.completions:
        if one.track == track and one.course in wanted:
            seen = first.setdefault(one.person_id, {})
            seen[one.course] = min(one.at, seen.get(one.course, one.at))
    return {person: max(seen.values()) for person, seen in first.items() if len(seen) == len(wanted)}
