"""Trying rules: a draft read and held to what exams and courses there are, and when it would take effect."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from flask_babel import lazy_gettext as _l

from app.content.complaints import Complaint
from app.exams.catalogue import live_exams
from app.journeys.holding_to_courses import taught_now, unattainable
from app.learning.catalogue import live_courses
from app.partners.programme_files import ProgrammeFile, read_draft
from app.partners.programmes import Programme, live_programmes
from app.partners.timeline import start_of
from app.refusal import Refusal


class DraftOfNone(Refusal):
    """Rules are tried on the partners of a programme that there is."""

    status = 422
    title = _l("No published programme has the id of this file")
    detail = _l("The `id` in the file says whose rules they are.")


class TakesEffectBefore(Refusal):
    """What was is not tried anew."""

    status = 422
    title = _l("Rules take effect today or later")


def check_draft(data: bytes, path: Path) -> tuple[ProgrammeFile | None, Sequence[Complaint]]:
    """The draft, or all that is wrong with it: by itself, then beside the exams and courses that stand."""
    draft, complaints = read_draft(data, path)
    if draft is None:
        return None, complaints
    awarded = {exam.level for exam in live_exams()}
    complaints = list(unattainable(awarded, taught_now(live_courses()), [draft]))
    return (None, complaints) if complaints else (draft, [])


def programme_of(draft: ProgrammeFile) -> Programme:
    """The programme whose rules the draft states, or DraftOfNone."""
    found = next((one for one in live_programmes() if one.slug == draft.spec.id), None)
    if found is None:
        raise DraftOfNone
    return found


def instant_from(day: date | None, at: datetime) -> datetime:
    """When rules of a day take effect: at its start, and of today now. Raises TakesEffectBefore."""
    if day is None or day == at.date():
        return at
    if start_of(day) < at:
        raise TakesEffectBefore
    return start_of(day)
