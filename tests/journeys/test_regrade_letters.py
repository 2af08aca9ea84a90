"""A correction and the letters it leaves: they are sent once it is through, and keep nobody waiting."""

from pathlib import Path

import pytest
from flask import Flask

from app import worker
from app.exams.correcting import CorrectionKind
from app.journeys import regrading
from tests.factories import make_person, publish, write_exam
from tests.regrading import approve, effects, propose, sat


def test_a_batch_does_not_wait_for_the_letters_it_leaves(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_exam(tmp_path, copies=1)
    publish(tmp_path)
    monkeypatch.setattr(regrading, "PIECE", 1)
    attempts = [sat(make_person(), missing=["pick-1", "all-1"]) for _ in range(3)]
    worker.run(once=True)
    regrade = propose("pick-1", CorrectionKind.FULL_CREDIT)
    worker.run(once=True)
    before = _sent(app)
    approve(regrade)
    while len(effects(regrade, done=True)) < len(attempts):
        assert worker.work() == 1
        assert _sent(app) == before
    worker.run(once=True)
    assert _sent(app) == before + len(attempts)


def _sent(app: Flask) -> int:
    return len(list((app.config["DATA_DIR"] / "mail").glob("*.eml")))
