"""Items with several fields on the pages: answered by forms alone, shown again, refused, and never given away."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from app.exams.attempts import Attempt
from app.exams.bank import read_exams
from app.exams.kinds import KINDS
from app.exams.responses import responses_of
from app.journeys.demo import right_answer
from app.people.persons import Person, PersonRole
from app.transaction import now, reading
from tests.factories import CANARY, bearer, make_exam, make_person, make_staff, sign_in, start, write_exam
from tests.web.test_leaks import alike

ITEMS = f"""\
## Match them {{#pairs-%(n)s scoring=partial}}
- *HTTP* -> `80` &lt;b
- SSH -> 22
- -> 25

> Why: {CANARY} why

## Put them in order {{#order-%(n)s scoring=partial}}
1. First step
2. Second step
3. Third step

> Why: {CANARY} why

## Complete it {{#gaps-%(n)s case=keep}}

The city is [= {CANARY} key | {CANARY} form] and

| one | two |
| --- | --- |
| [= {CANARY} other] | 5 &lt; 6 |

> Why: {CANARY} why

## How fast {{#speed-%(n)s}}
= 987654 .. 987656 km/h

> Why: {CANARY} why

## Where is it {{#where-%(n)s}}

Look closely.

![A plan of the room](../../media/canario-plan.png)

= rect 111,222 333,444

> Why: {CANARY} why

## Name it {{#exact-%(n)s accents=keep case=keep}}
= {CANARY} key %(n)s

