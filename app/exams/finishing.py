"""Finishing a section of an attempt, by which the candidate goes on to the next one."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from app.exams.attempts import lock_for_closing
from app.exams.responses import SectionClosed, require_open
from app.exams.sections import Present, millis
from app.refusal import Refusal


class NoNextSection(Refusal):
    """The last section ends when the attempt is submitted."""

    title = _l("This is the last section")
    detail = _l("Review your answers and submit the exam.")


def finish_section(attempt_id: int, person_id: int, number: int, *, at: datetime) -> Present:
    """Go on to the section after section `number` (from 0); finishing it again changes nothing.

    Raises AttemptClosed, TimeUnsettled, OnBreak, SectionClosed where the section has not begun, and NoNextSection.
    """
    attempt = lock_for_closing(attempt_id, person_id)
    require_open(attempt, at)
    present = attempt.present(at)
    if number > present.number:
        raise SectionClosed
    if number < present.number:
        return present
    if present.is_last:
        raise NoNextSection
    attempt.section_ends = [*present.ends, millis(at - attempt.started_at)]
    return attempt.present(at)
