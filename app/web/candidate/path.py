"""The path: how a person stands before each level, and the one thing to do next."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for

from app.content.levels import LEVELS, levels_from
from app.credentials.register import Owned, longest, owned_by
from app.exams.catalogue import Exam, live_exams
from app.exams.retakes import add_months
from app.journeys.gates import Gate, gates_of
from app.learning.catalogue import LiveCourse
from app.learning.enrolling import Resume, progress_in
from app.learning.progress import CourseProgress, track_progress
from app.web.naming import LEVELS as LEVEL_NAMES
from app.web.wording import date_text
from app.web.wording import gettext as _


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
    course: LiveCourse | None = None


def next_step(rungs: Sequence[Rung], resume: Resume | None, unread: LiveCourse | None, at: datetime) -> NextStep:
    """The first of the steps that there is reason for. `rungs` rise; renewing the highest renews those it includes."""
    return next(_steps(rungs, resume, unread, at))


def _steps(rungs: Sequence[Rung], resume: Resume | None, unread: LiveCourse | None, at: datetime) -> Iterator[NextStep]:
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
    courses: Sequence[LiveCourse], progress: Mapping[int, CourseProgress], rungs: Sequence[Rung]
) -> LiveCourse | None:
    """The first course to start: of a level that is not certified yet, else any that is left."""
    certified = {rung.level for rung in rungs if rung.certified_until}
    left = [course for course in courses if not progress[course.id].complete]
    return min(left, key=lambda course: (course.track in certified, not course.required), default=None)


def rungs_of(person_id: int, courses: Sequence[LiveCourse], done: set[int], at: datetime) -> list[Rung]:
    """Every level that has courses or an exam, the lowest first."""
    exams = {exam.level: exam for exam in live_exams()}
    taught = {course.track for course in courses}
    levels = [level for level in LEVELS if level in taught or level in exams]
    return _rungs(levels, exams, person_id, courses, done, at)


def rung_of(
    person_id: int, level: str, exam: Exam | None, courses: Sequence[LiveCourse], done: set[int], at: datetime
) -> Rung:
    """One level of the path."""
    return _rungs([level], {level: exam} if exam else {}, person_id, courses, done, at)[0]


def _rungs(
    levels: Sequence[str],
    exams: Mapping[str, Exam],
    person_id: int,
    courses: Sequence[LiveCourse],
    done: set[int],
    at: datetime,
) -> list[Rung]:
    owned = owned_by(person_id, at)
    gates = gates_of(exams.values(), person_id, owned, at)
    return [_rung(level, exams.get(level), gates, owned, courses, done) for level in levels]


def _rung(
    level: str,
    exam: Exam | None,
    gates: Mapping[int, Gate],
    owned: Sequence[Owned],
    courses: Sequence[LiveCourse],
    done: set[int],
) -> Rung:
    required = [course for course in courses if course.track == level and course.required]
    progress = track_progress(progress_in(required, done).values())
    best = longest(owned, levels_from(level))
    if exam is None:
        return Rung(level, progress, certified_until=best.expires_at if best else None)
    months = exam.body["validity"]["renewal_months"]
    return Rung(
        level=level,
        progress=progress,
        exam=exam,
        gate=gates[exam.id],
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
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def _words(rung: Rung) -> Iterator[str]:
    if rung.sitting:
        yield _("Exam in progress")
    elif rung.certified_until:
        yield _("Certified until %(month)s", month=date_text(rung.certified_until, "MMM y"))
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
    return _("%(done)s of %(all)s", done=hours(progress.minutes_done), all=hours(progress.minutes))


def _hurdle(rung: Rung) -> str:
    if rung.exam_open:
        return _("exam open")
    if rung.waiting_until:
        return _("exam from %(day)s", day=date_text(rung.waiting_until))
    return ""


def _state(rung: Rung) -> str:
    if rung.certified_until:
        return "certified"
    return "locked" if rung.gate.missing_level and not rung.progress.done else "open"


def _url(rung: Rung) -> str:
    if rung.exam and (rung.exam_open or rung.sitting):
        return url_for("candidate.exam", slug=rung.exam.slug)
    return url_for("candidate.courses", _anchor=rung.level)
