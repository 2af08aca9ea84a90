"""The commands of the register of credentials."""

import json

import click
from flask.cli import AppGroup

from app.credentials import register as credential_register
from app.credentials.validity import State
from app.transaction import reading

credentials = AppGroup("credentials", help="The register of credentials.")


@credentials.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--json", "as_json", is_flag=True)
def list_credentials(state: str | None, as_json: bool) -> None:
    """Public ids, one a line."""
    with reading() as at:
        found = credential_register.search(at=at, state=State(state) if state else None, sort="issued", size=None)
        rows = [
            {"id": c.public_id, "code": c.code, "level": c.level, "state": c.state(at).value} for c in found.credentials
        ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(row["id"])
