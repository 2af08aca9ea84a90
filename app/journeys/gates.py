"""The gate of an exam: whether a person may start it now, and if not, all that stands in the way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.content.levels import levels_from, levels_to
from app.credentials.recognitions import Recognition, accepted_of
from app.credentials.register import Owned, longest, owned_by
from app.exams.accommodations import NOTHING, Allowance, allowance_of
from app.exams.catalogue import Exam
from app.exams.results import ResultState, Sat, sat_by
from app.exams.retakes import HeldCredential, Policy, Verdict, add_months, next_start
from app.exams.timing import ALWAYS, Window, latest_start
from app.journeys.coaching import Coaching, coaching_of
from app.learning.catalogue import Course
from app.learning.enrolling import missing_courses
from app.refusal import Refusal


@dataclass(frozen=True)
class Gate:
    """Whether a person may start an exam, and if not, all that stands in the way.

    `own` is the valid credential of the exam's own level that lasts longest (None for practice, which certifies
    nothing); `accepted` are the outside credentials that stand in for a level or a course; `awaited` is an attempt
    whose result is not final. `coaching` is what would shorten the wait, and `coached_start` from when one could start
    if all of it were done now; None where it brings nothing.
    """

    missing_courses: Sequence[Course] = ()
    missing_level: str | None = None
    accepted: Sequence[Recognition] = ()
    retake: Verdict = field(default_factory=lambda: Verdict(True, "free"))
    open_attempt: Sat | None = None
    awaited: Sat | None = None
    own: Owned | None = None
    attempts_used: int = 0
    history: Sequence[Sat] = ()
    allowance: Allowance = NOTHING
    window: Window = ALWAYS
    window_state: str = "open"
    coaching: Coaching | None = None
    coached_start: datetime | None = None

    @property
    def failures(self) -> list[tuple[datetime, Sat]]:
        """The failed attempts with the instants at which they ended, the last one last."""
        failed = [(sat.closed_at, sat) for sat in self.history if sat.closed_at and sat.failed]
        return sorted(failed, key=lambda pair: (pair[0], pair[1].id))

    @property
    def allowed(self) -> bool:
        """Nothing stands in the way of a new start."""
        return (
            not self.missing_courses
            and self.missing_level is None
            and self.awaited is None
            and self.retake.allowed
            and self.window_state == "open"
        )


class GateClosed(Refusal):
    """A course or a credential is missing."""

    title = _l("This exam is not open to you yet")
    detail = _l("Finish the required courses and hold the certificate of the level below.")


class RetakeRefused(Refusal):
    """The retake policy says not now."""

    title = _l("You cannot start this exam now")


class OutsideWindow(Refusal):
    """The exam is sat between two instants, and nobody starts who could not have the full time."""

    title = _l("This exam cannot be started now")
    detail = _l("The page of the exam says when it can.")


class ResultAwaited(Refusal):
    """The result of an earlier attempt is not final: nobody knows yet whether there is anything to retake."""

    title = _l("You cannot start this exam yet")
    detail = _l("The result of your last attempt is still being decided.")


def gate_of(exam: Exam, person_id: int, at: datetime) -> Gate:
    """What stands between the person and a start of the exam."""
    return gates_of([exam], person_id, owned_by(person_id, at), at)[exam.id]


def gates_of(exams: Iterable[Exam], person_id: int, owned: Sequence[Owned], at: datetime) -> dict[int, Gate]:
    """The gates of several exams, by the exam's id, for who has these credentials: three statements for all of them,
    one more where something is missing, and some for each that is waited for and offers a coached wait.
    """
    history, unfinished, given = sat_by(person_id), missing_courses(person_id), allowance_of(person_id, at)
    gates = {}
    accepted: Sequence[Recognition] | None = None
    for exam in exams:
        own = [sat for sat in history if sat.exam_id == exam.id]
        gate = _gate(exam.body, own, owned, unfinished, given, at)
        if gate.missing_courses or gate.missing_level:
            accepted = accepted_of(person_id, at) if accepted is None else accepted
            gate = _recognised(gate, exam.slug, accepted)
        gates[exam.id] = _coached(gate, exam.body, person_id, at) if gate.retake.reason == "waiting" else gate
    return gates


def _gate(
    body: dict[str, Any],
    history: Sequence[Sat],
    owned: Sequence[Owned],
    unfinished: Sequence[Course],
    given: Allowance,
    at: datetime,
) -> Gate:
    track, below = body["gate"]["track"], body["gate"]["credential"]
    window = _window(body, given)
    gate = Gate(
        missing_courses=[course for course in unfinished if course.track == track],
        missing_level=below if below and not longest(owned, levels_from(below)) else None,
        open_attempt=next((sat for sat in history if sat.closed_at is None), None),
        awaited=next((sat for sat in history if sat.state is ResultState.PROVISIONAL), None),
        own=None if body.get("practice") else longest(owned, (body["level"],)),
        history=history,
        allowance=given,
        window=window,
        window_state=window.state(at),
    )
    since = add_months(at, -body["retakes"]["window_months"])
    used = sum(failure > since for failure, _ in gate.failures)
    return replace(gate, attempts_used=used, retake=_retake(gate, body, at))


def _recognised(gate: Gate, slug: str, accepted: Sequence[Recognition]) -> Gate:
    """The gate without what outside credentials stand in for: all of it for the exam that they name, or else their
    level, those below it and the courses that lead there."""
    for one in accepted:
        is_whole, levels = one.exam == slug, levels_to(one.level) if one.level else ()
        courses = [course for course in gate.missing_courses if not is_whole and course.track not in levels]
        level = None if is_whole or gate.missing_level in levels else gate.missing_level
        if (len(courses), level) != (len(gate.missing_courses), gate.missing_level):
            gate = replace(gate, missing_courses=courses, missing_level=level, accepted=[*gate.accepted, one])
    return gate


def _coached(gate: Gate, body: dict[str, Any], person_id: int, at: datetime) -> Gate:
    """The gate of who waits after a failure, with what shortens the wait."""
    coaching = coaching_of(body, gate.failures[-1][1], person_id)
    promised = _retake(gate, body, at, coached_at=at)
    if coaching is None or promised == gate.retake:
        return gate
    retake = _retake(gate, body, at, coached_at=coaching.completed_at)
    return replace(gate, coaching=coaching, coached_start=promised.from_when or at, retake=retake)


def _retake(gate: Gate, body: dict[str, Any], at: datetime, coached_at: datetime | None = None) -> Verdict:
    held = HeldCredential(gate.own.expires_at) if gate.own else None
    return next_start(_policy(body, gate.allowance), [failure for failure, _ in gate.failures], held, at, coached_at)


def _policy(body: dict[str, Any], given: Allowance) -> Policy:
    policy = Policy(**body["retakes"], renewal_months=body["validity"]["renewal_months"])
    return replace(policy, limit=policy.limit + given.extra_attempts)


def _window(body: dict[str, Any], given: Allowance) -> Window:
    """As `exam.yml` states it; an exam of before there were windows has none."""
    stated = body.get("window") or {}
    opens, closes = (stated.get(end) and datetime.fromisoformat(stated[end]) for end in ("opens", "closes"))
    last = latest_start(closes, body["duration_min"], given.time_factor) if closes else None
    return Window(opens or None, last)


def require_open(gate: Gate) -> None:
    """Raises the refusal of what stands in the way."""
    if gate.missing_courses or gate.missing_level:
        raise GateClosed(
            missing_courses=[course.slug for course in gate.missing_courses], missing_level=gate.missing_level
        )
    if gate.awaited:
        raise ResultAwaited(attempt=gate.awaited.id)
    if not gate.retake.allowed:
        raise RetakeRefused(
            _l("The page of the exam says why, and when you can."),
            reason=gate.retake.reason,
            from_when=gate.retake.from_when,
        )
    if gate.window_state != "open":
        raise OutsideWindow(opens_at=gate.window.opens_at, latest_start=gate.window.latest_start)
