"""The invariants: all hold after ordinary deeds, and each breach that raw SQL can make is named."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import bindparam, text

from app.extensions import UtcDateTime, db
from app.journeys.invariants import LATE, verify_all
from app.transaction import now, snapshot
from tests.factories import make_member, make_organisation, publish, sit, start, write_exam, write_programme

DAY = timedelta(days=1)
FAILED, PASSED, OPEN = 1, 2, 3
SINCE = now() - timedelta(minutes=1)


@pytest.fixture(autouse=True)
def world(app: Flask, tmp_path: Path) -> None:
    """A failed, a passed and an open attempt, of three people of one organisation; every protection taken away."""
    write_programme(tmp_path)
    write_exam(tmp_path)
    publish(tmp_path)
    organisation = make_organisation("small", slug="andes")
    sit(make_member(organisation), passes=False)
    sit(make_member(organisation))
    start(make_member(organisation))
    assert breaches() == []
    if db.engine.dialect.name == "postgresql":
        for table in ("responses", "results", "versions", "media"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run("ALTER TABLE memberships DROP CONSTRAINT ex_memberships_one_at_a_time")
    else:
        for name in triggers():
            run(f"DROP TRIGGER {name}")


def test_a_revision_that_is_missing(app: Flask) -> None:
    run(f"UPDATE responses SET revision = 2 WHERE attempt_id = {FAILED} AND position = 3")
    assert breaches() == [f"attempt {FAILED}: the revisions at position 3 have a gap"]


def test_a_response_that_came_too_late(app: Flask) -> None:
    run(f"UPDATE responses SET received_at = :at WHERE attempt_id = {FAILED} AND position = 0", now() + DAY)
    [breach] = breaches()
    assert breach.startswith(f"attempt {FAILED}: a response of ")
    assert breach.endswith("came after the deadline")


def test_an_answer_that_is_not_what_was_graded(app: Flask) -> None:
    run(f"UPDATE responses SET answer = 'null' WHERE attempt_id = {PASSED}")
    assert breaches() == [f"attempt {PASSED}: graded again it gives another result"]


def test_an_answer_that_is_gone(app: Flask) -> None:
    run(f"DELETE FROM responses WHERE attempt_id = {PASSED} AND position = 4")
    assert breaches() == [f"attempt {PASSED}: graded again it gives another result"]


@pytest.mark.parametrize("deed", ["UPDATE results SET number = 2", "DELETE FROM results"])
def test_results_that_do_not_begin_at_one(app: Flask, deed: str) -> None:
    run(f"{deed} WHERE attempt_id = {FAILED}")
    assert breaches() == [f"attempt {FAILED}: its results are not numbered from one"]


def test_an_open_attempt_with_a_result(app: Flask) -> None:
    run(f"UPDATE attempts SET state = 'open', closed_at = NULL WHERE id = {FAILED}")
    assert breaches() == [f"attempt {FAILED}: is open and has a result"]


def test_a_pass_without_its_credential(app: Flask) -> None:
    run("DELETE FROM credentials")
    assert f"attempt {PASSED}: passed, with 0 credentials" in breaches()


def test_a_credential_superseded_by_nothing(app: Flask) -> None:
    run(
        "UPDATE credentials SET superseded_at = :at, superseded_reason = 'none', superseded_by = person_id", now() + DAY
    )
    assert f"attempt {PASSED}: passed, with 0 credentials" in breaches()


@pytest.mark.parametrize("change", ["holder = 'Somebody Else'", "level = 'master'", "expires_at = :at"])
def test_a_credential_that_says_what_it_did_not_say(app: Flask, change: str) -> None:
    run(f"UPDATE credentials SET {change}", now() + 999 * DAY)
    assert any(breach.endswith("its record says something else") for breach in breaches())


def test_a_standing_that_its_inputs_do_not_give(app: Flask) -> None:
    run("UPDATE memberships SET ends_at = :at WHERE person_id = 2", now())
    run("UPDATE standings SET evaluated_at = :at WHERE until IS NULL", now())
    [breach] = breaches()
    assert breach.startswith("andes in small: earned None at ")
    assert breach.endswith("and not t1")


def test_a_standing_that_its_proof_does_not_give(app: Flask) -> None:
    run("UPDATE standings SET tier = 't2' WHERE until IS NULL")
    assert breaches() == ["andes in small: holds t2, and its proof says t1"]


def test_a_standing_at_risk_that_is_earned(app: Flask) -> None:
    run("UPDATE standings SET at_risk_since = :at WHERE until IS NULL", now() - DAY)
    [breach] = breaches()
    assert breach.startswith("andes in small: looked at again at ")


def test_a_standing_that_nobody_looked_at_again(app: Flask) -> None:
    run("UPDATE standings SET next_change_at = :at WHERE until IS NULL", now() - LATE + timedelta(minutes=1))
    assert breaches() == []
    run("UPDATE standings SET next_change_at = :at WHERE until IS NULL", now() - LATE - timedelta(minutes=1))
    [breach] = breaches()
    assert breach.startswith("andes in small: should have been looked at again on ")


def test_a_standing_that_the_one_before_does_not_lead_to(app: Flask) -> None:
    run("UPDATE standings SET until = :at WHERE until IS NOT NULL", now() - DAY)
    [breach] = breaches()
    assert breach.startswith("andes in small: begins on ")
    run("UPDATE standings SET until = :at WHERE until IS NOT NULL", SINCE)
    run("UPDATE standings SET since = :at WHERE until IS NULL", SINCE)
    assert breaches() == []
    run("UPDATE standings SET tier = 't2' WHERE until IS NOT NULL")
    [breach] = breaches()
    assert breach.startswith("andes in small: fell from t2 on ")
    assert breach.endswith("and no grace had ended")
    run("UPDATE standings SET grace_until = :at WHERE until IS NOT NULL", SINCE)
    assert breaches() == []


def test_an_organisation_without_its_standing(app: Flask) -> None:
    run("DELETE FROM standings")
    assert breaches() == ["andes in small: has no standing"]


def test_an_attempt_that_outlived_its_deadline(app: Flask) -> None:
    ended = now() - 2 * LATE
    run(f"UPDATE attempts SET started_at = :at WHERE id = {OPEN}", ended - timedelta(minutes=30))
    run(f"UPDATE attempts SET deadline_at = :at WHERE id = {OPEN}", ended)
    [breach] = breaches()
    assert breach.startswith(f"attempt {OPEN}: still open after its deadline of ")


def test_a_deadline_that_moved_without_a_grant(app: Flask) -> None:
    run(f"UPDATE attempts SET deadline_at = :at WHERE id = {OPEN}", now() + DAY)
    assert breaches() == [f"attempt {OPEN}: its deadline is not what was given and granted"]


def test_two_memberships_at_the_same_time(app: Flask) -> None:
    run(
        "INSERT INTO memberships (person_id, organisation_id, partner_role, job_role, starts_at, approved_reason) "
        "SELECT person_id, organisation_id, partner_role, job_role, :at, approved_reason FROM memberships "
        "WHERE person_id = 1",
        now() + DAY,
    )
    assert "person 1: two memberships at the same time" in breaches()


def test_content_that_is_not_what_was_published(app: Flask) -> None:
    bytes_type = "BLOB" if db.engine.dialect.name == "sqlite" else "BYTEA"
    run(f"UPDATE versions SET body = CAST('{{}}' AS {bytes_type}) WHERE id = (SELECT max(id) FROM versions)")
    [breach] = [one for one in breaches() if one.startswith("version ")]
    assert breach.endswith("is not what was published")


def breaches() -> list[str]:
    with snapshot() as at:
        return list(verify_all(at))


def run(sql: str, at: object = None) -> None:
    """Straight to the database, past every rule; `:at` takes an instant."""
    binds = [bindparam("at", at, type_=UtcDateTime())] if ":at" in sql else []
    with db.engine.begin() as connection:
        connection.execute(text(sql).bindparams(*binds))


def triggers() -> list[str]:
    with db.engine.connect() as connection:
        return list(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
