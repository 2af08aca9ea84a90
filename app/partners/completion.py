"""Completion: the part of the training assigned to people that is completed, held against what a programme aims at."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.extensions import db
from app.learning.assignments import COMPLETION, Assignment
from app.partners.particulars import Figure
from app.partners.programmes import Participation
from app.partners.rules import Programme

_IN_PROGRAMME = COMPLETION.where(
    Assignment.organisation_id.in_(
        select(Participation.organisation_id).where(Participation.programme_id == bindparam("programme_id"))
    )
)


class Completion(NamedTuple):
    """How many of the assigned courses are completed."""

    done: int
    assigned: int

    def meets(self, target: Figure) -> bool:
        """Whether the completed per cent lies within the bounds; nothing assigned meets nothing."""
        if not self.assigned:
            return False
        # Multiplied out, so that no rounding decides: done / assigned > 95 / 100.
        have, whole = Decimal(100 * self.done), Decimal(self.assigned)
        return (
            (target.at_least is None or have >= target.at_least * whole)
            and (target.more_than is None or have > target.more_than * whole)
            and (target.at_most is None or have <= target.at_most * whole)
            and (target.below is None or have < target.below * whole)
        )


def completion_in_programme(programme_id: int, at: datetime) -> Completion:
    """Of the people of all the organisations that take part in the programme, in one statement."""
    done, assigned = db.session.connection().execute(_IN_PROGRAMME, {"programme_id": programme_id, "at": at}).one()
    return Completion(int(done), int(assigned))


def completion_target(rules: Programme) -> Figure | None:
    """What the programme aims at, if it does: the first figure of the target with that measure."""
    return next((one.values[0] for one in rules.targets if one.measure == "training_completion"), None)
