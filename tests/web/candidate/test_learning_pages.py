"""The catalogue, courses and lessons, and one's certificates, as a browser without JavaScript sees them."""

import shutil
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.credentials.issuing import Credential
from app.extensions import db
from app.journeys.moving import revoke_credential
from app.learning.enrolling import Enrolment, Progress
from app.people.persons import Person, PersonRole
from app.people.tokens import Scope, create_token
from app.transaction import reading, writing
from tests import factories
from tests.factories import finish_courses, make_person, sign_in, sit
from tests.web.candidate.pages import SVG, links, months_ago, read

LESSON = "/courses/basics/01-one"


def test_the_catalogue_shows_progress_and_what_the_exam_still_asks(page: FlaskClient) -> None:
    page.post(f"{LESSON}/finish")
    text = read(page, "/courses")
    assert "Exam fundamentals opens with: 1 course, 30 min to go" in text
    assert "Product Required Course basics A short course. 1 of 2 parts 1 h" in text


def test_the_catalogue_is_filtered_by_area(page: FlaskClient, content: Path) -> None:
    factories.write_course(content, "selling", area="sales")
    factories.publish(content)
    assert [link for link in links(page, "/courses?area=sales") if "/courses/" in link] == ["/courses/selling"]
    assert len([link for link in links(page, "/courses?area=nonsense") if "/courses/" in link]) == 2
    assert "No course here yet" in read(page, "/courses?area=business")


def test_a_course_leads_to_its_lessons(page: FlaskClient) -> None:
    assert "Start" in read(page, "/courses/basics")
    page.get(LESSON)
    text = read(page, "/courses/basics")
    assert "Continue Your study 0 of 2 parts 1 h in all" in text
    assert "What you will be able to do Know all of it" in text
    assert links(page, "/courses/basics")[1] == LESSON


