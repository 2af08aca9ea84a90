"""Uploads in the database: never changed, never wrong, never more than the limit, and looked at by the check of all."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.exams.attempts import Attempt
from app.exams.uploads import uploads_at
from app.extensions import db
from app.journeys.invariants import verify_all
from app.people.persons import Person
from app.transaction import now, reading, snapshot, writing
from tests.factories import bearer
from tests.web.test_uploads import PDF, attempt, person, place, save, send

__all__ = ["attempt", "person"]  # fixtures


@pytest.mark.parametrize(
    "deed",
    ["UPDATE uploads SET name = 'x'", "UPDATE uploads SET content = 'x'", "DELETE FROM uploads"],
)
def test_the_database_lets_nobody_change_an_upload(
    client: FlaskClient, person: Person, attempt: Attempt, deed: str
) -> None:
    send(client, attempt, bearer(person))
    with pytest.raises(DBAPIError, match="append-only"), writing():
        db.session.execute(text(deed))


@pytest.mark.parametrize(
    "change",
    [
        {"attempt_id": 999}, {"position": -1}, {"size": 0}, {"size": 7}, {"sha256": "abc"}, {"media_type": "svg"},
        {"position": 0, "sha256": "0" * 64},
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(person: Person, attempt: Attempt, change: dict[str, Any]) -> None:
    row = {
        "attempt_id": attempt.id, "position": 0, "name": "a.pdf", "size": 9, "sha256": "0" * 64, "media_type": "pdf",
        "received_at": now(), "content": PDF,
    }  # fmt: skip
    add = text(
        "INSERT INTO uploads (attempt_id, position, name, size, sha256, media_type, received_at, content) "
        "VALUES (:attempt_id, :position, :name, :size, :sha256, :media_type, :received_at, :content)"
    )
    with writing():
        db.session.execute(add, row)
    with pytest.raises(IntegrityError), writing():
        db.session.execute(add, row | {"sha256": "1" * 64} | change)


def test_the_check_of_all_data_knows_the_uploads(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    by = bearer(person)
    kept = send(client, attempt, by).json["id"]
    save(client, attempt, by, [kept])
    with snapshot() as at:
        assert list(verify_all(at)) == []
    with writing():
        for table in ("uploads", "responses"):
            drop = f"DROP TRIGGER {table}_no_update" + (f" ON {table}" if on_postgresql() else "")
            db.session.execute(text(drop))
        db.session.execute(text("UPDATE uploads SET sha256 = :wrong"), {"wrong": "0" * 64})
        db.session.execute(text("UPDATE responses SET answer = :answer"), {"answer": f'{{"files": [{kept + 5}]}}'})
    with snapshot() as at:
        assert list(verify_all(at)) == [
            f"upload {kept}: is not what was uploaded",
            f"attempt {attempt.id}: the answer at position {place(attempt)} names a file that is not its own",
        ]


def test_uploads_at_once_do_not_pass_the_limit(app: Flask, person: Person, attempt: Attempt) -> None:
    by, start_together = bearer(person), Barrier(10)

    def one(number: int) -> int:
        with app.app_context():
            start_together.wait()
            return send(app.test_client(), attempt, by, content=PDF + bytes([65 + number])).status_code

    with ThreadPoolExecutor(10) as pool:
        codes = sorted(pool.map(one, range(10)))
    assert codes == [201] * 6 + [409] * 4
    with reading():
        assert len(uploads_at(attempt.id, place(attempt))) == 6


def on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"
