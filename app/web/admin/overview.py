"""The overview: how much there is of everything, what waits, and what was done lately."""

from flask import render_template
from sqlalchemy import func, select

from app.credentials.register import count_by_state
from app.extensions import db
from app.ledger.deeds import latest_deeds
from app.mail.outbox import count_waiting, dead_tasks
from app.partners.rollouts import running_rollouts
from app.partners.standing import Standing
from app.people.organisations import Organisation
from app.people.persons import count_persons
from app.transaction import reading
from app.web.admin.deeds import in_words

SHOWN = 20


def overview() -> str:
    """The tiles and the latest lines of the ledger."""
    with reading() as at:
        return render_template(
            "admin/overview.html",
            people=count_persons(),
            organisations=db.session.scalar(select(func.count(Organisation.id))) or 0,
            at_risk=count_at_risk(),
            credentials=count_by_state(at),
            waiting=count_waiting(),
            dead=dead_tasks(),
            rollouts=running_rollouts(),
            lines=in_words(latest_deeds(SHOWN)),
            at=at,
        )


def count_at_risk() -> int:
    """How many standings are at risk."""
    at_risk = select(func.count(Standing.id)).where(Standing.until.is_(None), Standing.at_risk_since.is_not(None))
    return db.session.scalar(at_risk) or 0
