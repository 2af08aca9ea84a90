"""The language in which a candidate reads an open attempt: the one it was started in, until another is chosen."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value

from app.exams.attempts import IS_OPEN, Attempt, AttemptClosed
from app.extensions import db
from app.refusal import Refusal

_SHOW = update(Attempt).where(Attempt.id == bindparam("attempt_id"), IS_OPEN).values(shown_language=bindparam("shown"))


class LanguageNotOffered(Refusal):
    """The exam is not written in the language."""

    status = 422
    title = _l("The exam is not offered in that language")


def require_offered(exam: Mapping[str, Any], language: str) -> None:
    """Raises LanguageNotOffered."""
    if language not in exam["languages"]:
        raise LanguageNotOffered(languages=exam["languages"])


def show_in(attempt: Attempt, language: str) -> None:
    """Show the attempt in another language of its exam from now on; items, options and answers keep their places."""
    require_offered(attempt.exam, language)
    shown = db.session.connection().execute(_SHOW, {"attempt_id": attempt.id, "shown": language})
    if shown.rowcount != 1:
        raise AttemptClosed
    set_committed_value(attempt, "shown_language", language)
