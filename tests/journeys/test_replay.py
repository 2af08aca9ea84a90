"""Replays: an attempt of any kind of item is graded again from the stored bytes alone, the content's files gone."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from app.exams.kinds import KINDS
from app.exams.responses import save_response
from app.factory import create_app
from app.journeys.sitting import submit_attempt
from app.transaction import writing
from tests.conftest import settings_for
from tests.factories import make_person, publish, start
from tests.item_cases import CASES, write_case


@pytest.mark.parametrize("kind", KINDS)
def test_an_attempt_is_graded_again_when_the_content_is_gone(app: Flask, tmp_path: Path, kind: str) -> None:
    content = tmp_path / "content"
    write_case(content, kind)
    publish(content)
    right, wrong = sit_with(kind, 0), sit_with(kind, 1)
    shutil.rmtree(content)
    # An application of its own, as another process would have: nothing that this one keeps in memory can help it.
    other = create_app(
        settings_for(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path / "other") | {"CONTENT_DIR": content}
    )
    asked = [other.test_cli_runner().invoke(args=["exams", "replay", str(one)]) for one in (right, wrong)]
    assert [answer.exit_code for answer in asked] == [0, 0]
    assert all(answer.output.startswith("result 1: ") for answer in asked)
    if not CASES[kind].rated:
        assert asked[0].output == "result 1: 1000, passed\n"
        assert asked[1].output.endswith(", not passed\n")


def sit_with(kind: str, which: int) -> int:
    """An attempt that gave the right answer (0) or a wrong one (1)."""
    attempt = start(make_person())
    answer = CASES[kind].answers(attempt)[which]
    with writing() as at:
        save_response(attempt.id, attempt.person_id, 0, answer, revision=0, flagged=None, at=at)
        submit_attempt(attempt.id, attempt.person_id, at=at)
    return attempt.id
