"""The commands: what each prints, and the exit status that a script relies on."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from app.cli import service
from app.credentials.register import credential_by_id
from app.extensions import db
from app.journeys.demo_cast import DEMO_PASSWORD
from app.journeys.moving import revoke_credential
from app.people.passwords import password_matches
from app.people.persons import PersonRole, add_person, person_by_email
from app.people.tokens import Scope, visitor_of_token
from app.transaction import now, reading, writing
from tests.factories import (
    make_member,
    make_organisation,
    make_person,
    publish,
    sit,
    write_course,
    write_exam,
    write_programme,
)

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """A command by its words, over the content of `tmp_path`."""
    app.config["CONTENT_DIR"] = tmp_path
    write_course(tmp_path)
    write_exam(tmp_path)
    write_programme(tmp_path)
    return lambda *words, **more: app.test_cli_runner().invoke(args=words, **more)


@pytest.fixture
def andes(run: Run, tmp_path: Path) -> str:
    """The public id of the one credential of the organisation `andes`, which holds t1 by it."""
    publish(tmp_path)
    return sit(make_member(make_organisation("small", slug="andes"), name="Ana Ruiz")).credential.public_id


def test_content_that_is_sound_is_counted(run: Run, tmp_path: Path) -> None:
    told = run("content", "check")
    assert (told.exit_code, told.output) == (0, "1 courses, 1 exams with 10 items, 1 programmes\n")
    elsewhere = tmp_path / "elsewhere"
    for folder in ("courses", "exams", "programmes"):
        (elsewhere / folder).mkdir(parents=True)
    told = run("content", "check", str(elsewhere))
    assert (told.exit_code, told.output) == (0, "0 courses, 0 exams with 0 items, 0 programmes\n")
    assert run("content", "check", str(tmp_path / "nowhere")).exit_code == 2


def test_content_that_is_wrong_is_told_with_file_and_line(run: Run, tmp_path: Path) -> None:
    items = tmp_path / "exams/fundamentals/items/en/all.md"
    items.write_text(items.read_text().replace("- [x] right 1", "- [ ] right 1"))
    for command in ("check", "publish"):
        told = run("content", command)
        assert told.exit_code == 1
        assert "exams/fundamentals/items/en/all.md:" in told.output
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM versions")).scalar() == 0


def test_publishing_names_what_changed(run: Run, tmp_path: Path) -> None:
    assert run("content", "publish").output == "published: basics, fundamentals, small\n"
    assert run("content", "publish").output == "nothing has changed\n"
    write_exam(tmp_path, duration_min=44)
    assert run("content", "publish").output == "published: fundamentals\n"


def test_a_plan_is_told_with_whoever_has_to_join(run: Run, andes: str) -> None:
    words = ("tiers", "plan", "andes", "--programme", "small", "--to")
    assert run(*words, "t1").output == "Tier 1: Nothing is missing\n"
    plan = json.loads(run(*words, "t2", "--json").output)
    assert [(one["person"], one["exams"]) for one in plan["people"]] == [(None, ["fundamentals"])]
    assert (plan["missing"], plan["wait_until"]) == ([], None)
    told = run(*words, "t2")
    assert told.exit_code == 0
    assert "Somebody new: Course basics, exam Fundamentals" in told.output
    assert "Alguien nuevo: " in run(*words, "t2", "--language", "es").output
    assert run(*words, "gold").exit_code == 1


def test_tiers_are_listed(run: Run, andes: str) -> None:
    make_organisation("small", slug="norte")
    assert run("tiers", "list").output == "andes\tsmall\tt1\nnorte\tsmall\t-\n"
    assert json.loads(run("tiers", "list", "--json").output) == [
        {"organisation": "andes", "programme": "small", "tier": "t1"},
        {"organisation": "norte", "programme": "small", "tier": None},
    ]


def test_a_tier_is_explained(run: Run, andes: str) -> None:
    told = run("tiers", "explain", "andes", "--programme", "small")
    assert told.exit_code == 0
    assert "Ana Ruiz" in told.output
    proof = json.loads(run("tiers", "explain", "andes", "--programme", "small", "--json").output)
    assert (proof["held"]["id"], proof["earned"]["id"]) == ("t1", "t1")
    assert andes in json.dumps(proof)
    spanish = run("tiers", "explain", "andes", "--programme", "small", "--language", "es").output
    assert spanish != told.output


def test_a_tier_is_explained_as_of_any_day(run: Run, andes: str) -> None:
    words = ("tiers", "explain", "andes", "--programme", "small", "--json")
    today = now().date().isoformat()
    proof = json.loads(run(*words, "--as-of", today, "--known-at", today).output)
    assert (proof["held"]["id"], proof["kept"]["tier"], proof["ladders"]) == ("t1", "t1", {})
    ahead = run(*words, "--as-of", "2999-01-01")
    assert (ahead.exit_code, "This day lies ahead" in ahead.output) == (1, True)
    assert run(*words, "--known-at", "yesterday").exit_code == 1


def test_what_was_learnt_late_is_listed(run: Run, andes: str) -> None:
    assert run("tiers", "late", "andes").output == ""
    with writing():
        db.session.execute(text("UPDATE standings SET tier = 't2', base_tier = 't2' WHERE until IS NULL"))
    [row] = json.loads(run("tiers", "late", "andes", "--json").output)
    assert (row["programme"], row["ladder"], row["held"], row["known_now"]) == ("small", "tiers", "t2", "t1")
    assert row["until"] is None
    assert run("tiers", "late", "andes").output.startswith("small\ttiers\t")
    assert run("tiers", "late", "nobody").exit_code == 1


@pytest.mark.parametrize("words", [("nobody", "--programme", "small"), ("andes", "--programme", "none")])
def test_a_tier_that_is_not_there_cannot_be_explained(run: Run, andes: str, words: tuple[str, ...]) -> None:
    told = run("tiers", "explain", *words)
    assert told.exit_code == 1
    assert "There is no " in told.output


def test_credentials_are_listed_by_state(run: Run, andes: str) -> None:
    assert run("credentials", "list").output == f"{andes}\n"
    assert run("credentials", "list", "--state", "valid").output == f"{andes}\n"
    assert run("credentials", "list", "--state", "revoked").output == ""
    [told] = json.loads(run("credentials", "list", "--json").output)
    assert (told["id"], told["level"], told["state"]) == (andes, "fundamentals", "valid")
    with writing() as at:
        credential = credential_by_id(andes)
        revoke_credential(credential, reason="copied", by=credential.person_id, at=at)
    assert run("credentials", "list", "--state", "revoked").output == f"{andes}\n"
    assert run("credentials", "list", "--state", "none").exit_code == 2


def test_a_token_is_printed_once_and_works(run: Run) -> None:
    person = make_person()
    for words, may_write in (((), False), (("--scope", "write"), True)):
        told = run("tokens", "create", person.email.upper(), *words)
        with reading() as at:
            visitor = visitor_of_token(told.output.strip(), at)
        assert (visitor.id, visitor.may_write) == (person.id, may_write)
    told = run("tokens", "create", "nobody@test.example", "--scope", Scope.WRITE.value)
    assert (told.exit_code, "nobody@test.example" in told.output) == (1, True)


def test_an_account_is_disabled_and_its_tokens_revoked(run: Run) -> None:
    make_person(email="gone@example.com")
    token = run("tokens", "create", "gone@example.com").output.strip()
    assert run("tokens", "revoke", "gone@example.com").output == "1 tokens revoked\n"
    assert run("tokens", "revoke", "gone@example.com").output == "0 tokens revoked\n"
    assert run("people", "disable", "gone@example.com").exit_code == 0
    with reading() as at:
        assert visitor_of_token(token, at) is None
        assert person_by_email("gone@example.com").disabled_at
    assert run("people", "disable", "nobody@example.com").exit_code == 1


def test_people_are_added(run: Run) -> None:
    words = ("people", "add", "Root@Test.Example", "Ada Root", "--role", "admin", "--language", "en")
    told = run(*words, input="correct horse battery\ncorrect horse battery\n")
    assert told.exit_code == 0
    with reading():
        person = person_by_email("root@test.example")
    assert (person.name, person.role, person.language) == ("Ada Root", PersonRole.ADMIN, "en")
    assert password_matches(person.password_hash, "correct horse battery")
    again = run(*words, "--password", "correct horse battery")
    assert (again.exit_code, again.output) == (1, "Error: There is already an account with that e-mail\n")


@pytest.mark.parametrize(
    ("email", "name", "password"),
    [("no address", "Ada Root", "x" * 15), ("a@b.example", "", "x" * 15), ("a@b.example", "Ada Root", "short")],
)
def test_people_who_cannot_be_are_not_added(run: Run, email: str, name: str, password: str) -> None:
    told = run("people", "add", email, name, "--password", password)
    assert (told.exit_code, told.output.startswith("Error: ")) == (1, True)
    with reading():
        assert person_by_email(email) is None


def test_the_demo_is_filled_once_and_never_over_people(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = []

    def fill(secret: str, *, at: datetime) -> None:
        filled.append(add_person("ana@test.example", "Ana Ruiz", password_hash=secret, at=at))

    monkeypatch.setattr(service, "fill_demo", fill)
    assert run("demo", "fill").output == "the demo is filled\n"
    assert run("demo", "fill").output == "the database has people in it: left as it is\n"
    assert len(filled) == 1
    assert password_matches(filled[0].password_hash, DEMO_PASSWORD)
    assert DEMO_PASSWORD in run("demo", "welcome").output


def test_the_worker_stops_when_nothing_is_due(app: Flask, run: Run, andes: str) -> None:
    assert run("worker", "--once").exit_code == 0
    assert len(list((app.config["DATA_DIR"] / "mail").iterdir())) == 1
    assert run("worker", "--once").exit_code == 0


def test_the_invariants_decide_the_exit_status(run: Run, andes: str) -> None:
    sound = run("verify-all")
    assert (sound.exit_code, sound.output) == (0, "all invariants hold\n")
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE credentials SET holder = 'Somebody Else'"))
    broken = run("verify-all")
    assert (broken.exit_code, broken.output) == (1, f"credential {andes}: its record says something else\n")


def test_keys_are_made_listed_and_rotated(run: Run, app: Flask) -> None:
    assert run("keys", "init").output == run("keys", "init").output
    [before] = [line for line in run("keys", "list").output.splitlines() if line.startswith("log")]
    assert before.endswith("\tpresent")
    assert run("keys", "rotate", "log").exit_code == 0
    after, retired = [line for line in run("keys", "list").output.splitlines() if line.startswith("log")]
    assert retired == before.replace("present", "retired")
    assert after != before
    app.config["KEY_SERVICE"] = "tests.test_keys:service"
    refused = run("keys", "rotate", "log")
    assert (refused.exit_code, "rotate it where it is kept" in refused.output) == (1, True)
