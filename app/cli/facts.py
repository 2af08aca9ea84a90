"""The commands of the facts: importing a file of them, and listing those of an organisation."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale
from sqlalchemy import select

from app.cli.saying import Failure, words
from app.content.money import from_minor
from app.extensions import db
from app.journeys.importing_facts import begin_import, confirm_import, map_import, put_through_import, restored
from app.partners.fact_effects import effect_words, effects_of
from app.partners.fact_files import LARGEST, read_table
from app.partners.fact_mapping import FactMapping, own_columns
from app.partners.fact_rows import Reading, read_facts
from app.partners.facts import Fact, facts_in
from app.partners.imports import import_of, saved_mapping
from app.partners.programmes import live_programmes, programme_by_slug
from app.partners.recording import Plan, plan
from app.people.organisations import Organisation, organisation_by_slug
from app.refusal import Refusal
from app.transaction import reading, writing

facts = AppGroup("facts", help="What is known about the organisations.")


@facts.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", "name", help="A mapping of columns that was saved; without it the columns are ours.")
@click.option("--dry-run", is_flag=True, help="Say what would be recorded and change; record nothing.")
def import_file(file: Path, name: str | None, dry_run: bool) -> None:
    """Record the facts of a CSV FILE: all of them or none; a line for each row, and exit 1 if one is wrong.

    A dry run adds a line for each standing that the file would change.
    """
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)
    try:
        mapping = _mapping(content, name)
        rows = read_facts(content, mapping)
        with reading():
            planned = plan(rows, mapping)
        if planned.wrong:
            _report(file, planned)
            raise Failure(f"{planned.wrong} of {rows.rows} rows are wrong; nothing was recorded")
        if not dry_run:
            _record(file, content, mapping, rows, planned)
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    _report(file, planned)
    if dry_run:
        _foresee(planned)
    counts = ", ".join(f"{count} {outcome.value}" for outcome, count in planned.counts.items())
    click.echo(f"{rows.rows} rows: {counts or 'nothing to record'}{' (dry run: nothing was recorded)' * dry_run}")


def _mapping(content: bytes, name: str | None) -> FactMapping:
    if name is None:
        return own_columns(read_table(content).header)
    with reading():
        return restored(saved_mapping(name))


def _record(file: Path, content: bytes, mapping: FactMapping, rows: Reading, planned: Plan) -> None:
    """The facts in one transaction and the standings in pieces after it; if we are cut off, the worker goes on."""
    with writing() as at:
        import_id = begin_import(file.name, content, by=None, at=at).id
        map_import(import_id, mapping, rows, planned)
        confirm_import(import_id, rows, planned, by=None, at=at)
    is_more_left = True
    while is_more_left:
        with writing() as at:
            is_more_left = put_through_import(import_id, (rows, planned), at=at)
    with reading():
        if import_of(import_id).recorded_at is None:
            raise Failure("somebody else changed what the rows stand on; try again")


def _report(file: Path, planned: Plan) -> None:
    """A line for each row."""
    with force_locale("en"):
        lines = [(one.line, str(one)) for one in planned.complaints]
    lines += [(one.line, f"{one.line}: {one.outcome.value}") for one in planned.lines]
    click.echo("\n".join(f"{file}:{text}" for _, text in sorted(lines)))


def _foresee(planned: Plan) -> None:
    """A line for each standing that would change, as soon as it is known: there may be thousands of organisations."""
    with reading() as at:
        slugs = dict(db.session.execute(select(Organisation.id, Organisation.slug)).all())
        for effect in effects_of(planned, sorted(planned.organisations, key=slugs.__getitem__), at=at):
            click.echo(f"standing\t{effect_words(effect, slugs[effect.organisation_id])}")


@facts.command("list")
@click.argument("organisation")
@click.option("--programme", help="The programme's id.")
@click.option("--metric")
@click.option("--json", "as_json", is_flag=True)
def list_facts(organisation: str, programme: str | None, metric: str | None, as_json: bool) -> None:
    """The facts of an ORGANISATION that count now, and where each comes from."""
    try:
        with reading() as at:
            chosen = programme_by_slug(programme).id if programme else None
            titles = {one.id: one.slug for one in live_programmes()}
            found = facts_in(organisation_by_slug(organisation).id, programme_id=chosen, metric=metric, known_at=at)
            rows = [_row(fact, titles) for fact in db.session.scalars(found)]
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join("-" if cell is None else str(cell) for cell in row.values()))


def _row(fact: Fact, programmes: dict[int, str]) -> dict[str, Any]:
    value = from_minor(fact.value, fact.currency) if fact.currency else fact.value
    return {
        "id": fact.id,
        "programme": programmes.get(fact.programme_id),
        "metric": fact.metric,
        "value": str(value),
        "currency": fact.currency,
        "valid_from": fact.valid_from.isoformat(),
        "valid_to": fact.valid_to.isoformat() if fact.valid_to else None,
        "source": fact.source,
        "external_id": fact.external_id,
        "evidence": fact.evidence,
        "recorded_at": fact.recorded_at.isoformat(),
        "corrects": fact.corrects_id,
    }
