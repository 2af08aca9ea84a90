"""The flask commands: thin, each a call of one deed."""

import json
import sys
from pathlib import Path
from typing import TextIO

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from app import worker
from app.content.schema import Language
from app.credentials import register as credential_register
from app.credentials.validity import State
from app.exams.attempts import Attempt
from app.exams.receipts import check_receipt
from app.exams.regrading import approved_corrections, regrade_of
from app.exams.results import replays
from app.extensions import db
from app.journeys.demo import fill_demo
from app.journeys.demo_cast import DEMO_PASSWORD, DEMO_SIGN_INS
from app.journeys.invariants import verify_all
from app.journeys.publishing import publish_content, read_content
from app.journeys.regrading import go_on
from app.partners.explaining import explain_lines
from app.partners.programmes import all_participations, participation_in
from app.partners.standing import standing_in
from app.people.organisations import organisation_by_slug
from app.people.passwords import hash_password
from app.people.persons import Person, PersonRole, add_person, count_persons, person_by_email
from app.people.sign_in import disable
from app.people.tokens import Scope, create_token, revoke_tokens_of
from app.refusal import NotFound, Refusal
from app.transaction import reading, snapshot, writing

content = AppGroup("content", help="Check and publish courses, exams and programmes.")
exams = AppGroup("exams", help="Attempts and their results.")
tiers = AppGroup("tiers", help="The standings of the organisations, and why.")
credentials = AppGroup("credentials", help="The register of credentials.")
tokens = AppGroup("tokens", help="Bearer tokens for the API.")
people = AppGroup("people", help="Accounts.")
demo = AppGroup("demo", help="The demo.")


class Failure(click.ClickException):
    """What went wrong, on one line, and exit status 1."""


def register(app: Flask) -> None:
    """Hang the commands on `flask`."""
    for group in (content, exams, tiers, credentials, tokens, people, demo):
        app.cli.add_command(group)
    app.cli.add_command(work)
    app.cli.add_command(verify)


@content.command("check")
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_content(path: Path | None) -> None:
    """Lint everything; exit 1 on any error. PATH holds courses/, exams/ and programmes/."""
    root = path or current_app.config["CONTENT_DIR"]
    found = read_content(root)
    for complaint in found.complaints:
        click.echo(str(complaint))
    if found.complaints:
        raise Failure(f"{len(found.complaints)} errors")
    items = sum(len(exam.items) for exam in found.exams)
    click.echo(
        f"{len(found.courses)} courses, {len(found.exams)} exams with {items} items, {len(found.programmes)} programmes"
    )


@content.command("publish")
def publish() -> None:
    """Publish what changed; nothing at all while anything is wrong."""
    found = read_content(current_app.config["CONTENT_DIR"])
    for complaint in found.complaints:
        click.echo(str(complaint))
    if found.complaints:
        raise Failure(f"{len(found.complaints)} errors; nothing was published")
    with writing() as at:
        published = publish_content(found, at=at)
    names = [*published.courses, *published.exams, *published.programmes]
    click.echo(f"published: {', '.join(names)}" if names else "nothing has changed")


@exams.command("receipt")
@click.argument("file", type=click.File(encoding="utf-8"))
def receipt(file: TextIO) -> None:
    """Check the receipt of a submission in FILE; exit 1 unless all that it promises holds."""
    try:
        given = json.load(file)
    except ValueError as error:
        raise Failure("that is not a receipt: the file is not JSON") from error
    if not isinstance(given, dict):
        raise Failure("that is not a receipt")
    with reading():
        verdicts = list(check_receipt(given))
    for promise, holds in verdicts:
        click.echo(f"{'yes' if holds else 'NO '}  {promise}")
    if not all(holds for _, holds in verdicts):
        raise Failure("the receipt does not hold")


@exams.command("replay")
@click.argument("attempt", type=int)
def replay(attempt: int) -> None:
    """Grade ATTEMPT again from what it was given, without any file; exit 1 unless each stored result comes out."""
    with snapshot():
        found = db.session.get(Attempt, attempt)
        if found is None or found.closed_at is None:
            raise Failure(f"there is no closed attempt {attempt}")
        results = list(replays(found, approved_corrections(found.exam_id)))
    for result, holds in results:
        verdict = "passed" if result.passed else "not passed"
        told = f"result {result.number}: {result.scaled}, {verdict}"
        click.echo(told if holds else f"{told}; graded again it is another")
    if not results or not all(holds for _, holds in results):
        sys.exit(1)


@exams.command("regrade")
@click.argument("correction", type=int)
def regrade(correction: int) -> None:
    """Go on with CORRECTION to the end of its dry run or of its batch, as the worker would: after a failure, say."""
    try:
        is_more_left = True
        while is_more_left:
            with writing() as at:
                is_more_left = go_on(correction, at=at)
        with reading():
            found = regrade_of(correction)
    except Refusal as refusal:
        raise Failure(_words(refusal)) from refusal
    click.echo(f"correction {found.id} of {found.item_id}: {found.state}, {found.looked} attempts looked at")


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
        raise Failure(_words(refusal)) from refusal
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


@tokens.command("create")
@click.argument("email")
@click.option("--scope", type=click.Choice([scope.value for scope in Scope]), default=Scope.READ.value)
def create(email: str, scope: str) -> None:
    """Print a bearer token for the API that speaks for EMAIL."""
    with writing() as at:
        token = create_token(_account(email).id, Scope(scope), at=at)
    click.echo(token)


@people.command("add")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in PersonRole]), default=PersonRole.CONSULTANT.value)
@click.option("--language", type=click.Choice(["es", "en"]), default="es")
@click.password_option(help="Asked for when it is not given.")
def add(email: str, name: str, role: str, language: str, password: str) -> None:
    """Create an account: the first administrator, say."""
    try:
        secret = hash_password(password)
        with writing() as at:
            add_person(email, name, role=PersonRole(role), language=language, password_hash=secret, at=at)
    except Refusal as refusal:
        raise Failure(_words(refusal)) from refusal
    click.echo(f"{email} can sign in")


@people.command("disable")
@click.argument("email")
def disable_account(email: str) -> None:
    """Sign EMAIL out everywhere, for good: who left the vendor, say."""
    with writing() as at:
        disable(_account(email), at=at)
    click.echo(f"{email} can sign in no more")


@tokens.command("revoke")
@click.argument("email")
def revoke_tokens(email: str) -> None:
    """Revoke every token that speaks for EMAIL."""
    with writing() as at:
        count = revoke_tokens_of(_account(email).id, at=at)
    click.echo(f"{count} tokens revoked")


@demo.command("fill")
def fill() -> None:
    """Fill an empty database with the demo; one that has people is left as it is."""
    with reading():
        if count_persons():
            click.echo("the database has people in it: left as it is")
            return
    secret = hash_password(DEMO_PASSWORD)
    with writing() as at:
        fill_demo(secret, at=at)
    click.echo("the demo is filled")


@demo.command("welcome")
def welcome() -> None:
    """Say where the demo is and who to sign in as."""
    click.echo(f"\n  Acredita: {current_app.config['BASE_URL']}\n\n  Sign in as one of these, password {DEMO_PASSWORD}")
    for who in DEMO_SIGN_INS:
        click.echo(f"    {who}@demo.example")
    click.echo("\n  Stop with Ctrl+C.\n")


@click.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def work(once: bool) -> None:
    """Do what is due: mail, attempts past their deadline, standings that change. Safe to run many."""
    worker.run(once=once)


@click.command("verify-all")
def verify() -> None:
    """Check every invariant of the stored data; exit 1 if one fails."""
    with snapshot() as at:
        breaches = list(verify_all(at))
    for breach in breaches:
        click.echo(breach)
    if breaches:
        sys.exit(1)
    click.echo("all invariants hold")


def _account(email: str) -> Person:
    person = person_by_email(email)
    if person is None:
        raise Failure(f"there is no account with the e-mail {email}")
    return person


def _words(refusal: Refusal) -> str:
    with force_locale("en"):
        return ": ".join(filter(None, (str(refusal.title), str(refusal.detail))))
