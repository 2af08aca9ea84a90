"""Where random deeds around exams happen: people, a clock of their own, and what must be so after each deed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select

from app.credentials.register import credential_of_attempt
from app.exams.accommodations import Allowance, grant_accommodation
from app.exams.attempts import Attempt, AttemptState
from app.exams.finding import overdue_attempts
from app.exams.grading import Grade
from app.exams.heartbeat import seen_until
from app.exams.responses import Response, save_response
from app.exams.results import Result, results_of
from app.extensions import db
from app.journeys.invariants import verify_all
from app.journeys.moving import join
from app.journeys.nightly import close_overdue_attempt
from app.partners.evaluating import reevaluate_organisation
from app.partners.programmes import participation_in
from app.partners.standing import due_organisations, standing_in
from app.people.organisations import JobRole, Organisation
from app.people.persons import Person, PersonRole
from app.refusal import Refusal
from app.transaction import reading, snapshot, writing
from tests import factories
from tests.sitting_model import DURATION_MIN, ITEMS, LIMIT, Model, passes

PROGRAMME = "small"
PICK = "## Pick {#pick-%(n)s}\n- [x] first\n- [ ] second\n- [ ] third\n"
BANK = {"copies": ITEMS, "items": PICK, "blueprint": [{"domain": "all", "items": ITEMS}], "cut_score": 0.5}
exams = count(1)


class World(RuleBasedStateMachine):
    """Three people of two organisations, one exam of four single choices, and a clock of its own."""

    root: Path  # where the content of the examples is written

    def found(self) -> None:
        """Every example has an exam, people and organisations of its own, in one database."""
        self.model = Model()
        self.at = datetime(2025, 3, 1, 9, tzinfo=UTC)
        self.slug = f"exam-{next(exams)}"
        root = self.root / self.slug
        factories.write_programme(root, PROGRAMME)
        factories.write_exam(root, self.slug, duration_min=DURATION_MIN, retakes={"limit": LIMIT}, **BANK)
        factories.publish(root)
        self.organisations = [factories.make_organisation(PROGRAMME, at=self.at) for _ in range(2)]
        self.people = [factories.make_person() for _ in range(3)]
        self.staff = [factories.make_staff(PersonRole.ADMIN) for _ in range(2)]
        for number, person in enumerate(self.people):
            self._join(person, self.organisations[number // 2])
        self._accommodate(self.people[0])

    @invariant()
    def the_attempts_are_as_foreseen(self) -> None:
        ids = list(self.model.sats)
        with reading():
            attempts = {row.id: row for row in db.session.scalars(select(Attempt).where(Attempt.id.in_(ids)))}
            kept, results = self._kept(attempts), results_of(ids)
        for attempt_id, sat in self.model.sats.items():
            attempt = attempts[attempt_id]
            assert (attempt.deadline_at, attempt.closed_at) == (sat.deadline, sat.closed_at)
            assert (attempt.state is AttemptState.OPEN) == (sat.closed_at is None)
            assert kept[attempt_id] == {item: answers for item, answers in sat.kept.items() if answers}
            assert [told(result) for result in results[attempt_id]] == sat.scores
        open_of = [attempt.person_id for attempt in attempts.values() if attempt.state is AttemptState.OPEN]
        assert len(open_of) == len(set(open_of))

    @invariant()
    def the_certificates_are_as_foreseen(self) -> None:
        with reading():
            for attempt_id, sat in self.model.sats.items():
                found, held = credential_of_attempt(attempt_id), sat.held
                assert (found is None) == (held is None)
                if found and held:
                    assert (found.issued_at, found.expires_at) == (held.issued_at, held.expires_at)
                    assert found.revoked_at == held.taken_at

    @invariant()
    def the_tiers_are_as_foreseen(self) -> None:
        """What is earned is held at once; what is held and no longer earned is at risk."""
        self._look_again()  # an attempt closed long after its deadline may have brought what has expired since
        with reading():
            for organisation in self.organisations:
                standing = standing_in(participation_in(organisation.id, PROGRAMME))
                rank, earned = int((standing.tier or "t0")[1:]), min(2, self.model.holders(organisation.id, self.at))
                assert rank >= earned
                assert (standing.at_risk_since is not None) == (rank > earned)

    def teardown(self) -> None:
        if hasattr(self, "model"):
            self._sweep()
            self._look_again()
            with snapshot():
                breaches = list(verify_all(self.at))
            assert not breaches, breaches

    def _sweep(self) -> None:
        """Close what is overdue, as the worker does."""
        self.model.close_overdue(self._now())
        with reading():
            overdue = [attempt.id for attempt in overdue_attempts(seen_until(self.at))]
        for attempt_id in overdue:
            self._try(None, lambda one=attempt_id: close_overdue_attempt(one, self.at))

    def _now(self) -> datetime:
        """No two deeds happen at one instant."""
        self._go_to(self.at + timedelta(milliseconds=1))
        return self.at

    def _go_to(self, at: datetime) -> None:
        """Time passes, and the worker looks at the standings that waited for it."""
        self.at = at
        self._look_again()

    def _look_again(self) -> None:
        with reading():
            due = due_organisations(self.at)
        for organisation_id in due:
            self._try(None, lambda one=organisation_id: reevaluate_organisation(one, at=self.at))

    def _try(self, expected: str | None, deed: Callable[[], Any]) -> Any:
        """Do it; what it returns, or None when it was refused, as it must be."""
        try:
            with writing():
                done, refused = deed(), None
        except Refusal as refusal:
            done, refused = None, type(refusal).__name__
        assert refused == expected
        return done

    def _save(self, attempt_id: int, person_id: int, item: str, option: int | None, seen: int, key: int | None) -> None:
        attempt = db.session.get_one(Attempt, attempt_id)
        position = [one["id"] for one in attempt.items].index(item)
        raw = None if option is None else attempt.option_orders[position].index(option)
        save_response(attempt_id, person_id, position, raw, revision=seen, flagged=None, at=self.at, key=key)

    def _kept(self, attempts: dict[int, Attempt]) -> dict[int, dict[str, list[int | None]]]:
        """The revisions of every answer that is stored, by attempt and item, as options of the file."""
        kept: dict[int, dict[str, list[int | None]]] = {attempt_id: {} for attempt_id in attempts}
        query = select(Response).where(Response.attempt_id.in_(attempts)).order_by(Response.revision)
        for row in db.session.scalars(query):
            attempt = attempts[row.attempt_id]
            item, order = attempt.items[row.position]["id"], attempt.option_orders[row.position]
            option = None if row.answer == "null" else order[int(row.answer)]
            kept[row.attempt_id].setdefault(item, []).append(option)
        return kept

    def _join(self, person: Person, organisation: Organisation) -> None:
        self._now()
        self._try(None, lambda: join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=self.at))
        self.model.employers[person.id] = organisation.id

    def _accommodate(self, person: Person) -> None:
        """Half as much time again, and ten minutes of breaks."""
        given = {"reason": "12", "by": self.staff[0].id, "at": self.at, "expires_at": None}
        self._try(None, lambda: grant_accommodation(person.id, Allowance(50, break_min=10), **given))
        self.model.percent[person.id], self.model.break_s[person.id] = 150, 600


def told(result: Result) -> tuple[int, int]:
    """Points earned and possible; what the result says beside them must follow from them."""
    grade = Grade.from_json(result.grade)
    assert result.passed == passes((int(grade.earned), grade.possible))
    return int(grade.earned), grade.possible
