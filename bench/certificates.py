"""Certificates by the CPU they take: drawn, filled with badge and proof, signed, kept, and their leaves numbered."""

from collections.abc import Iterator
from time import process_time

import psutil
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.keeping import first_language
from app.extensions import db
from app.ledger.numbering import number_leaves
from app.transaction import reading, writing
from app.web.keeping import kept_certificate
from bench.population import Crowd
from bench.service import Place, database_process, tree_cpu_s

WARM_UP = 20
LEAST_PER_CPU_S = 30


def certificate_lines(where: Place, people: Crowd) -> Iterator[str]:
    """The line of one database; each of the people has a credential of which no certificate was made yet."""
    database = database_process(where)
    with reading():
        query = select(Credential).where(Credential.public_id.in_(people.credentials))
        credentials = list(db.session.scalars(query))
        db.session.expunge_all()
    _make(credentials[:WARM_UP])
    before = _cpu_s(database)
    made = credentials[WARM_UP:]
    _make(made)
    per_cpu_s = len(made) / (_cpu_s(database) - before)
    verdict = "met" if per_cpu_s >= LEAST_PER_CPU_S else f"missed: {per_cpu_s:.1f} for {LEAST_PER_CPU_S}"
    yield f"Certificates signed, attached and logged in a second of CPU, database and all: {per_cpu_s:.1f} ({verdict})."


def _make(credentials: list[Credential]) -> None:
    """What the worker does of a bulk issue."""
    for credential in credentials:
        kept_certificate(credential, first_language(credential))
    is_more_left = True
    while is_more_left:
        with writing() as at:
            is_more_left = number_leaves(at=at)


def _cpu_s(database: psutil.Process | None) -> float:
    return process_time() + (tree_cpu_s(database) if database else 0)
