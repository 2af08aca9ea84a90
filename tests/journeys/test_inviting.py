"""Invitations: who may be invited, what the letter holds, and that accepting happens once, by the right person."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app import worker
from app.extensions import db
from app.journeys.inviting import (
    BadAddresses,
    OutsideDomains,
    StillElsewhere,
    WorksForVendor,
    accept,
    accept_as_newcomer,
    invite,
    revoke_invitation,
    send_again,
)
from app.journeys.moving import join, leave
from app.ledger.deeds import deeds_on
from app.partners.programmes import participation_in
from app.partners.standing import standing_in
from app.people.consent import CURRENT
from app.people.domains import BadDomain, DomainTaken, PublicDomain, domains_of, verify_domain, withdraw_domain
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
    secret_of,
)
from app.people.membership_changes import PERIOD, TooManyMoves
from app.people.organisations import AlreadyMember, JobRole, Membership, Organisation, PartnerRole, membership_of
from app.people.passwords import hash_password
from app.people.persons import EmailTaken, Person, PersonRole
from app.refusal import NotFound, Refusal
from app.transaction import now, reading, writing
from tests.factories import make_member, make_organisation, make_person, make_programme, sit

KEY = "only for tests"
DAY = timedelta(days=1)
WISH = Wish(JobRole.SALES)


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
    assert ("Company" in letter, "te invita" in letter, "invites you" in letter) == (
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


def test_twenty_accept_at_once_and_one_membership_comes_of_it(app: Flask, andes: Organisation, boss: Person) -> None:
    [new], [old] = ask(andes, boss, "new@andes.example"), ask(andes, boss, "old@andes.example")
    person = make_person(email="old@andes.example")
    said = at_once(app, [lambda: newcomer(new)] * 20)
    assert said == Counter({None: 1, InvitationUsed: 19})
    assert at_once(app, [lambda: accepted(old, person)] * 20) == Counter({None: 1, InvitationUsed: 19})
    assert counted(Membership) == 3


def test_two_organisations_invite_one_address_and_both_are_accepted_at_once(app: Flask, andes: Organisation) -> None:
    wish = Wish(JobRole.SALES, approved_reason="asked for by both")
    for number in range(10):
        invitations = [ask(one, make_person(), f"n{number}@x.example", wish=wish)[0] for one in (andes, founded())]
        deeds = [lambda one=one: newcomer(one) for one in invitations]
        assert at_once(app, deeds) == Counter({None: 1, EmailTaken: 1})


def test_two_joins_at_once_end_in_a_named_refusal(app: Flask) -> None:
    organisations = [make_organisation(), make_organisation()]
    for _ in range(10):
        person = make_person()
        deeds = [lambda person=person, one=one: joined(person, one) for one in organisations]
        assert at_once(app, deeds) == Counter({None: 1, AlreadyMember: 1})


def test_people_who_change_places_at_once_do_not_wait_for_each_other(app: Flask, tmp_path: Path) -> None:
    make_programme(tmp_path)
    one, other = founded("one", "small"), founded("other", "small")
    for number in range(10):
        people = [
            make_member(home, email=f"p{number}@{away.slug}.example") for home, away in ((one, other), (other, one))
        ]
        invitations = [ask(away, make_person(), p.email)[0] for p, away in zip(people, (other, one), strict=True)]
        deeds = [lambda i=i, p=p: accepted(i, p, leaves=True) for i, p in zip(invitations, people, strict=True)]
        assert at_once(app, deeds) == Counter({None: 2})


def test_whoever_works_elsewhere_says_that_this_is_to_end(app: Flask, tmp_path: Path) -> None:
    make_programme(tmp_path)
    old, new = founded("old", "small"), founded("new", "small")
    person = make_member(old, email="ana@new.example")
    sit(person)
    [invitation] = ask(new, make_person(), person.email)
    with pytest.raises(StillElsewhere):
        accepted(invitation, person)
    membership = accepted(invitation, person, leaves=True)
    with reading():
        assert membership_of(person.id, membership.starts_at).organisation_id == new.id
        assert standing_in(participation_in(old.id, "small")).at_risk_since == membership.starts_at
        assert standing_in(participation_in(new.id, "small")).tier == "t1"


def test_a_person_changes_organisations_twice_in_a_year_and_then_with_an_approval(app: Flask) -> None:
    one, other = founded("one"), founded("other")
    person = make_person(email="ana@one.example")
    for organisation in (one, other):
        with writing() as at:
            verify_domain(organisation.id, f"all-{organisation.slug}.example", by=None, at=at)
    begin = now() - 100 * DAY
    places = [one, other, one]
    for number, organisation in enumerate(places):
        with writing():
            if number:
                leave(person.id, by=None, at=begin + number * DAY)
            join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=begin + number * DAY)
    [invitation] = ask(other, make_person(), person.email, wish=Wish(JobRole.SALES, approved_reason="a merger"))
    with writing():
        db.session.execute(text("UPDATE invitations SET approved_reason = NULL"))
    with writing() as at:
        withdraw_domain(one.id, "one.example")
        verify_domain(other.id, "one.example", by=None, at=at)
    with pytest.raises(TooManyMoves):
        accepted(invitation, person, leaves=True)
    with writing():
        leave(person.id, by=None, at=begin + 3 * DAY)
    [back] = ask(one, make_person(), person.email, wish=Wish(JobRole.SALES, approved_reason="comes back"))
    accepted(back, person)  # to come back is no change
    with pytest.raises(TooManyMoves):
        accepted(invitation, person, leaves=True)
    with writing():
        db.session.execute(text("UPDATE invitations SET approved_reason = 'a merger' WHERE accepted_at IS NULL"))
    kept = accepted(invitation, person, leaves=True)
    assert (kept.approved_reason, kept.approved_by) == ("a merger", invitation.invited_by)


def test_changes_of_more_than_a_year_ago_are_forgotten(app: Flask) -> None:
    one, other = founded("one"), founded("other")
    person = make_person(email="ana@one.example")
    begin = now() - PERIOD
    for number, organisation in enumerate((one, other, one, other)):
        moment = begin + timedelta(hours=number - 2)
        with writing():
            if number:
                leave(person.id, by=None, at=moment)
            join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=moment)
    [invitation] = ask(one, make_person(), person.email)
    assert accepted(invitation, person, leaves=True).organisation_id == one.id


def test_a_domain_withdrawn_meanwhile_lets_nobody_in_and_keeps_who_is_there(
    app: Flask, andes: Organisation, boss: Person
) -> None:
    [first], [second] = ask(andes, boss, "ana@andes.example"), ask(andes, boss, "eva@andes.example")
    ana, _ = newcomer(first)
    with writing():
        withdraw_domain(andes.id, "andes.example")
    with pytest.raises(OutsideDomains):
        newcomer(second)
    with reading() as at:
        assert membership_of(ana.id, at).domain == "andes.example"


def test_a_domain_belongs_to_one_organisation_and_is_not_everybodys(app: Flask, andes: Organisation) -> None:
    other = make_organisation()
    wrong = {"andes.example": DomainTaken, " @ANDES.example ": DomainTaken, "gmail.com": PublicDomain,
             "Hotmail.ES": PublicDomain, "": BadDomain, "a b.example": BadDomain, "x@y.example": BadDomain,
             "nodot": BadDomain, "a\r\nb.example": BadDomain}  # fmt: skip
    for domain, refusal in wrong.items():
        with pytest.raises(refusal), writing() as at:
            verify_domain(other.id, domain, by=None, at=at)
    with pytest.raises(NotFound), writing():
        withdraw_domain(other.id, "andes.example")
    with reading():
        assert [one.domain for one in domains_of(andes.id)] == ["andes.example"]
        assert domains_of(other.id) == []


@pytest.mark.parametrize(
    "change",
    ["approved_reason = NULL, domain = NULL", "consent_version = NULL", "region = 'A'", "region = 'ABCDEFGHIJK'"],
)
def test_what_a_membership_rests_on_is_held_by_the_database(app: Flask, andes: Organisation, change: str) -> None:
    make_member(andes)
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(f"UPDATE memberships SET {change}"))


@pytest.mark.parametrize(
    "change",
    ["accepted_at = sent_at", "revoked_at = sent_at", "expires_at = sent_at", "token_hash = 'same', email = id || 'x'",
     "email = 'same@andes.example'"],
)  # fmt: skip
def test_what_an_invitation_is_is_held_by_the_database(
    app: Flask, andes: Organisation, boss: Person, change: str
) -> None:
    ask(andes, boss, "ana@andes.example", "eva@andes.example")
    with pytest.raises(IntegrityError), writing():
        db.session.execute(text(f"UPDATE invitations SET {change}"))


def founded(slug: str | None = None, *programmes: str) -> Organisation:
    """An organisation with the domain of its slug."""
    organisation = make_organisation(*programmes, **({"slug": slug} if slug else {}))
    with writing() as at:
        verify_domain(organisation.id, f"{organisation.slug}.example", by=None, at=at)
    return organisation


def ask(
    organisation: Organisation, by: Person, *lines: str, wish: Wish = WISH, at: datetime | None = None
) -> list[Invitation]:
    with writing() as instant:
        return invite(organisation.id, lines, wish, key=KEY, by=by.id, at=at or instant)


def again(invitation: Invitation, by: Person, at: datetime) -> Invitation:
    with writing():
        send_again(invitation.organisation_id, invitation.id, key=KEY, by=by.id, at=at)
    with reading():
        return db.session.get_one(Invitation, invitation.id)


def secret(invitation: Invitation) -> str:
    return secret_of(invitation.nonce, KEY)


PASSWORD = hash_password("correct horse battery")


def newcomer(invitation: Invitation, at: datetime | None = None) -> tuple[Person, Membership]:
    given = {"password_hash": PASSWORD, "language": "es"}
    with writing() as instant:
        return accept_as_newcomer(secret(invitation), "Ana Ruiz", at=at or instant, **given)


def accepted(invitation: Invitation, person: Person, *, leaves: bool = False) -> Membership:
    with writing() as at:
        return accept(secret(invitation), person, leaves=leaves, at=at)


def joined(person: Person, organisation: Organisation) -> None:
    with writing() as at:
        join(person.id, organisation.id, job_role=JobRole.SALES, by=None, at=at)


def at_once(app: Flask, deeds: Sequence[Callable[[], object]]) -> Counter[type[Refusal] | None]:
    """How each ended: None, or the refusal."""
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> type[Refusal] | None:
        with app.app_context():
            barrier.wait()
            try:
                deed()
            except Refusal as refusal:
                return type(refusal)
            return None

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(run, deeds))


def letters(folder: Path) -> list[str]:
    """What the worker sends."""
    worker.run(once=True)
    return [path.read_text() for path in sorted((folder / "mail").glob("*.eml"))]


def unfolded(letter: str) -> str:
    return letter.replace("=\n", "").replace("=3D", "=")


def counted(model: type) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model))
