"""Publishing: the content folders checked as a whole and put live in one transaction, or not at all."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.content.complaints import Complaint
from app.content.levels import levels_from
from app.credentials.typesetting import SANS, SERIF_BOLD, MissingGlyph, choose_face, tidy
from app.exams.bank import ExamFile, read_exams
from app.exams.bank_checks import practice_apart, unknown_lessons
from app.exams.catalogue import publish_exams
from app.learning.catalogue import publish_courses
from app.learning.course_files import CourseFile, read_courses
from app.ledger.deeds import record
from app.mail.outbox import Lane, put
from app.partners.evaluating import reevaluate_organisation
from app.partners.programme_files import ProgrammeFile, read_programmes
from app.partners.programmes import live_programmes, publish_programmes
from app.partners.requirements import OfPersons, OfTraining, Part
from app.partners.rollouts import begin_rollout, end_rollout, next_organisations, rollout_of, step_past
from app.partners.training import asks_for_training
from app.refusal import N_, Refusal

ROLL_OUT = "roll_out"
LOOK_AT = "look_at"
PIECE = 50  # organisations of one turn of the worker, each in a transaction of its own


@dataclass(frozen=True)
class Content:
    """What the three folders hold, and all that is wrong with it."""

    courses: Sequence[CourseFile]
    exams: Sequence[ExamFile]
    programmes: Sequence[ProgrammeFile]
    complaints: Sequence[Complaint]


@dataclass(frozen=True)
class Published:
    """The ids of what is new or changed."""

    courses: Sequence[str]
    exams: Sequence[str]
    programmes: Sequence[str]


class ContentBroken(Refusal):
    """Nothing is published while anything is wrong."""

    status = 422
    title = N_("The content has errors")


def read_content(root: Path) -> Content:
    """Read and check courses/, exams/ and programmes/ below a folder."""
    courses, about_courses = read_courses(root)
    exams, about_exams = read_exams(root)
    programmes, about_programmes = read_programmes(root)
    complaints = [*about_courses, *about_exams, *_unprintable(root, exams), *practice_apart(exams), *about_programmes]
    complaints += unknown_lessons(exams, courses) if not about_courses else []
    sound = exams and courses and not about_courses and not about_exams
    awarded = {exam.spec.level for exam in exams if not exam.spec.practice}
    taught = {(course.spec.track, course.spec.id) for course in courses if course.spec.required}
    complaints += unattainable(awarded, taught, programmes) if sound else []
    return Content(courses, exams, programmes, complaints)


def unattainable(
    awarded: Set[str], courses: Set[tuple[str, str]], programmes: Iterable[ProgrammeFile]
) -> Iterator[Complaint]:
    """What a programme asks of people that no exam awards and no course teaches.

    `awarded` are the levels of all exams, `courses` the tracks and ids of all that are required.
    """
    taught = {(track, each) for track, course in courses for each in (course, None)}
    for programme in programmes:
        for one, keys in programme.places():
            counted = one.of if isinstance(one, Part) else one
            if isinstance(counted, OfPersons) and counted.level and not awarded & _enough(counted, counted.level):
                yield programme.document.complain(f"no exam awards the level `{counted.level}`", *keys, "level")
            if isinstance(counted, OfTraining) and (counted.track, counted.course) not in taught:
                name = f" `{counted.course}`" if counted.course else ""
                message = f"the track `{counted.track}` has no required course{name}"
                yield programme.document.complain(message, *keys, "course" if counted.course else "track")


def _enough(asked: OfPersons, level: str) -> set[str]:
    return {level} if asked.exactly else set(levels_from(level))


def _unprintable(root: Path, exams: Sequence[ExamFile]) -> Iterator[Complaint]:
    """What a certificate could not print is said before anyone sits the exam for it."""
    for exam in exams:
        for text in (*exam.spec.credential.values(), *exam.spec.issuers):
            try:
                choose_face(tidy(text), (SERIF_BOLD, SANS))
            except MissingGlyph as missing:
                file, letter = root / "exams" / exam.spec.id / "exam.yml", missing.facts["character"]
                yield Complaint(file, 1, f"the certificate cannot print `{letter}` of `{text}`")


def publish_content(content: Content, *, at: datetime) -> Published:
    """Make it the content that stands. The worker holds new rules against the organisations, one after the other."""
    if content.complaints:
        raise ContentBroken
    published = Published(
        publish_courses(content.courses, at=at),
        publish_exams(content.exams, at=at),
        publish_programmes(content.programmes, at=at),
    )
    to_look_at = {*published.programmes, *(_counting_courses() if published.courses else ())}
    if to_look_at:
        rollout_id = begin_rollout(to_look_at, at=at)
        if rollout_id:
            put(ROLL_OUT, {"rollout_id": rollout_id}, at=at, lane=Lane.BATCH)
    names = [*published.courses, *published.exams, *published.programmes]
    if names:
        record("content_published", "content", by=None, at=at, names=names)
    return published


def _counting_courses() -> list[str]:
    """The programmes whose standings change with the courses."""
    return [one.slug for one in live_programmes() if asks_for_training(one.version_id)]


def waiting_organisations(rollout_id: int, *, at: datetime) -> Sequence[int]:
    """The next organisations to hold new rules against; none means that the rollout is over."""
    waiting = next_organisations(rollout_of(rollout_id), PIECE)
    if not waiting:
        end_rollout(rollout_id, at=at)
    return waiting


def hold_new_rules(rollout_id: int, organisation_id: int, *, at: datetime) -> None:
    """Look at one organisation by the new rules; whoever was first did it, and nobody does it twice."""
    if step_past(rollout_id, organisation_id):
        reevaluate_organisation(organisation_id, at=at)


def put_off(rollout_id: int, organisation_id: int, *, at: datetime) -> None:
    """One that fails waits by itself, with its error, and keeps no other waiting."""
    if step_past(rollout_id, organisation_id):
        put(LOOK_AT, {"organisation_id": organisation_id}, at=at, lane=Lane.BATCH)
