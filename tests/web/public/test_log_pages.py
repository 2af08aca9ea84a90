"""The pages of the log: a stranger's program checks everything from what they answer, and nothing else."""

import re
import urllib.request
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.keys import LOG, rotate
from app.ledger.log import append
from app.ledger.merkle import leaf_hash, verify_consistency, verify_inclusion
from app.ledger.notes import is_signed, read_note
from app.ledger.numbering import number_leaves
from app.transaction import writing

BAD = ["x", "-1", "1.5", "", "1e3", "\N{ARABIC-INDIC DIGIT ONE}", "<script>", "9" * 19, "9" * 400, "%00", "\0"]


@pytest.fixture
def log(app: Flask) -> None:
    """Seven leaves in the log, signed at 3 and at 7, and one that waits."""
    for first, end in ((0, 3), (3, 7)):
        add(first, end)
        with writing() as at:
            number_leaves(at=at)
    add(7, 8)


def add(first: int, end: int) -> None:
    with writing() as at:
        for number in range(first, end):
            append({"kind": "pdf", "id": f"c{number}", "sha256": None}, at=at)


def asked(client: FlaskClient, path: str) -> dict[str, object]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return answer.json


def hashes(answer: dict[str, object]) -> list[bytes]:
    return [b64decode(one) for one in answer["hashes"]]


def test_the_checkpoint_is_a_note_that_the_key_of_the_log_signed(client: FlaskClient, log: None) -> None:
    answer = client.get("/log/checkpoint")
    assert answer.mimetype == "text/plain"
    note = read_note(answer.text)
    name, _, key = client.get("/log/key").text.strip().split("+", 2)
    assert (note.origin, note.size) == (name, 7)
    assert is_signed(note, [b64decode(key)[1:]])


@pytest.mark.parametrize("size", [None, 7, 6, 3])
def test_every_leaf_can_be_checked_from_the_answer_alone(client: FlaskClient, log: None, size: int | None) -> None:
    for index in range(size or 7):
        path = f"/log/proof/{index}" + (f"?size={size}" if size else "")
        found = asked(client, path)
        root = b64decode(found["root"])
        assert verify_inclusion(leaf_hash(found["leaf"].encode()), index, found["size"], hashes(found), root)
        assert (found["index"], found["size"]) == (index, size or 7)
        if size == 6:
            assert found["checkpoint"] is None
        else:
            assert read_note(found["checkpoint"]).root == root


def test_that_it_only_grew_can_be_checked_from_the_answer_alone(client: FlaskClient, log: None) -> None:
    roots = {size: b64decode(asked(client, f"/log/proof/0?size={size}")["root"]) for size in range(1, 8)}
    for first, before in roots.items():
        for second in range(first, 8):
            found = asked(client, f"/log/consistency?first={first}&second={second}")
            assert verify_consistency(first, second, before, roots[second], hashes(found))
    newest = asked(client, "/log/consistency?first=3")
    assert (newest["first"], newest["size"], read_note(newest["checkpoint"]).size) == (3, 7, 7)


def test_the_program_in_the_documents_checks_an_entry(
    client: FlaskClient, log: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[3] / "docs/verifying.md").read_text()
    program = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    with writing() as at:
        replace = rotate(LOG, at=at)
    replace()
    local = "https://certificates.example"
    monkeypatch.setattr(urllib.request, "urlopen", lambda url: BytesIO(client.get(url.removeprefix(local)).data))
    for index in range(7):
        exec(program.replace("index = ", "_, index = ").replace(f'"{local}", 0', f'"{local}", 0, {index}'), {})
        assert f'"id":"c{index}"' in capsys.readouterr().out
    bent = program.replace('found["leaf"].encode()', 'found["leaf"].encode() + b" "')
    with pytest.raises(AssertionError):
        exec(bent, {})


def test_the_leaves_are_listed_as_they_are_hashed(client: FlaskClient, log: None) -> None:
    found = asked(client, "/log/leaves?start=2&count=3")
    assert found["leaves"] == [asked(client, f"/log/proof/{n}")["leaf"] for n in (2, 3, 4)]
    assert len(asked(client, "/log/leaves")["leaves"]) == 7, "the one that waits is not in the log yet"
    assert asked(client, "/log/leaves?start=7")["leaves"] == []


def test_what_never_changes_is_kept_and_what_grows_is_asked_again(client: FlaskClient, log: None) -> None:
    kept = {path: client.get(path).headers["Cache-Control"] for path in (
        "/log/checkpoint", "/log/proof/1", "/log/leaves", "/log/consistency?first=1",
        "/log/proof/1?size=3", "/log/leaves?count=2", "/log/consistency?first=1&second=2",
    )}  # fmt: skip
    assert ["immutable" in value for value in kept.values()] == [False] * 4 + [True] * 3


@pytest.mark.parametrize(("path", "status"), [
    ("/log/proof/7", 404), ("/log/proof/99999999999999999999", 404), ("/log/proof/x", 404), ("/log/proof/-1", 404),
    ("/log/proof/3?size=3", 422), ("/log/proof/3?size=0", 422), ("/log/proof/3?size=8", 422),
    ("/log/consistency", 422), ("/log/consistency?first=0", 422), ("/log/consistency?first=5&second=4", 422),
    ("/log/consistency?first=8", 422), ("/log/consistency?first=0&second=0", 422),
    ("/log/leaves?count=0", 422), ("/log/leaves?count=1001", 422), ("/log/nothing", 404),
    *[(f"/log/proof/1?size={bad}", 422) for bad in BAD], *[(f"/log/consistency?first={bad}", 422) for bad in BAD],
    *[(f"/log/leaves?start={bad}", 422) for bad in BAD],
])  # fmt: skip
def test_a_number_that_is_none_or_not_there(client: FlaskClient, log: None, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert "script" not in answer.text and "9" * 19 not in answer.text
    assert "Cache-Control" not in answer.headers
    if status == 422:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["checkpoint", "proof/0", "consistency?first=1"])
def test_an_empty_log_has_nothing_to_prove(client: FlaskClient, path: str) -> None:
    assert client.get(f"/log/{path}").status_code == 404
    assert client.get("/log/leaves").json == {"start": 0, "leaves": []}


def test_a_page_on_another_site_may_read_it_and_nobody_may_write(client: FlaskClient, log: None) -> None:
    assert client.get("/log/checkpoint").headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.post("/log/checkpoint").status_code == 405
    assert "Set-Cookie" not in client.get("/log/checkpoint").headers
