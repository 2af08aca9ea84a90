"""A plain model of sitting exams: dictionaries and lists that say what each deed must answer, and what then is so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from app.exams.retakes import add_months

ITEMS, OPTIONS = 4, 3
CUT = Fraction(1, 2)
DURATION_MIN, GRACE = 30, timedelta(seconds=15)
FIRST_WAIT, LATER_WAIT, LIMIT = timedelta(hours=24), timedelta(days=14), 3
VALID_MONTHS, RENEWAL_MONTHS = 24, 6
Answer = int | None  # an option by its place in the file, as the key names it
Score = tuple[int, int]  # earned, possible
Fix = dict[str, Any]  # a correction: id, item, kind, key, no_harm, state, surveyed


@dataclass
class Held:
    """A certificate, and who took it back: nobody, a correction or a person."""

    issued_at: datetime
    taken: str = ""
    taken_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        return add_months(self.issued_at, VALID_MONTHS)

    def counts(self, at: datetime) -> bool:
        return self.issued_at <= at < min(self.expires_at, self.taken_at or self.expires_at)


@dataclass
class Sat:
    """An attempt; `kept` holds the revisions of the answer to each item, `keys` what each key was sent with."""

    person_id: int
    started_at: datetime
    deadline: datetime
    break_left: int
    start_key: int | None
    break_until: datetime | None = None
    closed_at: datetime | None = None
    grants: int = 0
    kept: dict[str, list[Answer]] = field(default_factory=dict)
    keys: dict[tuple[str, int], tuple[int, Answer]] = field(default_factory=dict)
    scores: list[Score] = field(default_factory=list)
    fixes: list[int] = field(default_factory=list)
    held: Held | None = None

    @property
    def passed(self) -> bool:
        return passes(self.scores[-1])

    def over(self, at: datetime) -> bool:
        return at > self.deadline + GRACE

    def shut(self, at: datetime) -> bool:
        return self.closed_at is not None or self.over(at)


class Model:
    """What must be so. Each deed returns the name of the refusal that it must meet, or None and has happened."""

    def __init__(self) -> None:
        self.sats: dict[int, Sat] = {}
        self.fixes: dict[int, Fix] = {}
        self.employers: dict[int, int | None] = {}
        self.break_s: dict[int, int] = {}
        self.percent: dict[int, int] = {}

    def of(self, person_id: int) -> list[Sat]:
        return [sat for sat in self.sats.values() if sat.person_id == person_id]

    def refuses_start(self, person_id: int, key: int | None, at: datetime) -> str | None:
        mine = self.of(person_id)
        if key is not None and any(sat.start_key == key for sat in mine):
            return "AlreadyStarted"
        if any(sat.closed_at is None for sat in mine):
            return "AttemptOpen"
        return "RetakeRefused" if any(hurdle > at for hurdle in self._hurdles(mine, at)) else None

    def start(self, attempt_id: int, person_id: int, key: int | None, at: datetime) -> None:
        length = timedelta(minutes=DURATION_MIN) * self.percent.get(person_id, 100) / 100
        self.sats[attempt_id] = Sat(person_id, at, at + length, self.break_s.get(person_id, 0), key)

    def save(self, sat: Sat, item: str, answer: Answer, seen: int, key: int | None, at: datetime) -> str | None:
        before = sat.keys.get((item, key)) if key is not None else None
        if before:
            return None if before == (seen + 1, answer) else "KeyReused"
        if sat.shut(at):
            return "AttemptClosed"
        if sat.break_until and at < sat.break_until:
            return "OnBreak"
        revisions = sat.kept.setdefault(item, [])
        if seen != len(revisions):
            return "StaleRevision"
        revisions.append(answer)
        if key is not None:
            sat.keys[item, key] = (len(revisions), answer)
        return None

    def submit(self, sat: Sat, at: datetime) -> None:
        if sat.closed_at is None:
            self._close(sat, sat.deadline if sat.over(at) else at)

    def close_overdue(self, at: datetime) -> None:
        for sat in self.sats.values():
            if sat.closed_at is None and sat.over(at):
                self._close(sat, sat.deadline)

    def grant(self, sat: Sat, minutes: int, seen: int, at: datetime) -> str | None:
        if not 1 <= minutes <= 240:
            return "WrongMinutes"
        if sat.shut(at):
            return "AttemptClosed"
        if seen != sat.grants:
            return "AlreadyGranted"
        self._move(sat, timedelta(minutes=minutes))
        return None

    def take_break(self, sat: Sat, at: datetime) -> str | None:
        if sat.shut(at):
            return "AttemptClosed"
        if sat.break_until and at < sat.break_until:
            return None
        if not sat.break_left:
            return "NoBreakLeft"
        sat.break_until = at + timedelta(seconds=sat.break_left)
        self._move(sat, timedelta(seconds=sat.break_left))
        sat.break_left = 0
        return None

    def end_break(self, sat: Sat, at: datetime) -> None:
        if sat.closed_at is not None or sat.break_until is None:
            return
        unused = max(0, int((sat.break_until - at).total_seconds()))
        if unused:
            self._move(sat, -timedelta(seconds=unused))
        sat.break_left, sat.break_until = unused, None

    def revoke(self, sat: Sat, at: datetime) -> str | None:
        assert sat.held
        if sat.held.taken:
            return "NotRevocable"
        sat.held.taken, sat.held.taken_at = "person", at
        return None

    def approve(self, fix: Fix, second: bool) -> str | None:
        others = [one for one in self.fixes.values() if one is not fix]
        if fix["state"] != "proposed":
            return "NotProposed"
        if not second:
            return "SecondPersonNeeded"
        if fix["surveyed"] is None:
            return "DryRunNeeded"
        if any(one["state"] == "approved" for one in others):
            return "RegradeRunning"
        if any(one["state"] == "done" and one["ended"] >= fix["surveyed"] for one in others):
            return "DryRunOutdated"
        fix["state"], fix["turn"] = "approved", 1 + max(one["turn"] for one in self.fixes.values())
        return None

    def effects(self, fix: Fix) -> dict[int, str]:
        """What the correction does to each closed attempt that it changes."""
        found = {}
        for attempt_id, sat in self.sats.items():
            if sat.closed_at is None or fix["id"] in sat.fixes:
                continue
            after = self._score(sat, [*sat.fixes, fix["id"]])
            if after != sat.scores[-1]:
                found[attempt_id] = self._effect(fix, sat, after)
        return found

    def put_through(self, fix: Fix, at: datetime) -> None:
        for attempt_id, effect in self.effects(fix).items():
            sat = self.sats[attempt_id]
            if effect == "keep":
                continue
            sat.fixes.append(fix["id"])
            sat.scores.append(self._score(sat, sat.fixes))
            if effect == "issue":
                sat.held = Held(at)
            if effect == "revoke":
                assert sat.held
                sat.held.taken, sat.held.taken_at = "correction", at
        fix["state"], fix["ended"] = "done", at

    def holders(self, organisation_id: int, at: datetime) -> int:
        """How many people of the organisation hold a certificate that counts."""
        members = [person_id for person_id, employer in self.employers.items() if employer == organisation_id]
        return sum(any(sat.held and sat.held.counts(at) for sat in self.of(person_id)) for person_id in members)

    def _close(self, sat: Sat, at: datetime) -> None:
        approved = [fix for fix in self.fixes.values() if fix["state"] in ("approved", "done")]
        sat.fixes = [fix["id"] for fix in sorted(approved, key=lambda fix: fix["turn"])]
        sat.closed_at = at
        sat.scores.append(self._score(sat, sat.fixes))
        if sat.passed:
            sat.held = Held(at)

    def _move(self, sat: Sat, length: timedelta) -> None:
        sat.deadline += length
        sat.grants += 1

    def _score(self, sat: Sat, fixes: list[int]) -> Score:
        earned = possible = 0
        for number in range(1, ITEMS + 1):
            item = f"pick-{number}"
            right, free = {0}, None
            for fix in (self.fixes[one] for one in fixes if self.fixes[one]["item"] == item):
                kind = fix["kind"]
                free = kind if kind in ("drop", "full_credit") else None
                right = {fix["key"]} if kind == "new_key" else right | {fix["key"]} if kind == "also_accept" else right
            answer = sat.kept.get(item, [None])[-1] if sat.kept.get(item) else None
            possible += free != "drop"
            earned += free == "full_credit" or (free is None and answer in right)
        return earned, possible

    def _effect(self, fix: Fix, sat: Sat, after: Score) -> str:
        before = sat.scores[-1]
        if fix["no_harm"] and (share(after) < share(before) or (sat.passed and not passes(after))):
            return "keep"
        if passes(after) and not sat.passed and (sat.held is None or sat.held.taken == "correction"):
            return "issue"
        return "revoke" if sat.passed and not passes(after) and sat.held and not sat.held.taken else "score"

    def _hurdles(self, mine: list[Sat], at: datetime) -> Iterator[datetime]:
        """The instants before which nobody may start again."""
        failures = sorted(sat.closed_at for sat in mine if sat.closed_at and not sat.passed)
        if failures:
            earlier = [one for one in failures[:-1] if add_months(one, 12) > failures[-1]]
            yield failures[-1] + (LATER_WAIT if earlier else FIRST_WAIT)
        if len(failures) >= LIMIT:
            yield add_months(failures[-LIMIT], 12)
        expiries = [sat.held.expires_at for sat in mine if sat.held and sat.held.counts(at)]
        if expiries:
            yield add_months(max(expiries), -RENEWAL_MONTHS)


def share(score: Score) -> Fraction:
    earned, possible = score
    return Fraction(earned, possible) if possible else Fraction(1)


def passes(score: Score) -> bool:
    return share(score) >= CUT
