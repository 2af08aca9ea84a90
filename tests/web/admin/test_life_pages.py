"""What the administration does to certificates that were issued: from the pages, with what they say."""

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.credentials.recognitions import Recognition, RecognitionState
from app.credentials.register import credential_of_attempt
from app.credentials.validity import State
from app.extensions import db
from app.people.persons import PersonRole
from app.transaction import now, reading
from tests.factories import make_member, make_organisation, make_person, make_staff, sign_in, sit
from tests.web.admin.test_credential_pages import award, holders, page_of, state_of, text_of

pytestmark = pytest.mark.usefixtures("content")

REVOKE = {"reason": "Somebody else sat it", "confirmed": "y"}
REINSTATE = {"reason": "It was another person", "confirmed": "y"}
REISSUE = {"correction-name": "Elena Vidál", "correction-reason": "An accent", "correction-confirmed": "y"}
OUTSIDE = {
    "issuer": "Norte Bootcamp",
    "name": "AI basics",
    "issued_on": "2026-01-01",
    "accepted_for": "level:fundamentals",
    "link": "https://norte.example/1",
}


def test_a_revoked_certificate_is_reinstated_and_says_everything(admin: FlaskClient) -> None:
    credential = award("Elena Vidal")
    assert "Reinstate this certificate" not in admin.get(page_of(credential)).text
    admin.post(f"{page_of(credential)}/revoke", data=REVOKE)
    assert admin.post(f"{page_of(credential)}/reinstate", data=REINSTATE).status_code == 303
    assert state_of(credential) is State.VALID
    text = text_of(admin.get(page_of(credential)).text)
    told = "What became of it Revoked .* Somebody else sat it Adriana Luna Reinstated .* another person Adriana Luna"
    assert re.search(told, text)
    assert "Adriana Luna reinstated the Fundamentals certificate of Elena Vidal: It was another person" in text


def test_a_reinstatement_is_meant_and_says_why(admin: FlaskClient) -> None:
    credential = award("Elena Vidal")
    admin.post(f"{page_of(credential)}/revoke", data=REVOKE)
    for left_out in REINSTATE:
        data = {name: value for name, value in REINSTATE.items() if name != left_out}
        assert admin.post(f"{page_of(credential)}/reinstate", data=data).status_code == 422
    assert state_of(credential) is State.REVOKED
    admin.post(f"{page_of(credential)}/reinstate", data=REINSTATE)
    refused = admin.post(f"{page_of(credential)}/reinstate", data=REINSTATE)
    assert (refused.status_code, "This certificate cannot be reinstated" in refused.text) == (409, True)


def test_a_corrected_name_leads_from_each_to_the_other(admin: FlaskClient) -> None:
    credential = award("Elena Vidal")
    assert admin.post(f"{page_of(credential)}/reissue", data=REISSUE).status_code == 303
    with reading():
        made = credential_of_attempt(credential.attempt_id)
    assert made.holder == "Elena Vidál"
    assert page_of(made) in admin.get(page_of(credential)).text
    assert page_of(credential) in admin.get(page_of(made)).text
    public = admin.get(f"/c/{credential.public_id}").text
    assert f"/c/{made.public_id}" in public
    assert credential.public_id not in admin.get(f"/c/{made.public_id}").text  # the name that was wrong
    assert holders(admin, state="superseded") == ["Elena Vidal"]


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"correction-name": ""}, 422, "Write the name as it should stand"),
        ({"correction-name": "Elena Vidal"}, 422, "The certificate says this name already"),
        ({"correction-name": "ルシア"}, 422, "This name needs its Latin form too"),
        ({"correction-reason": ""}, 422, "Say why"),
        ({"correction-confirmed": ""}, 422, "Confirm that you want to replace this certificate"),
    ],
)
def test_a_correction_that_is_refused(admin: FlaskClient, changes: dict[str, str], status: int, says: str) -> None:
    credential = award("Elena Vidal")
    answer = admin.post(f"{page_of(credential)}/reissue", data=REISSUE | changes)
    assert (answer.status_code, says in text_of(answer.text)) == (status, True)
    assert state_of(credential) is State.VALID


