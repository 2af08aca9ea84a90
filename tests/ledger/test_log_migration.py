"""What was issued before there was a log begins in it with the leaf that it would have had."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import bindparam, select, text

from app.canonical import canonical, fingerprint
from app.credentials.logging import leaf
from app.extensions import UtcDateTime, db
from app.ledger.log import Kind, Leaf, leaf_row
from app.transaction import now, reading

BEFORE, AFTER = "20261121w", "20261121x"
RECORDS = [{"id": f"c{n}", "name": f"Łucja Ferrer {n}", "code": f"AAAA-000{n}"} for n in (1, 2)]


@pytest.fixture
def old(bare_app: Flask) -> Flask:
    """A credential, its renewal and a line of the ledger, in a database without a log."""
    with bare_app.app_context():
        upgrade(revision=BEFORE)
        off = "PRAGMA foreign_keys = OFF"
        if db.engine.dialect.name == "postgresql":
            off = "SET session_replication_role = replica"
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute(off)  # before any transaction, or SQLite does not listen
            for number, record in enumerate(RECORDS, 1):
                values = {"n": number, "id": record["id"], "code": record["code"], "record": canonical(record)}
                values |= {"at": now(), "later": now().replace(year=2099), "renews": number - 1 or None, "yes": True}
                connection.execute(text(CREDENTIAL).bindparams(*TIMES), values)
            line = "INSERT INTO ledger (at, deed, subject, detail) VALUES (:at, 'tried', 'thing:1', '{\"a\": 1}')"
            connection.execute(text(line).bindparams(TIMES[0]), {"at": now()})
            connection.commit()
        db.engine.dispose()
        yield bare_app


TIMES = (bindparam("at", type_=UtcDateTime()), bindparam("later", type_=UtcDateTime()))
CREDENTIAL = """
INSERT INTO credentials (id, public_id, code, person_id, attempt_id, result_number, passed, level, holder, record,
                         issued_at, expires_at, renews_id)
VALUES (:n, :id, :code, 1, :n, 1, :yes, 'fundamentals', 'x', :record, :at, :later, :renews)
"""


def test_each_credential_has_the_leaf_that_it_would_have_had(old: Flask) -> None:
    upgrade(revision=AFTER)
    with reading():
        entered = list(db.session.scalars(select(Leaf).order_by(Leaf.id)))
    assert [one.kind for one in entered] == [Kind.ISSUE, Kind.RENEW]
    for one, record in zip(entered, RECORDS, strict=True):
        said = leaf(one.kind, record, fingerprint(canonical(record)))
        assert one.data == leaf_row(said, at=one.at)["data"]
        assert one.about == record["id"]


def test_down_and_up_again_loses_no_line_of_the_ledger(old: Flask) -> None:
    upgrade(revision=AFTER)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE ledger SET number = 0"))
    downgrade(revision=BEFORE)
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT subject FROM ledger")).scalars().all() == ["thing:1"]
    upgrade(revision=AFTER)
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT subject, number FROM ledger")).all() == [("thing:1", None)]
