"""Health, for whatever watches the service."""

from sqlalchemy import text

from app.extensions import db
from app.transaction import reading


def healthz() -> tuple[str, int, dict[str, str]]:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


def readyz() -> tuple[str, int, dict[str, str]]:
    """The database answers, too."""
    with reading():
        db.session.execute(text("SELECT 1"))
    return "ready\n", 200, {"Content-Type": "text/plain"}
