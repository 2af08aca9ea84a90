"""Large imports: two at once count once, one that is cut off goes on, and one that is wrong by now records nothing."""

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import worker
from app.extensions import db
from app.journeys import importing_facts
from app.journeys.importing_facts import begin_import, confirm_import, map_import
from app.journeys.invariants import verify_all
from app.mail.outbox import Task
from app.partners.fact_rows import read_facts
from app.partners.imports import FactImport
from app.partners.recording import is_stale, plan, write
from app.people.organisations import organisation_by_slug
from app.transaction import reading, snapshot, writing
from tests.facts import make_partners, recorded, row, rows, tier


@pytest.fixture(autouse=True)
def partners(app: Flask, tmp_path: Path) -> None:
    make_partners(tmp_path)


def test_two_imports_of_one_file_at_once_count_once(app: Flask) -> None:
    content = rows(*(row(value=str(n)) for n in range(1, 30)), row("norte")).encode()
    read, ids = read_facts(content), []
    read_plan = plan_of(read)  # of before the others: whoever comes later has to plan again
    for _ in range(4):
        with writing() as at:
            started = begin_import("facts.csv", content, by=None, at=at)
            map_import(started.id, importing_facts.own_columns(importing_facts.columns_of(started)), read, read_plan)
            ids.append(started.id)
    gate, failures = threading.Barrier(len(ids)), []

    def go(import_id: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                with writing() as at:
                    confirm_import(import_id, read, read_plan, by=None, at=at)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=go, args=[one]) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(recorded()) == 30
    with snapshot() as at:
        assert list(verify_all(at)) == []


def test_a_large_file_goes_on_where_it_was_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_facts, "SMALL", 1)
    monkeypatch.setattr(importing_facts, "PIECE", 1)
    import_id = confirmed(rows(row(), row("norte")))
    assert (recorded(), progress(import_id)) == ([], (False, 0, False))
    with monkeypatch.context() as cut:
        cut.setattr(importing_facts, "reevaluate_organisation", broken)
        with pytest.raises(RuntimeError):
            worker.HANDLERS[importing_facts.TASK](0, {"import_id": import_id})
    assert (recorded(), progress(import_id)) == ([], (False, 0, False))
    assert worker.HANDLERS[importing_facts.TASK](0, {"import_id": import_id}) is True
    assert (len(recorded()), progress(import_id)) == (2, (True, 1, False))
    assert worker.HANDLERS[importing_facts.TASK](0, {"import_id": import_id}) is False
    assert progress(import_id) == (True, 0, True)
    assert (tier("andes"), tier("norte")) == ("t1", "t1")
    assert worker.HANDLERS[importing_facts.TASK](0, {"import_id": import_id}) is False


def test_a_large_file_that_is_wrong_by_now_waits_for_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing_facts, "SMALL", 0)
    import_id = confirmed(rows(row()))
    with writing():
        organisation_by_slug("andes").slug = "cordillera"
    assert not worker.HANDLERS[importing_facts.TASK](0, {"import_id": import_id})
    with reading():
        started = db.session.get_one(FactImport, import_id)
        assert started.confirmed_at is None
        assert started.summary["wrong"] == 1
    assert recorded() == []


def test_only_a_fact_of_its_own_records_makes_a_plan_stale() -> None:
    read = read_facts(rows(row() + ",A-1", more=",external_id").encode())
    planned = plan_of(read)
    for record, stale in (("A-2", False), ("A-1", True)):
        other = read_facts(rows(row(value="7") + f",{record}", more=",external_id").encode())
        with writing() as at:
            write(plan_of(other), by=None, at=at)
            assert is_stale(planned, read) is stale


def confirmed(content: str) -> int:
    read = read_facts(content.encode())
    with writing() as at:
        started = begin_import("facts.csv", content.encode(), by=None, at=at)
        map_import(started.id, importing_facts.own_columns(importing_facts.columns_of(started)), read, plan_of(read))
        confirm_import(started.id, read, plan_of(read), by=None, at=at)
    with reading():
        assert db.session.scalar(select(Task.payload).where(Task.kind == importing_facts.TASK))
        return started.id


def plan_of(read: importing_facts.Reading) -> importing_facts.Plan:
    return plan(read, importing_facts.own_columns(rows().strip().split(",")))


def broken(*_: object, **__: object) -> None:
    raise RuntimeError("killed")


def progress(import_id: int) -> tuple[bool, int, bool]:
    with reading():
        started = db.session.get_one(FactImport, import_id)
        return started.recorded_at is not None, len(started.waiting), started.ended_at is not None