def test_a_finished_course_offers_its_exam(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    text = read(page, "/courses/basics")
    assert "Course finished Exam fundamentals is open to you" in text
    assert "Read again See the exam" in text


def test_prerequisites_are_named(page: FlaskClient, content: Path) -> None:
    factories.write_course(content, "more", prerequisites=["basics"])
    factories.publish(content)
    assert "Before you start Course basics" in read(page, "/courses/more")


def test_opening_a_lesson_remembers_the_place_once(page: FlaskClient, person: Person) -> None:
    assert "Text of 01-one in en." in read(page, LESSON)
    first = enrolment(person)
    assert first is not None
    page.get(LESSON)
    assert enrolment(person) == first
    page.get("/courses/basics/02-two")
    assert enrolment(person) != first


def test_looking_leaves_no_trace_of_a_viewer_or_a_token_that_only_reads(
    client: FlaskClient, app: Flask, person: Person
) -> None:
    viewer = factories.make_staff(PersonRole.VIEWER, language="en")
    sign_in(client, viewer)
    text = read(client, LESSON)
    assert "Next lesson" in text
    assert "Mark as done" not in text
    with writing() as at:
        token = create_token(person.id, Scope.READ, at=at)
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get(LESSON, headers=bearer).status_code == 200
    assert (enrolment(viewer), enrolment(person)) == (None, None)


def test_finishing_a_lesson_goes_on_to_the_next_and_then_to_the_course(page: FlaskClient) -> None:
    assert "Mark as done and continue" in read(page, LESSON)
    first = page.post(f"{LESSON}/finish")
    assert (first.status_code, first.location) == (303, "/courses/basics/02-two")
    assert "Mark as done and finish" in read(page, first.location)
    last = page.post("/courses/basics/02-two/finish")
    assert (last.status_code, last.location) == (303, "/courses/basics")
    assert "You have finished this course." in read(page, last.location)


def test_what_comes_next_is_the_lesson_after_and_not_one_left_out_before(page: FlaskClient, content: Path) -> None:
    factories.write_course(content, lessons=("01-one", "02-two", "03-three"))
    factories.publish(content)
    assert page.post("/courses/basics/02-two/finish").location == "/courses/basics/03-three"


def test_the_last_lesson_leads_back_to_one_that_was_left_out(page: FlaskClient) -> None:
    assert page.post("/courses/basics/02-two/finish").location == LESSON


def test_a_lesson_done_can_be_reopened(page: FlaskClient) -> None:
    page.post(f"{LESSON}/finish")
    assert "Done" in read(page, LESSON)
    again = page.post(f"{LESSON}/reopen")
    assert (again.status_code, again.location) == (303, LESSON)
    assert "Mark as done and continue" in read(page, LESSON)


def test_a_viewer_finishes_nothing(client: FlaskClient, content: Path) -> None:
    viewer = factories.make_staff(PersonRole.VIEWER)
    sign_in(client, viewer)
    for deed in ("finish", "reopen"):
        assert client.post(f"{LESSON}/{deed}").status_code == 403
    with reading():
        assert db.session.query(Progress).count() == 0


@pytest.mark.parametrize(
    "path", ["/courses/none", "/courses/none/01-one", "/courses/basics/none", "/courses/basics/media/x.svg"]
)
def test_what_is_not_published_is_not_found(page: FlaskClient, path: str) -> None:
    assert page.get(path).status_code == 404


def test_a_course_in_one_language_says_so_to_readers_of_the_other(page: FlaskClient, content: Path) -> None:
    texts = {"title": {"es": "Bases"}, "summary": {"es": "Corto."}, "objectives": [{"id": "all", "es": "Saberlo todo"}]}
    factories.write_course(content, languages=["es"], **texts)
    shutil.rmtree(content / "courses" / "fundamentals" / "basics" / "en")
    factories.publish(content)
    answer = page.get(LESSON)
    assert '<article class="prose" lang="es">' in answer.text
    assert "This course is not written in English yet." in read(page, LESSON)
    assert "Saberlo todo" in read(page, "/courses/basics")
    assert "Bases Corto." in read(page, "/courses")


def test_an_image_is_sealed_off_and_sent_again_only_when_it_has_changed(page: FlaskClient) -> None:
    answer = page.get("/courses/basics/media/drawing.svg")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/svg+xml", SVG)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = page.get("/courses/basics/media/drawing.svg", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_without_a_certificate_the_page_invites_to_the_first_exam(page: FlaskClient) -> None:
    assert "Your first certificate" in read(page, "/certificates")
    assert links(page, "/certificates") == ["/recognitions", "/exams/fundamentals"]


def test_certificates_are_shown_with_what_they_are_worth(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    credential = sit(person, at=months_ago(20)).credential
    assert credential is not None
    text = read(page, "/certificates")
    assert "Certification fundamentals Fundamentals Valid Issued" in text
    assert credential.code in text
    public = f"/c/{credential.public_id}"
    found = links(page, "/certificates")
    pdfs = [f"{public}.pdf?language=es", f"{public}.pdf?language=en"]
    withdrawal = f"/certificates/{credential.public_id}/withdraw"
    assert found[:6] == ["/recognitions", "/exams/fundamentals", public, *pdfs, withdrawal]
    assert found[7:] == [f"{public}.png", f"{public}.svg", f"{public}.json"]


def test_a_certificate_is_shared_by_a_filled_in_form_and_a_text_to_copy(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    credential = sit(person).credential
    assert credential is not None
    linkedin = next(link for link in links(page, "/certificates") if "linkedin" in link)
    address = f"http://localhost:8000/c/{credential.public_id}"
    filled = parse_qs(urlsplit(linkedin.replace("&amp;", "&")).query)
    assert linkedin.startswith("https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&")
    assert filled["name"] == ["Certification fundamentals"]
    assert filled["organizationName"] == ["Acredita"]
    assert filled["certUrl"] == [address]
    assert filled["certId"] == [credential.code]
    assert filled["issueYear"] == [str(credential.issued_at.year)]
    assert filled["expirationMonth"] == [str(credential.expires_at.month)]
    shown = page.get("/certificates").text
    assert f"&lt;a href=&#34;{address}&#34;&gt;" in shown
    assert f"&lt;img src=&#34;{address}.svg&#34;" in shown


def test_a_renewed_certificate_is_not_to_be_renewed_again(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    sit(person, at=months_ago(20))
    sit(person)
    assert "/exams/fundamentals" not in links(page, "/certificates")


def test_a_revoked_certificate_says_why_and_has_no_pdf(page: FlaskClient, person: Person) -> None:
    finish_courses(person)
    credential = sit(person, at=months_ago(20)).credential
    assert credential is not None
    with writing() as at:
        kept = db.session.get_one(Credential, credential.id)
        revoke_credential(kept, reason="Someone else sat it", by=person.id, at=at)
    assert "Reason: Someone else sat it" in read(page, "/certificates")
    assert links(page, "/certificates") == ["/recognitions", f"/c/{credential.public_id}"]


def test_nobody_sees_the_certificates_of_others(page: FlaskClient, content: Path) -> None:
    other = make_person()
    finish_courses(other)
    sit(other)
    assert "Your first certificate" in read(page, "/certificates")


def enrolment(person: Person) -> tuple[int, datetime] | None:
    """The place the person is at in the course, and since when."""
    with reading():
        found = db.session.query(Enrolment).filter_by(person_id=person.id).one_or_none()
        return (found.lesson_id, found.opened_at) if found else None
