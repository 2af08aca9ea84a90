"""A draft of rules against all partners: who rises or is at risk, what is refused, and that nothing is written."""

import html
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.partners.evaluating import reevaluate_organisation
from app.partners.programmes import participation_in
from app.partners.standing import standings_in
from app.people.organisations import organisation_by_slug
from app.people.persons import PersonRole
from app.transaction import now, reading, writing
from tests.factories import (
    both,
    make_member,
    make_organisation,
    make_staff,
    publish,
    sign_in,
    sit,
    write_exam,
    write_programme,
)

PEOPLE = {"id": "people", "kind": "persons", "level": "fundamentals", "name": both("People")}


@pytest.fixture
def root(app: Flask, tmp_path: Path) -> Path:
    """A programme of two tiers, of one and of two people, with three partners: none, one and two of them."""
    write_exam(tmp_path)
    write_programme(tmp_path)
    publish(tmp_path)
    for number, name in enumerate(("Andes", "Norte", "Pampa")):
        organisation = make_organisation("small", slug=name.lower(), name=name)
        for _ in range(number):
            sit(make_member(organisation))
    return tmp_path


def draft(folder: Path, *at_least: int, **more: Any) -> bytes:
    """The file of a draft whose tiers ask for so many people."""
    write_programme(folder / "draft", at_least=at_least, **more)
    return (folder / "draft" / "programmes" / f"{more.get('slug', 'small')}.yml").read_bytes()


def send(client: FlaskClient, data: bytes, name: str = "draft.yml", **more: str) -> TestResponse:
    return client.post("/admin/what-if", data={"file": (io.BytesIO(data), name), **more})


def text_of(page: TestResponse) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page.text)).split())


@pytest.fixture
def office(client: FlaskClient, root: Path) -> FlaskClient:
    return sign_in(client, make_staff(PersonRole.ADMIN, language="en"))


def test_it_says_who_rises_and_who_is_at_risk_and_why(office: FlaskClient, root: Path) -> None:
    before = rows_of_all_tables()
    page = send(office, draft(root, 0, 3))
    assert page.status_code == 200
    text = text_of(page)
    assert "Lose the tier at once 0 Become at risk 1 Earn less 0 Earn more 1" in text.replace(",", "")
    assert re.search("Pampa Becomes at risk Tier 2 is kept until .* Tier 2 Tier 1 People: 2 of 3", text)
    assert re.search("Andes Earns more No tier Tier 1 .*Norte Stays as it is Tier 1 Tier 1", text)
    assert rows_of_all_tables() == before


def rows_of_all_tables() -> dict[str, int]:
    with reading():
        return {
            name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in db.metadata.tables.items()
            if name not in ("sessions", "requests")
        }


def test_what_it_foretells_is_what_publishing_brings(app: Flask, root: Path) -> None:
    told = json.loads(run(app, root, draft(root, 2, 3), "--json").output)
    assert {row["change"] for row in told["partners"]} == {"same", "at_risk"}
    write_exam(root / "draft")
    publish(root / "draft")
    for row in told["partners"]:
        with writing() as at:
            organisation_id = organisation_by_slug(row["organisation"]).id
            reevaluate_organisation(organisation_id, at=at)
        with reading():
            standing = standings_in(participation_in(organisation_id, "small"))["tiers"]
            assert (standing.tier, standing.at_risk_since is not None, (standing.proof["earned"] or {}).get("id")) == (
                row["held_by_draft"],
                row["at_risk_by_draft"],
                row["earned_by_draft"],
            )


def run(app: Flask, folder: Path, data: bytes, *more: str) -> Any:
    file = folder / "tried.yml"
    file.write_bytes(data)
    return app.test_cli_runner().invoke(args=["tiers", "what-if", str(file), *more])


def test_a_tier_that_is_gone_is_lost_at_once(office: FlaskClient, root: Path) -> None:
    text = text_of(send(office, draft(root, 1)))
    assert re.search("Pampa Loses the tier at once Tier 2 Tier 1", text)


