"""Invitations: who may be invited, what the letter holds, and that accepting is for the right person."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import text

from app import worker
from app.extensions import db
from app.journeys.inviting import (
    BadAddresses,
    WorksForVendor,
    revoke_invitation,
    send_again,
)
from app.ledger.deeds import deeds_on
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.consent import CURRENT
from app.people.invitations import (
    LIFE,
    PAUSE,
    Invitation,
    InvitationOver,
    InvitationRevoked,
    InvitationState,
    InvitationUsed,
    NoSuchInvitation,
    SentJustNow,
    Wish,
    WrongPerson,
)
from app.people.organisations import JobRole, Organisation, PartnerRole
from app.people.persons import EmailTaken, Person, PersonRole
from app.transaction import reading, writing
from tests.factories import make_member, make_organisation, make_person, make_programme, sit
from tests.inviting import KEY, accepted, ask, counted, founded, newcomer, secret

DAY = timedelta(days=1)


@pytest.fixture
def andes(app: Flask) -> Organisation:
    """An organisation with the domain andes.example."""
    return founded("andes")


@pytest.fixture
def boss(andes: Organisation) -> Person:
    return make_member(andes, partner_role=PartnerRole.ADMIN)


def test_whoever_is_invited_and_accepts_works_there_on_the_terms_of_the_invitation(
    app: Flask, andes: Organisation, boss: Person
) -> None:
    [invitation] = ask(andes, boss, "  Ana@Andes.Example ", wish=Wish(JobRole.TECHNICAL, PartnerRole.ADMIN, "MX"))
    person, membership = newcomer(invitation)
    assert (person.email, person.name, person.email_verified_at is not None) == ("ana@andes.example", "Ana Ruiz", True)
    assert (membership.job_role, membership.partner_role, membership.region) == (
        JobRole.TECHNICAL, PartnerRole.ADMIN, "MX",
    )  # fmt: skip
    assert (membership.domain, membership.approved_reason) == ("andes.example", None)
    assert (membership.consent_version, membership.consent_at) == (CURRENT, membership.starts_at)
    with reading():
        assert [line.deed for line in deeds_on(f"person:{person.id}")] == ["joined"]
        [line] = deeds_on(f"organisation:{andes.id}")
    assert (line.deed, line.detail) == ("invited", {"organisation": andes.id, "invitation": invitation.id})


def test_whoever_brings_a_certificate_counts_at_once(app: Flask, tmp_path: Path) -> None:
    make_programme(tmp_path)
    organisation, person = founded("sur", "small"), make_person(email="eva@sur.example")
    sit(person)
    [invitation] = ask(organisation, make_person(), person.email)
    accepted(invitation, person)
    with reading():
        assert standing_in(participation_in(organisation.id, "small")).tier == "t1"


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_letter_goes_to_one_address_with_a_link_to_the_configured_place(
    app: Flask, andes: Organisation, boss: Person, tmp_path: Path, language: str
) -> None:
    app.config["BASE_URL"] = "https://cert.example"
    [invitation] = ask(andes, boss, "ana@andes.example", wish=Wish(JobRole.SALES, language=language))
    [letter] = letters(tmp_path)
    assert re.search(r"^To: ana@andes.example$", letter, re.MULTILINE)
    assert f"https://cert.example/invitations/{secret(invitation)}" in unfolded(letter)
    assert ("Andes" in letter, "te invita" in letter, "invites you" in letter) == (
        True, language == "es", language == "en",
    )  # fmt: skip
    with reading():
        stored = str(db.session.execute(text("SELECT * FROM invitations")).all())
        stored += str(db.session.execute(text("SELECT payload FROM outbox")).all())
    assert secret(invitation) not in stored


def test_a_letter_that_waited_until_the_invitation_was_taken_back_is_not_sent(
    app: Flask, andes: Organisation, boss: Person, tmp_path: Path
) -> None:
    [invitation] = ask(andes, boss, "ana@andes.example")
    with writing() as at:
        revoke_invitation(andes.id, invitation.id, by=boss.id, at=at)
    assert letters(tmp_path) == []
    with pytest.raises(InvitationRevoked):
        newcomer(invitation)


LINES = {
    "": "That is not an e-mail address",
    "nobody": "That is not an e-mail address",
    "ana@andes.example\r\nBcc: eve@evil.example": "That is not an e-mail address",
    "ana@andes.example,eve@evil.example": "That is not an e-mail address",
    "ana@gmail.com": "The address is not at a domain of the organisation",
    "ana@mail.andes.example": "The address is not at a domain of the organisation",
    "ana@andes.example.evil.example": "The address is not at a domain of the organisation",
    "twice@andes.example": "Already invited: send it again from the list",
    "BOSS@andes.example": "Works here already",
}


def test_each_line_says_why_it_cannot_be_sent_and_then_nobody_is_invited(app: Flask, andes: Organisation) -> None:
    boss = make_member(andes, email="boss@andes.example", partner_role=PartnerRole.ADMIN)
    with pytest.raises(BadAddresses) as refused:
        ask(andes, boss, "good@andes.example", "twice@andes.example", *LINES)
    with force_locale("en"):
        assert {line: str(why) for line, why in refused.value.facts["lines"]} == LINES
    assert counted(Invitation) == 0
    for lines in ([], [f"p{n}@andes.example" for n in range(101)]):
        with pytest.raises(BadAddresses):
            ask(andes, boss, *lines)


def test_an_address_is_invited_once_until_the_invitation_is_over(app: Flask, andes: Organisation, boss: Person) -> None:
    [first] = ask(andes, boss, "ana@andes.example")
    with pytest.raises(BadAddresses):
        ask(andes, boss, "ana@andes.example")
    [second] = ask(andes, boss, "ana@andes.example", at=first.expires_at)
    with pytest.raises(InvitationRevoked):
        newcomer(first)
    assert newcomer(second)[0].email == "ana@andes.example"


def test_an_invitation_ends_after_two_weeks_and_can_be_sent_again(
    app: Flask, andes: Organisation, boss: Person
) -> None:
    [invitation] = ask(andes, boss, "ana@andes.example")
    with pytest.raises(SentJustNow):
        again(invitation, boss, invitation.sent_at + PAUSE - timedelta(seconds=1))
    with pytest.raises(InvitationOver):
        newcomer(invitation, at=invitation.sent_at + LIFE)
    renewed = again(invitation, boss, invitation.sent_at + LIFE)
    assert renewed.state(renewed.sent_at + LIFE - timedelta(seconds=1)) is InvitationState.OPEN
    with pytest.raises(NoSuchInvitation):
        newcomer(invitation)  # the old link opens nothing
    newcomer(renewed)
    with pytest.raises(InvitationUsed):
        newcomer(renewed)
    with pytest.raises(InvitationUsed), writing() as at:
        revoke_invitation(andes.id, renewed.id, by=boss.id, at=at)


def test_another_organisation_can_neither_send_nor_take_back_an_invitation(
    app: Flask, andes: Organisation, boss: Person
) -> None:
    [invitation] = ask(andes, boss, "ana@andes.example")
    other = make_organisation()
    for deed in (
        lambda at: send_again(other.id, invitation.id, key=KEY, by=boss.id, at=at + DAY),
        lambda at: revoke_invitation(other.id, invitation.id, by=boss.id, at=at),
    ):
        with pytest.raises(NoSuchInvitation), writing() as at:
            deed(at)


def test_an_invitation_is_for_the_person_of_its_address(app: Flask, andes: Organisation, boss: Person) -> None:
    [invitation] = ask(andes, boss, "ana@andes.example")
    with pytest.raises(WrongPerson):
        accepted(invitation, make_person(email="eve@andes.example"))
    ana = make_person(email="ana@andes.example")
    with pytest.raises(EmailTaken):
        newcomer(invitation)
    assert accepted(invitation, ana).person_id == ana.id


def test_nobody_of_the_vendor_becomes_a_member(app: Flask, andes: Organisation, boss: Person) -> None:
    [invitation] = ask(andes, boss, "ana@andes.example")
    trainer = make_person(email="ana@andes.example", role=PersonRole.TRAINER)
    with pytest.raises(WorksForVendor):
        accepted(invitation, trainer)


def again(invitation: Invitation, by: Person, at: datetime) -> Invitation:
    with writing():
        send_again(invitation.organisation_id, invitation.id, key=KEY, by=by.id, at=at)
    with reading():
        return db.session.get_one(Invitation, invitation.id)


def letters(folder: Path) -> list[str]:
    """What the worker sends."""
    worker.run(once=True)
    return [path.read_text() for path in sorted((folder / "mail").glob("*.eml"))]


def unfolded(letter: str) -> str:
    return letter.replace("=\n", "").replace("=3D", "=")
