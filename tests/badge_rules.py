"""What Open Badges 3.0, the credentials of the W3C, status lists and did:web ask of a document's shape, in our words.

The schema of Open Badges itself is not ours to copy: these are its rules for the terms that our badges use, and where
it leaves a choice (one or several, other fields) the narrower of the two, which every validator takes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from app.credentials.multikey import from_base58
from app.credentials.strict_json import read_object
from app.credentials.tokens import take_apart

Rule = Callable[[str, Any], Iterator[str]]  # where it stands and what stands there: what is wrong, one line each

IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
W3C = "https://www.w3.org/ns/credentials/v2"
BADGES = re.compile(r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d+\.\d+)?\.json")
ACHIEVEMENT_TYPE = re.compile(
    r"Achievement|ApprenticeshipCertificate|Assessment|Assignment|AssociateDegree|Award|BachelorDegree|Badge"
    r"|Certificate|CertificateOfCompletion|Certification|CoCurricular|CommunityService|Competency|Course|Degree"
    r"|Diploma|DoctoralDegree|Fieldwork|GeneralEducationDevelopment|JourneymanCertificate|LearningProgram|License"
    r"|MasterCertificate|MasterDegree|Membership|MicroCredential|ProfessionalDoctorate|QualityAssuranceCredential"
    r"|ResearchDoctorate|SecondarySchoolDiploma"
    r"|ext:[A-Za-z0-9._-]+"
)
PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}  # what a key that is shown must not have


def text(at: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{at}: is no text"


def matching(pattern: re.Pattern[str], at: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        yield f"{at}: is not of its form"


iri = partial(matching, IRI)


def instant(at: str, value: Any) -> Iterator[str]:
    """A date and a time with its zone, that there is."""
    yield from matching(INSTANT, at, value)
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        yield f"{at}: is no instant"


def one_of(*words: str) -> Rule:
    def rule(at: str, value: Any) -> Iterator[str]:
        if value not in words:
            yield f"{at}: is none of its words"

    return rule


def types(*needed: str) -> Rule:
    """A list of names without repeats, these among them."""

    def rule(at: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield f"{at}: is no list of names"
        elif len(set(value)) < len(value) or not set(needed) <= set(value):
            yield f"{at}: lacks a name or repeats one"

    return rule


def listed(of: Rule) -> Rule:
    """One or more, in a list."""

    def rule(at: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list) or not value:
            yield f"{at}: is no list of one or more"
            return
        for place, one in enumerate(value):
            yield from of(f"{at}[{place}]", one)

    return rule


def shaped(must: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these fields and no others."""
    known = {**must, **(may or {})}

    def rule(at: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{at}: is no object"
            return
        yield from (f"{at}.{name}: is missing" for name in must if name not in value)
        for name, part in value.items():
            yield from known[name](f"{at}.{name}", part) if name in known else [f"{at}.{name}: is no field"]

    return rule


def badge_contexts(at: str, value: Any) -> Iterator[str]:
    """The order is fixed; others may follow."""
    if not isinstance(value, list) or len(value) < 2 or value[0] != W3C or not BADGES.fullmatch(str(value[1])):
        yield f"{at}: are not the contexts of a badge"


def list_contexts(at: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list) or value[:1] != [W3C]:
        yield f"{at}: does not begin with the context of credentials"


IMAGE = shaped({"id": iri, "type": one_of("Image")}, {"caption": text})
PROFILE = shaped({"id": iri, "type": types("Profile")}, {"name": text, "url": iri, "image": IMAGE})
ALIAS = shaped({"type": one_of("IdentifierEntry"), "identifier": text, "identifierType": one_of("name")})
CREATOR = shaped({"id": iri, "type": types("Profile"), "name": text, "otherIdentifier": listed(ALIAS)})
ACHIEVEMENT = shaped(
    {
        "id": iri,
        "type": types("Achievement"),
        "name": text,
        "description": text,
        "criteria": shaped({"narrative": text}, {"id": iri}),
    },
    {"achievementType": partial(matching, ACHIEVEMENT_TYPE), "image": IMAGE, "creator": CREATOR},
)
SUBJECT = shaped({"id": iri, "type": types("AchievementSubject"), "achievement": ACHIEVEMENT}, {"licenseNumber": text})
STATUS = shaped(
    {
        "id": iri,
        "type": one_of("BitstringStatusListEntry"),
        "statusPurpose": one_of("revocation"),
        "statusListIndex": partial(matching, re.compile(r"0|[1-9]\d*")),
        "statusListCredential": iri,
    }
)
PROOF = shaped(
    {
        "type": one_of("DataIntegrityProof"),
        "cryptosuite": one_of("eddsa-rdfc-2022"),
        "created": instant,
        "verificationMethod": iri,
        "proofPurpose": one_of("assertionMethod"),
        "proofValue": partial(matching, re.compile(r"z[1-9A-HJ-NP-Za-km-z]{80,90}")),
    }
)
UNSIGNED = {
    "@context": badge_contexts,
    "id": iri,
    "type": types("VerifiableCredential", "OpenBadgeCredential"),
    "issuer": PROFILE,
    "validFrom": instant,
    "name": text,
    "credentialSubject": SUBJECT,
}
DATES = {"validUntil": instant, "awardedDate": instant, "credentialStatus": STATUS}
BADGE = shaped({**UNSIGNED, "proof": listed(PROOF)}, DATES)


def seconds(at: str, value: Any) -> Iterator[str]:
    if type(value) is not int:
        yield f"{at}: is no whole number of seconds"


PAYLOAD = shaped({**UNSIGNED, "iss": iri, "jti": iri, "nbf": seconds, "sub": iri}, {**DATES, "exp": seconds})
HEADER = shaped({"alg": one_of("RS256"), "typ": one_of("JWT", "vc+jwt"), "kid": iri})
STATUS_LIST = shaped(
    {
        "@context": list_contexts,
        "id": iri,
        "type": types("VerifiableCredential", "BitstringStatusListCredential"),
        "issuer": iri,
        "validFrom": instant,
        "credentialSubject": shaped(
            {
                "id": iri,
                "type": one_of("BitstringStatusList"),
                "statusPurpose": one_of("revocation"),
                "encodedList": partial(matching, re.compile(r"u[A-Za-z0-9_-]+")),
            }
        ),
        "proof": listed(PROOF),
    },
    {"validUntil": instant},
)


def faults_of_badge(badge: Any) -> list[str]:
    """What a badge with its proof does not keep."""
    return [*BADGE("", badge)] or [*_between(badge)]


def faults_of_token(token: str) -> list[str]:
    """What a badge as a token does not keep: its payload is the badge, each claim equal to its field."""
    opened = take_apart(token)
    found = [*HEADER("header", opened.header), *PAYLOAD("", opened.payload)]
    return found or [*_between(opened.payload), *_claims(opened.payload)]


def faults_of_status_list(document: bytes) -> list[str]:
    """What a status list does not keep."""
    found = read_object(document)
    return [*STATUS_LIST("", found)] or ["the list and its subject are one"] * (
        found["id"] == found["credentialSubject"]["id"]
    )


def faults_of_did(document: Any, host: str) -> list[str]:
    """What the document of `did:web` of a host, as in a URL, does not keep."""
    return [*DID_DOCUMENT("", document)] or [*_did_fits(document, host)]


def _between(badge: Mapping[str, Any]) -> Iterator[str]:
    """What one field asks of another."""
    if "validUntil" in badge and not _time(badge["validFrom"]) < _time(badge["validUntil"]):
        yield "it ends before it begins"
    status = badge.get("credentialStatus", {})
    if status and status["id"] == status["statusListCredential"]:
        yield "the entry and its list are one"


def _claims(payload: Mapping[str, Any]) -> Iterator[str]:
    same = {
        "iss": payload["issuer"]["id"],
        "jti": payload["id"],
        "sub": payload["credentialSubject"]["id"],
        "nbf": _time(payload["validFrom"]),
        "exp": _time(payload["validUntil"]) if "validUntil" in payload else None,
    }
    yield from (f"{claim}: is not what its field says" for claim, field in same.items() if payload.get(claim) != field)


def _time(value: str) -> float:
    return datetime.fromisoformat(value).timestamp()


def _multikey(at: str, value: Any) -> Iterator[str]:
    """An Ed25519 key: two bytes that say so, and 32."""
    key = from_base58(value[1:]) if isinstance(value, str) and value.startswith("z") else b""
    if len(key) != 34 or not key.startswith(b"\xed\x01"):
        yield f"{at}: is no Ed25519 key"


def _jwk(at: str, value: Any) -> Iterator[str]:
    number = partial(matching, BASE64URL)
    yield from shaped({"kty": one_of("RSA"), "n": number, "e": number})(at, value)
    yield from (f"{at}: shows what is private" for name in value if name in PRIVATE)
    if len(str(value.get("n"))) * 6 < 2048:
        yield f"{at}: is too short"


def _method(at: str, value: Any) -> Iterator[str]:
    key: dict[str, Rule] = {"publicKeyMultibase": _multikey}
    if isinstance(value, dict) and value.get("type") == "JsonWebKey":
        key = {"publicKeyJwk": _jwk}
    yield from shaped({"id": iri, "type": one_of("Multikey", "JsonWebKey"), "controller": iri, **key})(at, value)


def _did_contexts(at: str, value: Any) -> Iterator[str]:
    if not isinstance(value, list) or value[:1] != ["https://www.w3.org/ns/did/v1"]:
        yield f"{at}: does not begin with the context of DIDs"


DID_DOCUMENT = shaped(
    {"@context": _did_contexts, "id": iri, "verificationMethod": listed(_method), "assertionMethod": listed(iri)}
)


def _did_fits(document: Mapping[str, Any], host: str) -> Iterator[str]:
    did, methods = document["id"], document["verificationMethod"]
    names = [method["id"] for method in methods]
    if did != f"did:web:{urlsplit(host).netloc.replace(':', '%3A')}":
        yield "the DID is not that of the host"
    if len(set(names)) < len(names) or not all(re.fullmatch(rf"{re.escape(did)}#[\w-]+", name) for name in names):
        yield "a key has no address of its own below the DID"
    if {method["controller"] for method in methods} != {did}:
        yield "a key is another's"
    if not set(document["assertionMethod"]) <= set(names):
        yield "a key that makes assertions is not there"
