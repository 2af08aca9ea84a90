"""The documents say what the code does: settings, commands, and the example of every format."""

import inspect
import re
from pathlib import Path

import click
import pytest
from flask import Flask

import config

pytestmark = pytest.mark.once
DOCS = Path(__file__).parents[1] / "docs"


def test_the_table_of_settings_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", (DOCS / "operating.md").read_text(), re.MULTILINE)
    told = [(name, default.replace("`", ""), meaning) for name, default, meaning in rows]
    assert told == [(variable.name, variable.default, variable.meaning) for variable in config.VARIABLES]


def test_every_command_told_of_exists_and_every_command_is_told_of(bare_app: Flask) -> None:
    text = (DOCS / "operating.md").read_text()
    groups = "content|exams|tiers|reports|facts|credentials|log|people|tokens|keys|demo"
    told = set(re.findall(rf"`((?:{groups}) [a-z-]+|worker|verify-all)", text))
    assert told == set(_commands(bare_app))


def test_the_links_between_documents_lead_somewhere() -> None:
    root = DOCS.parent
    for document in [*root.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
            if "../media/" not in target and not target.startswith(("02-", "../../other")):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def _commands(app: Flask) -> list[str]:
    """The commands that the room cli hangs on flask, with their group."""
    names = []
    for name, command in app.cli.commands.items():
        parts = command.commands if isinstance(command, click.Group) else {}
        names += [f"{name} {part}" for part, inner in parts.items() if _is_ours(inner)]
        names += [name] if _is_ours(command) else []
    return names


def _is_ours(command: click.Command) -> bool:
    return command.callback is not None and inspect.unwrap(command.callback).__module__.startswith("app.cli.")
