"""Identity: whom a request speaks for, by the session's cookie or a bearer token."""

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import current_user
from itsdangerous import URLSafeTimedSerializer

from app.exams.devices import Seen
from app.extensions import login
from app.people.sessions import visitor_of_session
from app.people.tokens import visitor_of_token
from app.people.visitors import Guest, Visitor
from app.transaction import now

COOKIE_KEY = "visit"
STATIC = ("static", "bootstrap.static")


class Cookies(SecureCookieSessionInterface):
    """Flask's, with one signer for all requests instead of one for each."""

    def __init__(self, app: Flask) -> None:
        self.signer = super().get_signing_serializer(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return self.signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """What does not depend on the cookie does not say that it varies with it, or no cache would keep it."""
        if request.endpoint not in STATIC:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Teach Flask-Login our sessions and tokens."""
    app.session_interface = Cookies(app)
    login.anonymous_user = Guest
    login.session_protection = None
    login.request_loader(load)


def load(asked: Request) -> Visitor | None:
    """The visitor of a request; a bearer token speaks alone, whatever the cookies say."""
    bearer = bearer_token(asked)
    if bearer is not None:
        return visitor_of_token(bearer, now())
    token = session.get(COOKIE_KEY)
    return visitor_of_session(token, now()) if token else None


def forget_unknown() -> None:
    """Take whoever could not be loaded for a guest: the page that says so must not ask the store again."""
    if "_login_user" not in g:
        g._login_user = Guest()


def bearer_token(asked: Request) -> str | None:
    """The token of the Authorization header, if there is one."""
    scheme, _, token = asked.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_for_programs(asked: Request) -> bool:
    """Whether it is a program that asks, which is told of errors in problem documents and never sent to sign in."""
    return asked.path.startswith(("/api/", "/log/"))


def address() -> str:
    """Where the request comes from."""
    return (request.remote_addr or "")[:40]


def device() -> Seen:
    """What the request tells of the device that it comes from."""
    agent = "".join(char for char in request.user_agent.string if char.isprintable())
    return Seen(address(), agent[:200])


def visitor() -> Visitor:
    """The signed-in visitor; only for pages that the table of routes closes to guests."""
    return current_user._get_current_object()  # type: ignore[no-any-return]
