"""The commands of the standings."""

import json

import click
from flask.cli import AppGroup

from app.cli.saying import Failure, words
from app.content.schema import Language
from app.partners.explaining import explain_lines
from app.partners.programmes import all_participations, participation_in
from app.partners.standing import standing_in
from app.people.organisations import organisation_by_slug
from app.refusal import NotFound
from app.transaction import reading

tiers = AppGroup("tiers", help="The standings of the organisations, and why.")


@tiers.command("explain")
@click.argument("organisation")
@click.option("--programme", required=True, help="The programme's id.")
@click.option("--language", type=click.Choice(["es", "en"]), default="en")
@click.option("--json", "as_json", is_flag=True)
def explain(organisation: str, programme: str, language: Language, as_json: bool) -> None:
    """The standing of an ORGANISATION and its proof."""
    try:
        with reading():
            part = participation_in(organisation_by_slug(organisation).id, programme)
            standing = standing_in(part)
            proof = standing.proof if standing else None
    except NotFound as refusal:
        raise Failure(words(refusal)) from refusal
    if proof is None:
        raise Failure("the standing was not evaluated yet")
    if as_json:
        click.echo(json.dumps(proof, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(explain_lines(proof, language)))


@tiers.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_tiers(as_json: bool) -> None:
    """Organisation and programme slugs with their standing."""
    with reading():
        rows = [
            {"organisation": part.organisation.slug, "programme": part.programme.slug, "tier": standing.tier}
            for part in all_participations()
            if (standing := standing_in(part))
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['organisation']}\t{row['programme']}\t{row['tier'] or '-'}")
