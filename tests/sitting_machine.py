"""Random deeds around exams, in any order: each must be refused or happen as the plain model beside it foresaw."""

from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.credentials.register import credential_of_attempt
from app.exams.breaks import end_break, take_break
from app.exams.catalogue import live_exam
from app.exams.correcting import CorrectionKind
from app.exams.grants import grant_minutes
from app.exams.kinds.kind import AnswerLine
from app.exams.regrading import Proposal, like_versions
from app.journeys.moving import leave, revoke_credential
from app.journeys.regrading import approve_correction, go_on, propose_correction, withdraw_correction
from app.journeys.sitting import start_attempt, submit_attempt
from tests.regrading import effects
from tests.sitting_model import GRACE, ITEMS, OPTIONS, Fix, Sat
from tests.sitting_world import World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
TICKS = (SECOND, 40 * SECOND, timedelta(minutes=5), timedelta(minutes=31), DAY, 14 * DAY, 40 * DAY, 570 * DAY)
EDGES = (-SECOND, 0 * SECOND, GRACE - SECOND, GRACE, GRACE + SECOND)
ITEM = st.integers(1, ITEMS).map("pick-{}".format)
OPTION = st.integers(0, OPTIONS - 1)
WHO, KEY = st.integers(0, 2), st.none() | st.integers(1, 2)
RIGHT = st.integers(0, ITEMS)
FIX = st.fixed_dictionaries(
    {"item": ITEM, "kind": st.sampled_from(CorrectionKind), "key": OPTION, "no_harm": st.booleans()}
)
Data = st.DataObject


def any_open(machine: World) -> bool:
    return any(sat.closed_at is None for sat in machine.model.sats.values())


