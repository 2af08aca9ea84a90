"""Random deeds around exams against a plain model; `make prove` does many more of them."""

from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sitting_machine import Sittings

# The same deeds on every run, so that what is green stays green; to look for new ones is for `make prove`.
FEW = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_random_deeds_do_what_the_model_foresees(app: Flask, tmp_path: Path) -> None:
    Sittings.root = tmp_path
    run_state_machine_as_test(Sittings, settings=FEW)
