"""Confirming: practicals that people hand in and sessions that they attend, done when a trainer says so."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.content.versions import body_of
from app.exams.marking import read_marks
from app.extensions import db
from app.journeys.moving import reevaluate_workplaces
from app.learning.catalogue import LiveCourse, LivePart, NoSuchLesson, PartKind, contents_of, live_course, part_at
from app.learning.enrolling import confirm, lessons_done, open_lesson, progress_in, unconfirm
from app.learning.hand_ins import (
    Given,
    HandIn,
    HandInChanged,
    HandInState,
    Seen,
    WordsMissing,
    hand_in_line,
    keep_hand_in,
    return_hand_in,
    settle_hand_in,
)
from app.ledger.deeds import record
from app.mail.outbox import put
from app.people.persons import Person, PersonRole, lock_person
from app.refusal import Refusal

LETTER = "part_mail"
MOST_PEOPLE = 100
LONGEST_REASON = 500


class OwnPart(Refusal):
    """Nobody confirms what they did themselves."""

    status = 403
    title = _l("Somebody else has to confirm this")
    detail = _l("Nobody confirms a practical or a session of their own.")


class TooFewPoints(Refusal):
    """What earns less than half of the points can only be sent back."""

    status = 422
    title = _l("Less than half of the points: send it back, and say what is missing")


class NotTheirs(Refusal):
    """Somebody among the people chosen studies nothing here."""

    status = 422
    title = _l("Somebody you chose cannot be confirmed")
    detail = _l("Only consultants with an open account attend sessions. Nothing was changed; choose the people again.")


class DayAhead(Refusal):
    """A session is confirmed once it was held."""

    status = 422
    title = _l("A session is confirmed on its day or later")


class NotConfirmed(Refusal):
    """There is nothing to take back."""

    title = _l("This is not confirmed, or was taken back before")


def hand_in(person_id: int, slug: str, part_slug: str, *, said: str, link: str, seen: Seen, at: datetime) -> None:
    """The person hands in a practical, or changes what still waits; `seen` is what the page showed."""
    part = _part(live_course(slug), part_slug, PartKind.PRACTICAL)
    lock_person(person_id)
    open_lesson(person_id, part, at=at)
    kept = keep_hand_in(person_id, part.id, said=said, link=link, seen=seen, at=at)
    _tell("practical_handed_in", person_id, slug, part, person_id, at, number=kept.number)


def is_enough(marks: Sequence[int], worth: Sequence[int]) -> bool:
    """Whether the points suffice: at least half of what the rubric gives."""
    return 2 * sum(marks) >= sum(worth)


def rubric_of(version_id: int, part_slug: str) -> list[int]:
    """What each line of a practical's rubric is worth, in a version of its course."""
    found = (content for content in contents_of(body_of(version_id)) if content["slug"] == part_slug)
    worth: list[int] = next(found, {"rubric": []})["rubric"]
    return worth


def confirm_practical(
    hand_in_id: int, raw_marks: Any, words: str, *, version_id: int, revision: int, by: int, at: datetime
) -> None:
    """A trainer gives what was handed in its points, by the rubric of the version that was looked at."""
    found, course, part = _hand_in(hand_in_id, by)
    if version_id != course.version_id:
        raise HandInChanged
    worth = rubric_of(version_id, part.slug)
    marks = read_marks(raw_marks, worth)
    if not is_enough(marks, worth):
        raise TooFewPoints
    settle_hand_in(found, Given(marks, sum(worth), version_id), words, revision=revision, by=by, at=at)
    confirm(found.person_id, part, by=by, at=at)
    _tell("practical_confirmed", found.person_id, course.slug, part, by, at, number=found.number)
    _write("confirmed", found.person_id, part, at, hand_in_id=found.id)
    _look_again(course, [found.person_id], at)


