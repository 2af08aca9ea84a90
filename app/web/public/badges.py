"""Badges for anyone and for other programs: their files, the issuer's keys, status lists, what a level stands for."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, jsonify, render_template, request

from app.canonical import canonical
from app.content.levels import LEVELS
from app.credentials import badge_files
from app.credentials.badge import achievement as achievement_of
from app.credentials.badge_art import png, svg
from app.credentials.badge_signing import own_document
from app.credentials.issuing import Credential
from app.credentials.register import credential_by_id
from app.credentials.status import status_list as signed_status_list
from app.credentials.validity import State
from app.exams.catalogue import Exam, live_exams
from app.refusal import NotFound, Refusal
from app.transaction import reading
from app.web import language
from app.web.guessing import guesses_counted
from app.web.layout import in_language
from app.web.wording import lazy_gettext as _l

FORMS: dict[str, tuple[Callable[[Credential], str | bytes], str]] = {
    "json": (badge_files.badge_json, "application/json"),
    "jwt": (badge_files.badge_token, "text/plain"),  # as Open Badges asks
    "png": (badge_files.badge_png, "image/png"),
    "svg": (badge_files.badge_svg, "image/svg+xml"),
}
PICTURES: dict[str, tuple[Callable[[str], str | bytes], str]] = {
    "svg": (svg, "image/svg+xml"),
    "png": (png, "image/png"),
}
STATUS_SECONDS, KEYS_SECONDS, PICTURE_SECONDS = 5, 300, 86_400


class BadgeWithdrawn(Refusal):
    """Its holder took it back, so that nothing of it is shown."""

    status = 410
    title = _l("This certificate was withdrawn")
    detail = _l("Its page says since when.")


class NoSuchAchievement(NotFound):
    """No certificate is of that level."""

    title = _l("There is no such level")


def badge(public_id: str, form: str) -> Response:
    """The badge of a credential as JSON, as a token or baked into its picture; what it is worth, its status tells."""
    with guesses_counted(), reading() as at:
        found = credential_by_id(public_id)
        if found.state(at) is State.WITHDRAWN:
            raise BadgeWithdrawn
        make, kind = FORMS[form]
        content = make(found)
    answer = shared(content, kind)
    answer.headers.set("Content-Disposition", "inline", filename=f"acredita-{found.code}.{form}")
    return answer


def status_list(number: int) -> Response:
    """A status list as it stands at this moment."""
    with reading() as at:
        content = signed_status_list(number, at=at)
    return shared(content, "application/vc", STATUS_SECONDS)


def did_document() -> Response:
    """The issuer's keys, to which its DID leads."""
    with reading():
        content = canonical(own_document())
    return shared(content, "application/json", KEYS_SECONDS)


def achievement(slug: str) -> str | Response:
    """What the certificate of a level stands for: a page, or JSON for a program that asks for it."""
    kind = request.accept_mimetypes.best_match(["text/html", "application/json", "application/ld+json"])
    if kind and kind != "text/html":
        return achievement_json(slug)
    exam = exam_of(slug)
    body = exam.body if exam else None
    return render_template("public/achievement.html", level=slug, exam=exam, body=body, issuers=issuers_of(exam))


def achievement_json(slug: str) -> Response:
    """The same for programs, as it stands in badges."""
    exam = exam_of(slug)
    title = in_language(exam.body["credential"]) if exam else slug.title()
    base_url = current_app.config["BASE_URL"]
    content = achievement_of(slug, title, language.current(), base_url, issuers_of(exam))
    return shared(jsonify(content).data, "application/json")


def issuers_of(exam: Exam | None) -> list[str]:
    """The service, and whoever issues jointly with it what the exam leads to."""
    return [current_app.config["ISSUER"], *(exam.body.get("issuers", ()) if exam else ())]


def picture(slug: str, form: str) -> Response:
    """The picture of a level's badge."""
    if slug not in LEVELS:
        raise NoSuchAchievement
    make, kind = PICTURES[form]
    return shared(make(slug), kind, PICTURE_SECONDS)


def exam_of(level: str) -> Exam | None:
    """The published exam that leads to a level, if there is one; raises NoSuchAchievement."""
    if level not in LEVELS:
        raise NoSuchAchievement
    with reading():
        return next((exam for exam in live_exams() if exam.level == level), None)


def shared(content: Any, kind: str, seconds: int | None = None) -> Response:
    """An answer that pages and programs of other sites may read and show, and keep for so long."""
    answer = Response(content, mimetype=kind)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if seconds is not None:
        answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    return answer
