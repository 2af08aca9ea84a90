"""Explanations, purely: a qualification and a standing as data that proves itself, and as lines of plain words."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from app.content.schema import Language
from app.partners.money import from_minor
from app.partners.proofs import Check, Who
from app.partners.records import Fact
from app.partners.tiers import Held, Qualification, TierProof

Data = dict[str, Any]
Shared = dict[Who | Fact, int]


def packed(qualification: Qualification, held: Held) -> Data:
    """The explanation as it is kept: names in each language, instants as ISO 8601 in UTC, money in minor units.

    `shared` has each person and fact once, and the checks their places in it.
    """
    shared: Shared = {}
    return {
        "programme": qualification.programme,
        "title": dict(qualification.title),
        "at": qualification.at.isoformat(),
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
    return check | {
        "people": [shared[place] for place in check["people"]],
        "candidates": [shared[place] for place in check["candidates"]],
        "facts": [shared[place] for place in check["facts"]],
        "left_out": [shared[place] | {"reason": reason} for place, reason in check["left_out"]],
        "requirements": [_whole(part, shared) for part in check["requirements"]],
    }


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
        "unit": check.unit,
        "currency": check.currency,
        "people": _places(check.people, shared),
        "candidates": _places(check.candidates, shared),
        "facts": _places(check.facts, shared),
        "left_out": [(*_places([fact], shared), reason) for fact, reason in check.left_out],
        "requirements": [_check(part, shared) for part in check.checks],
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
    }


WORDS: dict[Language, dict[str, str]] = {
    "es": {
        "head": "{title}, {at}",
        "held": "Nivel: {tier}, desde el {since}",
        "no_tier": "ninguno",
        "at_risk": "En riesgo desde el {instant}: los datos de hoy dan {earned}",
        "review": "Revisión de aniversario: {instant}",
        "grace": "Plazo de gracia hasta el {instant}",
        "next": "Nada cambia por sí solo antes del {instant}",
        "never": "Nada cambia por sí solo",
        "met": "{tier}: cumplido",
        "unmet": "{tier}: no cumplido",
        "enough": "{name}: {have} de {need}",
        "short": "{name}: {have} de {need}; falta: {gap}",
        "counts": "cuenta {who}",
        "candidate": "puede certificarse {who}",
        "fact": "{value}, {span}, {source}",
        "from": "desde el {start}",
        "span": "del {start} al {end}",
        "other_currency": "no cuenta, otra moneda: {fact}",
        "not_over": "aún no cuenta, el período no ha terminado: {fact}",
        "until": "{who} ({level}, {credential}, hasta el {instant})",
        "endless": "{who} ({level}, {credential})",
    },
    "en": {
        "head": "{title}, {at}",
        "held": "Tier: {tier}, since {since}",
        "no_tier": "none",
        "at_risk": "At risk since {instant}: today's data earn {earned}",
        "review": "Anniversary review: {instant}",
        "grace": "Grace until {instant}",
        "next": "Nothing changes by itself before {instant}",
        "never": "Nothing changes by itself",
        "met": "{tier}: met",
        "unmet": "{tier}: not met",
        "enough": "{name}: {have} of {need}",
        "short": "{name}: {have} of {need}; {gap} missing",
        "counts": "counts {who}",
        "candidate": "could earn it: {who}",
        "fact": "{value}, {span}, {source}",
        "from": "since {start}",
        "span": "from {start} to {end}",
        "other_currency": "not counted, other currency: {fact}",
        "not_over": "not counted yet, the period is not over: {fact}",
        "until": "{who} ({level}, {credential}, until {instant})",
        "endless": "{who} ({level}, {credential})",
    },
}


def explain_lines(explanation: Data, language: Language) -> list[str]:
    """The explanation for people: what is held, and tier by tier what there is, what is missing and who counts."""
    say = WORDS[language]
    lines = [
        say["head"].format(title=explanation["title"][language], at=_when(explanation["at"], language)),
        say["held"].format(tier=_named(explanation["held"], language), since=_when(explanation["since"], language)),
    ]
    if explanation["at_risk_since"]:
        lines += _risk_lines(explanation, language)
    after = explanation["next_change_at"]
    lines.append(say["next"].format(instant=_when(after, language)) if after else say["never"])
    for tier in explanation["tiers"]:
        lines += ["", say["met" if tier["met"] else "unmet"].format(tier=tier["name"][language])]
        for requirement in tier["requirements"]:
            lines += _requirement_lines(requirement, language, "  ")
    return lines


def _named(tier: Data | None, language: Language) -> str:
    return tier["name"][language] if tier else WORDS[language]["no_tier"]


def _risk_lines(explanation: Data, language: Language) -> Iterator[str]:
    say = WORDS[language]
    since, earned = _when(explanation["at_risk_since"], language), _named(explanation["earned"], language)
    yield say["at_risk"].format(instant=since, earned=earned)
    if explanation["grace_until"]:
        yield say["grace"].format(instant=_when(explanation["grace_until"], language))
    else:
        yield say["review"].format(instant=_when(explanation["review_at"], language))


def _requirement_lines(requirement: Data, language: Language, indent: str) -> Iterator[str]:
    say = WORDS[language]
    amounts = {key: _amount(requirement[key], requirement["currency"], language) for key in ("have", "need", "gap")}
    mark = "[x]" if requirement["met"] else "[ ]"
    sentence = say["enough" if requirement["met"] else "short"].format(name=requirement["name"][language], **amounts)
    yield f"{indent}{mark} {sentence}"
    inner = indent + "    "
    for who in requirement["people"]:
        yield inner + say["counts"].format(who=_person(who, language))
    for who in requirement["candidates"]:
        yield inner + say["candidate"].format(who=_person(who, language))
    for fact in requirement["facts"]:
        yield inner + _fact_line(fact, language)
    for fact in requirement["left_out"]:
        yield inner + say[fact["reason"]].format(fact=_fact_line(fact, language))
    for part in requirement["requirements"]:
        yield from _requirement_lines(part, language, inner)


def _person(who: Data, language: Language) -> str:
    if who["credential"] is None:
        return str(who["name"])
    sentence = WORDS[language]["until" if who["valid_to"] else "endless"]
    until = who["valid_to"] and _when(who["valid_to"], language)
    return sentence.format(
        who=who["name"], level=who["level"].capitalize(), credential=who["credential"], instant=until
    )


def _fact_line(fact: Data, language: Language) -> str:
    say = WORDS[language]
    start, end = _when(fact["valid_from"], language), fact["valid_to"]
    span = say["span"].format(start=start, end=_when(end, language)) if end else say["from"].format(start=start)
    return say["fact"].format(
        value=_amount(fact["value"], fact["currency"], language), span=span, source=fact["source"]
    )


def _amount(value: int, currency: str | None, language: Language) -> str:
    if currency is None:
        return format_decimal(value, locale=language)
    return format_currency(from_minor(value, currency), currency, locale=language, decimal_quantization=False)


def _when(instant: str, language: Language) -> str:
    """The day, and the time where it is not the start of the day, in UTC."""
    moment = datetime.fromisoformat(instant)
    midnight = moment.hour == moment.minute == moment.second == 0
    return format_datetime(moment, "d MMM y" if midnight else "d MMM y, HH:mm 'UTC'", locale=language)
