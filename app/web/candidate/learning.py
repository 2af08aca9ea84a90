"""Learning: the catalogue by track, a course, and a lesson with the place where one left off."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.exams.catalogue import live_exams
from app.journeys.rereading import NotAskedFor, chance_of, study_again
from app.journeys.studying import study, take_back
from app.learning.catalogue import LiveCourse, LivePart, PartKind, live_course, live_courses, medium_of, part_at
from app.learning.enrolling import lessons_done, next_part, open_lesson, place_in, progress_in
from app.learning.hand_ins import studied
from app.learning.rereading import ReadTooFast
from app.transaction import reading, writing
from app.web.access import may
from app.web.candidate.assigned import unfinished
from app.web.candidate.parts import show_part
from app.web.candidate.path import rung_of, rungs_of
from app.web.identity import visitor
from app.web.lists import asked_choice
from app.web.naming import AREAS
from app.web.part_texts import parts_of, spoken_in
from app.web.wording import gettext as _

IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # an SVG may colour itself, and do nothing else


def courses() -> str:
    """Every track with its courses, how far one is, and the exam it leads to."""
    person_id, area = visitor().id, asked_choice("area", AREAS)
    with reading() as at:
        found, done = live_courses(), lessons_done(person_id)
        return render_template(
            "candidate/courses.html",
            rungs=rungs_of(person_id, found, done, at),
            courses=[course for course in found if area in ("", course.body["area"])],
            progress=progress_in(found, done),
            assigned=unfinished(visitor(), at),
            area=area,
            at=at,
        )


def course(slug: str) -> str:
    """What a course teaches, its parts, and where to go on; once it is finished, what stands before the exam."""
    person_id = visitor().id
    with reading() as at:
        found = live_course(slug)
        done, handed = studied(person_id)
        progress = progress_in([found], done)[found.id]
        place = place_in(person_id, found)
        exam = next((exam for exam in live_exams() if exam.level == found.track), None)
        before = found.body["prerequisites"]
        track = live_courses(found.track) if progress.complete else ()
        return render_template(
            "candidate/course.html",
            course=found,
            parts=parts_of(found),
            hand_ins=handed,
            done=done,
            progress=progress,
            assigned=next((one for one in unfinished(visitor(), at) if one.course_id == found.id), None),
            at=at,
            begun=place is not None,
            resume=next_part(found, done, place),
            prerequisites=[live for live in live_courses() if live.slug in before] if before else (),
            exam=exam,
            rung=rung_of(person_id, found.track, exam, track, done, at) if progress.complete else None,
        )


def lesson(slug: str, lesson_slug: str) -> str:
    """The text of a lesson, or another part of the course. Opening it remembers the place, for those who study."""
    person_id = visitor().id
    with reading() as at:
        found = live_course(slug)
        opened, content = part_at(found, lesson_slug)
        chance = chance_of(person_id, found, opened, at) if may("candidate.reread_lesson") else None
        place, done = place_in(person_id, found), lessons_done(person_id)
        parts = parts_of(found)
    if request.method == "GET" and place != opened.id and _studies():
        with writing() as at:
            open_lesson(person_id, opened, at=at)
    if opened.kind is not PartKind.LESSON:
        return show_part(found, opened, content)
    spoken = spoken_in(content["texts"])
    here = opened.position
    return render_template(
        "candidate/lesson.html",
        course=found,
        lesson=opened,
        chance=chance,
        at=at,
        text=content["texts"][spoken],
        spoken=spoken,
        parts=parts,
        here=here,
        previous=parts[here - 1] if here else None,
        following=parts[here + 1] if here + 1 < len(parts) else None,
        done=done,
        progress=progress_in([found], done)[found.id],
    )


def finish_lesson(slug: str, lesson_slug: str) -> BaseResponse:
    """The lesson is done: on to the next that is not, or back to the course when it is complete."""
    person_id = visitor().id
    with writing() as at:
        found = live_course(slug)
        finished, _content = part_at(found, lesson_slug)
        following = lesson_after(found, finished, study(person_id, found, finished, at=at))
    if following:
        return redirect(url_for("candidate.lesson", slug=slug, lesson_slug=following.slug), 303)
    flash(_("You have finished this course."), "success")
    return redirect(url_for("candidate.course", slug=slug), 303)


def reopen_lesson(slug: str, lesson_slug: str) -> BaseResponse:
    """The lesson is not done after all."""
    with writing() as at:
        take_back(visitor().id, part_at(live_course(slug), lesson_slug)[0], at=at)
    return redirect(url_for("candidate.lesson", slug=slug, lesson_slug=lesson_slug), 303)


def reread_lesson(slug: str, lesson_slug: str) -> BaseResponse:
    """The lesson was studied again, which shortens the wait of an exam."""
    try:
        with writing() as at:
            found = live_course(slug)
            study_again(visitor().id, found, part_at(found, lesson_slug)[0], at=at)
    except ReadTooFast as refusal:
        flash(f"{refusal.title}. {refusal.detail}", "warning")
    except NotAskedFor as refusal:
        flash(f"{refusal.title}.", "warning")
    else:
        flash(_("This lesson counts as studied again."), "success")
    return redirect(url_for("candidate.lesson", slug=slug, lesson_slug=lesson_slug), 303)


def medium(slug: str, name: str) -> BaseResponse:
    """An image of a course; the browser asks again each time, and is sent it again only when it has changed."""
    with reading():
        found = medium_of(live_course(slug), name)
    response = Response(found.body, mimetype=found.media_type)
    response.headers["Content-Security-Policy"] = IMAGE_POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(found.hash)
    return response.make_conditional(request)


def lesson_after(course: LiveCourse, lesson: LivePart, done: set[int]) -> LivePart | None:
    """The next part that is not done, starting over from the first; None when all are."""
    left = [one for one in course.parts if one.id not in done]
    return next((one for one in left if one.position > lesson.position), left[0] if left else None)


def _studies() -> bool:
    return may("candidate.finish_lesson") and bool(current_user.may_write)
