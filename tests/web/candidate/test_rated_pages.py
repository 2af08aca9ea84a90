"""Essays and practical tasks on the pages: answered by forms alone, refused in words, and their rubrics never shown."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.exams.attempts import Attempt
from app.exams.catalogue import live_exam
from app.exams.correcting import CorrectionKind
from app.exams.regrading import BadCorrection, Proposal, propose
from app.exams.responses import responses_of
from app.exams.uploads import uploads_at
from app.people.persons import Person, PersonRole
from app.transaction import reading, writing
from tests.factories import CANARY, bearer, make_exam, make_person, make_staff, sign_in, start

ITEMS = f"""\
## Compare them {{#compare-%(n)s type=essay words=300}}
- (7) Names {CANARY} risks
- (2) Says {CANARY} why

> Why: {CANARY} why

## Hand it in {{#hand-%(n)s type=practical files=1 types=pdf size=1}}
- (8) Has a {CANARY} goal

> Why: {CANARY} why
"""
PDF = b"%PDF-1.7\n"
TWO = [{"domain": "all", "items": 2}]


@pytest.fixture
def person(client: FlaskClient) -> Person:
    candidate = make_person(language="en")
    sign_in(client, candidate)
    return candidate


@pytest.fixture
def attempt(person: Person, tmp_path: Path) -> Attempt:
    make_exam(tmp_path, items=ITEMS, copies=1, blueprint=TWO)
    return start(person, language="en")


def place(attempt: Attempt, kind: str) -> int:
    return [item["kind"] for item in attempt.items].index(kind)


def post(client: FlaskClient, attempt: Attempt, kind: str, revision: int = 0, **fields: Any) -> Any:
    url = f"/attempts/{attempt.id}/items/{place(attempt, kind)}"
    return client.post(url, data={"revision": revision, "go": "review", **fields}, content_type="multipart/form-data")


def kept(attempt: Attempt, kind: str) -> tuple[int, Any]:
    with reading():
        saved = responses_of(attempt.id).get(place(attempt, kind))
    return (saved.revision, saved.answer) if saved else (0, None)


def test_an_essay_is_answered_by_its_form(client: FlaskClient, attempt: Attempt) -> None:
    assert post(client, attempt, "essay", answer="One.\r\n\r\n<b>two</b> ").status_code == 303
    assert kept(attempt, "essay") == (1, "One.\n\n<b>two</b>")
    page = client.get(f"/attempts/{attempt.id}?item={place(attempt, 'essay') + 1}").text
    assert ">\nOne.\n\n&lt;b&gt;two&lt;/b&gt;</textarea>" in page
    assert "Words: 2 of 300" in page
    post(client, attempt, "essay", revision=1, answer="One.\r\n\r\n<b>two</b>")
    assert kept(attempt, "essay")[0] == 1  # nothing has changed
    post(client, attempt, "essay", revision=1, answer=" \r\n")
    assert kept(attempt, "essay") == (2, None)


def test_a_text_beyond_the_limit_is_refused_and_shown_again(client: FlaskClient, attempt: Attempt) -> None:
    refused = post(client, attempt, "essay", answer="a" * 20_001)
    assert refused.status_code == 422
    assert "data-advice hidden" not in refused.text
    assert "a" * 20_001 in refused.text
    assert kept(attempt, "essay") == (0, None)


def test_a_file_goes_with_the_form(client: FlaskClient, attempt: Attempt) -> None:
    done = post(client, attempt, "practical", answer="See it.", file=(io.BytesIO(PDF), "plan.pdf"))
    assert done.status_code == 303
    with reading():
        [upload] = uploads_at(attempt.id, place(attempt, "practical"))
    assert kept(attempt, "practical") == (1, {"text": "See it.", "files": [upload.id]})
    page = client.get(f"/attempts/{attempt.id}?item={place(attempt, 'practical') + 1}").text
    assert f'name="file_id" value="{upload.id}" checked' in page
    assert "1 file" in client.get(f"/attempts/{attempt.id}/review").text
    post(client, attempt, "practical", revision=1, answer="See it.")
    assert kept(attempt, "practical") == (2, {"text": "See it.", "files": []})
    post(client, attempt, "practical", revision=2, answer="", file_id=upload.id)
    assert kept(attempt, "practical") == (3, {"text": "", "files": [upload.id]})


@pytest.mark.parametrize(
    ("name", "content", "status", "words"),
    [
        ("page.pdf", b"<html>", 422, "not what its name says"),
        ("page.html", b"<html>", 422, "not accepted"),
        ("plan.pdf", PDF + b" " * 1024 * 1024, 413, "up to 1 MB"),
    ],
)
def test_a_form_with_a_wrong_file_keeps_what_was_typed(
    client: FlaskClient, attempt: Attempt, name: str, content: bytes, status: int, words: str
) -> None:
    refused = post(client, attempt, "practical", answer="See it.", file=(io.BytesIO(content), name))
    assert refused.status_code == status
    assert words in refused.text
    assert "See it.</textarea>" in refused.text
    assert kept(attempt, "practical") == (0, None)


def test_an_answer_that_is_refused_keeps_no_file(client: FlaskClient, attempt: Attempt) -> None:
    for fields in ({"file_id": "999"}, {"revision": 5}, {"answer": "a" * 20_001}):
        given = {"answer": "", "file": (io.BytesIO(PDF), "plan.pdf")} | fields
        assert post(client, attempt, "practical", **given).status_code in (409, 422)
    with reading():
        assert list(uploads_at(attempt.id, place(attempt, "practical"))) == []


def test_nothing_a_candidate_can_read_holds_the_rubric(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    path, by = f"/attempts/{attempt.id}", bearer(person)
    seen = [client.get(f"{path}?item={number}&preview=1&include=rubric") for number in (1, 2, "all")]
    seen += [client.get(f"{path}/review"), client.get(f"/api/v1{path}?include=rubric&fields=key", headers=by)]
    for position in (0, 1):
        for answer in (None, "text", {"text": "a"}, {"rubric": [1]}, {"files": [1]}, 5, [0], {"points": 9}):
            body = {"answer": answer, "revision": 0}
            seen.append(client.put(f"/api/v1{path}/responses/{position}", json=body, headers=by))
        seen.append(client.get(f"/api/v1{path}/responses/{position}/files", headers=by))
    seen += [client.post(f"{path}/submit", follow_redirects=True), client.get(f"/api/v1{path}", headers=by)]
    seen += [client.get(f"{path}/receipt.json"), client.get("/exams/fundamentals")]
    assert {page.status_code for page in seen} >= {200, 409, 422}
    for page in seen:
        assert page.status_code < 500
        assert CANARY not in page.text
        assert "rubric" not in page.text.lower()


def test_a_correction_gives_full_credit_or_drops(client: FlaskClient, attempt: Attempt) -> None:
    trainer = make_staff(PersonRole.TRAINER).id
    position = place(attempt, "essay")
    for kind in (CorrectionKind.NEW_KEY, CorrectionKind.ALSO_ACCEPT):
        proposal = Proposal("compare-1", [attempt.item_ids[position]], kind, (), "It was unclear")
        with pytest.raises(BadCorrection), writing() as at:
            propose(live_exam("fundamentals"), proposal, by=trainer, at=at)
    for kind in (CorrectionKind.FULL_CREDIT, CorrectionKind.DROP):
        proposal = Proposal("compare-1", [attempt.item_ids[position]], kind, (), "It was unclear")
        with writing() as at:
            assert propose(live_exam("fundamentals"), proposal, by=trainer, at=at).key is None


def test_the_page_of_a_correction_comes_up(client: FlaskClient, attempt: Attempt) -> None:
    sign_in(client, make_staff(PersonRole.TRAINER, language="en"))
    page = client.get("/studio/exams/fundamentals/items/compare-1/correct")
    assert page.status_code == 200
    shown = client.get("/studio/exams/fundamentals/items/compare-1").text
    assert f"Names {CANARY} risks" in shown
    assert "7 points" in shown
