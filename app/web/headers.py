"""The security headers of every answer."""

from flask import Flask, request, session
from werkzeug.wrappers import Response

from app.web.identity import COOKIE_KEY, STATIC, bearer_token

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SECRET = ("account.invitation",)


def register(app: Flask) -> None:
    """Add them to every answer of the app."""
    app.after_request(add)


def add(response: Response) -> Response:
    """What is answered to a visit, a token or a secret link is kept in no cache."""
    headers = response.headers
    given = set(headers.keys())
    for name, value in HEADERS.items():
        if name not in given:
            headers.add(name, value)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    visited = COOKIE_KEY in session or bearer_token(request) or request.endpoint in SECRET
    if request.endpoint not in STATIC and visited:
        headers.setdefault("Cache-Control", "no-store")
    return response