class Sittings(World):
    """What may be done, to whatever there is."""

    @initialize(rights=st.tuples(*[st.none() | RIGHT] * 3))
    def world(self, rights: tuple[int | None, ...]) -> None:
        """Some have sat the exam before."""
        self.found()
        for who, right in enumerate(rights):
            if right is not None:
                self._sit(who, right)

    @rule(who=WHO, key=KEY)
    def start(self, who: int, key: int | None) -> None:
        person = self.people[who]
        expected = self.model.refuses_start(person.id, key, self._now())
        wish = {"legal_name": person.name, "language": "es", "agreement": True, "key": key}
        attempt = self._try(
            expected, lambda: start_attempt(live_exam(self.slug), person, **wish, at=self.at, rng=Random(1))
        )
        if attempt:
            self.model.start(attempt.id, person.id, key, self.at)

    @precondition(lambda self: self.model.sats)
    @rule(data=st.data(), item=ITEM, option=st.none() | OPTION, lag=st.sampled_from([0, 0, 0, 1, -1]), key=KEY)
    def save(self, data: Data, item: str, option: int | None, lag: int, key: int | None) -> None:
        attempt_id, sat = self._one(data)
        self._answer(attempt_id, sat, item, option, lag, key)

    @precondition(lambda self: self.model.sats)
    @rule(data=st.data(), right=RIGHT)
    def save_all(self, data: Data, right: int) -> None:
        self._answer_all(*self._one(data), right)

    @precondition(lambda self: self.model.sats)
    @rule(data=st.data())
    def submit(self, data: Data) -> None:
        self._submit(*self._one(data))

    @rule(who=WHO, right=RIGHT, wait=st.sampled_from([SECOND, DAY, 14 * DAY]))
    def sit(self, who: int, right: int, wait: timedelta) -> None:
        """A whole sitting, if none is open and none is refused."""
        self._go_to(self.at + wait)
        self._sit(who, right)

    @rule(length=st.sampled_from(TICKS))
    def tick(self, length: timedelta) -> None:
        self._go_to(self.at + length)

    @precondition(any_open)
    @rule(data=st.data(), edge=st.sampled_from(EDGES))
    def tick_to_a_deadline(self, data: Data, edge: timedelta) -> None:
        deadlines = [sat.deadline for sat in self.model.sats.values() if sat.closed_at is None]
        self._go_to(max(self.at, data.draw(st.sampled_from(deadlines)) + edge))

    @rule()
    def close_what_is_overdue(self) -> None:
        self._sweep()

    @precondition(any_open)
    @rule(data=st.data(), minutes=st.sampled_from([0, 1, 10, 240, 241]), lag=st.sampled_from([0, 0, 1]))
    def grant(self, data: Data, minutes: int, lag: int) -> None:
        attempt_id, sat = self._one(data)
        seen = sat.grants + lag
        expected = self.model.grant(sat, minutes, seen, self._now())
        given = {"seen": seen, "reason": "A fire drill", "by": self.staff[0].id, "at": self.at}
        self._try(expected, lambda: grant_minutes(attempt_id, minutes, **given))

    @precondition(any_open)
    @rule(data=st.data(), end=st.booleans())
    def pause(self, data: Data, end: bool) -> None:
        attempt_id, sat = self._one(data)
        if end:
            self.model.end_break(sat, self._now())
            self._try(None, lambda: end_break(attempt_id, sat.person_id, at=self.at))
        else:
            expected = self.model.take_break(sat, self._now())
            self._try(expected, lambda: take_break(attempt_id, sat.person_id, at=self.at))

    @rule(fix=FIX, far=st.sampled_from(["proposed", "tried", "approved", "done", "done"]))
    def correct(self, fix: Fix, far: str) -> None:
        """A correction, up to there."""
        made = self._propose(**fix)
        if far != "proposed":
            self._work(made)
        if far in ("approved", "done"):
            self._approve(made, second=True)
        if far == "done":
            self._work(made)

    @precondition(lambda self: self.model.fixes)
    @rule(data=st.data(), deed=st.sampled_from(["work", "work", "approve", "approve alone", "withdraw"]))
    def go_on_with_a_correction(self, data: Data, deed: str) -> None:
        fix = self.model.fixes[data.draw(st.sampled_from(sorted(self.model.fixes)))]
        if deed == "work":
            self._work(fix)
        elif deed == "withdraw":
            self._withdraw(fix)
        else:
            self._approve(fix, second=deed == "approve")

    @precondition(lambda self: any(sat.held for sat in self.model.sats.values()))
    @rule(data=st.data())
    def revoke(self, data: Data) -> None:
        held = [attempt_id for attempt_id, sat in self.model.sats.items() if sat.held]
        attempt_id = data.draw(st.sampled_from(held))
        expected = self.model.revoke(self.model.sats[attempt_id], self._now())
        why: dict[str, Any] = {"reason": "Fraud", "by": self.staff[0].id, "at": self.at}
        self._try(expected, lambda: revoke_credential(credential_of_attempt(attempt_id), **why))

    @rule(who=WHO, where=st.sampled_from([0, 1, None]))
    def move(self, who: int, where: int | None) -> None:
        """To another organisation, or out of the one there is."""
        person, employer = self.people[who], self.model.employers[self.people[who].id]
        if employer is not None:
            self._now()
            self._try(None, lambda: leave(person.id, by=None, at=self.at))
            self.model.employers[person.id] = None
        if where is not None:
            self._join(person, self.organisations[where])

    def _one(self, data: Data) -> tuple[int, Sat]:
        """An attempt; most often the latest one."""
        known = sorted(self.model.sats)
        attempt_id = data.draw(st.sampled_from([known[-1], known[-1], *known]))
        return attempt_id, self.model.sats[attempt_id]

    def _sit(self, who: int, right: int) -> None:
        self.start(who, None)
        if mine := [pair for pair in self.model.sats.items() if pair[1].person_id == self.people[who].id]:
            self._answer_all(*mine[-1], right)
            self._submit(*mine[-1])

    def _submit(self, attempt_id: int, sat: Sat) -> None:
        self.model.submit(sat, self._now())
        outcome = self._try(None, lambda: submit_attempt(attempt_id, sat.person_id, at=self.at))
        assert (outcome.attempt.closed_at, outcome.result.passed) == (sat.closed_at, sat.passed)

    def _answer_all(self, attempt_id: int, sat: Sat, right: int) -> None:
        for number in range(ITEMS):
            self._answer(attempt_id, sat, f"pick-{number + 1}", int(number >= right))

    def _answer(
        self, attempt_id: int, sat: Sat, item: str, option: int | None, lag: int = 0, key: int | None = None
    ) -> None:
        seen = max(0, len(sat.kept.get(item, ())) - lag)
        expected = self.model.save(sat, item, option, seen, key, self._now())
        self._try(expected, lambda: self._save(attempt_id, sat.person_id, item, option, seen, key))

    def _propose(self, item: str, kind: CorrectionKind, key: int, no_harm: bool) -> Fix:
        lines = [AnswerLine(str(place), place == key) for place in range(OPTIONS)]

        def ask() -> Any:
            proposal = Proposal(item, tuple(like_versions(self.slug, item)), kind, lines, "Wrong", no_harm)
            return propose_correction(live_exam(self.slug), proposal, by=self.staff[0].id, at=self.at)

        self._now()
        made = self._try(None, ask)
        fix = {"id": made.id, "item": item, "kind": kind.value, "key": key, "no_harm": no_harm, "row": made}
        self.model.fixes[made.id] = fix | {"state": "proposed", "surveyed": None, "turn": 0}
        return self.model.fixes[made.id]

    def _work(self, fix: Fix) -> None:
        """The dry run, or the deed: whatever the correction waits for."""
        surveys, does = fix["state"] == "proposed" and fix["surveyed"] is None, fix["state"] == "approved"
        foreseen = self.model.effects(fix)
        self._now()
        while self._try(None, lambda: go_on(fix["id"], at=self.at)):
            pass
        if surveys:
            fix["surveyed"] = self.at
        if does:
            self.model.put_through(fix, self.at)
        if surveys or does:
            assert effects(fix["row"], done=does) == foreseen

    def _approve(self, fix: Fix, second: bool) -> None:
        expected = self.model.approve(fix, second)
        self._now()
        self._try(expected, lambda: approve_correction(fix["id"], by=self.staff[second].id, at=self.at))

    def _withdraw(self, fix: Fix) -> None:
        expected = None if fix["state"] == "proposed" else "NotProposed"
        self._now()
        self._try(expected, lambda: withdraw_correction(fix["id"], by=self.staff[0].id, at=self.at))
        if expected is None:
            fix["state"] = "withdrawn"