> Why: {CANARY} why
"""
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
WRONG: dict[str, list[list[str]]] = {
    "matching": [["0"], ["0", "9"], ["x", "y"], ["0", "1", "0"], ["-1", "0"]],
    "ordering": [["0", "0", "1"], ["0", "1", "3"], ["0"]],
    "blanks": [["a" * 201, ""], ["a"], ["a", "b", "c"]],
    "hotspot": [["1", "1001"], ["a", "1"], ["1"], ["1", "2", "3"], ["1.5", "2"]],
    "numeric": [["987655 mph"], ["km/h"]],
    "short_text": [["a" * 201]],
}


@pytest.fixture
def person(client: FlaskClient) -> Person:
    candidate = make_person(language="en")
    sign_in(client, candidate)
    return candidate


@pytest.fixture
def attempt(person: Person, tmp_path: Path) -> Attempt:
    make_room(tmp_path)
    return start(person, language="en")


def make_room(root: Path) -> None:
    """An exam of these items, published."""
    media = root / "exams" / "fundamentals" / "media"
    media.mkdir(parents=True)
    (media / "canario-plan.png").write_bytes(PICTURE)
    make_exam(root, items=ITEMS, copies=1, blueprint=[{"domain": "all", "items": 6}])


def post(client: FlaskClient, attempt: Attempt, position: int, answer: Any, revision: int = 0) -> Any:
    sent = ["" if part is None else str(part) for part in (answer if isinstance(answer, list) else [answer])]
    data = {"answer": sent, "revision": revision, "go": position + 1}
    return client.post(f"/attempts/{attempt.id}/items/{position}", data=data)


def test_every_item_is_answered_by_its_form_and_shown_again(client: FlaskClient, attempt: Attempt) -> None:
    for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
        right = right_answer(item, order)
        assert post(client, attempt, position, right).status_code == 303
        page = client.get(f"/attempts/{attempt.id}?item={position + 1}").text
        shown = [f'value="{escape(part)}"' for part in (right if isinstance(right, list) else [right])]
        selected = [f"{value} selected" for value in shown]
        assert all(one in page or two in page for one, two in zip(shown, selected, strict=True)), item["kind"]
        if item["kind"] in ("matching", "ordering"):
            assert all(one in page for one in selected)
        with reading():
            answer = responses_of(attempt.id)[position].answer
        assert KINDS[item["kind"]].grade(item, answer, order) == 1


def test_a_part_of_an_answer_is_kept_and_can_be_taken_back(client: FlaskClient, attempt: Attempt) -> None:
    position = [item["kind"] for item in attempt.items].index("matching")
    post(client, attempt, position, [None, 1])
    with reading():
        assert responses_of(attempt.id)[position].answer == [None, 1]
    post(client, attempt, position, [None, None], revision=1)
    with reading():
        assert responses_of(attempt.id)[position].answer is None


def test_an_answer_of_another_shape_is_refused_on_its_page(client: FlaskClient, attempt: Attempt) -> None:
    for position, item in enumerate(attempt.items):
        for wrong in WRONG[item["kind"]]:
            refused = post(client, attempt, position, wrong)
            assert refused.status_code == 422, (item["kind"], wrong)
            assert "data-advice hidden" not in refused.text
            assert "data-advice" in refused.text
    with reading():
        assert responses_of(attempt.id) == {}


def test_nothing_a_candidate_can_read_holds_the_key(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    path = f"/attempts/{attempt.id}"
    seen = [client.get(f"{path}?item={number}").text for number in (1, 2, 3, 4, 5, 6, "all")]
    seen += [client.get(f"{path}/review").text, client.get(f"/api/v1{path}", headers=bearer(person)).text]
    for position, item in enumerate(attempt.items):
        seen += [post(client, attempt, position, wrong).text for wrong in WRONG[item["kind"]]]
        for answer in (None, [None], ["x"], [0, 1], [0, 1, 2], 5, {"key": 1}):
            body = {"answer": answer, "revision": 0}
            saved = client.put(f"/api/v1{path}/responses/{position}", json=body, headers=bearer(person))
            assert saved.status_code in (200, 409, 422)
            seen.append(saved.text)
    for text in seen:
        assert CANARY not in text
        assert not any(number in text for number in ("111,", "222,", "333,", "444]"))
        assert "98765" not in text.replace("987655 mph", "")
        assert "[=" not in text


def test_right_and_wrong_parts_are_saved_alike(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    with time_machine.travel(now() + timedelta(seconds=1), tick=False):
        for position, (item, order) in enumerate(zip(attempt.items, attempt.option_orders, strict=True)):
            right = right_answer(item, order)
            wrong = right[::-1] if isinstance(right, list) else "1" * len(right)
            path = f"/api/v1/attempts/{attempt.id}/responses/{position}"
            first, second = (
                client.put(path, json={"answer": answer, "revision": revision}, headers=bearer(person))
                for revision, answer in enumerate([right, wrong])
            )
            assert first.status_code == 200
            assert alike(first) == alike(second), item["kind"]


def test_an_item_is_shown_as_its_kind_lists_it(client: FlaskClient, person: Person, attempt: Attempt) -> None:
    items = client.get(f"/api/v1/attempts/{attempt.id}", headers=bearer(person)).json["items"]
    shown = {item["kind"]: item for item in items}
    assert shown["matching"]["prompts"] == ["<em>HTTP</em>", "SSH"]
    assert sorted(shown["ordering"]["options"]) == ["First step", "Second step", "Third step"]
    assert shown["blanks"]["stem"].count("\ufffc") == 2
    assert {name: item["shape"] for name, item in shown.items()} == {
        "matching": {"input": "list", "of": "position", "count": 2},
        "ordering": {"input": "list", "of": "position", "count": 3},
        "blanks": {"input": "list", "of": "text", "count": 2, "max_length": 200, "keep": ["case"]},
        "hotspot": {"input": "list", "of": "position", "count": 2, "highest": 1000},
        "numeric": {"input": "number", "max_length": 40, "unit": "km/h"},
        "short_text": {"input": "text", "max_length": 200, "keep": ["accents", "case"]},
    }
    assert set(json.loads(json.dumps(shown["matching"]))) == {
        "position", "kind", "stem", "options", "shape", "prompts", "case", "response",
    }  # fmt: skip


@pytest.mark.once
def test_every_kind_has_its_two_templates(app: Flask) -> None:
    held = set(app.jinja_env.list_templates())
    wanted = {f"{audience}/kinds/{kind}.html" for audience in ("candidate", "trainer") for kind in KINDS}
    assert wanted - held == set()


def test_a_trainer_sees_every_key(client: FlaskClient, tmp_path: Path) -> None:
    make_room(tmp_path)
    sign_in(client, make_staff(PersonRole.TRAINER, language="en"))
    told = {
        "pairs": ["<em>HTTP</em>", "→ <code>80</code> &lt;b", "Distractor"],
        "order": ["First step", "Third step"],
        "gaps": [f"{CANARY} key", f"{CANARY} form", f"{CANARY} other", "The city is ____ and"],
        "where": ["Rectangle from 111, 222 to 333, 444", 'alt="A plan of the room"', 'width="22.2%"'],
        "speed": ["987,654 – 987,656 km/h"],
        "exact": [f"{CANARY} key 1", "Capitals and accents count."],
    }
    for name, texts in told.items():
        page = client.get(f"/studio/exams/fundamentals/items/{name}-1").text
        assert [text for text in texts if text not in page] == []


def test_a_picture_is_served_by_a_name_that_says_nothing(client: FlaskClient, attempt: Attempt) -> None:
    position = [item["kind"] for item in attempt.items].index("hotspot")
    page = client.get(f"/attempts/{attempt.id}?item={position + 1}").text
    [name] = re.findall(r'src="/pictures/([^"]+)"', page)
    assert name == f"{hashlib.sha256(PICTURE).hexdigest()}.png"
    served = client.get(f"/pictures/{name}")
    assert (served.data, served.mimetype) == (PICTURE, "image/png")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(f"/pictures/{name}", headers={"If-None-Match": served.headers["ETag"]})
    assert again.status_code == 304
    for wrong in (name.replace(".png", ".jpg"), name[:-4], f"{'0' * 64}.png", "canario-plan.png", ".png"):
        assert client.get(f"/pictures/{wrong}").status_code == 404


def test_a_picture_is_for_those_who_signed_in(app: Flask, attempt: Attempt) -> None:
    name = f"{hashlib.sha256(PICTURE).hexdigest()}.png"
    assert app.test_client().get(f"/pictures/{name}").status_code == 302


def test_an_item_whose_picture_is_missing_is_complained_about(tmp_path: Path) -> None:
    write_exam(tmp_path, items=ITEMS, copies=1)
    told = [str(complaint) for complaint in read_exams(tmp_path)[1]]
    assert [line.partition("items/")[2] for line in told] == [
        f"{language}/all.md:38: the exam's `media/` has no sound image `canario-plan.png`" for language in ("en", "es")
    ]
