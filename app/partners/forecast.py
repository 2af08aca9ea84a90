"""Forecasts, purely: what becomes of a standing as time goes by and nothing new happens, each step with its causes."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import Literal

from app.partners.looks import Granted, Look, RulesOverTime, exception_over, news, with_edges
from app.partners.looks import Kind as News
from app.partners.proofs import Check
from app.partners.records import Fact, Holding, Member, Records
from app.partners.requirements import Tenure, every_requirement
from app.partners.rules import Programme
from app.partners.tiers import Held, Qualification, steps
from app.partners.timeline import Stays, Timeline, reached_at, stay_at, stays_of, timeline

MONTHS = 24  # how far a forecast looks ahead
FOREVER = datetime.max.replace(tzinfo=UTC)

What = Literal[
    "expires",  # a credential
    "issued",
    "leaves",  # a member
    "joins",
    "changes",  # to other work or another place there
    "completes",  # a course or a track
    "fact_begins",  # it is seen, and counts from another day on
    "fact_counts",
    "fact_ends",  # its time, or the window's, is over
    "tenure",
    "rules",
    "exception_begins",
    "exception_ends_soon",
    "exception_ends",
    "review",
    "grace_ends",
]

Unsaid = Literal["recovered", "exception_begins"]


@dataclass(frozen=True)
class Cause:
    """Why a standing is looked at: who it is about, and what."""

    what: What
    member: Member | None = None
    holding: Holding | None = None
    fact: Fact | None = None
    granted: Granted | None = None


Dated = tuple[datetime | None, Cause]


@dataclass(frozen=True)
class Event:
    """A look to come: what is held from `at` on, `before` what was; `news` is empty where nothing becomes of it."""

    at: datetime
    before: Look
    after: Look
    qualification: Qualification
    news: tuple[News | Unsaid, ...]
    causes: tuple[Cause, ...]

    @property
    def falls(self) -> bool:
        """Whether the tier before is held no longer, and no higher one is."""
        ranks = [self.qualification.rank(look.tier) for look in (self.before, self.after)]
        return "lost" in self.news or ranks[0] > ranks[1]

    @property
    def unmet(self) -> tuple[Check, ...]:
        """What is missing of the tier that was held before."""
        proof = self.qualification.proof(self.before.tier)
        return tuple(check for check in proof.checks if not check.met) if proof else ()


@dataclass(frozen=True)
class Forecast:
    """A ladder as it is now, and all that comes until `until`; a risk that began by then is followed to its end."""

    ladder: str
    look: Look
    qualification: Qualification
    until: datetime
    events: tuple[Event, ...]

    @property
    def loss(self) -> Event | None:
        """The first event that takes a tier away."""
        return next((event for event in self.events if event.falls), None)


def forecast(
    rules: RulesOverTime,
    granted: Sequence[Granted],
    records: Records,
    *,
    at: datetime,
    until: datetime,
    anniversary_from: date,
    held: Held | None,
    ladder: str,
) -> Forecast:
    """Fold what is known at `at` ahead. `held` is the last look that was taken, None before the first.

    Each step is one that the clock alone would bring: the first is at the `next_change_at` of the look of `at`.
    """
    edged = with_edges(rules, granted)
    *_, (present, qualification) = steps(edged, records, at, anniversary_from, held, ladder=ladder)
    now = before = Look(present, exception_over(granted, ladder, present, qualification))
    causes, earlier = _Causes(rules, granted, records), at
    events: list[Event] = []
    for folded, earned in steps(edged, records, FOREVER, anniversary_from, present, ladder=ladder):
        if earned.at == FOREVER or (earned.at > until and not before.held.at_risk_since):
            break
        after = Look(folded, exception_over(granted, ladder, folded, earned))
        said: tuple[News | Unsaid, ...] = (*news(before, after, earlier, earned),)
        found = tuple(causes.of(earned.at, earlier, before.held))
        events.append(Event(earned.at, before, after, earned, said or (*_unsaid(before, after),), found))
        before, earlier = after, earned.at
    return Forecast(ladder, now, qualification, until, tuple(events))


def _unsaid(before: Look, after: Look) -> Iterator[Unsaid]:
    """What no letter tells: a risk that is over, and a tier that an exception holds from now on."""
    if before.tier != after.tier:
        yield "exception_begins"
    elif before.held.at_risk_since and not after.held.at_risk_since:
        yield "recovered"


class _Causes:
    """What stands behind the steps: the records by the rules of the step before, which say when to look again."""

    def __init__(self, rules: RulesOverTime, granted: Sequence[Granted], records: Records) -> None:
        self._rules, self._granted, self._records = rules, granted, records
        self._starts = [start for start, _ in rules]
        self._known: dict[int, Mapping[datetime, Sequence[Cause]]] = {}

    def of(self, at: datetime, earlier: datetime, held: Held) -> Iterator[Cause]:
        """Why to look at `at`, given the look before and its instant."""
        if held.grace_until == at:
            yield Cause("grace_ends")
        elif held.review_at == at and not held.grace_until:
            yield Cause("review")
        if at in self._starts:
            yield Cause("rules")
        yield from (Cause(what, granted=one) for one in self._granted if (what := _edge_of(one, at)))
        place = max(0, bisect_right(self._starts, earlier) - 1)
        if place not in self._known:
            self._known[place] = _of_records(self._rules[place][1], self._records)
        yield from self._known[place].get(at, ())


def _edge_of(granted: Granted, at: datetime) -> What | None:
    if at not in granted.edges:
        return None
    if at == granted.until:
        return "exception_ends"
    return "exception_begins" if at == granted.since else "exception_ends_soon"


def _of_records(programme: Programme, records: Records) -> Mapping[datetime, Sequence[Cause]]:
    """Every edge of the records, as the rules look at them, with what it is; each cause once."""
    found: dict[datetime, dict[Cause, None]] = {}
    known = timeline(programme, records)
    for at, cause in chain(_of_people(records, known), _of_facts(programme, records, known)):
        if at is not None:
            found.setdefault(at, {})[cause] = None
    return {at: tuple(causes) for at, causes in found.items()}


def _of_people(records: Records, known: Timeline) -> Iterator[Dated]:
    stays = stays_of(records.members)
    starts = {(one.person_id, one.from_at) for one in records.members}
    ends = {(one.person_id, one.to_at) for one in records.members}
    for one in records.members:
        yield one.to_at, Cause("changes" if (one.person_id, one.to_at) in starts else "leaves", one)
        if (one.person_id, one.from_at) not in ends:
            yield one.from_at, Cause("joins", one)
    for holding in records.holdings:
        issued, expires = (_member_at(stays, holding.person_id, at) for at in (holding.valid_from, holding.valid_to))
        yield from [(holding.valid_from, Cause("issued", issued, holding))] if issued else []
        yield from [(holding.valid_to, Cause("expires", expires, holding))] if expires else []
    for done in known.done.values():
        for person_id, at in done.items():
            member = stay_at(stays, person_id, at)
            yield from [(at, Cause("completes", member))] if member else []


def _member_at(stays: Stays, person_id: int, at: datetime | None) -> Member | None:
    return stay_at(stays, person_id, at) if at else None


def _of_facts(programme: Programme, records: Records, known: Timeline) -> Iterator[Dated]:
    for lives in known.lives.values():
        for life in lives:
            yield life.until, Cause("fact_ends", fact=life.fact)
            yield life.counts_from, Cause("fact_counts", fact=life.fact)
            if life.seen_from != life.counts_from:
                yield life.seen_from, Cause("fact_begins", fact=life.fact)
    tiers = [tier for _, _, tiers in programme.every_ladder for tier in tiers]
    for one in every_requirement(one for tier in tiers for one in tier.requirements):
        if isinstance(one, Tenure):
            yield reached_at(one, records.joined_at), Cause("tenure")
