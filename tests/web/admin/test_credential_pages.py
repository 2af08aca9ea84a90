"""The register of credentials, one credential, and its revocation."""

import csv
import html
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.credentials.issuing import Credential
from app.credentials.validity import State
from app.extensions import db
from app.ledger.deeds import deeds_on
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.organisations import Organisation, PartnerRole
from app.people.persons import Person, PersonRole
from app.transaction import now, reading
from tests.factories import make_member, make_organisation, make_person, make_staff, sign_in, sit

pytestmark = pytest.mark.usefixtures("content")

REASON = {"reason": "Somebody else sat the exam", "confirmed": "y"}


def award(name: str, age: int = 0, organisation: Organisation | None = None) -> Credential:
    """A credential issued so many days ago."""
    person = make_member(organisation, name=name) if organisation else make_person(name=name)
    credential = sit(person, at=now() - timedelta(days=age)).credential
    assert credential is not None
    return credential


def page_of(credential: Credential) -> str:
    return f"/admin/credentials/{credential.public_id}"


def text_of(page: str) -> str:
    """The text of a page, in one line."""
    body = re.search("<main.*</main>", page, re.DOTALL)
    assert body
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", body.group())).split())


def holders(client: FlaskClient, **query: Any) -> list[str]:
    """Whose credentials are shown, in order."""
    response = client.get("/admin/credentials", query_string=query)
    assert response.status_code == 200
    return [
        html.unescape(name) for name in re.findall(r"<a href=\"/admin/credentials/\w+\">([^<]+)</a>", response.text)
    ]


def state_of(credential: Credential) -> State:
    with reading() as at:
        return db.session.get_one(Credential, credential.id).state(at)


def test_an_empty_register_says_so(admin: FlaskClient) -> None:
    assert "No certificate yet" in text_of(admin.get("/admin/credentials").text)


def test_searching_by_name_id_and_code(admin: FlaskClient) -> None:
    elena, bruno = award("Elena Vidal"), award("Bruno Salas")
    assert holders(admin, q="vidal") == ["Elena Vidal"]
    assert holders(admin, q=bruno.public_id) == ["Bruno Salas"]
    assert holders(admin, q=elena.code.lower()) == ["Elena Vidal"]
    assert holders(admin, q="%") == holders(admin, q="_") == []
    assert "No certificate fits this filter" in text_of(admin.get("/admin/credentials?q=zzz").text)


def test_filtering_by_state_and_level(admin: FlaskClient) -> None:
    award("Elena Vidal")
    award("Óscar Delgado", age=760)
    assert holders(admin, state="valid") == ["Elena Vidal"]
    assert holders(admin, state="expired") == ["Óscar Delgado"]
    assert holders(admin, state="revoked") == holders(admin, level="master") == []
    assert len(holders(admin, state="nonsense", level="fundamentals")) == 2


def test_sorting_and_pages(admin: FlaskClient) -> None:
    for number in range(27):
        award(f"Holder {number:02}", age=number)
    assert holders(admin)[0] == "Holder 00"
    assert holders(admin, sort="issued")[0] == "Holder 26"
    assert holders(admin, sort="-holder")[0] == "Holder 26"
    assert holders(admin, sort="holder", page=2) == ["Holder 25", "Holder 26"]
    assert holders(admin, sort="holder", page=40) == holders(admin, sort="holder", page=2)
    assert len(holders(admin, page="9" * 30)) == 2


def test_the_file_holds_all_that_was_searched_for(admin: FlaskClient) -> None:
    for number in range(26):
        award(f"Holder {number}")
    evil = award("=1+1 Evil")
    text = admin.get("/admin/credentials.csv").get_data().decode("utf-8-sig")
    assert len(list(csv.DictReader(StringIO(text, newline="")))) == 27
    text = admin.get("/admin/credentials.csv?q=evil").get_data().decode("utf-8-sig")
    (row,) = csv.DictReader(StringIO(text, newline=""))
    assert row["Holder"] == "'=1+1 Evil"
    assert (row["State"], row["Code"], row["Id"]) == ("Valid", evil.code, evil.public_id)


def test_one_credential_says_where_it_comes_from(admin: FlaskClient) -> None:
    credential = award("Elena Vidal", organisation=make_organisation("small", name="Andes"))
    page = admin.get(page_of(credential)).text
    text = text_of(page)
    for part in ("Elena Vidal", credential.code, credential.public_id, "Organisation Andes", "Score 1000 of 1000",
                 "Closed by The candidate", "Elena Vidal received the Fundamentals certificate"):  # fmt: skip
        assert part in text
    assert f'href="/c/{credential.public_id}"' in page
    assert f'href="/c/{credential.public_id}.pdf"' in page


