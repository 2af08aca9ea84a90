"""Late: where the history that was kept is not what it would have been, had it been known what is known now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app.partners.looks import ladders_of
from app.partners.programmes import Participation
from app.partners.rule_versions import Dated, rules_of, rules_over_time, version_at, versions_of
from app.partners.rules import Tier
from app.partners.standing import history_of
from app.partners.two_clocks import relive

Interval = tuple[datetime, str | None]  # from when on, and which tier


@dataclass(frozen=True)
class Late:
    """In [since, until) one tier was held, and another would have been; `until` of what still differs is None."""

    ladder: str
    since: datetime
    until: datetime | None
    held: Tier | None
    known: Tier | None

    @property
    def commission_difference(self) -> Decimal | None:
        """By how many points of percent the commission would have been another; None where neither tier pays any."""
        held, known = (tier.commission_percent if tier else None for tier in (self.held, self.known))
        return None if held is None and known is None else (known or Decimal()) - (held or Decimal())


def late_changes(participation: Participation, *, at: datetime) -> list[Late]:
    """Every interval of every ladder that would have been otherwise, the earliest first. Nothing is rewritten."""
    versions = versions_of(participation.programme_id)
    ladders = ladders_of(rules_over_time(versions, at))
    return [change for ladder in ladders for change in _on_ladder(participation, versions, ladder, at)]


def _on_ladder(participation: Participation, versions: Sequence[Dated], ladder: str, at: datetime) -> list[Late]:
    kept = [(one.since, one.tier) for one in reversed(history_of(participation, ladder))]
    anew = [(one.qualification.at, one.look.tier) for one in relive(participation, ladder, until=at, known_at=at)]
    if not kept:
        return []
    edges = {since for since, _ in (*kept, *anew)} | {one.effective_from for one in versions}
    starts = sorted(edge for edge in edges if kept[0][0] <= edge <= at)
    changes: list[Late] = []
    for since, until in zip(starts, [*starts[1:], None], strict=True):
        held, known = (_tier_at(tiers, since) for tiers in (kept, anew))
        if held != known:
            rules = version_at(versions, since, at)
            tiers = {tier.id: tier for tier in rules_of(rules.version_id).tiers_of(ladder)} if rules else {}
            _append(changes, Late(ladder, since, until, tiers.get(held or ""), tiers.get(known or "")))
    return changes


def _tier_at(intervals: Iterable[Interval], at: datetime) -> str | None:
    begun = [tier for since, tier in intervals if since <= at]
    return begun[-1] if begun else None


def _append(changes: list[Late], change: Late) -> None:
    """What goes on without a break and pays the same is one interval."""
    last = changes[-1] if changes else None
    if last and last.until == change.since and (last.held, last.known) == (change.held, change.known):
        changes[-1] = Late(change.ladder, last.since, change.until, change.held, change.known)
    else:
        changes.append(change)
