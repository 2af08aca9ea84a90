"""Who may do what: every role tries every route by every method, and the closed table of routes is right each time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.extensions import db
from app.journeys.listing import publish_listing
from app.ledger.deeds import Deed
from app.people.invitations import Wish, add_invitation, revoke_invitation, secret_of
from app.people.organisations import JobRole, PartnerRole
from app.people.persons import Person, PersonRole
from app.people.tokens import Scope
from app.people.visitors import Role
from app.transaction import reading, writing
from app.web.access import ASKS, SAFE_METHODS
from app.web.routes import EVERYONE, ROUTES
from tests.factories import (
    bearer,
    make_member,
    make_organisation,
    make_person,
    publish,
    sign_in,
    sit,
    start,
    write_course,
    write_exam,
    write_programme,
)

SLUG = "fundamentals"  # of the course, the exam and the organisation alike: it fits every route
BODIES = {  # what a call needs to be understood at all
    "api_attempts.show_attempt_in": {"language": "en"},
    "api_attempts.save_response": {"answer": None, "revision": 0},
    "api_events.note_events": {"events": [{"kind": "copy", "position": 0, "amount": 1}]},
    "api_events.report_item": {"position": 0, "fault": "unclear"},
}


@dataclass(frozen=True)
class Call:
    """One way of calling one route."""

    endpoint: str
    method: str
    path: str


@dataclass(frozen=True)
class World:
    """A person of each role, and every call there is."""

    people: Mapping[Role, Person]
    calls: list[Call]
    foreign_attempt: int

    def calls_of(self, role: Role, *, allowed: bool) -> Iterator[Call]:
        return (call for call in self.calls if (role in ROUTES.get(call.endpoint, ())) is allowed)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    write_course(tmp_path, slug=SLUG)
    write_exam(tmp_path, slug=SLUG)
    write_programme(tmp_path)
    publish(tmp_path)
    organisation = make_organisation("small", slug=SLUG)
    holder, sitting = make_member(organisation), make_member(organisation)
    credential = sit(holder).credential
    foreign = start(sitting)
    with writing() as at:
        publish_listing(organisation.id, by=holder.id, at=at)
    people = {role: make_person(role=PersonRole(role.value)) for role in (Role.TRAINER, Role.VIEWER, Role.ADMIN)}
    people[Role.CONSULTANT] = make_member(organisation)
    people[Role.PARTNER_ADMIN] = make_member(organisation, partner_role=PartnerRole.ADMIN)
    names = {
        "slug": SLUG, "lesson_slug": "01-one", "name": "none.svg", "item_id": "pick-1", "position": 0, "number": 1,
        "attempt_id": foreign.id, "public_id": credential.public_id, "organisation": SLUG, "programme": "small",
        "version": "0", "filename": "css/base.css", "person_id": holder.id, "regrade_id": 1, "turn_id": 1,
        "upload_id": 1, "form": "png", "index": 0, "recognition_id": 1, "batch_id": 1,
        "report_id": 1, "fact_id": 1, "import_id": 1, "void_id": 1, "appeal_id": 1,
        "standing_id": 1, "exception_id": 1, "sha256": "0" * 64,
        "step": "one", "invitation_id": 1, "assignment_id": 1, "token": used_invitation(app, organisation.id),
        "tier": "t1", "cadence": "annual", "period": "2020", "investment_id": 1, "hand_in_id": 1, "part_slug": "none",
    }  # fmt: skip
    return World(people, every_call(app, names), foreign.id)


def test_the_right_role_is_let_through_and_no_other(app: Flask, client: FlaskClient, world: World) -> None:
    for role in Role:
        by = bearer(world.people[role]) if role in world.people else {}
        for call in world.calls:
            refused = is_refused(ask(client, call, by))
            assert refused == (role not in ROUTES[call.endpoint]), (role, call)


def used_invitation(app: Flask, organisation_id: int) -> str:
    """The secret of an invitation that is over: it answers everybody alike."""
    person, key = make_person(role=PersonRole.ADMIN), app.config["SECRET_KEY"]
    with writing() as at:
        wish = Wish(JobRole.SALES, approved_reason="tried")
        invitation = add_invitation(organisation_id, "somebody@away.example", wish, key=key, by=person.id, at=at)
        revoke_invitation(invitation, by=person.id, at=at)
        return secret_of(invitation.nonce, key)


CHECKING = {"public.verify_document", "api_credentials.verify_document"}  # asks, and changes nothing


@pytest.mark.once
def test_what_the_table_gives_to_guests_to_viewers_and_to_candidates(bare_app: Flask) -> None:
    assert {endpoint for endpoint, roles in ROUTES.items() if Role.GUEST in roles} == {
        "static", "bootstrap.static", "public.healthz", "public.readyz", "public.verify", "public.credential",
        "public.certificate", "public.badge", "public.status_list", "public.did_document", "public.achievement",
        "public.achievement_json", "public.picture", "account.sign_in", "account.set_language", "api-docs.openapi_json",
        "api_credentials.get_credential", "api_attempts.get_receipt_key", "public.root_certificate",
        "log.checkpoint", "log.key", "log.proof", "log.consistency", "log.list_leaves",
        "public.verify_document", "api_credentials.verify_document", "public.logo", "account.invitation",
        "public.partners", "public.partner", "api_partners.list_partners", "api_partners.get_partner",
    }  # fmt: skip
    writing_rules = [rule.endpoint for rule in bare_app.url_map.iter_rules() if rule.methods - set(SAFE_METHODS)]
    of_viewers = {endpoint for endpoint in writing_rules if Role.VIEWER in ROUTES[endpoint]}
    assert {endpoint.partition(".")[0] for endpoint in of_viewers - CHECKING} == {"account"}
    of_attempts = {rule.endpoint for rule in bare_app.url_map.iter_rules() if "attempts" in rule.rule}
    of_candidates = of_attempts - {"admin.grant_time", "admin.attempt", "admin.propose_void"}
    assert {ROUTES[endpoint] for endpoint in of_candidates} == {frozenset({Role.CONSULTANT, Role.PARTNER_ADMIN})}


def test_a_refusal_leaves_a_line_in_the_ledger_and_changes_nothing(client: FlaskClient, world: World) -> None:
    for role, person in world.people.items():
        by = bearer(person)
        before = rows()
        refused = list(world.calls_of(role, allowed=False))
        for call in refused:
            assert ask(client, call, by).status_code == 403
        assert changes(before, rows()) == ({"ledger": len(refused)} if refused else {})
        with reading():
            lines = db.session.scalars(select(Deed).where(Deed.deed == "access_refused", Deed.person_id == person.id))
            assert sorted(line.subject for line in lines) == sorted(call.endpoint for call in refused)


def test_a_guest_is_shown_the_way_in_and_changes_nothing(client: FlaskClient, world: World) -> None:
    before = rows()
    for call in world.calls_of(Role.GUEST, allowed=False):
        answer = ask(client, call, {})
        is_page = call.method == "GET" and not call.path.startswith("/api/")
        assert answer.status_code == (302 if is_page else 401), call
    assert rows() == before


def test_a_route_that_the_table_does_not_name_is_open_to_nobody(bare_app: Flask) -> None:
    bare_app.add_url_rule("/unlisted", "unlisted", lambda: "open", methods=["GET", "POST"])
    with bare_app.app_context():
        db.create_all()
        tokens = [bearer(make_person(role=role)) for role in PersonRole]
    browser = bare_app.test_client()
    assert browser.get("/unlisted").status_code == 302
    assert browser.post("/unlisted").status_code == 401
    for by in tokens:
        assert [browser.open("/unlisted", method=method, headers=by).status_code for method in ("GET", "POST")] == [
            403, 403,
        ]  # fmt: skip


def test_reading_tokens_look_and_do_not_touch(client: FlaskClient, world: World) -> None:
    for role, person in world.people.items():
        by = bearer(person, Scope.READ)
        before = rows()
        writes = [call for call in world.calls if call.method not in SAFE_METHODS and call.endpoint not in ASKS]
        assert {ask(client, call, by).status_code for call in writes} == {403}, role
        assert set(changes(before, rows())) == {"ledger"}


def test_looking_without_a_body_writes_nothing(client: FlaskClient, world: World) -> None:
    for role, person in world.people.items():
        by = bearer(person)
        before = rows()
        for call in world.calls_of(role, allowed=True):
            for method in ("HEAD", "OPTIONS"):
                client.open(call.path, method=method, headers=by)
            disguised = by | {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "PUT"}
            if call.method not in SAFE_METHODS:
                client.open(f"{call.path}?_method={call.method}", method="GET", headers=disguised)
        assert changes(before, rows()) == {}, role


def test_another_persons_attempt_is_not_there(client: FlaskClient, world: World) -> None:
    theirs = [
        call
        for call in world.calls
        if call.path.startswith(("/attempts/", "/api/v1/attempts/")) and call.method != "HEAD"
    ]
    rooms = {"candidate", "api_attempts", "api_events", "api_uploads"}
    assert {call.endpoint.partition(".")[0] for call in theirs} == rooms
    assert len(theirs) >= 8
    colleague, boss = world.people[Role.CONSULTANT], world.people[Role.PARTNER_ADMIN]
    for person in (colleague, boss, make_person(), make_member(make_organisation("small"))):
        by = bearer(person)
        before = rows()
        for call in theirs:
            file = {"data": {"file": (BytesIO(b"%PDF-1.7"), "plan.pdf")}}
            body = file if call.endpoint == "api_uploads.upload" else {"json": BODIES.get(call.endpoint)}
            assert client.open(call.path, method=call.method, headers=by, **body).status_code == 404, call
        assert rows() == before


def test_another_organisations_standing_is_not_there(client: FlaskClient, world: World) -> None:
    make_organisation("small", slug="norte")
    for role, status in {
        Role.CONSULTANT: 404, Role.PARTNER_ADMIN: 404, Role.TRAINER: 403, Role.VIEWER: 200, Role.ADMIN: 200,
    }.items():  # fmt: skip
        by = bearer(world.people[role])
        assert client.get("/api/v1/standings/norte/small", headers=by).status_code == status, role
        if status == 404:
            assert client.get(f"/api/v1/standings/{SLUG}/small", headers=by).status_code == 200
            assert client.get("/api/v1/standings/nowhere/small", headers=by).status_code == 404
            listed = client.get("/api/v1/standings", headers=by).json["standings"]
            assert {line["organisation"] for line in listed} == {SLUG}


def test_a_disabled_person_is_out_at_once(app: Flask, client: FlaskClient, world: World) -> None:
    admin = world.people[Role.ADMIN]
    by = bearer(admin)
    sign_in(client, admin)
    assert client.get("/admin").status_code == client.get("/api/v1/exams", headers=by).status_code == 200
    with writing() as at:
        db.session.get_one(Person, admin.id).disabled_at = at
    assert client.get("/admin").status_code == 302
    assert client.get("/api/v1/exams", headers=by).status_code == 401


def test_a_demoted_person_loses_the_right_at_once(client: FlaskClient, world: World) -> None:
    admin = world.people[Role.ADMIN]
    sign_in(client, admin)
    with writing():
        db.session.get_one(Person, admin.id).role = PersonRole.CONSULTANT
    assert client.get("/admin").status_code == 403


@pytest.mark.parametrize("token", ["acr_unknown", "", "x" * 5000, "\x80"])
def test_an_unknown_token_is_nobody_even_where_guests_may_go(client: FlaskClient, world: World, token: str) -> None:
    sign_in(client, world.people[Role.ADMIN])
    by = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/exams", headers=by).status_code == 401
    assert client.get("/api/v1/credentials/none", headers=by).status_code == 401
    assert client.get("/verify", headers=by).status_code == 302
    assert client.post("/sign-in", headers=by).status_code == 401


def every_call(app: Flask, names: Mapping[str, Any]) -> list[Call]:
    """Each route by each method it has; OPTIONS is answered by the framework alike for all."""
    calls = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            path = app.url_for(rule.endpoint, **{name: names[name] for name in rule.arguments})
            calls += [Call(rule.endpoint, method, path) for method in sorted(rule.methods - {"OPTIONS"})]
    assert {call.endpoint for call in calls} >= {"candidate.home", "api_attempts.save_response"}
    assert any(roles == EVERYONE for roles in ROUTES.values())
    return calls


def ask(client: FlaskClient, call: Call, by: Mapping[str, str]) -> TestResponse:
    return client.open(call.path, method=call.method, headers=by)


def is_refused(answer: TestResponse) -> bool:
    assert answer.status_code < 500
    return answer.status_code in (401, 403) or (answer.status_code == 302 and "next=" in answer.headers["Location"])


def rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in db.metadata.tables
        }


def changes(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {table: after[table] - before[table] for table in after if after[table] != before[table]}
