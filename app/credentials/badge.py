"""The badge: what a frozen record says, as an Open Badges 3.0 credential, word for word the same at any time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.credentials.issuer import issuer_did
from app.credentials.status_list import CREDENTIALS, entry, place

BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"  # the context of what badges add to credentials

# How a record is read: from this form on its badge names those who issue jointly. Badges given out before stay as they
# are, since the register tells a true one by its being word for word what the record makes.
FORM = 2

# These sentences are signed with every badge: to reword one rewords the badges given out before.
DESCRIPTION = {
    "es": "Su titular superó el examen del nivel {level}.",
    "en": "Its holder passed the exam of the {level} level.",
}
CRITERIA = {
    "es": "Superar el examen cronometrado del nivel {level}, con los requisitos previos del nivel cumplidos.",
    "en": "Pass the timed exam of the {level} level, having met what the level asks for beforehand.",
}


def badge(record: Mapping[str, Any], *, base_url: str, number: int) -> dict[str, Any]:
    """The credential of a frozen record, without its proof; `number` is its row in the register, fixed for ever."""
    start, end = instants(record)
    language, title = _title(record)
    url = credential_url(base_url, record["id"])
    shard, index = place(number)
    joint = [record["issuer"], *record.get("issuers", ())] if record.get("form", 1) >= FORM else []
    return {
        "@context": [CREDENTIALS, BADGES],
        "id": url,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer_did(base_url), "type": ["Profile"], "name": record["issuer"], "url": base_url},
        "validFrom": start,
        "validUntil": end,
        "awardedDate": start,
        "name": title,
        "credentialSubject": _subject(record, url, achievement(record["level"], title, language, base_url, joint)),
        "credentialStatus": entry(status_list_url(base_url, shard), index),
    }


def achievement(level: str, title: str, language: str, base_url: str, issuers: Sequence[str] = ()) -> dict[str, Any]:
    """What is achieved at a level, under the title that its exam gives it, by whoever issues it jointly."""
    url, name = achievement_url(base_url, level), level.title()
    achieved: dict[str, Any] = {
        "id": url,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": title,
        "description": DESCRIPTION[language].format(level=name),
        "criteria": {"narrative": CRITERIA[language].format(level=name)},
        "image": {"id": f"{url}/badge.png", "type": "Image"},
    }
    return achieved | {"creator": _together(issuers, base_url)} if len(issuers) > 1 else achieved


def credential_url(base_url: str, public_id: str) -> str:
    """The page of a credential, which is its id too."""
    return f"{base_url}/c/{public_id}"


def achievement_url(base_url: str, level: str) -> str:
    """The page of what is achieved at a level, which is its id too."""
    return f"{base_url}/achievements/{level}"


def status_list_url(base_url: str, shard: int) -> str:
    """Where a status list is."""
    return f"{base_url}/status/{shard}"


def instants(record: Mapping[str, Any]) -> tuple[str, str]:
    """From when until when it is valid; of the first records only the days are known."""
    start = record.get("issued_at", f"{record['issued_on']}T00:00:00Z")
    return start, record.get("expires_at", f"{record['expires_on']}T00:00:00Z")


def instant_text(at: datetime) -> str:
    """An instant in UTC to the second, as credentials write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _subject(record: Mapping[str, Any], url: str, achieved: dict[str, Any]) -> dict[str, Any]:
    """Nobody by name, and without the score, which is the holder's own."""
    subject = {"id": _urn(f"{url}#holder"), "type": ["AchievementSubject"]}
    return subject | {"licenseNumber": record["code"], "achievement": achieved}


def _together(issuers: Sequence[str], base_url: str) -> dict[str, Any]:
    """Those who issue jointly, as one profile that names each: a badge has one issuer and one creator."""
    return {
        "id": _urn("\n".join([base_url, *issuers])),
        "type": ["Profile"],
        "name": ", ".join(issuers),
        "otherIdentifier": [
            {"type": "IdentifierEntry", "identifier": issuer, "identifierType": "name"} for issuer in issuers
        ],
    }


def _title(record: Mapping[str, Any]) -> tuple[str, str]:
    """The language that the exam was sat in, and the title in it; in Spanish or else in English failing that."""
    titles: Mapping[str, str] = record["title"]
    asked = (record.get("language"), *DESCRIPTION)
    language = next(one for one in asked if one in DESCRIPTION and one in titles)
    return language, titles[language]


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn
