"""The commands of the accounts and their tokens."""

import click
from flask.cli import AppGroup

from app.cli.saying import Failure, words
from app.journeys.erasing import erase
from app.people.erasures import done_erasures
from app.people.passwords import hash_password
from app.people.persons import Person, PersonRole, add_person, person_by_email
from app.people.sign_in import disable
from app.people.tokens import Scope, create_token, revoke_tokens_of
from app.refusal import Refusal
from app.transaction import reading, writing

people = AppGroup("people", help="Accounts.")
tokens = AppGroup("tokens", help="Bearer tokens for the API.")


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
        raise Failure(words(refusal)) from refusal
    click.echo(f"{email} can sign in")


@people.command("disable")
@click.argument("email")
def disable_account(email: str) -> None:
    """Sign EMAIL out everywhere, for good: who left the vendor, say."""
    with writing() as at:
        disable(_account(email), at=at)
    click.echo(f"{email} can sign in no more")


@people.command("erase")
@click.argument("who")
@click.option("--reason", required=True, help="It stays, so it names nobody: a reference to the request is enough.")
@click.confirmation_option(prompt="Nobody can bring the person back. Go on?")
def erase_person(who: str, reason: str) -> None:
    """Erase the person WHO, an e-mail or a number, for good: of all that is known the number is left."""
    try:
        with writing() as at:
            person_id = int(who) if who.isdecimal() else _account(who).id
            erase(person_id, reason=reason, by=None, at=at)
    except Refusal as refusal:
        raise Failure(words(refusal)) from refusal
    click.echo(f"person {person_id} is erased")


@people.command("erasures")
def erasures() -> None:
    """Print the numbers of those who were erased: to be erased again after a backup was restored."""
    with reading():
        for erasure in done_erasures():
            click.echo(f"{erasure.person_id}\t{erasure.erased_at:%Y-%m-%d}\t{erasure.reason}")


@tokens.command("revoke")
@click.argument("email")
def revoke_tokens(email: str) -> None:
    """Revoke every token that speaks for EMAIL."""
    with writing() as at:
        count = revoke_tokens_of(_account(email).id, at=at)
    click.echo(f"{count} tokens revoked")


def _account(email: str) -> Person:
    person = person_by_email(email)
    if person is None:
        raise Failure(f"there is no account with the e-mail {email}")
    return person
