"""What the home page names as the next step, and the words of the path."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.exams.catalogue import Exam
from app.exams.results import Sat
from app.exams.retakes import Verdict
from app.journeys.gates import Gate
from app.learning.catalogue import LiveCourse, LivePart, PartKind
from app.learning.enrolling import Resume
from app.learning.progress import CourseProgress
from app.web.candidate.path import NextStep, Now, Rung, first_unread, hours, next_step, note

AT = datetime(2026, 6, 1, 9, tzinfo=UTC)
HALF, ALL, NONE = CourseProgress(1, 2, 30, 60), CourseProgress(2, 2, 60, 60), CourseProgress(0, 2, 0, 60)
LESSON = LivePart(id=1, course_id=1, slug="01-one", kind=PartKind.LESSON, position=0, duration_min=30)
COURSE = LiveCourse(id=1, slug="basics", track="fundamentals", required=True, version_id=1, parts=[LESSON])
RESUME = Resume(COURSE, LESSON)
UNREAD = LiveCourse(id=2, slug="more", track="advanced", required=True, version_id=2, parts=[LESSON])


def rung(level: str = "fundamentals", **changes: object) -> Rung:
    """A level whose courses are half read, so that its exam is still shut."""
    given = {"progress": HALF, "exam": Exam(slug=level, level=level), "gate": Gate(missing_courses=[COURSE])}
    return Rung(level, **(given | changes))  # type: ignore[arg-type]


SITTING = rung(
    "expert",
    gate=Gate(open_attempt=Sat(7, exam_id=3, deadline_at=AT, closed_at=None, start_key=None, passed=None, state=None)),
)
OPEN = rung(progress=ALL, gate=Gate())
DUE = rung(certified_until=AT + timedelta(days=90), renew_from=AT - timedelta(days=90))
WAITING = rung("advanced", gate=Gate(retake=Verdict(False, "waiting", AT + timedelta(days=3))))
CERTIFIED = rung(certified_until=AT + timedelta(days=600), renew_from=AT + timedelta(days=420))


def test_each_reason_gives_way_to_the_more_pressing_ones() -> None:
    everything = [OPEN, DUE, WAITING, SITTING]
    assert next_step(everything, RESUME, UNREAD, AT) == NextStep(Now.CONTINUE, rung=SITTING)
    assert next_step(everything[:3], RESUME, UNREAD, AT) == NextStep(Now.SIT, rung=OPEN)
    assert next_step([DUE, WAITING], RESUME, UNREAD, AT) == NextStep(Now.RESUME, resume=RESUME)
    assert next_step([DUE, WAITING], None, UNREAD, AT) == NextStep(Now.RENEW, rung=DUE)
    assert next_step([WAITING], None, UNREAD, AT) == NextStep(Now.WAIT, rung=WAITING)
    assert next_step([CERTIFIED], None, UNREAD, AT) == NextStep(Now.START, course=UNREAD)
    assert next_step([CERTIFIED], None, None, AT) == NextStep(Now.DONE)


def test_an_exam_that_certifies_nothing_new_is_no_next_step() -> None:
    retakable = rung(progress=ALL, gate=Gate(), certified_until=AT + timedelta(days=600))
    assert next_step([retakable], None, None, AT).now is Now.DONE


def test_of_several_certificates_that_expire_the_highest_is_renewed() -> None:
    higher = rung("advanced", certified_until=AT + timedelta(days=120), renew_from=AT)
    assert next_step([DUE, higher], None, None, AT).rung is higher


@pytest.mark.parametrize(("renew_from", "now"), [(AT, Now.RENEW), (AT + timedelta(seconds=1), Now.DONE)])
def test_the_renewal_begins_when_its_window_opens(renew_from: datetime, now: Now) -> None:
    held = rung(certified_until=AT + timedelta(days=180), renew_from=renew_from)
    assert next_step([held], None, None, AT).now is now


def test_what_stands_before_a_level_is_not_waited_for() -> None:
    verdict = Verdict(False, "waiting", AT + timedelta(days=3))
    gated = rung(gate=Gate(missing_level="fundamentals", retake=verdict))
    assert next_step([gated], None, None, AT).now is Now.DONE


def test_the_first_course_to_start_is_a_required_one_of_a_level_not_certified_yet() -> None:
    extra = replace(UNREAD, id=3, slug="extra", required=False)
    progress = {1: NONE, 2: NONE, 3: NONE}
    certified = rung(certified_until=AT + timedelta(days=600))
    assert first_unread([COURSE, extra, UNREAD], progress, [rung()]) is COURSE
    assert first_unread([COURSE, extra, UNREAD], progress, [certified]) is UNREAD
    assert first_unread([COURSE, extra, UNREAD], progress | {2: ALL, 3: ALL}, [certified]) is COURSE
    assert first_unread([COURSE], {1: ALL}, [rung()]) is None


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (rung(progress=NONE), "1 h"),
        (rung(), "30 min of 1 h"),
        (OPEN, "1 h of 1 h · exam open"),
        (CERTIFIED, "Certified until Jan 2028"),
        (SITTING, "Exam in progress"),
        (WAITING, "30 min of 1 h · exam from Jun 4, 2026"),
        (rung("advanced", progress=NONE, gate=Gate(missing_level="fundamentals")), "Opens with Fundamentals · 1 h"),
    ],
)
def test_the_words_of_a_level(app: Flask, level: Rung, words: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert note(level).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(("minutes", "words"), [(0, "0 min"), (45, "45 min"), (120, "2 h"), (130, "2 h 10 min")])
def test_hours_stay_on_one_line(app: Flask, minutes: int, words: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert hours(minutes) == words.replace(" ", "\N{NO-BREAK SPACE}")
