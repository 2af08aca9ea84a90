"""The retake policy: whether a person may start an exam now, why not, and from when."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Reason = Literal["free", "waiting", "limit_reached", "credential_held"]


@dataclass(frozen=True)
class Policy:
    """As `exam.yml` states it; the renewal window opens `renewal_months` before a credential expires.

    `coached_wait_hours` is the wait of who has studied again what the attempt showed to be weak; None: not offered.
    """

    first_wait_hours: int = 24
    later_wait_hours: int = 336
    limit: int = 5
    window_months: int = 12
    renewal_months: int = 6
    coached_wait_hours: int | None = None


@dataclass(frozen=True)
class HeldCredential:
    """The valid credential that the exam leads to, the one that expires last."""

    expires_at: datetime


@dataclass(frozen=True)
class Verdict:
    """`from_when` is the first instant at which a start is allowed; None when it is allowed already."""

    allowed: bool
    reason: Reason
    from_when: datetime | None = None


def next_start(
    policy: Policy,
    failures: Sequence[datetime],
    credential: HeldCredential | None,
    at: datetime,
    coached_at: datetime | None = None,
) -> Verdict:
    """`failures` are the instants at which failed attempts of the exam ended, in any language, version or organisation.

    `coached_at` is when the person had studied again what the last of them asked for. The reason given is the one that
    holds longest.
    """
    ended = sorted(failures)
    hurdles = [*_waiting(policy, ended, coached_at), *_limit(policy, ended), *_holding(policy, credential)]
    ahead = [hurdle for hurdle in hurdles if hurdle[0] > at]
    if not ahead:
        return Verdict(True, "free")
    from_when, reason = max(ahead)
    return Verdict(False, reason, from_when)


def add_months(instant: datetime, months: int) -> datetime:
    """Calendar months; a day that the month lacks becomes its last."""
    years, month = divmod(instant.month - 1 + months, 12)
    year = instant.year + years
    return instant.replace(year=year, month=month + 1, day=min(instant.day, monthrange(year, month + 1)[1]))


Hurdle = tuple[datetime, Reason]


def _waiting(policy: Policy, ended: Sequence[datetime], coached_at: datetime | None) -> list[Hurdle]:
    """Failures that had left the window when the last one happened no longer count as earlier ones."""
    if not ended:
        return []
    last = ended[-1]
    is_first = not any(add_months(failure, policy.window_months) > last for failure in ended[:-1])
    hours = policy.first_wait_hours if is_first else policy.later_wait_hours
    over = last + timedelta(hours=hours)
    if policy.coached_wait_hours is None or coached_at is None or coached_at < last:
        return [(over, "waiting")]
    return [(min(over, max(coached_at, last + timedelta(hours=policy.coached_wait_hours))), "waiting")]


def _limit(policy: Policy, ended: Sequence[datetime]) -> list[Hurdle]:
    """With as many failures as the limit, the oldest of them has to leave the window first."""
    if len(ended) < policy.limit:
        return []
    return [(add_months(ended[-policy.limit], policy.window_months), "limit_reached")]


def _holding(policy: Policy, credential: HeldCredential | None) -> list[Hurdle]:
    if credential is None:
        return []
    return [(add_months(credential.expires_at, -policy.renewal_months), "credential_held")]