def test_only_an_administrator_changes_a_certificate(client: FlaskClient, app: Flask) -> None:
    credential = award("Elena Vidal")
    others = [make_staff(PersonRole.VIEWER), make_staff(PersonRole.TRAINER), make_member(make_organisation("small"))]
    for person in others:
        browser = sign_in(app.test_client(), person)
        for deed, data in (("revoke", REVOKE), ("reinstate", REINSTATE), ("reissue", REISSUE)):
            assert browser.post(f"{page_of(credential)}/{deed}", data=data).status_code == 403
        assert browser.post("/admin/bulk-revocations", data={"typed": credential.code}).status_code == 403
    assert state_of(credential) is State.VALID


def test_nobody_reinstates_or_corrects_what_is_their_own(app: Flask, admin: FlaskClient) -> None:
    me = make_staff(PersonRole.ADMIN, language="en", name="Otto Luna")
    own = sit(me).credential
    browser = sign_in(app.test_client(), me)
    assert "Correct the name" not in browser.get(page_of(own)).text
    assert browser.post(f"{page_of(own)}/reissue", data=REISSUE).status_code == 403
    admin.post(f"{page_of(own)}/revoke", data=REVOKE)
    assert browser.post(f"{page_of(own)}/reinstate", data=REINSTATE).status_code == 403


def test_searching_by_organisation_exam_and_days(admin: FlaskClient) -> None:
    award("Elena Vidal", age=10)
    with_employer = award("Bruno Salas", organisation=make_organisation("small", name="Los Andes"))
    today = f"{now():%Y-%m-%d}"
    assert holders(admin, organisation="andes") == ["Bruno Salas"]
    assert holders(admin, organisation="%") == holders(admin, exam="none") == []
    assert holders(admin, exam="fundamentals", issued_from=today) == ["Bruno Salas"]
    assert holders(admin, issued_to=today, sort="holder") == ["Bruno Salas", "Elena Vidal"]
    assert len(holders(admin, issued_from="yesterday", issued_to="2026-99-99")) == 2
    text = admin.get("/admin/credentials.csv?organisation=andes").get_data().decode("utf-8-sig")
    assert with_employer.code in text
    assert "Elena" not in text


def test_several_are_looked_at_and_then_revoked(admin: FlaskClient) -> None:
    one, other, kept = award("Elena Vidal"), award("Bruno Salas"), award("Marta Gil")
    file = (BytesIO(f"{other.code}\nunknown\n".encode()), "codes.csv")
    answer = admin.post("/admin/bulk-revocations", data={"typed": one.public_id, "file": file})
    preview = answer.headers["Location"]
    text = text_of(admin.get(preview).text)
    assert "Found 2 To be revoked 2 Count no more already 0 Not found 1" in text
    assert admin.post(f"{preview}/confirm", data={"reason": "Leaked"}).status_code == 422
    assert state_of(one) is State.VALID
    assert admin.post(f"{preview}/confirm", data={"reason": "Leaked", "confirmed": "y"}).status_code == 303
    assert [state_of(each) for each in (one, other, kept)] == [State.REVOKED, State.REVOKED, State.VALID]
    assert "Found 2 Revoked 2 Left as they are 0 Waiting 0" in text_of(admin.get(preview).text)
    assert admin.post(f"{preview}/confirm", data={"reason": "Leaked", "confirmed": "y"}).status_code == 409


def test_what_the_search_found_is_looked_at_too(admin: FlaskClient) -> None:
    award("Elena Vidal"), award("Bruno Salas")
    assert "1 certificate" in text_of(admin.get("/admin/bulk-revocations?q=vidal").text)
    answer = admin.post("/admin/bulk-revocations?q=vidal", data={"source": "search"})
    assert "Found 1 To be revoked 1" in text_of(admin.get(answer.headers["Location"]).text)
    assert admin.post("/admin/bulk-revocations", data={"typed": "unknown"}).status_code == 422
    assert admin.get("/admin/bulk-revocations/99").status_code == 404


