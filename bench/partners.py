"""Standings: what one evaluation costs, and a night in which every organisation is looked at again."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

import psutil
from sqlalchemy import select

from app.content.levels import LEVELS
from app.extensions import db
from app.partners.evaluating import reevaluate_organisation
from app.partners.programme_files import read_programmes
from app.partners.records import Fact, Holding, Member, Records
from app.partners.rules import Programme
from app.partners.tiers import qualify
from app.people.organisations import JobRole, Organisation
from app.transaction import reading, writing
from bench.client import drive
from bench.population import fill, publish
from bench.report import BARE_VIEWS, note
from bench.rows import YARD_S, bare_views
from bench.service import ROOT, Service, application, database_process, place, tree_cpu_s

MEMBERS, MONTHS, TIMES, VIEWERS = 200, 36, 40, 16
ORGANISATIONS, MEMBERS_EACH, FEW = 10_000, 10, 1_000
MOST_MS, MOST_MINUTES, CORES = 2.0, 10.0, 2
AT = datetime(2026, 6, 1, tzinfo=UTC)


def evaluation_lines(yard: Service) -> Iterator[str]:
    """What it takes to work out what ready records earn, with the proof, on every ladder of each programme."""
    programmes, complaints = read_programmes(ROOT)
    assert not complaints, "the programmes of the product are sound"
    records = _records(Random(1))
    slower = BARE_VIEWS / drive(yard.address, bare_views(), VIEWERS, 200, YARD_S).per_second
    for file in programmes:
        ms = _cpu_ms(lambda rules=file.spec: _evaluate(rules, records))  # type: ignore[misc]
        yield f"- one evaluation at {MEMBERS} members, `{file.spec.id}`: {ms:.2f} ms ({_judged(ms / slower, MOST_MS)})"


def night_lines(database: str, folder: Path) -> Iterator[str]:
    """What it takes to look at every organisation again, one transaction each, and whether the cost is linear."""
    note(f"a night with {ORGANISATIONS:,} organisations")
    where = place(database, folder)
    with application(where).app_context():
        publish()
        fill(ORGANISATIONS * MEMBERS_EACH, note, members=MEMBERS_EACH)
        with reading():
            organisations = db.session.scalars(select(Organisation.id).order_by(Organisation.id)).all()
        process = database_process(where)
        few = _night_ms(organisations[:FEW], process)
        many = _night_ms(organisations[FEW:], process)
        db.engine.dispose()
    minutes = many * len(organisations) / CORES / 60_000
    size = f"{ORGANISATIONS:,} organisations and {ORGANISATIONS * MEMBERS_EACH:,} members"
    cost = f"{many:.1f} ms of CPU each ({few:.1f} for the first {FEW:,})"
    yield f"- a night with {size}: {cost}, {minutes:.1f} minutes on two cores ({_judged(minutes, MOST_MINUTES)})"


def _night_ms(organisations: Sequence[int], process: psutil.Process | None) -> float:
    before = _cpu_s(process)
    for organisation_id in organisations:
        with writing() as at:
            reevaluate_organisation(organisation_id, at=at)
    return 1000 * (_cpu_s(process) - before) / len(organisations)


def _evaluate(rules: Programme, records: Records) -> None:
    for ladder, _, _ in rules.every_ladder:
        qualify(rules, records, AT, ladder)


def _records(rng: Random) -> Records:
    """People of every role and level, three years of revenue and customers by the month."""
    began = AT - timedelta(days=900)
    members = [
        Member(n, f"Person {n}", rng.choice(list(JobRole)).value, began, None, rng.choice(["MX", "ES"]))
        for n in range(MEMBERS)
    ]
    holdings = [
        Holding(n, rng.choice(LEVELS), f"credential-{n}", began, AT + timedelta(days=1 + n)) for n in range(MEMBERS)
    ]
    facts = [
        Fact(2 * month + place, metric, value, currency, start, start + timedelta(days=30), start, "CRM")
        for month in range(MONTHS)
        for start in [AT - timedelta(days=30 * (month + 1))]
        for place, (metric, value, currency) in enumerate((("revenue", 900_000, "USD"), ("customers", 2, None)))
    ]
    return Records(members, holdings, facts, joined_at=began)


def _cpu_ms(deed: Callable[[], None]) -> float:
    deed()
    began = process_time()
    for _ in range(TIMES):
        deed()
    return 1000 * (process_time() - began) / TIMES


def _cpu_s(process: psutil.Process | None) -> float:
    return process_time() + (tree_cpu_s(process) if process else 0)


def _judged(value: float, most: float) -> str:
    return "met" if value <= most else f"missed: {value:.2f} for {most:g}"
