"""Assets: addresses that name the content, so that browsers ask once, and nothing personal in the answer."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.extensions import db
from app.web import assets
from app.web.assets import VERSION
from tests.factories import make_person, sign_in

ACCEPT = {"Accept-Encoding": "gzip, br"}


def fetched_by(page: str) -> set[str]:
    """What a browser loads for a page."""
    return {found.partition("#")[0] for found in re.findall(r'(?:href|src)="(/[^"]*/?static/[^"]+)"', page)}


def test_what_a_page_loads_is_there_and_is_kept_for_a_year(client: FlaskClient, app: Flask) -> None:
    sign_in(client, make_person())
    wanted = fetched_by(client.get("/").text)
    assert len(wanted) > 10
    for path in wanted:
        assert path.startswith(f"/static/{VERSION}/")
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.cache_control.immutable
        assert answer.cache_control.max_age == 365 * 24 * 3600
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.vary


def test_a_file_refers_to_others_of_its_own_version() -> None:
    named = [
        (path, found)
        for path in assets.FOLDER.rglob("*.*")
        if path.suffix in (".css", ".js")
        for found in re.findall(r'(?:from |url\()"([^"]+)"', path.read_text("utf-8"))
        if not found.startswith("data:")
    ]
    assert len(named) > 10
    assert [found for path, found in named if not (path.parent / found).is_file() or found.startswith("/")] == []


def test_the_address_changes_with_the_content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    (tmp_path / "css").mkdir()
    sheet = tmp_path / "css" / "base.css"
    versions = []
    for content in ("a", "b", "a"):
        sheet.write_text(content)
        versions.append(assets._version())
    sheet.rename(sheet.with_name("other.css"))
    versions.append(assets._version())
    assert versions[0] == versions[2]
    assert len(set(versions)) == 3


def test_another_version_is_answered_and_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/0ld/css/base.css")
    assert answer.status_code == 200
    assert not answer.cache_control.immutable
    assert not answer.cache_control.max_age


@pytest.mark.parametrize(
    "path", ["css/none.css", "../assets.py", "..%2Fassets.py", "css/../../assets.py", "bootstrap.css"]
)
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{VERSION}/{path}").status_code == 404


def test_what_is_drawn_and_run_goes_compressed_and_pages_do_not(client: FlaskClient) -> None:
    for filename in ("css/base.css", "js/theme.js", "img/icons.svg", "bootstrap.min.css"):
        answer = client.get(f"/static/{VERSION}/{filename}", headers=ACCEPT)
        assert answer.headers["Content-Encoding"] == "br", filename
        assert "Accept-Encoding" in answer.vary
    page = client.get("/sign-in", headers=ACCEPT)
    assert "Content-Encoding" not in page.headers
    assert list(page.vary) == ["Cookie"]


def test_below_a_prefix_links_and_files_carry_it(client: FlaskClient, app: Flask) -> None:
    sign_in(client, make_person())
    for base, prefix in (
        ("http://localhost/", ""),
        ("http://localhost/academy", "/academy"),
        ("http://localhost/", ""),
    ):
        page = client.get("/courses", base_url=base).text
        assert {path.partition("/static/")[0] for path in fetched_by(page)} == {prefix}
        icons = re.findall(r'<use href="([^"]*)/static/', page)
        assert set(icons) == {prefix}
        assert f'href="{prefix}/account"' in page
        assert f'action="{prefix}/language"' in page
        menu = page.partition("<nav")[2].partition("</nav>")[0]
        assert re.findall(r'class="nav-item" href="([^"]+)"', menu) == [
            f"{prefix}{path}" for path in ("/", "/courses", "/exams", "/certificates", "/scorecard", "/programmes")
        ]


def test_an_icon_is_silent_or_has_a_label(app: Flask) -> None:
    with app.test_request_context():
        assert 'aria-hidden="true"><use href="' in assets.icon("check")
        assert 'role="img" aria-label="&lt;Held&gt;"><use' in assets.icon("check", "<Held>")
        assert assets.icon("check").count("#check") == 1


def test_nobody_is_looked_up_for_a_file(client: FlaskClient, app: Flask) -> None:
    sign_in(client, make_person())
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    client.get(f"/static/{VERSION}/css/base.css")
    client.get("/healthz")
    assert statements == []
    client.get("/courses")
    assert any("sessions" in statement for statement in statements)
