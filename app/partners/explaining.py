"""Explanations, purely: a qualification and a standing as data that proves itself, and as lines of plain words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.content.schema import Language
from app.partners.proofs import Check, Conversion, Terms, Who
from app.partners.records import Fact
from app.partners.sentences import requirement_lines, when
from app.partners.tiers import Held, Qualification, TierProof
from app.partners.words import WORDS

Data = dict[str, Any]
Shared = dict[Who | Fact, int]


def packed(
    qualification: Qualification, held: Held, version: str | None = None, known_at: datetime | None = None
) -> Data:
    """The explanation of one ladder as it is kept: names in each language, instants in UTC, money in minor units.

    `version` is the hash of the rules in force, `known_at` the instant whose knowledge it rests on. `shared` has each
    person and fact once, and the checks their places in it.
    """
    shared: Shared = {}
    return {
        "programme": qualification.programme,
        "title": dict(qualification.title),
        "at": qualification.at.isoformat(),
        "ladder": {"id": qualification.ladder_id, "name": qualification.ladder_name},
        "version": {"hash": version, "effective_from": _iso(qualification.effective_from)},
        "known_at": _iso(known_at),
        "held": _tier(qualification, held.tier),
        "since": held.since.isoformat(),
        "at_risk_since": _iso(held.at_risk_since),
        "review_at": _iso(held.review_at),
        "grace_until": _iso(held.grace_until),
        "next_change_at": _iso(held.next_change_at),
        "earned": _tier(qualification, qualification.tier),
        "tiers": [_proof(proof, shared) for proof in qualification.ladder],
        "shared": [_who(one) if isinstance(one, Who) else _fact(one) for one in shared],
    }


def unpacked(kept: Data) -> Data:
    """The explanation as it is shown: the standing and its proof, with every person and fact where they count.

    One that was kept before persons and facts were shared has them there already.
    """
    if "shared" not in kept:
        return kept
    tiers = [
        tier | {"requirements": [_whole(check, kept["shared"]) for check in tier["requirements"]]}
        for tier in kept["tiers"]
    ]
    return {name: value for name, value in kept.items() if name != "shared"} | {"tiers": tiers}


def renamed(kept: Any, person_id: int, name: str) -> bool:
    """Put another name in the place of a person's, wherever an explanation has it; whether it was anywhere."""
    parts = kept.values() if isinstance(kept, dict) else kept if isinstance(kept, list) else ()
    found = [renamed(part, person_id, name) for part in parts]
    if isinstance(kept, dict) and "person" in kept and kept["person"] == person_id:
        kept["name"] = name
        return True
    return any(found)


def _whole(check: Data, shared: list[Data]) -> Data:
    return {name: value for name, value in check.items() if name != "converted"} | {
        "people": [shared[place] for place in check["people"]],
        "candidates": [shared[place] for place in check["candidates"]],
        "facts": [shared[place] | _converted(check, place) for place in check["facts"]],
        "left_out": [shared[place] | {"reason": reason} for place, reason in check["left_out"]],
        "requirements": [_whole(part, shared) for part in check["requirements"]],
    }


def _converted(check: Data, place: int) -> Data:
    """How a fact came to be of the currency asked for, where it did; checks kept earlier have no such thing."""
    found = [conversion for other, conversion in check.get("converted", ()) if other == place]
    return {"converted": found[0]} if found else {}


def with_ladders(main: Data, others: Iterable[Data]) -> Data:
    """The explanation of the main ladder with those of the programme's other ladders, all of them unpacked."""
    return main | {"ladders": {other["ladder"]["id"]: other for other in others}}


def _tier(qualification: Qualification, tier: str | None) -> Data | None:
    proof = qualification.proof(tier)
    return {"id": proof.id, "rank": proof.rank, "name": dict(proof.name)} if proof else None


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _proof(proof: TierProof, shared: Shared) -> Data:
    checks = [_check(check, shared) for check in proof.checks]
    return {"id": proof.id, "rank": proof.rank, "name": dict(proof.name), "met": proof.met, "requirements": checks}


