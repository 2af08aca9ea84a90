"""The rules of the house: floors, sizes, docstrings, the closed table of routes, nothing that names a machine."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from flask import Flask

from app.web.routes import ROUTES

ROOT = Path(__file__).parents[1]
FOLDERS = ("app", "bench", "proofs", "tests")
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
SOURCES = [*PYTHON, *sorted(ROOT.glob("*.py")), *sorted((ROOT / "migrations").rglob("*.py"))]
WRITTEN = (".py", ".html", ".css", ".js")
NOT_OURS = {".git", ".venv", "instance", "node_modules", "__pycache__"}
NOT_TEXT = {".mo", ".pyc", ".png", ".jpg", ".webp", ".pdf", ".gz", ".db"}
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"

Function = ast.FunctionDef | ast.AsyncFunctionDef
once = pytest.mark.once


@once
def test_imports_only_go_down_the_floors() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@once
@pytest.mark.parametrize(
    ("path", "line", "contract"),
    [
        ("app/people/persons.py", "import app.journeys.sitting", "never up"),
        ("app/ledger/deeds.py", "import app.mail.outbox", "never up"),
        ("app/partners/tiers.py", "import sqlalchemy", "rules are pure"),
        ("app/exams/kinds/numeric.py", "import app.exams.attempts", "rules are pure"),
        ("app/journeys/moving.py", "import app.transaction", "know the transaction"),
        ("app/people/persons.py", "import app.people.visitors", "in a circle"),
    ],
)
def test_a_wrong_import_is_seen(tmp_path: Path, path: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "app", tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / path).open("a") as file:
        file.write(f"\n{line}\n")
    outcome = lint_imports(tmp_path)
    assert outcome.returncode == 1
    assert re.search(rf"{contract}.* BROKEN", outcome.stdout)


@once
def test_no_import_stands_inside_a_function() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in PYTHON
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


@once
def test_every_file_says_at_its_head_what_lives_there() -> None:
    texts = {path: path.read_text("utf-8") for path in SOURCES}
    silent = [name(path) for path, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert silent == []


@once
def test_functions_are_short() -> None:
    long = [f"{name(path)}: {one.name}" for path in PYTHON for one in functions(path) if length(one) > 60]
    assert long == []
    assert median(length(one) for path in PYTHON for one in functions(path) if name(path).startswith("app/")) < 10


@once
def test_files_are_short() -> None:
    written = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in WRITTEN]
    long = [name(path) for path in written if len(path.read_text("utf-8").splitlines()) > 300]
    assert long == []


@once
def test_nothing_in_the_tree_names_this_machine() -> None:
    here = "|".join(re.escape(f"{place}/") for place in (ROOT, Path.home(), Path(sys.prefix)) if place != Path("/"))
    of_this_machine = re.compile(rf"(?<![\w.:/~-])({here})")
    found = [name(path) for path in tree(ROOT) if of_this_machine.search(path.read_text("utf-8", errors="replace"))]
    assert found == []


@once
def test_the_table_of_routes_and_the_url_map_agree(bare_app: Flask) -> None:
    served = {rule.endpoint for rule in bare_app.url_map.iter_rules()}
    assert served - set(ROUTES) == set(), "open to nobody: no line in web/routes.py"
    assert set(ROUTES) - served == set(), "in web/routes.py, and not served"


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    """The contracts of pyproject.toml held against the app of a folder."""
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(folder: Path) -> Iterator[Path]:
    """The text files of the project, without what tools leave behind."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name.endswith("_cache") or path.name == ".hypothesis":
            continue
        if path.is_dir():
            yield from tree(path)
        elif path.suffix not in NOT_TEXT:
            yield path
