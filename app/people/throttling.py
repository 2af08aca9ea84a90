"""Throttling: how often a thing was tried lately, counted in the database so that every process counts alike."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Slug, db, insert_or_ignore
from app.refusal import Refusal


class Throttle(Model):
    """Tries of one key in the window that began at `since`."""

    __tablename__ = "throttles"

    key: Mapped[Slug] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]


class TooManyTries(Refusal):
    """Wait for the window to end."""

    status = 429
    title = _l("Too many tries")
    detail = _l("Wait a few minutes and try again. Nothing is lost.")


def refuse_if_spent(key: str, *, limit: int, window: timedelta, at: datetime) -> None:
    """TooManyTries once `limit` tries were noted within the window."""
    throttle = db.session.get(Throttle, key)
    if throttle and throttle.since > at - window and throttle.tries >= limit:
        raise TooManyTries


def note_try(key: str, *, window: timedelta, at: datetime) -> None:
    """Count one more try of the key."""
    insert_or_ignore(Throttle, key=key, since=at, tries=0)  # of several first tries at once, one makes the row
    throttle = db.session.get_one(Throttle, key, with_for_update=True)
    if throttle.since <= at - window:
        throttle.since, throttle.tries = at, 1
    else:
        throttle.tries += 1


def forget_tries(key: str) -> None:
    """Start again from none."""
    db.session.execute(delete(Throttle).where(Throttle.key == key))


def sweep_throttles(before: datetime) -> None:
    """Forget the windows that began before an instant."""
    db.session.execute(delete(Throttle).where(Throttle.since < before))
