"""The pages of corrections: proposing one, reading what it would change, deciding, and following it to its end."""

import csv
import html
import re
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import worker
from app.exams.regrading import Regrade, like_versions
from app.extensions import db
from app.ledger.deeds import Deed
from app.people.persons import PersonRole
from app.transaction import reading
from tests.factories import make_member, make_organisation, make_staff, publish, sign_in, write_exam, write_programme
from tests.regrading import sat

CORRECT = "/studio/exams/fundamentals/items/{}/correct"
PAGE = "/studio/corrections/1"


@pytest.fixture
def content(app: Flask, tmp_path: Path) -> Path:
    """A form of five items, one of each kind, passed with four; a programme whose first tier asks for one person."""
    write_programme(tmp_path)
    write_exam(tmp_path, copies=1)
    publish(tmp_path)
    return tmp_path


@pytest.fixture
def trainer(client: FlaskClient, content: Path) -> FlaskClient:
    return sign_in(client, make_staff(PersonRole.TRAINER, language="en", name="Teresa Prado"))


@pytest.fixture
def admin(app: Flask, trainer: FlaskClient) -> FlaskClient:
    return sign_in(app.test_client(), make_staff(PersonRole.ADMIN, language="en", name="Adriana Luna"))


def text_of(page: str) -> str:
    """The text of a page, in one line."""
    body = re.search("<main.*</main>", page, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def seen(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return text_of(answer.text)


def asked(item_id: str = "pick-1", **more: object) -> dict[str, object]:
    """What the form sends."""
    with reading():
        versions = list(like_versions("fundamentals", item_id))
    return {"kind": "full_credit", "versions": versions, "reason": "Two options are right", "no_harm": "y"} | more


def propose(client: FlaskClient, item_id: str = "pick-1", **more: object) -> None:
    answer = client.post(CORRECT.format(item_id), data=asked(item_id, **more))
    assert (answer.status_code, answer.location) == (302, PAGE), text_of(answer.text)


def count(model: type[Regrade] | type[Deed], **having: object) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model).filter_by(**having)) or 0


def test_from_the_item_to_the_end(app: Flask, trainer: FlaskClient, admin: FlaskClient) -> None:
    organisation = make_organisation("small", name="Andes")
    person = make_member(organisation, name="Ana Ruiz", language="en")
    attempt = sat(person, missing=["pick-1", "all-1"])
    assert CORRECT.format("pick-1") in trainer.get("/studio/exams/fundamentals/items/pick-1").text
    assert "No item was corrected yet" in seen(trainer, "/studio/corrections")
    propose(trainer)
    assert "The dry run is looking at every attempt 0 of 1 attempts" in seen(trainer)
    worker.run(once=True)
    text = seen(admin)
    for part in (
        "Nothing has changed yet", "Certificates issued 1", "Certificates revoked 0", "Standings that change 1",
        "Ana Ruiz", "Receives the certificate 614 not passed 800 passed 1", "Andes None Tier 1 Programme small",
        "Two options are right", "Proposed by Teresa Prado", "Approve and put through",
    ):  # fmt: skip
        assert part in text
    answer = admin.post(f"{PAGE}/approve", data={"confirmed": "y"}, follow_redirects=True)
    assert "It is being put through" in text_of(answer.text)
    worker.run(once=True)
    text = seen(trainer)
    assert "Results that have changed" in text
    assert "Approved by Adriana Luna" in text
    assert "Approve and put through" not in text
    assert "Withdraw" not in text
    assert "pick-1 Two options are right" in seen(trainer, "/studio/corrections")
    candidate = sign_in(app.test_client(), person)
    assert "This result was corrected" in seen(candidate, f"/attempts/{attempt.id}/result")
    lines = seen(admin, "/admin")
    assert "Teresa Prado proposed to correct the item pick-1: Two options are right" in lines
    assert "The result of Ana Ruiz in the Fundamentals exam was corrected" in lines


def test_who_proposed_it_does_not_decide(trainer: FlaskClient) -> None:
    propose(trainer)
    worker.run(once=True)
    text = seen(trainer)
    assert "You proposed it" in text
    assert "Approve and put through" not in text
    assert trainer.post(f"{PAGE}/approve", data={"confirmed": "y"}).status_code == 403
    assert count(Deed, deed="access_refused") == 1
    assert count(Regrade, state="proposed") == 1


