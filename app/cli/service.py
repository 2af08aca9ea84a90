"""The commands of the service: its worker, its invariants, its demo."""

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from app import worker
from app.journeys.demo import fill_demo
from app.journeys.demo_cast import DEMO_PASSWORD, DEMO_SIGN_INS
from app.journeys.invariants import verify_all
from app.people.passwords import hash_password
from app.people.persons import count_persons
from app.transaction import reading, snapshot, writing

demo = AppGroup("demo", help="The demo.")


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
