"""Which language a page speaks: the person's, the visitor's choice, or the browser's."""

from flask import g, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

LANGUAGES = ("es", "en")
COOKIE_KEY = "language"


def choose() -> str | None:
    """For Flask-Babel: the locale of this request."""
    if not has_request_context():
        return None
    if session.get(COOKIE_KEY) in LANGUAGES:
        return str(session[COOKIE_KEY])
    if current_user and current_user.is_authenticated:
        return str(current_user.person.language)
    return request.accept_languages.best_match(LANGUAGES, default="es")


def current() -> str:
    """`es` or `en`: the key into texts that come in both."""
    try:  # a page asks hundreds of times, and Flask-Babel's get_locale() takes ten times as long to look here
        kept = g._get_current_object()._flask_babel.babel_locale  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):  # not looked for yet, or no application
        kept = None
    locale = kept or get_locale()
    return locale.language if locale and locale.language in LANGUAGES else "es"
