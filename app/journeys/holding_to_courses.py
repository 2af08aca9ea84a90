"""Holding programmes to what is taught: the requirements that no exam or course meets, and the training they name."""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import NamedTuple

from app.content.complaints import Complaint
from app.content.levels import levels_from
from app.learning.catalogue import LiveCourse
from app.learning.course_files import CourseFile
from app.partners.particulars import Training
from app.partners.programme_files import Keys, ProgrammeFile
from app.partners.requirements import OfPersons, OfTraining, Part


class Taught(NamedTuple):
    """A course, as much of it as a programme is held to."""

    course: str
    track: str
    area: str
    minutes: int
    required: bool


def taught_by(files: Iterable[CourseFile]) -> list[Taught]:
    """The courses of the files."""
    specs = [file.spec for file in files]
    return [Taught(one.id, one.track, one.area, one.duration_min, one.required) for one in specs]


def taught_now(courses: Iterable[LiveCourse]) -> list[Taught]:
    """The courses that stand."""
    return [Taught(one.slug, one.track, one.body["area"], one.body["duration_min"], one.required) for one in courses]


def unattainable(
    awarded: Set[str], courses: Sequence[Taught], programmes: Iterable[ProgrammeFile]
) -> Iterator[Complaint]:
    """What a programme asks of people or promises them that no exam awards and no course teaches.

    `awarded` are the levels of all exams.
    """
    for programme in programmes:
        yield from _asked(programme, awarded, courses)
        for n, one in enumerate(programme.spec.training):
            for message, keys in _promised(one, {course.course: course for course in courses}):
                yield programme.document.complain(message, "training", n, *keys)


def _asked(programme: ProgrammeFile, awarded: Set[str], courses: Sequence[Taught]) -> Iterator[Complaint]:
    taught = {(course.track, each) for course in courses if course.required for each in (course.course, None)}
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


def _promised(training: Training, courses: dict[str, Taught]) -> Iterator[tuple[str, Keys]]:
    """What is wrong with the courses that a training names, and where below it."""
    known = [courses[name] for name in training.courses if name in courses]
    for n, name in enumerate(training.courses):
        course = courses.get(name)
        if course is None:
            yield f"there is no course `{name}`", ("courses", n)
        elif training.area not in (None, course.area):
            yield f"the course `{name}` is of the area `{course.area}`, and not of `{training.area}`", ("courses", n)
        elif training.track not in (None, course.track):
            yield f"the course `{name}` is of the track `{course.track}`, and not of `{training.track}`", ("courses", n)
    minutes, hours = sum(course.minutes for course in known), training.hours
    if hours and known and len(known) == len(training.courses) and minutes < 60 * hours:
        yield f"its courses take {minutes // 60} h {minutes % 60} min together, and not {hours} h", ("hours",)