def test_a_renewal_and_what_it_renews_lead_to_each_other(admin: FlaskClient) -> None:
    person = make_person(name="Beatriz Luque")
    first = sit(person, at=now() - timedelta(days=650)).credential
    second = sit(person).credential
    assert first
    assert second
    assert f"Renewed by {second.code}" in text_of(admin.get(page_of(first)).text)
    assert f"Renews {first.code}" in text_of(admin.get(page_of(second)).text)


@pytest.mark.parametrize("path", ["/admin/credentials/none", "/admin/credentials/none/revoke"])
def test_what_was_never_issued_is_not_found(admin: FlaskClient, path: str) -> None:
    response = admin.post(path, data=REASON) if path.endswith("revoke") else admin.get(path)
    assert response.status_code == 404


def test_revoking(admin: FlaskClient) -> None:
    organisation = make_organisation("small")
    credential = award("Mateo Flores", organisation=organisation)
    response = admin.post(page_of(credential) + "/revoke", data=REASON, follow_redirects=True)
    text = text_of(response.text)
    assert f"The certificate {credential.code} is revoked." in text
    assert "Adriana Luna revoked the Fundamentals certificate of Mateo Flores: Somebody else sat the exam" in text
    assert "Revoke this certificate" not in text
    assert state_of(credential) is State.REVOKED
    with reading():
        standing = standing_in(participation_in(organisation.id, "small"))
        assert standing
        assert standing.at_risk_since


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"confirmed": "y"}, "Say why this certificate is revoked"),
        ({"reason": "   ", "confirmed": "y"}, "Say why this certificate is revoked"),
        ({"reason": "x" * 201, "confirmed": "y"}, "Say it in up to 200 characters"),
        ({"reason": "Fraud"}, "Confirm that you want to revoke this certificate"),
    ],
)
def test_an_error_says_what_to_do_and_changes_nothing(admin: FlaskClient, data: dict[str, str], message: str) -> None:
    credential = award("Elena Vidal")
    response = admin.post(page_of(credential) + "/revoke", data=data)
    assert response.status_code == 422
    summary = re.search('class="error-summary".*?</ul>', response.text, re.DOTALL)
    assert summary
    assert message in summary.group()
    assert response.text.count(message) == 2
    assert data.get("reason", "").strip() in response.text
    assert "<title>Error: " in response.text
    assert state_of(credential) is State.VALID


def test_the_page_of_an_error_can_be_asked_for_again(admin: FlaskClient) -> None:
    credential = award("Elena Vidal")
    response = admin.get(page_of(credential) + "/revoke")
    assert (response.status_code, response.location) == (302, page_of(credential))


def test_what_is_revoked_is_not_revoked_again(admin: FlaskClient) -> None:
    credential = award("Elena Vidal")
    admin.post(page_of(credential) + "/revoke", data=REASON)
    response = admin.post(page_of(credential) + "/revoke", data=REASON | {"reason": "Once more"})
    assert response.status_code == 409
    with reading():
        found = db.session.scalar(select(Credential).where(Credential.id == credential.id))
        assert found
        assert found.revoked_reason == REASON["reason"]


def test_a_viewer_sees_everything_and_revokes_nothing(client: FlaskClient, content: Path) -> None:
    credential = award("Elena Vidal")
    sign_in(client, make_staff(PersonRole.VIEWER, language="en"))
    text = text_of(client.get(page_of(credential)).text)
    assert "Elena Vidal received" in text
    assert "Revoke" not in text
    assert client.post(page_of(credential) + "/revoke", data=REASON).status_code == 403
    assert state_of(credential) is State.VALID


def test_others_see_nothing_of_it(client: FlaskClient, content: Path) -> None:
    organisation = make_organisation()
    credential = award("Elena Vidal", organisation=organisation)
    outsiders: list[Person] = [
        make_person(),
        make_member(organisation, partner_role=PartnerRole.ADMIN),
        make_staff(PersonRole.TRAINER),
    ]
    for person in outsiders:
        sign_in(client, person)
        for path in ("/admin/credentials", "/admin/credentials.csv", page_of(credential)):
            assert client.get(path).status_code == 403
        assert client.post(page_of(credential) + "/revoke", data=REASON).status_code == 403
    assert state_of(credential) is State.VALID


def test_the_ledger_names_who_revoked(admin: FlaskClient) -> None:
    credential = award("Elena Vidal")
    admin.post(page_of(credential) + "/revoke", data=REASON)
    with reading():
        deed = deeds_on(f"credential:{credential.public_id}")[0]
        assert deed.deed == "credential_revoked"
        assert db.session.get_one(Person, deed.person_id).name == "Adriana Luna"
