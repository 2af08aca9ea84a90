"""Replays: an attempt of any kind of item is graded again from the stored bytes alone, the content's files gone."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.exams.kinds import KINDS
from app.exams.responses import save_response
from app.factory import create_app
from app.journeys.demo import right_answer
from app.journeys.sitting import submit_attempt
from app.transaction import writing
from tests.conftest import settings_for
from tests.factories import make_person, publish, sit, start
from tests.item_cases import CASES, write_case


@pytest.mark.parametrize("kind", KINDS)
def test_an_attempt_is_graded_again_when_the_content_is_gone(
    app: Flask, database_url: str, tmp_path: Path, kind: str
) -> None:
    content = tmp_path / "content"
    write_case(content, kind)
    publish(content)
    passed, failed = sit(make_person()).attempt.id, sit_wrongly(kind)
    shutil.rmtree(content)
    # An application of its own, as another process would have: nothing that this one keeps in memory can help it.
    other = create_app(settings_for(database_url, tmp_path / "other") | {"CONTENT_DIR": content})
    asked = [other.test_cli_runner().invoke(args=["exams", "replay", str(one)]) for one in (passed, failed)]
    assert [answer.exit_code for answer in asked] == [0, 0]
    assert asked[0].output == "result 1: 1000, passed\n"
    assert asked[1].output.endswith(", not passed\n")


def sit_wrongly(kind: str) -> int:
    attempt = start(make_person())
    wrong = CASES[kind].wrong(right_answer(attempt.items[0], attempt.option_orders[0]))
    with writing() as at:
        save_response(attempt.id, attempt.person_id, 0, wrong, revision=0, flagged=None, at=at)
        submit_attempt(attempt.id, attempt.person_id, at=at)
    return attempt.id