def test_a_certificate_from_elsewhere_is_proposed_and_decided_by_two(app: Flask, admin: FlaskClient) -> None:
    person = make_person(name="Elena Vidal")
    page = f"/admin/people/{person.id}/recognitions"
    assert admin.get(page).status_code == 200
    file = (BytesIO(b"%PDF-1.7 evidence"), "proof.pdf")
    answer = admin.post(page, data=OUTSIDE | {"file": file})
    where = answer.headers["Location"]
    verdict = {"verdict": "accept", "last_day": "2099-12-31", "reason": "We know them"}
    assert "Another administrator has to decide on it." in text_of(admin.get(where).text)
    assert admin.post(f"{where}/decide", data=verdict).status_code == 403
    other = sign_in(app.test_client(), make_staff(PersonRole.ADMIN, language="en"))
    assert other.get(f"{where}/evidence").data == b"%PDF-1.7 evidence"
    assert other.post(f"{where}/decide", data=verdict | {"last_day": ""}).status_code == 422
    assert other.post(f"{where}/decide", data=verdict).status_code == 303
    assert found().state is RecognitionState.APPROVED
    assert other.post(f"{where}/decide", data=verdict).status_code == 409
    assert "AI basics" in text_of(admin.get("/admin/recognitions").text)
    assert admin.post(f"{where}/revoke", data={"reason": "Forged"}).status_code == 303
    assert found().state is RecognitionState.REVOKED
    assert "Accepted no longer" in text_of(admin.get(where).text)


def test_what_is_not_accepted_says_why(admin: FlaskClient) -> None:
    proposed(sign_in(admin.application.test_client(), make_person()))
    assert admin.post("/admin/recognitions/1/decide", data={"reason": "No such school"}).status_code == 303
    assert (found().state, found().decision_reason) == (RecognitionState.REJECTED, "No such school")
    assert admin.get("/admin/recognitions/1/evidence").status_code == 404
    assert admin.get("/admin/recognitions/2").status_code == 404


def test_a_holder_proposes_and_reads_the_decision(client: FlaskClient, admin: FlaskClient, app: Flask) -> None:
    holder = sign_in(app.test_client(), make_person(language="en"))
    proposed(holder)
    assert "Waits for a decision" in text_of(holder.get("/recognitions").text)
    admin.post(
        "/admin/recognitions/1/decide",
        data={"verdict": "accept", "last_day": "2099-12-31", "reason": "We know them"},
    )
    text = text_of(holder.get("/recognitions").text)
    assert "Accepted" in text
    assert "Reason: We know them" in text
    assert "AI basics" not in sign_in(app.test_client(), make_person(language="en")).get("/recognitions").text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"link": ""}, "Give a link or a file that shows the certificate"),
        ({"link": "javascript:alert(1)"}, "Write a link that begins with https://"),
        ({"link": "ftp://norte.example/x"}, "Write a link that begins with https://"),
        ({"issuer": ""}, "Write who issued it"),
        ({"issued_on": ""}, "Write the day on which it was issued"),
        ({"expires_on": "2025-01-01"}, "It must be after the day on which it was issued"),
        ({"accepted_for": "level:unheard"}, "Not a valid choice"),
        ({"file": "x.exe"}, "Files of this type are not accepted"),
        ({"file": "x.csv"}, "Choose a PDF, PNG or JPEG of up to 5 MB"),
    ],
)
def test_a_proposal_that_is_refused(app: Flask, changes: dict[str, str], says: str) -> None:
    holder = sign_in(app.test_client(), make_person(language="en"))
    data = OUTSIDE | changes
    if "file" in changes:
        data["file"] = (BytesIO(b"a,b\n"), changes["file"])
    answer = holder.post("/recognitions", data=data)
    assert (answer.status_code, says in text_of(answer.text)) == (422, True)
    with reading():
        assert db.session.scalar(select(Recognition.id)) is None


def proposed(browser: FlaskClient) -> None:
    assert browser.post("/recognitions", data=OUTSIDE).status_code == 303


def found() -> Recognition:
    with reading():
        return db.session.scalars(select(Recognition)).one()
