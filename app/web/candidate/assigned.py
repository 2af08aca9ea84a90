"""Assigned courses as the person who is to study them sees them."""

from datetime import datetime

from app.learning.assignments import Line, assigned_to
from app.people.visitors import Visitor


def unfinished(asking: Visitor, at: datetime) -> list[Line]:
    """What the visitor's organisation asks of them and they have not finished, by its day."""
    lines = assigned_to(asking.id, asking.organisation.id, at) if asking.organisation else ()
    return [line for line in lines if not line.done_at]