def _check(check: Check, shared: Shared) -> Data:
    return {
        "id": check.id,
        "kind": check.kind,
        "name": dict(check.name),
        "met": check.met,
        "have": check.have,
        "need": check.need,
        "gap": check.gap,
        "excess": check.excess,
        "unit": check.unit,
        "currency": check.currency,
        "terms": _terms(check.terms),
        "people": _places(check.people, shared),
        "candidates": _places(check.candidates, shared),
        "facts": _places(check.facts, shared),
        "left_out": [(*_places([fact], shared), reason) for fact, reason in check.left_out],
        "converted": [(*_places([one.fact], shared), _conversion(one)) for one in check.converted],
        "requirements": [_check(part, shared) for part in check.checks],
    }


def _terms(terms: Terms | None) -> Data | None:
    """What the requirement's kind adds, field by field."""
    return {name: _plain(value) for name, value in vars(terms).items()} if terms else None


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): inner for name, inner in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _conversion(conversion: Conversion) -> Data:
    return {
        "worth": conversion.worth,
        "currency": conversion.currency,
        "rate": str(conversion.rate),
        "on": conversion.on.isoformat(),
    }


def _places(ones: Iterable[Who | Fact], shared: Shared) -> list[int]:
    return [shared.setdefault(one, len(shared)) for one in ones]


def _who(who: Who) -> Data:
    return {
        "person": who.person_id,
        "name": who.name,
        "job_role": who.job_role,
        "level": who.level,
        "credential": who.public_id,
        "valid_to": _iso(who.valid_to),
        "region": who.region,
        "done_at": _iso(who.done_at),
    }


def _fact(fact: Fact) -> Data:
    return {
        "fact": fact.id,
        "metric": fact.metric,
        "value": fact.value,
        "currency": fact.currency,
        "valid_from": fact.valid_from.isoformat(),
        "valid_to": _iso(fact.valid_to),
        "recorded_at": fact.recorded_at.isoformat(),
        "source": fact.source,
        "evidence": fact.evidence,
        "corrects": fact.corrects,
    }


def explain_lines(explanation: Data, language: Language) -> list[str]:
    """The explanation for people: what is held, and tier by tier what there is, what is missing and who counts."""
    lines = _standing_lines(explanation, language)
    for other in explanation.get("ladders", {}).values():
        lines += ["", "", *_standing_lines(other, language)]
    return lines


def _standing_lines(explanation: Data, language: Language) -> list[str]:
    say = WORDS[language]
    lines = [
        _head(explanation, language),
        say["held"].format(tier=_named(explanation["held"], language), since=when(explanation["since"], language)),
    ]
    if explanation["at_risk_since"]:
        lines += _risk_lines(explanation, language)
    after = explanation["next_change_at"]
    lines.append(say["next"].format(instant=when(after, language)) if after else say["never"])
    lines += _ground_lines(explanation, language)
    for tier in explanation["tiers"]:
        lines += ["", say["met" if tier["met"] else "unmet"].format(tier=tier["name"][language])]
        for requirement in tier["requirements"]:
            lines += requirement_lines(requirement, language, "  ")
    return lines


def _head(explanation: Data, language: Language) -> str:
    """The programme, the ladder where it has a name, and the instant."""
    title, at = explanation["title"][language], when(explanation["at"], language)
    name = explanation.get("ladder", {}).get("name")
    if name is None:
        return WORDS[language]["head"].format(title=title, at=at)
    return WORDS[language]["ladder"].format(title=title, ladder=name[language], at=at)


def _ground_lines(explanation: Data, language: Language) -> Iterator[str]:
    """By which rules and by what knowledge, where that was said."""
    say, version = WORDS[language], explanation.get("version")
    if version and version["hash"]:
        yield say["version"].format(since=when(version["effective_from"], language), hash=version["hash"])
    if explanation.get("known_at"):
        yield say["known"].format(instant=when(explanation["known_at"], language))


def _named(tier: Data | None, language: Language) -> str:
    return tier["name"][language] if tier else WORDS[language]["no_tier"]


def _risk_lines(explanation: Data, language: Language) -> Iterator[str]:
    say = WORDS[language]
    since, earned = when(explanation["at_risk_since"], language), _named(explanation["earned"], language)
    yield say["at_risk"].format(instant=since, earned=earned)
    if explanation["grace_until"]:
        yield say["grace"].format(instant=when(explanation["grace_until"], language))
    else:
        yield say["review"].format(instant=when(explanation["review_at"], language))
