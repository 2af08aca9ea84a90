"""Where an onboarding stands, in words: the same for the partner's pages and for the vendor's."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.partners.checklists import Checklist, PhaseLine
from app.web.wording import gettext as _
from app.web.wording import ngettext

FOLLOWED = timedelta(days=30)  # after its time; a partner from before anybody ticked steps hears nothing of them


class Clock(NamedTuple):
    """A few words and the tone they are said in."""

    label: str
    tone: str


def clock(checklist: Checklist, at: datetime) -> Clock:
    """Finished, late, or the number of the day."""
    taken = checklist.days_taken
    if taken is not None and checklist.is_late_for_good:
        return Clock(ngettext("Finished late, in %(num)s day", "Finished late, in %(num)s days", taken), "caution")
    if taken is not None:
        return Clock(ngettext("Finished in %(num)s day", "Finished in %(num)s days", taken), "ok")
    if checklist.due and checklist.is_late(at):
        over = (at.date() - checklist.due).days + 1
        return Clock(ngettext("Late by %(num)s day", "Late by %(num)s days", over), "danger")
    if checklist.limit_days:
        return Clock(_("Day %(day)s of %(limit)s", day=checklist.day(at), limit=checklist.limit_days), "info")
    return Clock(_("Day %(day)s", day=checklist.day(at)), "neutral")


def phase_state(phase: PhaseLine, at: datetime) -> Clock | None:
    """Done, late, or nothing to say yet."""
    if phase.is_finished:
        return Clock(_("Done"), "ok")
    return Clock(_("Late"), "danger") if phase.is_late(at) else None


def is_shown(checklist: Checklist | None, at: datetime) -> bool:
    """Whether a scorecard speaks of it: it is open, and somebody follows it."""
    if checklist is None or checklist.finished_on:
        return False
    return checklist.done > 0 or checklist.due is None or at.date() < checklist.due + FOLLOWED


def words(at: datetime) -> dict[str, Any]:
    """What the templates of an onboarding call."""
    return {"clock": lambda one: clock(one, at), "phase_state": lambda phase: phase_state(phase, at), "at": at}
