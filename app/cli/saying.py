"""What the commands have in common: saying why something could not be done."""

import click
from flask_babel import force_locale

from app.refusal import Refusal


class Failure(click.ClickException):
    """What went wrong, on one line, and exit status 1."""


def words(refusal: Refusal) -> str:
    """What a rule said, in English."""
    with force_locale("en"):
        return ": ".join(filter(None, (str(refusal.title), str(refusal.detail))))
