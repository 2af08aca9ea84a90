"""Who may do what: the guard at the door of every route, by the closed table of routes (`routes.py`)."""

from flask import Flask, current_app, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import csrf
from app.ledger.deeds import record
from app.refusal import NotFound, Refusal
from app.transaction import writing
from app.web.identity import COOKIE_KEY, address, bearer_token, is_for_programs
from app.web.routes import EVERYONE, NOBODY, ROUTES
from app.web.wording import lazy_gettext as _l

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
        if not by_token and _needs_page(request.endpoint) and current_app.config["WTF_CSRF_ENABLED"]:
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


def _needs_page(endpoint: str) -> bool:
    """Whether a page of ours has to vouch for a write. A guest chooses a language without a cookie."""
    return endpoint not in ASKS and (endpoint != "account.set_language" or COOKIE_KEY in session)


def _can_be_stored(value: object) -> bool:
    """Whether a part of the path may name a row: no database takes a longer number, nor PostgreSQL a NUL."""
    return value < 2**63 if isinstance(value, int) else "\0" not in str(value)
