"""The words that pages use for the values we store."""

from datetime import timedelta
from typing import Any

from app.exams.kinds import KINDS as ITEM_KINDS
from app.web.wording import lazy_gettext as _l

EXPIRES_SOON = timedelta(days=90)  # time enough to study, sit the exam and sit it again

JOB_ROLES = {
    "sales": _l("Sales"),
    "technical": _l("Technical"),
    "marketing": _l("Marketing"),
    "management": _l("Management"),
}
ROLES = {
    "consultant": _l("Consultant"),
    "trainer": _l("Trainer"),
    "viewer": _l("Viewer"),
    "admin": _l("Administrator"),
}
LANGUAGES = {"es": "Español", "en": "English"}
LEVELS = {"fundamentals": "Fundamentals", "advanced": "Advanced", "expert": "Expert", "master": "Master"}
STATES = {
    "valid": _l("Valid"),
    "expired": _l("Expired"),
    "revoked": _l("Revoked"),
    "superseded": _l("Replaced"),
    "withdrawn": _l("Withdrawn"),
}
STATE_TONES = {
    "valid": "ok",
    "expired": "caution",
    "revoked": "danger",
    "superseded": "neutral",
    "withdrawn": "danger",
}
KINDS = {name: _l(kind.TITLE) for name, kind in ITEM_KINDS.items()}
DIFFICULTIES = {1: _l("Easy"), 2: _l("Medium"), 3: _l("Hard")}
AREAS = {
    "product": _l("Product"),
    "sales": _l("Sales"),
    "technical": _l("Technical"),
    "business": _l("Business"),
}


def vocabulary() -> dict[str, Any]:
    """For the templates of the office."""
    return {
        "JOB_ROLES": JOB_ROLES,
        "ROLES": ROLES,
        "LANGUAGES": LANGUAGES,
        "LEVELS": LEVELS,
        "STATES": STATES,
        "STATE_TONES": STATE_TONES,
        "KINDS": KINDS,
        "DIFFICULTIES": DIFFICULTIES,
        "AREAS": AREAS,
    }
