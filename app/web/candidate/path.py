"""The path: how a person stands before each level, and the one thing to do next."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _

from app.content.levels import LEVELS
from app.credentials.register import held
from app.exams.catalogue import Exam, live_exams
from app.exams.retakes import add_months
from app.journeys.sitting import Gate, gate_of
from app.learning.catalogue import Course
from app.learning.enrolling import Resume, progress_in
from app.learning.progress import CourseProgress, track_progress
from app.web.naming import LEVELS as LEVEL_NAMES


@dataclass(frozen=True)
class Rung:
    """A level as one person stands before it; without an exam it only teaches.

    `progress` counts the required courses. `certified_until` is when the valid credential of the level, or of one above
    it, ends; `renew_from` is set where it is the level's own, so that sitting this exam is what renews it.
    """

    level: str
    progress: CourseProgress
    exam: Exam | None = None
    gate: Gate = field(default_factory=Gate)
    certified_until: datetime | None = None
    renew_from: datetime | None = None

    @property
    def name(self) -> str:
        return LEVEL_NAMES[self.level]

    @property
    def sitting(self) -> bool:
        """An attempt is open."""
        return self.gate.open_attempt is not None

    @property
    def exam_open(self) -> bool:
        """The exam may be started, and would certify what no credential does yet."""
        return self.exam is not None and self.certified_until is None and self.gate.allowed

    @property
    def waiting_until(self) -> datetime | None:
        """When the exam may be taken again, where only the retake policy stands in the way."""
        studied = not self.gate.missing_courses and self.gate.missing_level is None
        return self.gate.retake.from_when if self.exam and studied and self.certified_until is None else None

    def renewable(self, at: datetime) -> bool:
        """The credential expires within the renewal window."""
        return self.renew_from is not None and self.renew_from <= at


class Now(enum.StrEnum):
    """What may come next, the most pressing first."""

    CONTINUE = "continue"
    SIT = "sit"
    RESUME = "resume"
    RENEW = "renew"
    WAIT = "wait"
    START = "start"
    DONE = "done"


@dataclass(frozen=True)
class NextStep:
    """The one answer to "what now?", with the rung, the lesson or the course it is about."""

    now: Now
    rung: Rung | None = None
    resume: Resume | None = None
    course: Course | None = None


def next_step(rungs: Sequence[Rung], resume: Resume | None, unread: Course | None, at: datetime) -> NextStep:
    """The first of the steps that there is reason for. `rungs` rise; renewing the highest renews those it includes."""
    return next(_steps(rungs, resume, unread, at))


def _steps(rungs: Sequence[Rung], resume: Resume | None, unread: Course | None, at: datetime) -> Iterator[NextStep]:
    yield from (NextStep(Now.CONTINUE, rung=rung) for rung in rungs if rung.sitting)
    yield from (NextStep(Now.SIT, rung=rung) for rung in rungs if rung.exam_open)
    if resume:
        yield NextStep(Now.RESUME, resume=resume)
    yield from (NextStep(Now.RENEW, rung=rung) for rung in reversed(rungs) if rung.renewable(at))
    yield from (NextStep(Now.WAIT, rung=rung) for rung in rungs if rung.waiting_until)
    if unread:
        yield NextStep(Now.START, course=unread)
    yield NextStep(Now.DONE)


def first_unread(
    courses: Sequence[Course], progress: Mapping[int, CourseProgress], rungs: Sequence[Rung]
) -> Course | None:
    """The first course to start: of a level that is not certified yet, else any that is left."""
    certified = {rung.level for rung in rungs if rung.certified_until}
    left = [course for course in courses if not progress[course.id].complete]
    return min(left, key=lambda course: (course.track in certified, not course.required), default=None)


def rungs_of(person_id: int, courses: Sequence[Course], done: set[int], at: datetime) -> list[Rung]:
    """Every level that has courses or an exam, the lowest first."""
    exams = {exam.level: exam for exam in live_exams()}
    taught = {course.track for course in courses}
    return [
        rung_of(person_id, level, exams.get(level), courses, done, at)
        for level in LEVELS
        if level in taught or level in exams
    ]


def rung_of(
    person_id: int, level: str, exam: Exam | None, courses: Sequence[Course], done: set[int], at: datetime
) -> Rung:
    """One level of the path."""
    required = [course for course in courses if course.track == level and course.required]
    progress = track_progress(progress_in(required, done).values())
    best = held(person_id, level, at)
    if exam is None:
        return Rung(level, progress, certified_until=best.expires_at if best else None)
    months = exam.body["validity"]["renewal_months"]
    return Rung(
        level=level,
        progress=progress,
        exam=exam,
        gate=gate_of(exam, person_id, at),
        certified_until=best.expires_at if best else None,
        renew_from=add_months(best.expires_at, -months) if best and best.level == level else None,
    )


def path_steps(rungs: Sequence[Rung]) -> list[dict[str, object]]:
    """For the figure of the path."""
    return [
        {
            "level": rung.level,
            "title": rung.name,
            "note": note(rung),
            "percent": 100 if rung.certified_until else rung.progress.percent,
            "state": _state(rung),
            "url": _url(rung),
        }
        for rung in rungs
    ]


def note(rung: Rung) -> str:
    """How far one is in a level, and what opens its exam, in a few words."""
    return " · ".join(filter(None, _words(rung)))


def hours(minutes: int) -> str:
    """`45 min`, `2 h` or `2 h 10 min`, on one line."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        words = _("%(minutes)s min", minutes=rest)
    elif not rest:
        words = _("%(hours)s h", hours=whole)
    else:
        words = _("%(hours)s h %(minutes)s min", hours=whole, minutes=rest)
    return str(words).replace(" ", "\N{NO-BREAK SPACE}")


def _words(rung: Rung) -> Iterator[str]:
    if rung.sitting:
        yield _("Exam in progress")
    elif rung.certified_until:
        yield _("Certified until %(month)s", month=format_date(rung.certified_until, "MMM y"))
    elif rung.gate.missing_level:
        yield _("Opens with %(level)s", level=LEVEL_NAMES[rung.gate.missing_level])
        yield _read(rung.progress)
    else:
        yield _read(rung.progress)
        yield _hurdle(rung)


def _read(progress: CourseProgress) -> str:
    if not progress.total:
        return ""
    if not progress.done:
        return hours(progress.minutes)
    return str(_("%(done)s of %(all)s", done=hours(progress.minutes_done), all=hours(progress.minutes)))


def _hurdle(rung: Rung) -> str:
    if rung.exam_open:
        return str(_("exam open"))
    if rung.waiting_until:
        return str(_("exam from %(day)s", day=format_date(rung.waiting_until, "medium")))
    return ""


def _state(rung: Rung) -> str:
    if rung.certified_until:
        return "certified"
    return "locked" if rung.gate.missing_level and not rung.progress.done else "open"


def _url(rung: Rung) -> str:
    if rung.exam and (rung.exam_open or rung.sitting):
        return url_for("candidate.exam", slug=rung.exam.slug)
    return url_for("candidate.courses", _anchor=rung.level)
