"""The commands of the log: a checkpoint kept elsewhere tells a log that grew from one that was rewritten."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import text

from app.canonical import fingerprint
from app.extensions import db
from app.keys import LOG as LOG_KEY
from app.keys import raw, rotate, signing_key
from app.ledger.deeds import record
from app.ledger.log import append, leaf_of
from app.ledger.notes import read_note, signed_note
from app.ledger.numbering import number_leaves
from app.transaction import reading, writing

Run = Callable[..., Result]
FORGER = Ed25519PrivateKey.generate()


@pytest.fixture
def run(app: Flask) -> Run:
    return lambda *words: app.test_cli_runner().invoke(args=["log", *map(str, words)])


@pytest.fixture
def kept(run: Run, tmp_path: Path) -> Path:
    """The checkpoint of a log of five, taken away before the log grew to nine."""
    grow(0, 5)
    file = tmp_path / "kept"
    file.write_text(run("checkpoint").output)
    grow(5, 9)
    return file


def grow(first: int, end: int) -> None:
    with writing() as at:
        for number in range(first, end):
            append({"kind": "pdf", "id": f"c{number}", "sha256": None}, at=at)
            record("tried", f"thing:{number}", by=None, at=at)
        number_leaves(at=at)


def test_a_log_that_grew(run: Run, kept: Path) -> None:
    told = run("prove-growth", kept)
    assert (told.exit_code, told.output) == (0, "log grew from 5 to 9 and is otherwise unchanged\n")
    kept.write_text(run("checkpoint").output)
    assert run("prove-growth", kept).output == "log grew from 9 to 9 and is otherwise unchanged\n"


def test_the_ledger_is_sealed_by_a_tree_of_its_own(run: Run, kept: Path) -> None:
    kept.write_text(run("checkpoint", "--tree", "deeds").output)
    assert read_note(kept.read_text()).origin == "localhost:8000/deeds"
    assert run("prove-growth", kept).output == "deeds grew from 9 to 9 and is otherwise unchanged\n"


def test_a_checkpoint_of_a_key_that_was_retired(run: Run, kept: Path) -> None:
    with writing() as at:
        replace = rotate(LOG_KEY, at=at)
    replace()
    grow(9, 10)
    assert run("prove-growth", kept).exit_code == 0


def test_a_key_that_is_rotated_is_in_the_log(app: Flask, run: Run) -> None:
    told = app.test_cli_runner().invoke(args=["keys", "rotate", "credentials"])
    name = told.output.split("\t")[1]
    with reading():
        leaf = leaf_of("key", name)
        public = signing_key("credentials").public_key()
        said = json.loads(leaf.data)
    assert (said["sha256"], said["subject"]) == (fingerprint(raw(public)), "credentials")


def test_a_log_that_was_rewritten_and_signed_again(run: Run, kept: Path) -> None:
    """Everything made anew from the first leaf on, by whoever has the database and the key."""
    for table in ("leaves", "ledger", "nodes", "checkpoints"):
        if db.engine.dialect.name == "postgresql":
            sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            sql(f"DROP TRIGGER {table}_no_delete")
        sql(f"DELETE FROM {table}")
    sql("DELETE FROM heads")
    grow(100, 109)
    assert run("verify").exit_code == 0
    told = run("prove-growth", kept)
    assert told.exit_code == 1
    assert told.output == "Error: log was rewritten: it is not an extension of the checkpoint of 5\n"


def test_a_log_that_shrank(run: Run, kept: Path) -> None:
    grow(9, 12)
    kept.write_text(run("checkpoint").output)
    if db.engine.dialect.name == "postgresql":
        sql("ALTER TABLE checkpoints DISABLE TRIGGER USER")
    else:
        sql("DROP TRIGGER checkpoints_no_delete")
    sql("DELETE FROM checkpoints WHERE size = 12")
    assert "was rewritten" in run("prove-growth", kept).output
    assert run("verify").exit_code == 1


def test_a_checkpoint_that_another_signed_or_nobody(run: Run, kept: Path) -> None:
    note = read_note(kept.read_text())
    forged = signed_note(note.origin, 5, bytes(32), key=raw(FORGER.public_key()), sign=FORGER.sign)
    for text_ in (forged, kept.read_text().replace("\n5\n", "\n4\n"), kept.read_text().replace("/log", "/other")):
        kept.write_text(text_)
        told = run("prove-growth", kept)
        assert (told.exit_code, told.output) == (1, f"Error: {kept} was not signed by a key of this log\n")
    for nothing in (b"", b"\xff", b"hello\n"):
        kept.write_bytes(nothing)
        told = run("prove-growth", kept)
        assert (told.exit_code, told.output) == (1, f"Error: {kept} is not a checkpoint\n")


def test_a_log_without_leaves(run: Run) -> None:
    told = run("checkpoint")
    assert (told.exit_code, told.output) == (1, "Error: log has no checkpoint yet: the worker signs the first\n")
    assert run("verify").output == "both trees are what their rows say\n"


def sql(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))
