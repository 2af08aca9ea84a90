"""Who may do what: the closed table of routes. What is not in it is open to nobody."""

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import csrf
from app.ledger.deeds import record
from app.people.visitors import Role
from app.refusal import NotFound, Refusal
from app.transaction import writing
from app.web.identity import address, bearer_token, is_for_programs
from app.web.wording import lazy_gettext as _l

EVERYONE = frozenset(Role)
SIGNED_IN = EVERYONE - {Role.GUEST}
STUDENTS = SIGNED_IN - {Role.VIEWER}  # a viewer looks, and changes nothing
PARTNERS = frozenset({Role.CONSULTANT, Role.PARTNER_ADMIN})
CANDIDATES = PARTNERS  # whoever may read the keys sits no exam
PARTNER_ADMINS = frozenset({Role.PARTNER_ADMIN})
STUDIO = frozenset({Role.TRAINER, Role.VIEWER, Role.ADMIN})
TRAINERS = frozenset({Role.TRAINER, Role.ADMIN})
OFFICE = frozenset({Role.VIEWER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
NOBODY: frozenset[Role] = frozenset()

ROUTES: dict[str, frozenset[Role]] = {
    "static": EVERYONE,
    "bootstrap.static": EVERYONE,
    "public.healthz": EVERYONE,
    "public.readyz": EVERYONE,
    "public.verify": EVERYONE,
    "public.verify_document": EVERYONE,
    "public.credential": EVERYONE,
    "public.certificate": EVERYONE,
    "public.root_certificate": EVERYONE,
    "public.logo": EVERYONE,
    "public.badge": EVERYONE,
    "public.status_list": EVERYONE,
    "public.did_document": EVERYONE,
    "public.achievement": EVERYONE,
    "public.achievement_json": EVERYONE,
    "public.picture": EVERYONE,
    "log.checkpoint": EVERYONE,
    "log.key": EVERYONE,
    "log.proof": EVERYONE,
    "log.consistency": EVERYONE,
    "log.list_leaves": EVERYONE,
    "account.sign_in": EVERYONE,
    "account.set_language": EVERYONE,
    "account.invitation": EVERYONE,
    "account.sign_out": SIGNED_IN,
    "account.profile": SIGNED_IN,
    "account.change_password": SIGNED_IN,
    "account.erasure": SIGNED_IN,
    "account.keep_account": SIGNED_IN,
    "account.name_in_latin": SIGNED_IN,
    "account.membership": SIGNED_IN,
    "account.consent": SIGNED_IN,
    "account.leave": SIGNED_IN,
    "account.stay": SIGNED_IN,
    "candidate.home": SIGNED_IN,
    "candidate.courses": SIGNED_IN,
    "candidate.course": SIGNED_IN,
    "candidate.medium": SIGNED_IN,
    "candidate.lesson": SIGNED_IN,
    "candidate.finish_lesson": STUDENTS,
    "candidate.reopen_lesson": STUDENTS,
    "candidate.reread_lesson": CANDIDATES,
    "candidate.picture": SIGNED_IN,
    "candidate.exams": SIGNED_IN,
    "candidate.exam": SIGNED_IN,
    "candidate.start_exam": CANDIDATES,
    "candidate.attempt": CANDIDATES,
    "candidate.save_item": CANDIDATES,
    "candidate.show_attempt_in": CANDIDATES,
    "candidate.review": CANDIDATES,
    "candidate.submit": CANDIDATES,
    "candidate.finish_section": CANDIDATES,
    "candidate.result": CANDIDATES,
    "candidate.receipt": CANDIDATES,
    "candidate.appeal": CANDIDATES,
    "candidate.take_break": CANDIDATES,
    "candidate.end_break": CANDIDATES,
    "candidate.certificates": SIGNED_IN,
    "candidate.hide_name": STUDENTS,
    "candidate.withdraw": STUDENTS,
    "candidate.recognitions": CANDIDATES,
    "partner.team": PARTNER_ADMINS,
    "partner.team_export": PARTNER_ADMINS,
    "partner.member": PARTNER_ADMINS,
    "partner.change_member": PARTNER_ADMINS,
    "partner.end_member": PARTNER_ADMINS,
    "partner.keep_member": PARTNER_ADMINS,
    "partner.invitations": PARTNER_ADMINS,
    "partner.send_invitation": PARTNER_ADMINS,
    "partner.revoke_invitation": PARTNER_ADMINS,
    "partner.scorecard": PARTNERS,
    "programmes.programmes": SIGNED_IN,
    "programmes.programme": SIGNED_IN,
    "partner.as_of": PARTNER_ADMINS,
    "partner.plan": PARTNER_ADMINS,
    "partner.standing": PARTNERS,
    "trainer.studio": STUDIO,
    "trainer.course": STUDIO,
    "trainer.exam": STUDIO,
    "trainer.item": STUDIO,
    "trainer.correct": TRAINERS,
    "trainer.reviews": STUDIO,
    "trainer.report": STUDIO,
    "trainer.resolve_report": TRAINERS,
    "trainer.appeal": STUDIO,
    "trainer.answer_appeal": TRAINERS,
    "trainer.corrections": STUDIO,
    "trainer.correction": STUDIO,
    "trainer.results_export": STUDIO,
    "trainer.tiers_export": STUDIO,
    "trainer.approve_correction": TRAINERS,
    "trainer.withdraw_correction": TRAINERS,
    "trainer.grading": TRAINERS,
    "trainer.next_answer": TRAINERS,
    "trainer.answer": TRAINERS,
    "trainer.answer_file": TRAINERS,
    "trainer.give_back_answer": TRAINERS,
    "admin.overview": OFFICE,
    "admin.credentials": OFFICE,
    "admin.credentials_export": OFFICE,
    "admin.credential": OFFICE,
    "admin.revoke": ADMINS,
    "admin.reinstate": ADMINS,
    "admin.reissue": ADMINS,
    "admin.bulk": ADMINS,
    "admin.bulk_revocation": OFFICE,
    "admin.confirm_bulk": ADMINS,
    "admin.recognitions": OFFICE,
    "admin.recognition": OFFICE,
    "admin.evidence": OFFICE,
    "admin.decide_recognition": ADMINS,
    "admin.revoke_recognition": ADMINS,
    "admin.propose_recognition": ADMINS,
    "admin.people": OFFICE,
    "admin.person": OFFICE,
    "admin.accommodate": ADMINS,
    "admin.end_accommodation": ADMINS,
    "admin.grant_time": ADMINS,
    "admin.erase_person": ADMINS,
    "admin.erasures": OFFICE,
    "admin.attempt": STUDIO,
    "admin.propose_void": ADMINS,
    "admin.approve_void": ADMINS,
    "admin.reject_void": ADMINS,
    "admin.organisations": OFFICE,
    "admin.organisation": OFFICE,
    "admin.label": ADMINS,
    "admin.partners": OFFICE,
    "admin.partners_export": OFFICE,
    "admin.targets": OFFICE,
    "admin.targets_export": OFFICE,
    "admin.target_tier": OFFICE,
    "admin.target_tier_export": OFFICE,
    "admin.kpis": OFFICE,
    "admin.kpis_export": OFFICE,
    "admin.investments": OFFICE,
    "admin.add_investment": ADMINS,
    "admin.end_investment": ADMINS,
    "admin.reports": OFFICE,
    "admin.show_report": OFFICE,
    "admin.report_export": OFFICE,
    "admin.subscribe_to": ADMINS,
    "admin.unsubscribe_from": ADMINS,
    "admin.facts": OFFICE,
    "admin.facts_export": OFFICE,
    "admin.record_fact": ADMINS,
    "admin.fact": OFFICE,
    "admin.correct_fact": ADMINS,
    "admin.withdraw_fact": ADMINS,
    "admin.account": ADMINS,
    "admin.imports": OFFICE,
    "admin.upload_import": ADMINS,
    "admin.fact_import": OFFICE,
    "admin.map_import": ADMINS,
    "admin.confirm_import": ADMINS,
    "admin.as_of": OFFICE,
    "admin.plan": OFFICE,
    "admin.standing": OFFICE,
    "admin.exceptions": OFFICE,
    "admin.propose_exception": ADMINS,
    "admin.approve_exception": ADMINS,
    "admin.reject_exception": ADMINS,
    "admin.revoke_exception": ADMINS,
    "admin.invitations": OFFICE,
    "admin.invite": ADMINS,
    "admin.send_invitation": ADMINS,
    "admin.revoke_invitation": ADMINS,
    "admin.verify_domain": ADMINS,
    "admin.withdraw_domain": ADMINS,
    "api-docs.openapi_json": EVERYONE,
    "api_attempts.start_attempt": CANDIDATES,
    "api_attempts.get_attempt": CANDIDATES,
    "api_attempts.show_attempt_in": CANDIDATES,
    "api_attempts.save_response": CANDIDATES,
    "api_attempts.submit_attempt": CANDIDATES,
    "api_attempts.get_receipt_key": EVERYONE,
    "api_attempts.finish_section": CANDIDATES,
    "api_events.note_events": CANDIDATES,
    "api_events.report_item": CANDIDATES,
    "api_attempts.list_exams": SIGNED_IN,
    "api_uploads.upload": CANDIDATES,
    "api_uploads.list_uploads": CANDIDATES,
    "api_uploads.get_upload": CANDIDATES,
    "api_credentials.list_credentials": SIGNED_IN,
    "api_credentials.get_credential": EVERYONE,
    "api_credentials.verify_document": EVERYONE,
    "api_grading.list_waiting": TRAINERS,
    "api_grading.take_next_answer": TRAINERS,
    "api_grading.get_answer": TRAINERS,
    "api_grading.get_answer_file": TRAINERS,
    "api_grading.rate_answer": TRAINERS,
    "api_grading.give_back_answer": TRAINERS,
    "api_standings.list_standings": PARTNERS | OFFICE,
    "api_standings.get_standing": PARTNERS | OFFICE,
    "api_facts.list_facts": PARTNERS | OFFICE,
    "api_facts.add_fact": ADMINS,
    "api_standings.list_history": PARTNERS | OFFICE,
    "api_standings.get_past_standing": PARTNERS | OFFICE,
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ASKS = frozenset({"api_credentials.verify_document"})  # changes nothing of anybody's, so no page has to vouch for it


class SignInNeeded(Refusal):
    """A guest asked for what only a signed-in person has."""

    status = 401
    title = _l("Sign in to see this")


class RoleLacksIt(Refusal):
    """The visitor's role does not have this right."""

    status = 403
    title = _l("Your role does not allow this")
    detail = _l("If you need it for your work, ask the administrator of your organisation.")


def register(app: Flask) -> None:
    """Stand at the door of every route."""
    app.before_request(guard)


def guard() -> Response | None:
    """Let the visitor through, or refuse; refusals of authority leave a ledger line.

    A write by cookie carries the page's token; one by bearer token needs none, as no other site can send it.
    """
    if request.endpoint is None:
        return None
    if not all(_can_be_stored(value) for value in (request.view_args or {}).values()):
        raise NotFound
    by_token = bearer_token(request) is not None
    if _allowed(request.endpoint, by_token):
        if not by_token and request.endpoint not in ASKS and current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect()
        return None
    if current_user.is_authenticated:
        with writing() as at:
            record("access_refused", request.endpoint, by=current_user.id, at=at, address=address())
        raise RoleLacksIt
    if request.method == "GET" and not is_for_programs(request):
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    raise SignInNeeded


def may(endpoint: str) -> bool:
    """Whether the visitor's role opens the endpoint: for showing a link or not."""
    return current_user.role in ROUTES.get(endpoint, NOBODY)


def _allowed(endpoint: str, by_token: bool) -> bool:
    looks = request.method in SAFE_METHODS
    if looks and not by_token and ROUTES.get(endpoint) == EVERYONE:
        return True  # nobody needs to be looked up
    if by_token and current_user.is_anonymous:
        return False  # a token that is unknown or revoked does not fall back to being a guest
    return may(endpoint) and (looks or endpoint in ASKS or current_user.may_write)


def _can_be_stored(value: object) -> bool:
    """Whether a part of the path may name a row: no database takes a longer number, nor PostgreSQL a NUL."""
    return value < 2**63 if isinstance(value, int) else "\0" not in str(value)