def test_it_is_there_as_csv(office: FlaskClient, root: Path) -> None:
    page = send(office, draft(root, 0, 3))
    hidden = dict(re.findall('name="(text|name|day)" value="([^"]*)"', page.text))
    again = {name: html.unescape(value) for name, value in hidden.items()} | {"csv": "1"}
    told = office.post("/admin/what-if", data=again)
    assert told.mimetype == "text/csv"
    lines = told.text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Organisation,Id,Ladder,What becomes of it,Earned by the rules of now")
    assert lines[1].startswith("Pampa,pampa,,Becomes at risk,Tier 2,Tier 1,Tier 2,")
    assert len(lines) == 4
    with office.session_transaction() as session:
        session["language"] = "es"
    lines = office.post("/admin/what-if", data=again).text.lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Empresa,Identificador,")
    assert "Queda en riesgo" in lines[1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"id: [", "draft.yml:1:"),
        (b"\xff\xfe", "this is not valid UTF-8"),
        (b"id: small\nid: small\n", "draft.yml:2:"),
        (b"a: &a [x]\nb: *a\n", "draft.yml:"),
        (b"x" * 300_000, "the file is larger than 256 KiB"),
        (b"", "draft.yml:1:"),
    ],
)
def test_a_bad_file_is_complained_about_by_line(office: FlaskClient, root: Path, data: bytes, said: str) -> None:
    page = send(office, data)
    assert page.status_code == 422
    assert said in text_of(page)


def test_logic_and_levels_are_held_against_the_draft_too(office: FlaskClient, root: Path) -> None:
    expert = {"id": "t1", "rank": 1, "name": both("One"), "requirements": [PEOPLE | {"level": "expert", "at_least": 1}]}
    page = send(office, draft(root, tiers=[expert]))
    assert (page.status_code, "no exam awards the level `expert`" in text_of(page)) == (422, True)
    page = send(office, draft(root, 2, 1))
    assert (page.status_code, "asks for less than the same requirement" in text_of(page)) == (422, True)


def test_another_programme_a_day_before_and_none_at_all_are_refused(office: FlaskClient, root: Path) -> None:
    page = send(office, draft(root, 1, slug="other"))
    assert (page.status_code, "No published programme has the id of this file" in text_of(page)) == (422, True)
    yesterday = (now() - timedelta(days=1)).date().isoformat()
    page = send(office, draft(root, 1), day=yesterday)
    assert (page.status_code, "Rules take effect today or later" in text_of(page)) == (422, True)
    assert send(office, draft(root, 1), day="soon").status_code == 422
    nothing = office.post("/admin/what-if")
    assert (nothing.status_code, "Choose a file" in text_of(nothing)) == (422, True)


def test_too_many_partners_are_for_the_command(
    office: FlaskClient, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.admin.what_if.MOST", 2)
    page = send(office, draft(root, 1))
    assert page.status_code == 422
    assert "flask --app wsgi tiers what-if draft.yml" in text_of(page)


def test_it_is_for_administrators_alone(client: FlaskClient, app: Flask, root: Path) -> None:
    for person in (make_staff(PersonRole.VIEWER), make_staff(PersonRole.TRAINER), make_member(make_organisation())):
        browser = sign_in(app.test_client(), person)
        assert browser.get("/admin/what-if").status_code == 403
        assert send(browser, draft(root, 1)).status_code == 403


def test_a_day_ahead_is_held_against_what_will_be(app: Flask, root: Path) -> None:
    """All credentials have expired by then: by the same rules nobody earns anything, and nothing changes."""
    day = (now() + timedelta(days=800)).date().isoformat()
    told = json.loads(run(app, root, draft(root, 1, 2), "--from", day, "--json").output)
    assert told["takes_effect"].startswith(day)
    assert {row["earned"] for row in told["partners"]} == {None}
    assert told["totals"] == {"lost": 0, "at_risk": 0, "falls": 0, "rises": 0, "recovers": 0, "same": 3}


def test_the_command_says_what_is_wrong_and_exits_with_1(app: Flask, root: Path) -> None:
    told = run(app, root, draft(root, 0, 3))
    assert told.exit_code == 0
    assert re.search(r"pampa\ttiers\tat_risk\tt2 -> t1\theld until \S+\tPeople: 2 of 3", told.output)
    assert told.output.splitlines()[-1] == "lost 0, at_risk 1, falls 0, rises 1, recovers 0, same 1"
    wrong = run(app, root, b"id: [")
    assert (wrong.exit_code, "tried.yml:1:" in wrong.output) == (1, True)
    for data, more in ((draft(root, 1, slug="other"), ()), (draft(root, 1), ("--from", "2020-01-01")), (b"", ())):
        assert run(app, root, data, *more).exit_code == 1
    assert run(app, root, draft(root, 1), "--from", "soon").exit_code == 1
