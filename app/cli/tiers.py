"""The commands of the standings."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from app.cli.saying import Failure, words
from app.content.schema import Language
from app.journeys.trying_rules import check_draft, instant_from, programme_of
from app.partners.ahead import ahead_json, look_ahead
from app.partners.explaining import explain_lines
from app.partners.late import Late, late_changes
from app.partners.plan_words import plan_json
from app.partners.planning import plan_for
from app.partners.programmes import participation_in, participations_of
from app.partners.rules import MAIN
from app.partners.standing import standing_lines
from app.partners.two_clocks import BadInstant, explain_as_of, explain_present, instant_of
from app.partners.what_if import count_changes, tried_json, tried_words, try_draft
from app.people.organisations import organisation_by_slug
from app.refusal import Refusal
from app.transaction import reading
from app.web.layout import in_language
from app.web.partner.foretold import forecast_lines
from app.web.partner.plan import plan_lines

tiers = AppGroup("tiers", help="The standings of the organisations, and why.")


@tiers.command("explain")
@click.argument("organisation")
@click.option("--programme", required=True, help="The programme's id.")
@click.option("--as-of", help="What was true then: a day (its end) or an instant. Without it: at --known-at.")
@click.option("--known-at", help="By what was known then. Without it: now.")
@click.option("--language", type=click.Choice(["es", "en"]), default="en")
@click.option("--json", "as_json", is_flag=True)
def explain(
    organisation: str, programme: str, as_of: str | None, known_at: str | None, language: Language, as_json: bool
) -> None:
    """The standing of an ORGANISATION and its proof: as it is kept, or of any day."""
    try:
        proof = _explained(organisation, programme, as_of, known_at)
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    if proof is None:
        raise Failure("the standing was not evaluated yet")
    if as_json:
        click.echo(json.dumps(proof, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(explain_lines(proof, language)))


@tiers.command("late")
@click.argument("organisation")
@click.option("--json", "as_json", is_flag=True)
def late(organisation: str, as_json: bool) -> None:
    """Where the history of an ORGANISATION would be another by what is known now. It is never rewritten."""
    try:
        with reading() as at:
            rows = [
                {"programme": part.programme.slug} | _late(one)
                for part in participations_of(organisation_by_slug(organisation).id)
                for one in late_changes(part, at=at)
            ]
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo("\t".join(str(value if value is not None else "-") for value in row.values()))


@tiers.command("plan")
@click.argument("organisation")
@click.option("--programme", required=True, help="The programme's id.")
@click.option("--to", "tier", required=True, help="The tier's id.")
@click.option("--ladder", default=MAIN, help="Another ladder of the programme than its tiers.")
@click.option("--language", type=click.Choice(["es", "en"]), default="en")
@click.option("--json", "as_json", is_flag=True)
def plan(organisation: str, programme: str, tier: str, ladder: str, language: Language, as_json: bool) -> None:
    """The cheapest path of an ORGANISATION to a tier; exit 1 where nothing can be done for it."""
    try:
        with reading() as at, force_locale(language):
            part = participation_in(organisation_by_slug(organisation).id, programme)
            found, rules = plan_for(part, tier, at=at, ladder=ladder), part.programme.rules
            name = next(in_language(one.name) for one in rules.tiers_of(ladder) if one.id == tier)
            lines = [*plan_lines(found, rules, name)] if found else []
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    if found is None:
        raise Failure("nothing that can be done today reaches this tier")
    asked = {"organisation": organisation, "programme": programme, "ladder": ladder}
    if as_json:
        click.echo(json.dumps(asked | plan_json(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines))


@tiers.command("forecast")
@click.argument("organisation")
@click.option("--programme", required=True, help="The programme's id.")
@click.option("--language", type=click.Choice(["es", "en"]), default="en")
@click.option("--json", "as_json", is_flag=True)
def forecast(organisation: str, programme: str, language: Language, as_json: bool) -> None:
    """What comes by itself to an ORGANISATION in the next 24 months, what keeps its tier, and on whom it depends."""
    try:
        with reading() as at, force_locale(language):
            found = look_ahead(participation_in(organisation_by_slug(organisation).id, programme), at=at)
            lines = [line for ahead in found for line in forecast_lines(ahead)]
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    if as_json:
        click.echo(json.dumps([ahead_json(ahead) for ahead in found], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines))


@tiers.command("what-if")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "day", help="From which day the rules would be in force. Without it: today.")
@click.option("--json", "as_json", is_flag=True)
def what_if(file: Path, day: str | None, as_json: bool) -> None:
    """Hold the draft of a programme's rules in FILE.yml against all its partners. Nothing is written."""
    try:
        with reading() as at:
            draft, complaints = check_draft(file.read_bytes(), file)
            for complaint in complaints:
                click.echo(str(complaint))
            if draft is None:
                raise Failure(f"{len(complaints)} errors")
            takes_effect = instant_from(_day(day), at)
            rows = []
            for row in try_draft(programme_of(draft), draft.spec, takes_effect=takes_effect, at=at):
                rows.append(tried_json(row))
                if not as_json and row.change != "same":
                    click.echo("\t".join(tried_words(row)))
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    counts = count_changes(one["change"] for one in rows)
    if as_json:
        found = {"programme": draft.spec.id, "takes_effect": takes_effect.isoformat(), "totals": counts}
        click.echo(json.dumps(found | {"partners": rows}, ensure_ascii=False, indent=2))
    else:
        click.echo(", ".join(f"{change} {number}" for change, number in counts.items()))


@tiers.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_tiers(as_json: bool) -> None:
    """Organisation and programme slugs with their standing."""
    with reading():
        lines = standing_lines()
    further: dict[tuple[str, str], dict[str, str | None]] = {}
    for line in lines:
        if line.ladder not in (None, MAIN):
            further.setdefault((line.organisation, line.programme), {})[str(line.ladder)] = line.tier
    rows: list[dict[str, Any]] = [
        {"organisation": line.organisation, "programme": line.programme, "tier": line.tier}
        | _ladders(further.get((line.organisation, line.programme)))
        for line in lines
        if line.ladder == MAIN
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        more = [f"{ladder}={tier or '-'}" for ladder, tier in row.get("ladders", {}).items()]
        click.echo("\t".join([row["organisation"], row["programme"], row["tier"] or "-", *more]))


def _explained(organisation: str, programme: str, as_of: str | None, known_at: str | None) -> dict[str, Any] | None:
    with reading() as now:
        part = participation_in(organisation_by_slug(organisation).id, programme)
        if as_of is None and known_at is None:
            return explain_present(part)
        known = instant_of(known_at, now) if known_at else now
        return explain_as_of(part, as_of=instant_of(as_of, now) if as_of else known, known_at=known, now=now)


def _ladders(further: dict[str, str | None] | None) -> dict[str, Any]:
    """The further ladders of a programme that has some."""
    return {"ladders": further} if further else {}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInstant from error


def _late(change: Late) -> dict[str, Any]:
    difference = change.commission_difference
    return {
        "ladder": change.ladder,
        "since": change.since.isoformat(),
        "until": change.until.isoformat() if change.until else None,
        "held": change.held.id if change.held else None,
        "known_now": change.known.id if change.known else None,
        "commission_points": str(difference) if difference is not None else None,
    }
