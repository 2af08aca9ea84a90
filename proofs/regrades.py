"""A correction in every attempt there is, its worker killed again and again: nothing twice, nothing left out."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import func, select

from app.credentials.issuing import Credential
from app.exams.attempts import Attempt
from app.exams.catalogue import Exam
from app.exams.correcting import CorrectionKind
from app.exams.kinds import KINDS
from app.exams.kinds.kind import NO_RULES, AnswerLine, count_options
from app.exams.regrading import Proposal, Regrade, RegradeState, approved_corrections, regrade_of
from app.exams.responses import answers_of
from app.exams.results import Result, replays
from app.extensions import db
from app.journeys.regrade_lines import Effect, RegradeLine
from app.journeys.regrading import approve_correction, propose_correction
from app.ledger.deeds import Deed
from app.mail.outbox import Task
from app.partners.knowledge import records_of
from app.partners.programmes import all_participations
from app.partners.standing import standing_in
from app.partners.tiers import qualify
from app.people.persons import PersonRole, add_person
from app.transaction import reading, snapshot, writing
from bench.population import fill, publish
from bench.service import Place, application, place
from proofs.workers import end_leases, running_worker, wait_for

SAMPLE = 500


def prove_regrades(database: str, folder: Path, attempts: int, kills: int, rng: Random) -> Iterator[str]:
    """Yields what was done, and a line for each promise that was broken.

    Everybody has passed with not a point to spare. A new key takes the pass, the certificate and the tier from all of
    them; the old one, accepted beside it, gives them back.
    """
    where = place(database, folder)
    with application(where).app_context():
        publish()
        fill(attempts, lambda _: None, barely=True)
        attempts += 1  # with the one that was copied
        taken = _put_through(where, CorrectionKind.NEW_KEY, kills, rng)
        yield f"{database}: {taken}"
        yield from _account(attempts, 1, Effect.REVOKE, rng)
        given = _put_through(where, CorrectionKind.ALSO_ACCEPT, kills, rng)
        yield f"{database}: {given}"
        yield from _account(attempts, 2, Effect.ISSUE, rng)
        db.engine.dispose()


def _put_through(where: Place, kind: CorrectionKind, kills: int, rng: Random) -> str:
    """Propose, try out, approve and put through, with so many kills in the dry run and so many in the deed."""
    proposer, approver = _person(f"{kind}-one"), _person(f"{kind}-two")
    regrade_id = _propose(kind, proposer)
    began = monotonic()
    dry = _work(where, regrade_id, kills, rng)
    tried = monotonic()
    with writing() as at:
        approve_correction(regrade_id, by=approver, at=at)
    deed = _work(where, regrade_id, kills, rng)
    with reading():
        looked = regrade_of(regrade_id).looked
    dry_run = f"dry run in {tried - began:.0f} s with {dry} kills"
    return f"{kind}, {looked:,} attempts: {dry_run}, put through in {monotonic() - tried:.0f} s with {deed} kills"


def _propose(kind: CorrectionKind, by: int) -> int:
    """The correction of a single choice that was answered: another option is right, and then the first one too."""
    with writing() as at:
        attempt = db.session.scalars(select(Attempt).order_by(Attempt.id).limit(1)).one()
        answered = answers_of([attempt.id])[attempt.id]
        place = next(n for n in answered if attempt.items[n]["kind"] == "single_choice")
        item = attempt.items[place]
        options = count_options(item)
        key = (item["key"] + (kind is CorrectionKind.NEW_KEY)) % options
        lines = [AnswerLine(str(position), position == key) for position in range(options)]
        assert KINDS[item["kind"]].read_key(lines, NO_RULES) == key
        proposal = Proposal(item["id"], [attempt.item_ids[place]], kind, lines, "A proof", no_harm=False)
        return propose_correction(db.session.get_one(Exam, attempt.exam_id), proposal, by=by, at=at).id


def _work(where: Place, regrade_id: int, kills: int, rng: Random) -> int:
    """Let a worker work to the end of the phase, killed each time at a moment that nobody can foresee."""
    done = 0
    while done < kills:
        before = _cursor(regrade_id)
        with running_worker(where) as worker:
            wait_for(partial(_has_moved, regrade_id, before))
            sleep(rng.uniform(0, 1.0))
            worker.kill()
        if _is_over(regrade_id):
            break
        done += 1
        end_leases()
    with running_worker(where):
        wait_for(lambda: _is_over(regrade_id))
    return done


def _cursor(regrade_id: int) -> tuple[int, int]:
    with reading():
        regrade = regrade_of(regrade_id)
        return regrade.cursor, regrade.organisations_cursor


def _has_moved(regrade_id: int, before: tuple[int, int]) -> bool:
    return _cursor(regrade_id) != before or _is_over(regrade_id)


def _is_over(regrade_id: int) -> bool:
    with reading():
        return not regrade_of(regrade_id).at_work


def _account(attempts: int, regrades: int, effect: Effect, rng: Random) -> Iterator[str]:
    """Whether everything was done once, by counting all of it, and whether it is right, by a sample."""
    with snapshot():
        regrade = db.session.scalars(select(Regrade).order_by(Regrade.id.desc()).limit(1)).one()
        numbers = select(Result.attempt_id).group_by(Result.attempt_id)
        wrong = numbers.having((func.count() != regrades + 1) | (func.max(Result.number) != regrades + 1))
        standing = Credential.superseded_at.is_(None) & Credential.revoked_at.is_(None)
        counts = {
            "attempts without just one new result": _count(wrong.subquery()),
            "lines missing of the dry run": attempts - _count(_lines(regrade, effect, done=False)),
            "lines missing of the deed": attempts - _count(_lines(regrade, effect, done=True)),
            "certificates too many or missing": _count(select(Credential.id).where(standing).subquery())
            - (attempts if effect is Effect.ISSUE else 0),
            "lines missing in the ledger": regrades * attempts - _count(_named(Deed.deed, "result_corrected")),
            "letters missing": regrades * attempts - _count(_named(Task.kind, "corrected_mail")),
            "not done": int(regrade.state is not RegradeState.DONE),
        }
        yield f"{attempts:,} attempts counted, up to {SAMPLE} of them graded again, and as many standings"
        yield from (f"BROKEN {what}: {count}" for what, count in counts.items() if count)
        yield from _sampled(attempts, rng)


def _lines(regrade: Regrade, effect: Effect, *, done: bool) -> Any:
    query = select(RegradeLine.attempt_id).where(RegradeLine.regrade_id == regrade.id, RegradeLine.done == done)
    return query.where(RegradeLine.effect == effect).subquery()


def _named(column: Any, name: str) -> Any:
    return select(column).where(column == name).subquery()


def _count(rows: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def _sampled(attempts: int, rng: Random) -> Iterator[str]:
    """Results graded again, and standings earned again."""
    first = db.session.scalar(select(func.min(Attempt.id))) or 0
    for attempt_id in rng.sample(range(first, first + attempts), min(SAMPLE, attempts)):
        attempt = db.session.get_one(Attempt, attempt_id)
        if not all(holds for _, holds in replays(attempt, approved_corrections(attempt.exam_id))):
            yield f"BROKEN attempt {attempt_id}: graded again it gives another result"
    parts = all_participations()
    for part in rng.sample(parts, min(SAMPLE, len(parts))):
        standing = standing_in(part)
        assert standing is not None
        records = records_of(part, known_at=standing.evaluated_at)
        earned = qualify(part.programme.rules, records, standing.evaluated_at).tier
        if earned != (standing.proof["earned"] or {}).get("id"):
            yield f"BROKEN organisation {part.organisation_id}: another tier is earned"


def _person(name: str) -> int:
    with writing() as at:
        return add_person(f"{name}@bench.example", name, role=PersonRole.TRAINER, at=at).id
