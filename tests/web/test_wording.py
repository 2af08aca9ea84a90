"""Wording: pages speak the language of each request, as Flask-Babel would, in one process for all."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import flask_babel
import pytest
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import force_locale
from markupsafe import Markup

from app.web import language, wording
from tests.factories import make_exam, make_person, sign_in, start

CATALOGUE = wording.CATALOGUES / "es" / "LC_MESSAGES" / "messages.po"
NIGHT = datetime(2026, 3, 1, 2, 30, 15, tzinfo=UTC)
IN_BOGOTA = NIGHT.astimezone(timezone(timedelta(hours=-5)))


@pytest.fixture(params=language.LANGUAGES)
def spoken(request: pytest.FixtureRequest, app: Flask) -> Iterator[str]:
    """A request in each language."""
    with app.test_request_context(headers={"Accept-Language": "xx"}), force_locale(request.param):
        yield request.param


def test_every_text_is_the_one_of_the_catalogue(spoken: str) -> None:
    with CATALOGUE.open("rb") as file:
        found = [message for message in read_po(file) if message.id]
    assert len(found) > 500
    for message in found:
        if isinstance(message.id, tuple):
            for num in (0, 1, 2):
                values = dict.fromkeys(re.findall(r"%\((\w+)\)", "".join(message.id)), "x") | {"num": num}
                expected = flask_babel.ngettext(*message.id, **values)
                assert wording.ngettext(*message.id, **values) == expected
                assert wording.plural_markup(*message.id, **values) == expected
        else:
            assert wording.gettext(message.id) == flask_babel.gettext(message.id)


def test_values_are_escaped_in_a_page_and_nowhere_else(spoken: str) -> None:
    assert "Eva <b>" in wording.gettext("Hello, %(name)s", name="Eva <b>")
    page = wording.markup("Hello, %(name)s", name="Eva <b>")
    assert isinstance(page, Markup)
    assert page.endswith("Eva &lt;b&gt;")
    assert wording.markup("Hello, %(name)s", name=Markup("<b>Eva</b>")).endswith("<b>Eva</b>")
    assert wording.plural_markup("%(num)s of %(who)s", "%(num)s of %(who)s", 2, who="<i>") == "2 of &lt;i&gt;"


def test_templates_speak_by_it(spoken: str) -> None:
    page = render_template_string(
        "{{ _('Courses') }} {{ ngettext('%(num)s item', '%(num)s items', 2) }} {{ _('5 %%') }}"
    )
    assert page == {"es": "Cursos 2 preguntas 5 %", "en": "Courses 2 items 5 %"}[spoken]


@pytest.mark.parametrize(
    ("ours", "theirs", "values", "styles"),
    [
        (wording.date_text, flask_babel.format_date, (IN_BOGOTA, NIGHT), ("long", "medium", "full", "MMM y")),
        (wording.date_text, flask_babel.format_date, (date(2027, 1, 2),), ("long", "medium")),
        (wording.instant_text, flask_babel.format_datetime, (IN_BOGOTA, NIGHT), ("medium", "d MMM y, HH:mm")),
        (wording.time_text, flask_babel.format_time, (IN_BOGOTA, NIGHT), ("medium", "HH:mm")),
        (wording.number_text, flask_babel.format_decimal, (0, 7, 1250, 12345678, Decimal("1250.50"), 0.5), ()),
        (
            wording.percent_text,
            flask_babel.format_percent,
            (0, 0.07, 0.125, 1, Decimal("0.5"), float(Fraction(2, 3))),
            (),
        ),
    ],
)
def test_dates_and_figures_are_written_as_babel_writes_them(
    spoken: str,
    ours: Callable[..., str],
    theirs: Callable[..., str],
    values: tuple[object, ...],
    styles: tuple[str, ...],
) -> None:
    for arguments in [(value, style) for value in values for style in styles] or [(value,) for value in values]:
        assert ours(*arguments) == theirs(*arguments)
        assert ours(*arguments) == theirs(*arguments), "nor is what was kept another's"


def test_a_lazy_text_is_looked_up_when_it_is_shown(bare_app: Flask) -> None:
    text = wording.lazy_gettext("Courses")
    with bare_app.test_request_context(headers={"Accept-Language": "en"}):
        shown = [str(text)]
        with force_locale("es"):
            shown.append(str(text))
            with force_locale("en"):
                shown.append(str(text))
        shown.append(str(text))
    assert shown == ["Courses", "Cursos", "Courses", "Courses"]


def test_the_language_of_a_request_is_chosen_even_where_nobody_asked_for_it_before(bare_app: Flask) -> None:
    for accepted, expected in (("es", "es"), ("en", "en"), ("de", "es")):
        with bare_app.test_request_context(headers={"Accept-Language": accepted}):
            assert language.current() == expected
            assert language.current() == str(flask_babel.get_locale())
            flask_babel.refresh()
            assert language.current() == expected


def test_without_a_request_and_without_an_app_it_is_spanish(bare_app: Flask) -> None:
    assert language.current() == "es"
    with bare_app.app_context(), force_locale("en"):
        assert language.current() == "en"


def test_visitors_of_one_process_each_read_their_language(app: Flask, client: FlaskClient) -> None:
    sign_in(client, make_person(language="en"))
    other = sign_in(app.test_client(), make_person(language="es"))
    for _ in range(2):
        assert says(client, "/courses") == ("en", "Courses")
        assert says(other, "/courses") == ("es", "Cursos")
        assert "<span>Home</span>" in client.get("/courses").text
        assert "<span>Inicio</span>" in other.get("/courses").text
    client.post("/language", data={"lang": "es"})
    assert says(client, "/courses") == ("es", "Cursos")
    assert "<span>Inicio</span>" in client.get("/courses").text


def test_an_exam_speaks_the_language_of_the_attempt_and_the_other_pages_the_persons(
    client: FlaskClient, app: Flask, tmp_path: Path
) -> None:
    make_exam(tmp_path)
    person = make_person(language="en")
    attempt = start(person, language="es")
    sign_in(client, person)
    for _ in range(2):
        page = client.get(f"/attempts/{attempt.id}").text
        assert '<html lang="es"' in page
        assert "Pregunta 1 de" in page
        assert ">Siguiente<" in page
        assert 'lang="es" data-' not in page
        assert says(client, "/courses") == ("en", "Courses")


def says(client: FlaskClient, path: str) -> tuple[str, str]:
    """The language a page declares, and its heading."""
    page = client.get(path).text
    found = re.search(r'<html lang="(\w+)".*?<h1[^>]*>(.*?)</h1>', page, re.DOTALL)
    assert found, page
    return found[1], found[2].strip()
