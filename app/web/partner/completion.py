"""How much of the assigned training is completed, beside what the organisation's programmes aim at, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from app.learning.assignments import completion_of
from app.partners.completion import Completion, completion_target
from app.partners.figures import BOUNDS
from app.partners.particulars import Figure
from app.partners.programmes import Participation
from app.web.layout import in_language
from app.web.partner.amounts import percent
from app.web.partner.terms import bound

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class Aim:
    """What a programme aims at, and whether it is met."""

    programme: str
    text: str
    met: bool


@dataclass(frozen=True)
class Trained:
    """What is completed of what is assigned; `percent` is empty where nothing is."""

    done: int
    assigned: int
    percent: str
    aims: Sequence[Aim]


def trained(organisation_id: int, parts: Sequence[Participation], at: datetime) -> Trained:
    """Of one organisation, beside what these programmes of its aim at."""
    completion = Completion(*completion_of([organisation_id], at))
    aimed = [(part, completion_target(part.programme.rules)) for part in parts]
    aims = [_aim(part, target, completion) for part, target in aimed if target]
    done, assigned = completion
    # Rounded down: all of it is 100 %, and nothing else is.
    share = percent((Decimal(100 * done) / assigned).quantize(TENTH, ROUND_DOWN)) if assigned else ""
    return Trained(done, assigned, share, aims)


def _aim(part: Participation, target: Figure, completion: Completion) -> Aim:
    stated = [(name, getattr(target, name)) for name in BOUNDS if getattr(target, name) is not None]
    text = ", ".join(bound(name, percent(figure)) for name, figure in stated)
    return Aim(in_language(part.programme.rules.title), text, completion.meets(target))
