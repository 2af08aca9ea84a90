"""Publishing: the content folders checked as a whole and put live in one transaction, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.content.complaints import Complaint
from app.exams.bank import ExamFile, read_exams
from app.exams.catalogue import publish_exams
from app.learning.catalogue import publish_courses
from app.learning.course_files import CourseFile, read_courses
from app.ledger.deeds import record
from app.partners.programme_files import ProgrammeFile, read_programmes
from app.partners.programmes import all_participations, publish_programmes
from app.partners.standing import reevaluate_organisation
from app.refusal import N_, Refusal


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
    return Content(courses, exams, programmes, [*about_courses, *about_exams, *about_programmes])


def publish_content(content: Content, *, at: datetime) -> Published:
    """Make it the content that stands. New rules are held against every organisation at once."""
    if content.complaints:
        raise ContentBroken
    published = Published(
        publish_courses(content.courses, at=at),
        publish_exams(content.exams, at=at),
        publish_programmes(content.programmes, at=at),
    )
    if published.programmes:
        for organisation_id in sorted({part.organisation_id for part in all_participations()}):
            reevaluate_organisation(organisation_id, at=at)
    names = [*published.courses, *published.exams, *published.programmes]
    if names:
        record("content_published", "content", by=None, at=at, names=names)
    return published