def send_back(hand_in_id: int, words: str, *, revision: int, by: int, at: datetime) -> None:
    """It goes back to the person with the trainer's words; what was confirmed is confirmed no longer."""
    found, course, part = _hand_in(hand_in_id, by)
    was_confirmed = found.state is HandInState.CONFIRMED
    return_hand_in(found, words, revision=revision, by=by, at=at)
    deed = "practical_taken_back" if was_confirmed else "practical_sent_back"
    _tell(deed, found.person_id, course.slug, part, by, at, number=found.number, reason=found.words)
    _write("sent_back", found.person_id, part, at, hand_in_id=found.id)
    if was_confirmed:
        unconfirm(found.person_id, part.id)
        reevaluate_workplaces(found.person_id, at=at)


def confirm_session(
    slug: str, part_slug: str, person_ids: Collection[int], *, held_on: date, by: int, at: datetime
) -> int:
    """These people were there, all of them or nothing; returns for how many that is new."""
    course = live_course(slug)
    part = _part(course, part_slug, PartKind.SESSION)
    if held_on > at.date():
        raise DayAhead
    if by in person_ids:
        raise OwnPart
    new = [one for one in _attendants(person_ids) if confirm(one, part, by=by, at=at, held_on=held_on)]
    for person_id in new:
        _tell("session_confirmed", person_id, slug, part, by, at, held_on=held_on.isoformat())
        _write("attended", person_id, part, at)
    _look_again(course, new, at)
    return len(new)


def take_back_session(slug: str, part_slug: str, person_id: int, reason: str, *, by: int, at: datetime) -> None:
    """The person was not there after all; the reason is kept."""
    part = _part(live_course(slug), part_slug, PartKind.SESSION)
    reason = reason.replace("\0", "").strip()[:LONGEST_REASON]
    if not reason:
        raise WordsMissing
    if by == person_id:
        raise OwnPart
    lock_person(person_id)
    if not unconfirm(person_id, part.id):
        raise NotConfirmed
    _tell("session_taken_back", person_id, slug, part, by, at, reason=reason)
    _write("taken_back", person_id, part, at, reason=reason)
    reevaluate_workplaces(person_id, at=at)


def _part(course: LiveCourse, slug: str, kind: PartKind) -> LivePart:
    part, _content = part_at(course, slug)
    if part.kind is not kind:
        raise NoSuchLesson
    return part


def _hand_in(hand_in_id: int, by: int) -> tuple[HandIn, LiveCourse, LivePart]:
    line = hand_in_line(hand_in_id)
    if line.HandIn.person_id == by:
        raise OwnPart
    lock_person(line.HandIn.person_id)  # as an erasure does
    course = live_course(line.slug)
    return line.HandIn, course, _part(course, line.part, PartKind.PRACTICAL)


def _attendants(person_ids: Collection[int]) -> list[int]:
    """Consultants with an open account, held in the order of their numbers, so that nobody is erased meanwhile."""
    asked = sorted(set(person_ids))
    fit = (Person.role == PersonRole.CONSULTANT) & Person.disabled_at.is_(None)
    held = select(Person.id).where(Person.id.in_(asked), fit).order_by(Person.id).with_for_update()
    found = list(db.session.scalars(held))
    if not asked or len(asked) > MOST_PEOPLE or found != asked:
        raise NotTheirs
    return found


def _look_again(course: LiveCourse, person_ids: Collection[int], at: datetime) -> None:
    """Whoever has completed the course with it counts for where they work."""
    complete = [one for one in person_ids if progress_in([course], lessons_done(one))[course.id].complete]
    reevaluate_workplaces(*complete, at=at)


def _tell(deed: str, person_id: int, slug: str, part: LivePart, by: int, at: datetime, **detail: Any) -> None:
    record(deed, f"person:{person_id}", by=by, at=at, course=slug, part=part.slug, **detail)


def _write(news: str, person_id: int, part: LivePart, at: datetime, **more: object) -> None:
    put(LETTER, {"news": news, "person_id": person_id, "lesson_id": part.id, **more}, at=at)
