"""The checklist of an onboarding, purely: what is done of each phase, and where the clock stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.content.schema import Text
from app.partners.particulars import Onboarding, OnboardingPhase

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
Dated = tuple[datetime, Onboarding | None]  # what rules ask for, and from when on


class Said(NamedTuple):
    """The latest that was said of a step: done on the day that begins at `done_at`, or taken back; `number` counts."""

    step: str
    number: int
    done_at: datetime | None
    note: str | None
    recorded_by: int
    recorded_at: datetime


class StepLine(NamedTuple):
    """A step that is asked for, and what was said of it."""

    id: str
    name: Text
    said: Said | None

    @property
    def done_on(self) -> date | None:
        return self.said.done_at.date() if self.said and self.said.done_at else None

    @property
    def number(self) -> int:
        """How often something was said of it."""
        return self.said.number if self.said else 0


@dataclass(frozen=True)
class PhaseLine:
    """A phase; its window is its first and its last day, where the programme names its weeks."""

    name: Text
    steps: Sequence[StepLine]
    deliverables: Sequence[Text]
    window: tuple[date, date] | None

    @property
    def done(self) -> int:
        """How many of its steps are done."""
        return sum(step.done_on is not None for step in self.steps)

    @property
    def is_finished(self) -> bool:
        return self.done == len(self.steps)

    def is_late(self, at: datetime) -> bool:
        """Whether its last day has gone by and a step is open."""
        return self.window is not None and self.window[1] < at.date() and not self.is_finished


@dataclass(frozen=True)
class Checklist:
    """The onboarding of one partner; the day of joining is the first of `limit_days`.

    `dropped` are steps that were done and that the rules ask for no longer.
    """

    joined_on: date
    phases: Sequence[PhaseLine]
    limit_days: int | None
    dropped: Sequence[Said]

    @property
    def total(self) -> int:
        """How many steps are asked for."""
        return sum(len(phase.steps) for phase in self.phases)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(phase.done for phase in self.phases)

    @property
    def open_steps(self) -> list[StepLine]:
        """The steps that are not done yet, in order."""
        return [step for phase in self.phases for step in phase.steps if step.done_on is None]

    @property
    def finished_on(self) -> date | None:
        """The day of the last step; None while one is open."""
        days = [step.done_on for phase in self.phases for step in phase.steps if step.done_on]
        return max(days) if len(days) == self.total else None

    @property
    def days_taken(self) -> int | None:
        """Days from joining to the last step, none for one from before; None while a step is open."""
        return max(0, (self.finished_on - self.joined_on).days) if self.finished_on else None

    @property
    def due(self) -> date | None:
        """The day by whose beginning every step has to be done; None where the programme has no clock."""
        return self.joined_on + self.limit_days * DAY if self.limit_days else None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is on time."""
        return self.due - DAY if self.due else None

    @property
    def is_late_for_good(self) -> bool:
        """Whether it was finished after its time."""
        return self.due is not None and self.finished_on is not None and self.finished_on >= self.due

    def day(self, at: datetime) -> int:
        """The number of the day: 1 on the day of joining, 0 before it."""
        return max(0, (at.date() - self.joined_on).days + 1)

    def is_late(self, at: datetime) -> bool:
        """Whether the time is over and a step is open."""
        return self.due is not None and self.finished_on is None and at.date() >= self.due

    def step(self, step_id: str) -> StepLine | None:
        """The step of an id, if it is asked for."""
        return next((step for phase in self.phases for step in phase.steps if step.id == step_id), None)


def checklist_of(rules: Sequence[Dated], joined_at: datetime, said: Mapping[str, Said]) -> Checklist | None:
    """What is asked for by the rules since joining, in order, held against what was said of each step.

    Who has done everything before other rules came is finished, and asked for nothing more by them.
    """
    checklist = None
    for onboarding, until in _reigns(rules):
        checklist = _checklist(onboarding, joined_at, said) if onboarding else None
        if checklist and checklist.finished_on and (until is None or checklist.finished_on < until):
            break
    return checklist


def limit_days(onboarding: Onboarding) -> int | None:
    """In fewer days than this, counted from joining, every step has to be done."""
    return onboarding.weeks[1] * WEEK.days if onboarding.weeks else onboarding.below_days


def _reigns(rules: Sequence[Dated]) -> Iterator[tuple[Onboarding | None, date | None]]:
    """What is asked for, until the day on which it is something else."""
    ends = [begins.date() for begins, _ in rules[1:]]
    yield from zip([onboarding for _, onboarding in rules], [*ends, None], strict=True)


def _checklist(onboarding: Onboarding, joined_at: datetime, said: Mapping[str, Said]) -> Checklist:
    joined_on = joined_at.date()
    phases = [_phase(phase, joined_on, said) for phase in onboarding.phases]
    asked = {step.id for phase in phases for step in phase.steps}
    dropped = [one for one in said.values() if one.step not in asked and one.done_at]
    return Checklist(joined_on, phases, limit_days(onboarding), dropped)


def _phase(phase: OnboardingPhase, joined_on: date, said: Mapping[str, Said]) -> PhaseLine:
    steps = [StepLine(step.id, step.name, said.get(step.id)) for step in phase.steps]
    window = (joined_on + (phase.weeks[0] - 1) * WEEK, joined_on + phase.weeks[1] * WEEK - DAY) if phase.weeks else None
    return PhaseLine(phase.name, steps, phase.deliverables, window)