def test_a_decision_needs_the_dry_run_and_the_tick(trainer: FlaskClient, admin: FlaskClient) -> None:
    propose(trainer)
    assert admin.post(f"{PAGE}/approve", data={"confirmed": "y"}).status_code == 409
    worker.run(once=True)
    answer = admin.post(f"{PAGE}/approve", data={})
    assert answer.status_code == 422
    assert "Confirm that you have read what would change" in text_of(answer.text)
    assert count(Regrade, state="proposed") == 1


def test_withdrawing(trainer: FlaskClient) -> None:
    propose(trainer)
    answer = trainer.post(f"{PAGE}/withdraw", follow_redirects=True)
    assert "It was withdrawn" in text_of(answer.text)
    assert "Withdrawn by Teresa Prado" in text_of(answer.text)
    assert trainer.post(f"{PAGE}/withdraw").status_code == 409


@pytest.mark.parametrize(
    ("item", "key", "shown"),
    [
        ("pick-1", {"options": [1]}, "New key wrong 1"),
        ("all-1", {"options": [0, 2]}, "New key good 1 · bad 1"),
        ("true-1", {"answers": "false"}, "New key False"),
        ("count-1", {"answers": "= 12.5 +- 1"}, "New key 12.5 ± 1"),
        ("name-1", {"answers": "one\r\n\r\nanother"}, "New key one · another"),
    ],
)
def test_a_new_key_of_every_kind(trainer: FlaskClient, item: str, key: dict[str, object], shown: str) -> None:
    propose(trainer, item, kind="new_key", **key)
    assert shown in seen(trainer)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "Say why this item is corrected"),
        ({"kind": ""}, "Choose what is to be done"),
        ({"versions": []}, "Choose the versions that it concerns"),
        ({"versions": [999]}, "999"),
        ({"kind": "new_key"}, "The new key is no key for an item of this kind"),
        ({"kind": "also_accept", "options": [0, 1]}, "The new key is no key for an item of this kind"),
    ],
)
def test_what_is_missing_is_said(trainer: FlaskClient, changes: dict[str, object], said: str) -> None:
    answer = trainer.post(CORRECT.format("pick-1"), data=asked(**changes))
    assert answer.status_code == 422
    assert "There is something to correct" in text_of(answer.text)
    assert said in text_of(answer.text)
    assert count(Regrade) == 0


def test_the_form_chooses_the_versions_with_the_same_key(trainer: FlaskClient, content: Path) -> None:
    write_exam(
        content,
        copies=1,
        items="## Pick {#pick-%(n)s}\n- [ ] a\n- [x] b\n- [ ] c\n",
        blueprint=[{"domain": "all", "items": 1}],
    )
    publish(content)
    page = trainer.get(CORRECT.format("pick-1")).text
    assert re.findall(r"<input[^>]*checked[^>]*name=\"versions\"", page) != []
    assert len(re.findall(r"<input[^>]*name=\"versions\"", page)) == 2
    assert len(re.findall(r"<input[^>]*checked[^>]*name=\"versions\"", page)) == 1


def test_the_files(trainer: FlaskClient) -> None:
    organisation = make_organisation("small", name="=Andes")
    sat(make_member(organisation, name="+Ana"), missing=["pick-1", "all-1"])
    propose(trainer)
    worker.run(once=True)
    [result] = rows(trainer, "results")
    assert (result["Candidate"], result["Score before"], result["Passed after"], result["What happens"]) == (
        "'+Ana", "614", "Yes", "Receives the certificate"
    )  # fmt: skip
    [tier] = rows(trainer, "tiers")
    assert list(tier.values()) == ["'=Andes", "Programme small", "None", "No", "Tier 1", "No"]


@pytest.mark.parametrize("path", ["/studio/corrections/9", "/studio/corrections/9/results.csv", CORRECT.format("none")])
def test_what_is_not_there_is_not_found(trainer: FlaskClient, path: str) -> None:
    assert trainer.get(path).status_code == 404


def test_a_viewer_reads_and_decides_nothing(app: Flask, trainer: FlaskClient) -> None:
    propose(trainer)
    worker.run(once=True)
    viewer = sign_in(app.test_client(), make_staff(PersonRole.VIEWER, language="en"))
    text = seen(viewer)
    assert "Approve and put through" not in text
    assert "Withdraw the correction" not in text
    assert "Correct this item" not in seen(viewer, "/studio/exams/fundamentals/items/pick-1")
    assert viewer.get(CORRECT.format("pick-1")).status_code == 403
    assert viewer.post(f"{PAGE}/approve", data={"confirmed": "y"}).status_code == 403


def rows(client: FlaskClient, name: str) -> list[dict[str, str]]:
    text = client.get(f"{PAGE}/{name}.csv").get_data().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))
