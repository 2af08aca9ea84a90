"""What every page shows around its content: the navigation, the language, the demo's banner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import format_date, format_datetime
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from app.journeys.demo_cast import DEMO_PASSWORD, DEMO_SIGN_INS
from app.people.visitors import Role
from app.transaction import now
from app.web import language
from app.web.access import may

MENU = (
    ("candidate.home", _l("Home"), "home"),
    ("candidate.courses", _l("Courses"), "book"),
    ("candidate.exams", _l("Exams"), "exam"),
    ("candidate.certificates", _l("Certificates"), "certificate"),
    ("partner.scorecard", _l("My organisation"), "tier"),
    ("partner.team", _l("Team"), "team"),
    ("trainer.studio", _l("Studio"), "studio"),
    ("admin.overview", _l("Administration"), "admin"),
)
OF_STUDENTS = frozenset({"candidate.exams", "candidate.certificates"})


@dataclass(frozen=True)
class MenuItem:
    """One entry of the navigation."""

    endpoint: str
    url: str
    label: str
    icon: str
    active: bool


def register(app: Flask) -> None:
    """Give every template what it needs."""
    app.context_processor(surroundings)
    app.add_template_filter(in_language)
    app.add_template_filter(trusted)
    app.add_template_filter(day)
    app.add_template_filter(moment)


def surroundings() -> dict[str, Any]:
    """The variables of every template."""
    return {
        "navigation": navigation(),
        "lang": language.current(),
        "languages": language.LANGUAGES,
        "demo": current_app.config["DEMO"],
        "demo_sign_ins": DEMO_SIGN_INS,
        "demo_password": DEMO_PASSWORD,
        "issuer": current_app.config["ISSUER"],
        "may": may,
        "now": now,
    }


def navigation() -> list[MenuItem]:
    """The pages that the visitor's role opens; a viewer sits no exams."""
    shown = [
        (endpoint, label, icon)
        for endpoint, label, icon in MENU
        if may(endpoint) and not (current_user.role is Role.VIEWER and endpoint in OF_STUDENTS)
    ]
    return [
        MenuItem(endpoint, url_for(endpoint), str(label), icon, _is_here(endpoint)) for endpoint, label, icon in shown
    ]


def in_language(text: Mapping[Any, str] | None) -> str:
    """The text in the page's language, or in the one it has: `{{ course.title | in_language }}`."""
    texts = text or {}
    return texts.get(language.current()) or next(iter(texts.values()), "")


def trusted(html: str | None) -> Markup:
    """HTML that the content room cleaned when it was published."""
    return Markup(html or "")  # noqa: S704


def day(value: date | datetime, style: str = "long") -> str:
    """A date in words."""
    return str(format_date(value, style))


def moment(value: datetime) -> str:
    """A date and time in words, in UTC."""
    return str(format_datetime(value, "medium"))


def _is_here(endpoint: str) -> bool:
    page = request.endpoint or ""
    families = {
        "candidate.course": "candidate.courses",
        "candidate.lesson": "candidate.courses",
        "candidate.exam": "candidate.exams",
        "candidate.result": "candidate.exams",
    }
    if endpoint in ("trainer.studio", "admin.overview"):
        return page.partition(".")[0] == endpoint.partition(".")[0]
    return families.get(page, page) == endpoint
