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
PARTNER_ROLES = {"user": _l("Member"), "admin": _l("Manages the team")}
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
ASSIGNMENT_STATES = {
    "open": _l("In time"),
    "late": _l("Late"),
    "done": _l("Done"),
    "withdrawn": _l("Withdrawn"),
}
ASSIGNMENT_TONES = {"open": "info", "late": "danger", "done": "ok", "withdrawn": "neutral"}
SESSION_KINDS = {"workshop": _l("Workshop"), "live": _l("Live session"), "mentoring": _l("Mentoring session")}
HAND_IN_STATES = {
    "none": _l("Not handed in"),
    "waiting": _l("Handed in"),
    "sent_back": _l("Sent back"),
    "confirmed": _l("Confirmed"),
}
HAND_IN_TONES = {"none": "neutral", "waiting": "info", "sent_back": "caution", "confirmed": "ok"}
TURNS = STATES | {"reinstated": _l("Reinstated")}
RECOGNITION_STATES = {
    "proposed": _l("Waits for a decision"),
    "approved": _l("Accepted"),
    "rejected": _l("Not accepted"),
    "revoked": _l("Accepted no longer"),
}
RECOGNITION_TONES = {"proposed": "caution", "approved": "ok", "rejected": "neutral", "revoked": "danger"}
KINDS = {name: _l(kind.TITLE) for name, kind in ITEM_KINDS.items()}
CORRECTIONS = {
    "new_key": _l("Another key: only it counts from now on"),
    "also_accept": _l("A second key: both are right"),
    "full_credit": _l("Full credit for everyone who was given the item"),
    "drop": _l("Drop the item: it counts for nobody"),
}
OUTCOMES = {
    "recorded": _l("New"),
    "corrected": _l("Changed, to be corrected"),
    "moved": _l("Of another organisation until now"),
    "withdrawn": _l("Won no longer, to be withdrawn"),
    "known": _l("Known already"),
    "repeated": _l("Twice in the file"),
}
EFFECTS = {
    "score": _l("Another score"),
    "issue": _l("Receives the certificate"),
    "revoke": _l("Loses the certificate"),
    "keep": _l("Keeps the better result"),
}
EFFECT_TONES = {"score": "info", "issue": "ok", "revoke": "danger", "keep": "neutral"}
REGRADE_STATES = {
    "proposed": _l("Proposed"),
    "approved": _l("Being put through"),
    "done": _l("Done"),
    "withdrawn": _l("Withdrawn"),
}
REGRADE_TONES = {"proposed": "caution", "approved": "info", "done": "ok", "withdrawn": "neutral"}
FAULTS = {
    "unclear": _l("It cannot be understood"),
    "answers": _l("No answer is right, or several are"),
    "broken": _l("Something is missing or does not show"),
    "other": _l("Something else"),
}
FINDINGS = {"nothing_wrong": _l("Nothing wrong"), "at_fault": _l("Item at fault")}
FINDING_TONES = {"nothing_wrong": "neutral", "at_fault": "caution"}
VOID_STATES = {"proposed": _l("Proposed"), "approved": _l("Approved"), "rejected": _l("Rejected")}
VOID_TONES = {"proposed": "caution", "approved": "danger", "rejected": "neutral"}
APPEAL_STATES = {"open": _l("Not answered yet"), "upheld": _l("Upheld"), "dismissed": _l("Not upheld")}
APPEAL_TONES = {"open": "info", "upheld": "ok", "dismissed": "neutral"}
DIFFICULTIES = {1: _l("Easy"), 2: _l("Medium"), 3: _l("Hard")}
AREAS = {
    "product": _l("Product"),
    "sales": _l("Sales"),
    "technical": _l("Technical"),
    "business": _l("Business"),
}
TRAINING_AREAS = AREAS | {"marketing": _l("Marketing")}
CADENCES = {
    "daily": _l("Daily"),
    "weekly": _l("Weekly"),
    "monthly": _l("Monthly"),
    "quarterly": _l("Quarterly"),
    "annual": _l("Annual"),
}


def vocabulary() -> dict[str, Any]:
    """For the templates of the office."""
    return {
        "JOB_ROLES": JOB_ROLES,
        "PARTNER_ROLES": PARTNER_ROLES,
        "ROLES": ROLES,
        "LANGUAGES": LANGUAGES,
        "LEVELS": LEVELS,
        "STATES": STATES,
        "STATE_TONES": STATE_TONES,
        "ASSIGNMENT_STATES": ASSIGNMENT_STATES,
        "ASSIGNMENT_TONES": ASSIGNMENT_TONES,
        "SESSION_KINDS": SESSION_KINDS,
        "HAND_IN_STATES": HAND_IN_STATES,
        "HAND_IN_TONES": HAND_IN_TONES,
        "TURNS": TURNS,
        "RECOGNITION_STATES": RECOGNITION_STATES,
        "RECOGNITION_TONES": RECOGNITION_TONES,
        "KINDS": KINDS,
        "CORRECTIONS": CORRECTIONS,
        "EFFECTS": EFFECTS,
        "OUTCOMES": OUTCOMES,
        "EFFECT_TONES": EFFECT_TONES,
        "REGRADE_STATES": REGRADE_STATES,
        "REGRADE_TONES": REGRADE_TONES,
        "FAULTS": FAULTS,
        "FINDINGS": FINDINGS,
        "FINDING_TONES": FINDING_TONES,
        "VOID_STATES": VOID_STATES,
        "VOID_TONES": VOID_TONES,
        "APPEAL_STATES": APPEAL_STATES,
        "APPEAL_TONES": APPEAL_TONES,
        "DIFFICULTIES": DIFFICULTIES,
        "AREAS": AREAS,
        "TRAINING_AREAS": TRAINING_AREAS,
        "CADENCES": CADENCES,
    }
