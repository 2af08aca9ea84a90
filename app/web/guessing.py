"""Guessing: unknown ids answer alike, are counted by address, and are refused after too many."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from app.credentials.register import NoSuchCredential
from app.people.invitations import NoSuchInvitation
from app.people.listings import NoSuchListing
from app.people.throttling import note_try, refuse_if_spent
from app.transaction import reading, writing
from app.web.identity import address

TRIES, WINDOW = 60, timedelta(minutes=1)


@contextmanager
def guesses_counted(*, guessable: bool = False) -> Iterator[None]:
    """Look for a credential, an invitation or a partner within.

    A whole id answers whatever was guessed before; a short code waits its turn.
    """
    key = f"unknown-id:{address()}"
    if guessable:
        _refuse(key)
    try:
        yield
    except (NoSuchCredential, NoSuchInvitation, NoSuchListing):
        _refuse(key)
        with writing() as at:
            note_try(key, window=WINDOW, at=at)
        raise


def _refuse(key: str) -> None:
    with reading() as at:
        refuse_if_spent(key, limit=TRIES, window=WINDOW, at=at)
