"""A bulk issue of certificates, its workers killed again and again: each is signed, kept and logged, and just once."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Select, func, select

from app.credentials.checks import Verdict
from app.credentials.issuing import Credential
from app.credentials.keeping import Certificate
from app.credentials.verification import verify
from app.extensions import db
from app.journeys.sitting import certificate_task
from app.ledger.log import Kind, Leaf
from app.ledger.sealing import seal_breaches
from app.mail.outbox import IS_WAITING, Task, put_all
from app.transaction import reading, snapshot, writing
from bench.population import fill, publish
from bench.service import application, place
from proofs.workers import end_leases, running_worker, wait_for

SAMPLE = 50


def prove_certificates(database: str, folder: Path, count: int, kills: int, rng: Random) -> Iterator[str]:
    """Yields what was done, and a line for each promise that was broken."""
    where = place(database, folder)
    with application(where).app_context():
        publish()
        fill(count - 1, lambda _: None)  # beside the one that is copied
        with writing() as at:
            credentials = db.session.scalars(select(Credential).order_by(Credential.id)).all()
            db.session.query(Task).delete()
            put_all([certificate_task(credential) for credential in credentials], at=at)
        began, done = monotonic(), 0
        while done < kills and _waiting():
            with running_worker(where) as worker, running_worker(where) as other:
                wait_for(partial(_has_moved, _waiting()))
                sleep(rng.uniform(0, 0.5))
                worker.kill()
                other.kill()
            done += 1
            end_leases()
        with running_worker(where), running_worker(where):
            wait_for(lambda: not _waiting() and not _unnumbered())
        yield f"{database}: {count:,} certificates in {monotonic() - began:.0f} s with {done} kills"
        yield from _account(count, rng)
        db.engine.dispose()


def _waiting() -> int:
    with reading():
        return db.session.scalar(select(func.count(Task.id)).where(IS_WAITING, Task.kind == "certificate")) or 0


def _unnumbered() -> int:
    with reading():
        return db.session.scalar(select(func.count(Leaf.id)).where(Leaf.number.is_(None))) or 0


def _has_moved(before: int) -> bool:
    return _waiting() < before


def _account(count: int, rng: Random) -> Iterator[str]:
    """Whether there is one of each, by counting all of it, and whether each is right, by a sample."""
    kept = select(Certificate.credential_id).distinct()
    leaves = select(Leaf.id).where(Leaf.kind == Kind.PDF)
    with snapshot() as at:
        counts = {
            "certificates too many or missing": _count(select(Certificate.id)) - count,
            "credentials without their own": count - _count(kept),
            "leaves too many or missing": _count(leaves) - count,
            "not done": _count(select(Task.id).where(IS_WAITING, Task.kind == "certificate")),
        }
        yield f"{count:,} certificates counted, the log computed again, up to {SAMPLE} checked as a stranger would"
        yield from (f"BROKEN {what}: {found}" for what, found in counts.items() if found)
        yield from (f"BROKEN {breach}" for breach in seal_breaches())
        ids = db.session.scalars(select(Certificate.id)).all()
        for certificate_id in rng.sample(list(ids), min(SAMPLE, len(ids))):
            pdf = db.session.get_one(Certificate, certificate_id).pdf or b""
            failed = [check.name for check in verify(pdf, at=at).checks if check.verdict is not Verdict.HOLDS]
            if failed:
                yield f"BROKEN certificate {certificate_id}: {', '.join(failed)}"


def _count(rows: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
