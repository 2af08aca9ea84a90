"""Looks, purely: a standing as one look finds it, by the review rules and the exception over it, and what is news."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from app.partners.rules import Programme
from app.partners.tiers import Held, Qualification

ENDS_SOON = timedelta(days=30)  # the organisation of an exception hears so long before that it ends
RulesOverTime = Sequence[tuple[datetime, Programme]]
Kind = Literal["upgrade", "at_risk", "grace", "lost", "exception_ending", "exception_ended", "exception_approved"]


class Granted(NamedTuple):
    """An approved exception, as a standing looks at it: the tier is held in [since, until)."""

    id: int
    ladder: str
    tier: str
    reason: str
    since: datetime
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def until(self) -> datetime:
        return min(self.expires_at, self.revoked_at or self.expires_at)

    @property
    def edges(self) -> list[datetime]:
        """When to look at the standing: when it begins, is about to end, and ends."""
        warns = self.expires_at - ENDS_SOON
        return [self.since, *([warns] if self.since < warns < self.until else []), self.until]

    def known(self, at: datetime) -> "Granted":
        """As it was known at an instant: a later revocation was not."""
        return self if self.revoked_at is None or self.revoked_at <= at else self._replace(revoked_at=None)


@dataclass(frozen=True)
class Look:
    """A standing as one look found it: what the review rules give, and the exception that holds another tier."""

    held: Held
    granted: Granted | None

    @property
    def tier(self) -> str | None:
        """The tier that is held in the end."""
        return self.granted.tier if self.granted else self.held.tier

    def holds_as(self, other: "Look") -> bool:
        """Whether both hold the same tier for the same reason, so that it is one standing that goes on."""
        return (self.tier, self.granted and self.granted.id) == (other.tier, other.granted and other.granted.id)


def news(before: Look, after: Look, earlier: datetime, qualification: Qualification) -> Iterator[Kind]:
    """What became of a standing between two looks, the one before at `earlier`."""
    at, held = qualification.at, after.held
    rank, ranked = qualification.rank(after.tier), qualification.rank(before.tier)
    if before.granted and before.granted.until <= at:
        yield "exception_ended"
    elif rank > ranked and not after.granted:
        yield "upgrade"
    elif rank <= ranked and before.tier != after.tier:
        yield "lost"
    if after.granted:
        if max(earlier, after.granted.since) < after.granted.expires_at - ENDS_SOON <= at:
            yield "exception_ending"
        return
    if held.grace_until and not before.held.grace_until:
        yield "grace"
    elif held.at_risk_since and (before.granted or not before.held.at_risk_since):
        yield "at_risk"


def counting(granted: Iterable[Granted], ladder: str, at: datetime) -> list[Granted]:
    """Those that hold a tier of the ladder at an instant."""
    return [one for one in granted if one.ladder == ladder and one.since <= at < one.until]


def with_edges(rules: RulesOverTime, granted: Sequence[Granted]) -> RulesOverTime:
    """The same rules, looked at anew wherever an exception begins, is about to end or ends."""
    over_time = dict(rules)
    for edge in sorted({edge for one in granted for edge in one.edges} - over_time.keys()):
        over_time[edge] = over_time[max(start for start in over_time if start < edge)]
    return sorted(over_time.items())


def ladders_of(rules: RulesOverTime) -> list[str]:
    """The ladders that any of the versions has, the main one first."""
    return list(dict.fromkeys(ladder for _, version in rules for ladder, _, _ in version.every_ladder))


def exception_over(granted: Sequence[Granted], ladder: str, held: Held, qualification: Qualification) -> Granted | None:
    """The exception that holds a higher tier than the review rules give, if there is one."""
    higher = [
        (qualification.rank(one.tier), one.id, one)
        for one in counting(granted, ladder, qualification.at)
        if qualification.rank(one.tier) > qualification.rank(held.tier)
    ]
    return max(higher)[-1] if higher else None
