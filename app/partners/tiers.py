"""Tiers, purely: the tier that records earn at an instant, and the tier held, folded from it by the review rules."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count

from app.content.schema import Text
from app.exams.retakes import add_months
from app.partners.checks import checks_of
from app.partners.proofs import Check
from app.partners.records import Records
from app.partners.rules import MAIN, Programme, Review
from app.partners.timeline import Moment, Timeline, start_of, timeline


@dataclass(frozen=True)
class TierProof:
    """A tier of the ladder and the checks of what it asks for; it is met when all of them are."""

    id: str
    rank: int
    name: Text
    checks: tuple[Check, ...]

    @property
    def met(self) -> bool:
        return all(check.met for check in self.checks)


@dataclass(frozen=True)
class Qualification:
    """What the records earn at `at`: a tier's id, or None; `ladder` has every tier, the lowest first.

    Nothing in it changes by the passing of time before `next_change_at` (None: it never does). `ladder_id` and
    `ladder_name` say which of the programme's ladders it is, and `effective_from` since when its rules are in force.
    """

    programme: str
    title: Text
    at: datetime
    tier: str | None
    ladder: tuple[TierProof, ...]
    next_change_at: datetime | None
    ladder_id: str = MAIN
    ladder_name: Text | None = None
    effective_from: datetime | None = None

    def proof(self, tier: str | None) -> TierProof | None:
        """The tier of that id, if the ladder has it."""
        return next((proof for proof in self.ladder if proof.id == tier), None)

    def rank(self, tier: str | None) -> int:
        """Its place on the ladder; 0 without a tier, and for one that the ladder has no longer."""
        proof = self.proof(tier)
        return proof.rank if proof else 0


@dataclass(frozen=True)
class Held:
    """The standing: the tier held (None: none), and how near it is to being lost.

    `at_risk_since`: the first instant at which it was seen to be earned no more. `review_at`: the anniversary review
    that looks at it then. `grace_until`: set when that review has failed; it is lost then. All three are None while it
    is earned. `next_change_at`: when to fold again, for nothing changes by itself before.
    """

    tier: str | None
    since: datetime
    at_risk_since: datetime | None = None
    review_at: datetime | None = None
    grace_until: datetime | None = None
    next_change_at: datetime | None = None


def qualify(programme: Programme, records: Records, at: datetime, ladder: str = MAIN) -> Qualification:
    """The highest tier of the ladder whose requirements all hold at the instant, with the checks of every tier."""
    return _qualify(programme, timeline(programme, records), at, ladder)


def _qualify(programme: Programme, known: Timeline, at: datetime, ladder: str) -> Qualification:
    proofs = proofs_of(programme, known.moment(ladder, at))
    return Qualification(
        programme=programme.id,
        title=programme.title,
        at=at,
        tier=earned_of(proofs),
        ladder=proofs,
        next_change_at=known.next_edge(at),
        ladder_id=ladder,
        ladder_name=next((name for id, name, _ in programme.every_ladder if id == ladder), None),
    )


def proofs_of(programme: Programme, moment: Moment) -> tuple[TierProof, ...]:
    """Every tier of the moment's ladder held against it, the lowest first."""
    tiers = sorted(programme.tiers_of(moment.ladder), key=lambda tier: tier.rank)
    return tuple(TierProof(tier.id, tier.rank, tier.name, checks_of(tier.id, moment) or ()) for tier in tiers)


def earned_of(proofs: Iterable[TierProof]) -> str | None:
    """The id of the highest tier that is met, where any is; the lowest comes first."""
    met = [proof.id for proof in proofs if proof.met]
    return met[-1] if met else None


def fold(held: Held | None, qualification: Qualification, at: datetime, anniversary_from: date, review: Review) -> Held:
    """The standing at `at`, given the one before (None: the participation begins) and what is earned at `at`.

    - What is earned ranks as high or higher: that tier is held from `at` on; risk and grace are over.
    - It ranks lower: the tier stays, at risk since the first fold that saw it. The first review at or after that
      instant, if what is earned still ranks lower then, opens the grace; when the grace ends and it still does, what
      is earned at that instant is held from then on. A recovery in between clears risk and grace.
    - A tier that the ladder no longer has gives way to what is earned, at once.

    Folding more often than at each `next_change_at` changes nothing. Folding later than that would see things late:
    use `steps`, which takes each.
    """
    fallen = held is not None and qualification.rank(held.tier) > qualification.rank(qualification.tier)
    if held is not None and fallen:
        return _fallen(held, qualification, at, anniversary_from, review)
    since = held.since if held and held.tier == qualification.tier else at
    return Held(qualification.tier, since, next_change_at=qualification.next_change_at)


def _fallen(held: Held, qualification: Qualification, at: datetime, anniversary_from: date, review: Review) -> Held:
    at_risk_since = held.at_risk_since or at
    review_at = next(day for day in _reviews(anniversary_from, review.every_months) if day >= at_risk_since)
    grace_until = held.grace_until or review_at + timedelta(days=review.grace_days)  # a grace once given is kept
    if at >= grace_until:
        return Held(qualification.tier, at, next_change_at=qualification.next_change_at)
    in_grace = at >= review_at
    return Held(
        tier=held.tier,
        since=held.since,
        at_risk_since=at_risk_since,
        review_at=review_at,
        grace_until=grace_until if in_grace else None,
        next_change_at=min(filter(None, (qualification.next_change_at, grace_until if in_grace else review_at))),
    )


def steps(
    versions: Sequence[tuple[datetime, Programme]],
    records: Records,
    at: datetime,
    anniversary_from: date,
    held: Held | None = None,
    ladder: str = MAIN,
) -> Iterator[tuple[Held, Qualification]]:
    """Every standing since `held` (None: since the participation) with what was earned then; the last is of `at`.

    `versions` are the rules and from when each of them is in force, in order; what comes before the first one goes by
    it too. The past is taken from the records as they are given: whatever was learnt late counts from when it was true.
    """
    rules = _Rules(versions, records, ladder)
    step = held.next_change_at if held else start_of(anniversary_from)
    while step and step < at:
        held, qualification = rules.fold_at(step, held, anniversary_from)
        yield held, qualification
        step = held.next_change_at
    yield rules.fold_at(at, held, anniversary_from)


class _Rules:
    """The versions of a programme, each with the records as it looks at them, made ready when it is needed."""

    def __init__(self, versions: Sequence[tuple[datetime, Programme]], records: Records, ladder: str) -> None:
        self._versions, self._records, self._ladder = versions, records, ladder
        self._starts = [effective_from for effective_from, _ in versions]
        self._known: dict[int, Timeline] = {}

    def fold_at(self, at: datetime, held: Held | None, anniversary_from: date) -> tuple[Held, Qualification]:
        place = max(0, bisect_right(self._starts, at) - 1)
        effective_from, programme = self._versions[place]
        if place not in self._known:
            self._known[place] = timeline(programme, self._records)
        earned = _qualify(programme, self._known[place], at, self._ladder)
        changes = [earned.next_change_at, *self._starts[place + 1 : place + 2]]
        ahead = min(filter(None, changes), default=None)
        qualification = replace(earned, next_change_at=ahead, effective_from=effective_from)
        return fold(held, qualification, at, anniversary_from, programme.review), qualification


def _reviews(anniversary_from: date, every_months: int) -> Iterator[datetime]:
    """Each counted from the first day, so that 29 February comes back in leap years."""
    return (add_months(start_of(anniversary_from), every_months * n) for n in count(1))
