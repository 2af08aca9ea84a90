"""What every page shows around its content: the navigation, the language, the demo's banner."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, templating, url_for
from flask_login import current_user
from markupsafe import Markup

from app.exams.blueprint import form_length
from app.journeys.demo_cast import DEMO_PASSWORD, DEMO_SIGN_INS
from app.people.visitors import Role
from app.web import language
from app.web.access import may
from app.web.naming import vocabulary
from app.web.wording import date_text, gettext, instant_text
from app.web.wording import lazy_gettext as _l

MENU = (
    ("candidate.home", _l("Home"), "home"),
    ("candidate.courses", _l("Courses"), "book"),
    ("candidate.exams", _l("Exams"), "exam"),
    ("candidate.certificates", _l("Certificates"), "certificate"),
    ("partner.scorecard", _l("My organisation"), "tier"),
    ("partner.team", _l("Team"), "team"),
    ("programmes.programmes", _l("Programmes"), "ladder"),
    ("trainer.studio", _l("Studio"), "studio"),
    ("admin.overview", _l("Administration"), "admin"),
)
OF_STUDENTS = frozenset({"candidate.exams", "candidate.certificates"})
FAMILIES = {
    "candidate.course": "candidate.courses",
    "candidate.lesson": "candidate.courses",
    "candidate.exam": "candidate.exams",
    "programmes.programme": "programmes.programmes",
    "candidate.result": "candidate.exams",
    "partner.onboarding": "partner.scorecard",
    "partner.resources": "partner.scorecard",
    "partner.listing": "partner.scorecard",
    "partner.member": "partner.team",
    "partner.invitations": "partner.team",
    "partner.assignments": "partner.team",
    "partner.assign": "partner.team",
    "partner.assignment": "partner.team",
    "partner.money": "partner.scorecard",
}


class Environment(templating.Environment):
    """Flask's, with one dict of globals for all templates: none has its own, and Jinja's chain of two costs time."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


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
    app.jinja_env.globals.update(vocabulary())
    app.jinja_env.globals.update(navigation=navigation, may=may, url_for=address)
    app.jinja_env.globals.update(demo_sign_ins=DEMO_SIGN_INS, demo_password=DEMO_PASSWORD)
    app.add_template_filter(form_length)
    app.add_template_filter(in_language)
    app.add_template_filter(trusted)
    app.add_template_filter(gettext, "in_our_words")
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(last_day)


def surroundings() -> dict[str, Any]:
    """The variables of every template."""
    return {"lang": language.current(), "demo": current_app.config["DEMO"]}


def navigation() -> tuple[MenuItem, ...]:
    """The pages that the visitor's role opens; a viewer sits no exams."""
    return _navigation(current_user.role, request.endpoint or "", language.current(), request.root_path)


def address(endpoint: str, **values: Any) -> str:
    """Flask's `url_for`, whose answers are kept: the same links stand on many pages."""
    return _address(request.root_path, endpoint, tuple(values.items()))


def in_language(text: Mapping[Any, str] | None) -> str:
    """The text in the page's language, or in the one it has: `{{ course.title | in_language }}`."""
    texts = text or {}
    return texts.get(language.current()) or next(iter(texts.values()), "")


def trusted(html: str | None) -> Markup:
    """HTML that the content room cleaned when it was published."""
    return Markup(html or "")  # noqa: S704


def day(value: date | datetime, style: str = "long") -> str:
    """A date in words."""
    return date_text(value, style)


def moment(value: datetime) -> str:
    """A date and time in words, in UTC."""
    return instant_text(value)


def last_day(ends_at: datetime) -> date:
    """The day on which something still holds that ends at an instant."""
    return (ends_at - timedelta(microseconds=1)).date()


@lru_cache(4096)
def _address(root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))  # below `root`, where the application is mounted


@lru_cache(1024)
def _navigation(role: Role, page: str, spoken: str, root: str) -> tuple[MenuItem, ...]:
    """The same for everyone of a role on a page; `spoken` and `root` are what labels and addresses come out by."""
    shown = [entry for entry in MENU if may(entry[0]) and not (role is Role.VIEWER and entry[0] in OF_STUDENTS)]
    return tuple(
        MenuItem(endpoint, url_for(endpoint), str(label), icon, _is_here(endpoint, page))
        for endpoint, label, icon in shown
    )


def _is_here(endpoint: str, page: str) -> bool:
    if endpoint in ("trainer.studio", "admin.overview"):
        return page.partition(".")[0] == endpoint.partition(".")[0]
    return FAMILIES.get(page, page) == endpoint
