"""What the scripts of an open attempt say, as JSON for their data attributes; worked out once for each language."""

import json
from functools import cache

from flask_babel import force_locale

from app.web.wording import lazy_gettext as _l

SAVING = {
    "place": _l("Item %(number)s of %(count)s"),
    "saving": _l("Saving…"),
    "unsaved": _l("Not saved yet"),
    "saved": _l("Saved at %(time)s"),
    "offline": _l("Not saved yet: no connection. Your answers are kept here and sent when it is back."),
    "refused": _l("Item %(number)s could not be saved. Go to it and correct it."),
    "stale": _l("Item %(number)s was changed in another window. Go to it and choose."),
    "locked_out": _l("Could not be saved: reload the page and sign in. Your answers are kept here."),
    "over": _l("Time is over. What you answered is being saved; the result comes in a few seconds."),
    "section_over": _l(
        "The time of this section is over. What you answered is being saved; the next one comes in a few seconds."
    ),
    "answered": _l("answered"),
    "not_answered": _l("not answered"),
    "flagged": _l("flagged"),
    "empty": _l("no answer"),
}
UPLOADING = {
    "sending": _l("%(name)s is being uploaded"),
    "kept": _l("%(name)s was uploaded"),
    "cancelled": _l("The upload of %(name)s was cancelled"),
    "offline": _l("The file did not arrive. Check the connection and choose it again."),
    "too_large": _l("The file is too large: choose one of up to %(size)s MB."),
    "wrong_type": _l("Files of this type are not accepted. Look at the types that the item asks for."),
}
MINUTES_LEFT = {
    "10": _l("10 minutes left"),
    "5": _l("5 minutes left"),
    "1": _l("1 minute left"),
    "0": _l("Time is over"),
    "left": _l("%(minutes)s min %(seconds)s s left"),
    "more": _l("Your time was extended by %(minutes)s min"),
}


@cache
def script_words(language: str) -> dict[str, str]:
    """`saving`, `minutes_left` and `uploading`."""
    said = {"saving": SAVING, "minutes_left": MINUTES_LEFT, "uploading": UPLOADING}
    with force_locale(language):
        return {name: _as_json(words) for name, words in said.items()}


def _as_json(words: dict[str, object]) -> str:
    return json.dumps({name: str(text) for name, text in words.items()}, ensure_ascii=False)
