"""Certificates by the CPU they take: drawn, filled with badge and proof, signed, kept, and their leaves numbered.

They take turns with bare views, which say how fast the machine is meanwhile, as for the rows of the table.
"""

from collections.abc import Iterator, Sequence
from time import process_time

import psutil
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.keeping import first_language
from app.extensions import db
from app.ledger.numbering import number_leaves
from app.transaction import reading, writing
from app.web.keeping import kept_certificate
from bench.client import drive, merged
from bench.population import Crowd
from bench.report import BARE_VIEWS
from bench.rows import YARD_S, bare_views
from bench.service import Place, Service, database_process, tree_cpu_s

WARM_UP, TURN, VIEWERS = 20, 50, 16
LEAST_PER_CPU_S = 30


def certificate_lines(where: Place, people: Crowd, yard: Service) -> Iterator[str]:
    """The lines of one database; each of the people has a credential of which no certificate was made yet."""
    database = database_process(where)
    with reading():
        query = select(Credential).where(Credential.public_id.in_(people.credentials))
        credentials = list(db.session.scalars(query))
        db.session.expunge_all()
    _make(credentials[:WARM_UP])
    bare, cpu_s = [], 0.0
    for start in range(WARM_UP, len(credentials), TURN):
        bare.append(drive(yard.address, bare_views(), VIEWERS, 200, YARD_S))
        before = _cpu_s(database)
        _make(credentials[start : start + TURN])
        cpu_s += _cpu_s(database) - before
    per_cpu_s, views = (len(credentials) - WARM_UP) / cpu_s, merged(bare).per_second
    there = per_cpu_s * BARE_VIEWS / views
    verdict = "met" if there >= LEAST_PER_CPU_S else f"missed: {there:.1f} for {LEAST_PER_CPU_S}"
    yield f"Certificates signed, attached and logged in a second of CPU, database and all: {per_cpu_s:.1f} beside"
    yield f"{views:.0f} bare views a second ({verdict})."


def _make(credentials: Sequence[Credential]) -> None:
    """What the worker does of a bulk issue."""
    for credential in credentials:
        kept_certificate(credential, first_language(credential))
    is_more_left = True
    while is_more_left:
        with writing() as at:
            is_more_left = number_leaves(at=at)


def _cpu_s(database: psutil.Process | None) -> float:
    return process_time() + (tree_cpu_s(database) if database else 0)
