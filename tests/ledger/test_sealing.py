"""Sealing: every row, hash or checkpoint that somebody changed behind the product's back is named."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.journeys.invariants import verify_all
from app.ledger.deeds import record
from app.ledger.log import append
from app.ledger.numbering import number_leaves
from app.ledger.trees import DEEDS, LOG
from app.transaction import snapshot, writing
from tests.factories import make_exam, make_person, sit

MODELS = {LOG: "leaves", DEEDS: "ledger"}
PROTECTED = ("leaves", "ledger", "nodes", "checkpoints")


@pytest.fixture(autouse=True)
def world(app: Flask, tmp_path: Path) -> None:
    """Two credentials and more leaves and deeds, sealed in two batches; every protection taken away."""
    make_exam(tmp_path)
    for _ in range(2):
        sit(make_person())
        with writing() as at:
            for number in range(3):
                append({"kind": "pdf", "id": f"c{number}", "sha256": None}, at=at)
                record("tried", f"thing:{number}", by=None, at=at, number=number)
            number_leaves(at=at)
    assert breaches() == []
    if db.engine.dialect.name == "postgresql":
        for table in PROTECTED:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    else:
        for name in triggers():
            run(f"DROP TRIGGER {name}")


@pytest.mark.parametrize("tree", MODELS)
def test_a_row_that_was_edited(tree: str) -> None:
    changes = {LOG: "data = data || data", DEEDS: "subject = 'thing:another'"}
    if tree == LOG and db.engine.dialect.name == "sqlite":
        changes[LOG] = "data = CAST('{}' AS BLOB)"
    run(f"UPDATE {MODELS[tree]} SET {changes[tree]} WHERE number = 2")
    assert f"{tree}: leaf 2 is not what was sealed" in breaches()


@pytest.mark.parametrize("column", ["deed", "address", "person_id", "detail", "at"])
def test_no_column_of_a_deed_can_be_edited(column: str) -> None:
    values = {"person_id": "1", "detail": "'{\"more\": 1}'", "at": "(SELECT min(at) FROM ledger)"}
    run(f"UPDATE ledger SET {column} = {values.get(column, repr('other'))} WHERE number = {last('ledger')}")
    assert breaches() == [f"deeds: leaf {last('ledger')} is not what was sealed"]


@pytest.mark.parametrize("tree", MODELS)
def test_two_rows_that_were_swapped(tree: str) -> None:
    for before, after in ((1, 99), (2, 1), (99, 2)):
        run(f"UPDATE {MODELS[tree]} SET number = {after} WHERE number = {before}")
    assert breaches() == [f"{tree}: leaf 1 is not what was sealed"]


@pytest.mark.parametrize("tree", MODELS)
def test_a_row_that_was_cut_out(tree: str) -> None:
    run(f"DELETE FROM {MODELS[tree]} WHERE number = 2")
    assert f"{tree}: leaf 2 is missing" in breaches()


@pytest.mark.parametrize("tree", MODELS)
def test_the_last_row_cut_off(tree: str) -> None:
    size = last(MODELS[tree]) + 1
    run(f"DELETE FROM {MODELS[tree]} WHERE number = {size - 1}")
    [breach] = breaches()
    assert breach.startswith(f"{tree}: has {size - 1} leaves, a head of {size}")


@pytest.mark.parametrize("tree", MODELS)
def test_a_number_that_was_taken_away(tree: str) -> None:
    run(f"UPDATE {MODELS[tree]} SET number = NULL WHERE number = 0")
    assert breaches() == [f"{tree}: leaf 0 is missing"]


@pytest.mark.parametrize("tree", MODELS)
def test_the_end_of_the_tree_cut_off_with_its_checkpoint(tree: str) -> None:
    """Consistent in itself, so that only the credentials and a checkpoint kept elsewhere can tell; half of it shows."""
    size = last(MODELS[tree]) + 1
    run(f"DELETE FROM checkpoints WHERE tree = '{tree}' AND size = {size}")
    assert breaches()[0].startswith(f"{tree}: has {size} leaves, a head of {size} and a checkpoint of ")


def test_a_hash_that_was_changed() -> None:
    run("UPDATE nodes SET hash = (SELECT hash FROM nodes WHERE tree = 'log' AND place = 0) "
        "WHERE tree = 'log' AND place = 2")  # fmt: skip
    assert breaches() == ["log: leaf 1 is not what was sealed"]


def test_a_hash_that_is_gone_or_one_too_many() -> None:
    run("DELETE FROM nodes WHERE tree = 'deeds' AND place = 0")
    run("INSERT INTO nodes SELECT tree, 1000, hash FROM nodes WHERE tree = 'log' AND place = 0")
    found = breaches()
    assert found[0].startswith("log: has ")
    assert found[1] == "deeds: leaf 0 is not what was sealed"


@pytest.mark.parametrize("change", [
    "note = replace(note, 'localhost', 'elsewhere')",
    "note = 'nothing'",
    "note = (SELECT max(note) FROM checkpoints WHERE tree = 'deeds')",
    "root = (SELECT min(root) FROM checkpoints WHERE tree = 'deeds')",
])  # fmt: skip
def test_a_checkpoint_that_was_changed(change: str) -> None:
    run(f"UPDATE checkpoints SET {change} WHERE tree = 'log' AND size = 4")
    assert breaches() == ["log: the checkpoint of 4 does not fit"]


def test_a_credential_that_the_log_does_not_know() -> None:
    run("DELETE FROM leaves WHERE kind = 'issue' AND id = (SELECT min(id) FROM leaves)")
    found = breaches()
    assert len(found) == 2
    assert found[0].endswith(": the log does not know its record")
    assert found[1] == "log: leaf 0 is missing"


def test_a_record_that_was_changed() -> None:
    as_bytes = 'CAST(replace(CAST(record AS TEXT), \'"salt":"\', \'"salt":"0\') AS BLOB)'
    if db.engine.dialect.name == "postgresql":
        as_bytes = "convert_to(replace(convert_from(record, 'UTF8'), '\"salt\":\"', '\"salt\":\"0'), 'UTF8')"
    run(f"UPDATE credentials SET record = {as_bytes} WHERE id = 1")
    [breach] = breaches()
    assert breach.endswith(": the log does not know its record")


def breaches() -> list[str]:
    with snapshot() as at:
        return list(verify_all(at))


def run(sql: str) -> None:
    """Straight to the database, past every rule."""
    with db.engine.begin() as connection:
        assert connection.exec_driver_sql(sql).rowcount != 0


def last(table: str) -> int:
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT max(number) FROM {table}")).scalar_one()


def triggers() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
