"""The commands of the register of credentials."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app.credentials import register as credential_register
from app.credentials.checks import Verdict
from app.credentials.validity import State
from app.credentials.verification import LARGEST, Report
from app.credentials.verification import verify as verify_document
from app.transaction import reading

credentials = AppGroup("credentials", help="The register of credentials.")


@credentials.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--json", "as_json", is_flag=True)
def list_credentials(state: str | None, as_json: bool) -> None:
    """Public ids, one a line."""
    with reading() as at:
        wanted = credential_register.Wanted(state=State(state) if state else None)
        found = credential_register.search(wanted, at=at, sort="issued", size=None)
        rows = [
            {"id": c.public_id, "code": c.code, "level": c.level, "state": c.state(at).value} for c in found.credentials
        ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(row["id"])


@credentials.command("verify")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def verify(files: tuple[Path, ...], as_json: bool) -> None:
    """Check FILES: certificates (PDF) and badges (JSON, JWT, PNG, SVG); exit 1 unless every check of each holds."""
    with reading() as at:
        found = [(path, verify_document(_beginning(path), at=at)) for path in files]
    if as_json:
        click.echo(json.dumps([_as_json(path, report) for path, report in found], indent=2))
    else:
        click.echo("\n".join(line for path, report in found for line in _lines(path, report)))
    if not all(report.holds for _, report in found):
        sys.exit(1)


def _beginning(path: Path) -> bytes:
    """As much of a file as shows that it is too large."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _lines(path: Path, report: Report) -> list[str]:
    marks = {Verdict.HOLDS: "yes", Verdict.FAILS: "NO ", Verdict.UNKNOWN: "?  "}
    lines = [f"  {marks[check.verdict]}  {check.name}  {check.detail}".rstrip() for check in report.checks]
    return [f"{path}: {'holds' if report.holds else 'does not hold'}", *lines]


def _as_json(path: Path, report: Report) -> dict[str, Any]:
    return {"file": str(path), "holds": report.holds, "checks": [check.as_json() for check in report.checks]}
