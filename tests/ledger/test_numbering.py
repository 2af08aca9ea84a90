"""Numbering under races and kills: every leaf once, without a gap, in trees that are signed and never changed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from app import worker
from app.credentials.register import credential_by_id
from app.extensions import db
from app.journeys.moving import revoke_credential
from app.keys import LOG as LOG_KEY
from app.keys import rotate
from app.ledger import numbering, trees
from app.ledger.deeds import Deed
from app.ledger.log import Leaf, leaf_of
from app.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from app.ledger.notes import is_signed, read_note
from app.ledger.numbering import number_leaves
from app.ledger.proofs import inclusion
from app.ledger.trees import DEEDS, LOG, TREES, Checkpoint, consistency_proof, latest_checkpoint, log_keys
from app.people.persons import PersonRole
from app.transaction import now, reading, writing
from tests.factories import make_exam, make_person, make_staff, sit
from tests.leaves import append_some, breaches, number_all

WRITERS, WORKERS, EACH = 4, 3, 12


def numbers(model: type[Leaf] | type[Deed]) -> list[int | None]:
    with reading():
        return list(db.session.scalars(select(model.number).order_by(model.id)))


def sizes(tree: str) -> list[int]:
    with reading():
        found = select(Checkpoint.size).where(Checkpoint.tree == tree).order_by(Checkpoint.size)
        return list(db.session.scalars(found))


def test_what_waits_is_numbered_in_the_order_it_came_and_signed(app: Flask) -> None:
    for start in (0, 3, 10):
        append_some(3 if start == 0 else 5, start)
        number_all()
    assert numbers(Leaf) == numbers(Deed) == list(range(13))
    assert sizes(LOG) == sizes(DEEDS) == [3, 8, 13]
    assert breaches() == []
    number_all()
    assert sizes(LOG) == [3, 8, 13]
    with reading():
        for tree in TREES:
            note = read_note(latest_checkpoint(tree).note)
            assert (note.origin, note.size) == (f"localhost:8000/{tree}", 13)
            assert is_signed(note, log_keys())


def test_a_batch_has_an_end_and_says_that_more_is_left(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "BATCH", 4)
    monkeypatch.setattr(numbering, "SOURCES", {
        LOG: numbering._source(Leaf, lambda leaf: bytes(leaf.data)),
        DEEDS: numbering._source(Deed, numbering.sealed_bytes),
    })  # fmt: skip
    append_some(10)
    with writing() as at:
        assert number_leaves(at=at)
    assert numbers(Leaf) == [0, 1, 2, 3, *[None] * 6]
    worker.run(once=True)
    assert numbers(Leaf) == list(range(10))
    assert sizes(LOG) == [4, 8, 10]


def test_what_becomes_visible_late_is_numbered_late(app: Flask) -> None:
    """An id that was given before others and committed after them: nothing is passed over."""
    append_some(3)
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO ledger (id, at, deed, subject, detail, salt, private) "
                                "SELECT 100, at, deed, subject, detail, salt, private FROM ledger "
                                "WHERE id = 1"))  # fmt: skip
        connection.execute(text("INSERT INTO leaves (id, kind, about, data, at) "
                                "SELECT 100, kind, 'late', data, at FROM leaves WHERE id = 1"))  # fmt: skip
    number_all()
    append_early = "INSERT INTO {} SELECT 50, {} FROM {} WHERE id = 1"
    with db.engine.begin() as connection:
        connection.execute(text(append_early.format(
            "ledger (id, at, deed, subject, detail, salt, private)",
            "at, deed, subject, detail, salt, private", "ledger")))  # fmt: skip
        connection.execute(text(append_early.format(
            "leaves (id, kind, about, data, at)", "kind, 'later', data, at", "leaves")))  # fmt: skip
    number_all()
    assert numbers(Leaf) == numbers(Deed) == [0, 1, 2, 4, 3]
    assert breaches() == []


def test_writers_and_workers_at_once_leave_no_gap(app: Flask) -> None:
    barrier, writers_left = Barrier(WRITERS + WORKERS), [WRITERS]

    def write(writer: int) -> None:
        with app.app_context():
            barrier.wait()
            for n in range(EACH):
                append_some(1, writer * 1000 + n)
            writers_left[0] -= 1

    def number(_: int) -> None:
        with app.app_context():
            barrier.wait()
            while writers_left[0]:
                number_all()

    with ThreadPoolExecutor(WRITERS + WORKERS) as pool:
        done = [pool.submit(write, n) for n in range(WRITERS)] + [pool.submit(number, n) for n in range(WORKERS)]
        for one in done:
            one.result()
    number_all()
    expected = list(range(WRITERS * EACH))
    assert sorted(numbers(Leaf)) == sorted(numbers(Deed)) == expected
    assert breaches() == []


def test_killed_before_the_commit_nothing_has_a_number(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    append_some(5)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    for place in ("signed_note", "root_of"):
        with monkeypatch.context() as patch:
            patch.setattr(trees, place, killed)
            with pytest.raises(KeyboardInterrupt):
                number_all()
        assert numbers(Leaf) == [None] * 5
        assert sizes(LOG) == []
    number_all()
    assert numbers(Leaf) == list(range(5))
    assert breaches() == []


def test_every_size_has_proofs_that_hold(app: Flask) -> None:
    for start in range(0, 21, 3):
        append_some(3, start)
        number_all()
    with reading():
        latest = latest_checkpoint(LOG)
        for index in range(21):
            for size in range(index + 1, 22):
                found = inclusion(index, size)
                leaf = leaf_hash(found.leaf)
                assert verify_inclusion(leaf, index, size, found.proof.hashes, found.proof.root)
                assert (found.checkpoint is not None) == (size % 3 == 0)
        for first in range(1, 22):
            before = inclusion(0, first).proof.root
            proof = consistency_proof(LOG, first, 21)
            assert proof.root == latest.root
            assert verify_consistency(first, 21, before, latest.root, proof.hashes)


def test_a_credential_has_its_leaves(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person, admin = make_person(), make_staff(PersonRole.ADMIN)
    credential = sit(person).credential
    with writing() as at:
        revoke_credential(credential_by_id(credential.public_id), reason="Copied from a neighbour", by=admin.id, at=at)
    with reading():
        issued, revoked = leaf_of("issue", credential.public_id), leaf_of("revoke", credential.public_id)
        assert issued.number is None
        assert leaf_of("renew", credential.public_id) is None
        assert b"Copied" not in revoked.data
        for leaf in (issued, revoked):
            assert person.name.encode() not in leaf.data
            assert credential_by_id(credential.public_id).data["salt"].encode() not in leaf.data
    worker.run(once=True)
    with reading():
        issued = leaf_of("issue", credential.public_id)
        found = inclusion(issued.number)
        assert found.leaf == issued.data
        assert read_note(found.checkpoint).root == found.proof.root


def test_a_renewal_says_that_it_is_one(app: Flask, tmp_path: Path) -> None:
    make_exam(tmp_path)
    person = make_person()
    first = sit(person, at=now().replace(year=now().year - 1, month=1, day=5)).credential
    second = sit(person, at=now().replace(year=now().year, month=11, day=5)).credential
    assert second.renews_id == first.id
    with reading():
        assert leaf_of("renew", second.public_id)
        assert leaf_of("issue", second.public_id) is None


def test_a_checkpoint_is_checked_by_a_key_that_is_retired(app: Flask) -> None:
    append_some(2)
    number_all()
    with writing() as at:
        replace = rotate(LOG_KEY, at=at)
    replace()
    append_some(2, 2)
    number_all()
    assert sizes(LOG) == [2, 4]
    assert breaches() == []


def test_numbering_takes_the_same_statements_for_one_as_for_many(app: Flask) -> None:
    append_some(1)
    number_all()
    asked = []
    for count in (1, 50):
        append_some(count, count * 100)
        with listening() as heard, writing() as at:
            number_leaves(at=at)
        asked.append(len(heard))
    assert asked[0] == asked[1] <= len(TREES) * 8


def test_a_proof_is_one_statement_beside_its_checkpoint_and_its_leaf(app: Flask) -> None:
    append_some(40)
    number_all()
    with listening() as heard, reading():
        inclusion(20)
    assert len(heard) == 3


@contextmanager
def listening() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
