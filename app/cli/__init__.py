"""The flask commands: thin, each a call of one deed."""

from flask import Flask

from app.cli.content import content
from app.cli.credentials import credentials
from app.cli.exams import exams
from app.cli.facts import facts
from app.cli.keys import keys
from app.cli.log import log
from app.cli.people import people, tokens
from app.cli.reports import reports
from app.cli.service import demo, verify, work
from app.cli.tiers import tiers


def register(app: Flask) -> None:
    """Hang the commands on `flask`."""
    for command in (content, exams, tiers, reports, facts, credentials, tokens, people, keys, log, demo, work, verify):
        app.cli.add_command(command)
