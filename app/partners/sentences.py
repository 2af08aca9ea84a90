"""Sentences, purely: what an explanation says of each requirement, person and fact, in both languages."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from app.content.money import from_minor
from app.content.schema import Language
from app.partners.figures import BOUNDS
from app.partners.words import WORDS

Data = dict[str, Any]


def requirement_lines(requirement: Data, language: Language, indent: str) -> Iterator[str]:
    """What there is, what is asked for and what is missing, then who and what counts or does not, then the parts."""
    say = WORDS[language]
    mark = "[x]" if requirement["met"] else "[ ]"
    yield f"{indent}{mark} {sentence(requirement, language)}"
    inner = indent + "    "
    for who in requirement["people"]:
        yield inner + say["counts"].format(who=_person(who, language))
    candidate = "learner" if requirement["kind"] == "training" else "candidate"
    for who in requirement["candidates"]:
        yield inner + say[candidate].format(who=_person(who, language))
    for fact in requirement["facts"]:
        yield inner + _fact_line(fact, requirement, language)
    for fact in requirement["left_out"]:
        yield inner + say[fact["reason"]].format(fact=_fact_line(fact, requirement, language))
    for part in requirement["requirements"]:
        yield from requirement_lines(part, language, inner)


def sentence(requirement: Data, language: Language) -> str:
    """The requirement's name and how it stands; one that was kept before `terms` were has none."""
    kind, terms, say = requirement["kind"], requirement.get("terms"), WORDS[language]
    name = requirement["name"][language]
    state = "yes" if requirement["met"] else "no"
    if kind == "agreement":
        return say[f"agreement_{state}"].format(name=name)
    if kind == "tenure":
        return _tenure(name, state, terms or {}, language)
    if kind == "previous":
        return say[f"previous_{state}"].format(name=name, tier=_tier(terms or {}, language))
    if kind == "attestation":
        have, need = (_grade(requirement[key], terms or {}, language) for key in ("have", "need"))
        return say["grades"].format(name=name, have=have if requirement["facts"] else say["no_grade"], need=need)
    return f"{name}: {_figures(requirement, terms, language)}" + _lack(requirement, language)


def _figures(requirement: Data, terms: Data | None, language: Language) -> str:
    say = WORDS[language]
    have, need = (amount(requirement[key], requirement["currency"], language) for key in ("have", "need"))
    if requirement["kind"] == "part" and terms:
        return _part(have, terms, language)
    if terms and "percent" in terms:
        share = say["more_than_share" if terms["exclusive"] else "share"]
        return share.format(have=have, need=need, percent=_number(terms["percent"], language), present=terms["present"])
    if terms and "stated" in terms and [*terms["stated"]] != ["at_least"]:
        bounds = [
            say[bound].format(figure=amount(terms["stated"][bound], requirement["currency"], language))
            for bound in BOUNDS
            if bound in terms["stated"]
        ]
        return say["bounds"].format(have=have, bounds=say["and"].join(bounds))
    return say["of"].format(have=have, need=need)


def _lack(requirement: Data, language: Language) -> str:
    """What is missing, and what is too much."""
    say, currency = WORDS[language], requirement["currency"]
    if requirement["gap"]:
        lack = "below_minimum" if requirement["kind"] == "part" else "short"
        need, gap = (amount(requirement[key], currency, language) for key in ("need", "gap"))
        return say[lack].format(gap=gap, need=need)
    if requirement.get("excess"):
        return say["excess"].format(excess=amount(requirement["excess"], currency, language))
    return "" if requirement["met"] or requirement["kind"] != "points" else say["part_short"]


def _part(have: str, terms: Data, language: Language) -> str:
    """The points of a part, and how it came to them."""
    say = WORDS[language]
    of, per = (amount(terms[key], terms["currency"], language) for key in ("have", "per"))
    cap = say["cap"].format(at_most=_number(terms["at_most"], language)) if terms["at_most"] is not None else ""
    return say["part"].format(have=have, of=of, per=per, points=_number(terms["points"], language), cap=cap)


def _tenure(name: str, state: str, terms: Data, language: Language) -> str:
    say = WORDS[language]
    if not terms.get("at"):
        return say["tenure_none"].format(name=name)
    since, at = (when(terms[key], language) for key in ("since", "at"))
    return say[f"tenure_{state}"].format(name=name, months=terms["months"], since=since, at=at)


def _tier(terms: Data, language: Language) -> str:
    return str(terms["name"][language] if terms.get("name") else terms.get("tier", ""))


def _grade(value: int, terms: Data, language: Language) -> str:
    name = terms.get("names", {}).get(str(value))
    return str(name[language]) if name else _number(value, language)


def _person(who: Data, language: Language) -> str:
    told = _credential(who, language)
    if not who.get("done_at"):
        return told
    return WORDS[language]["done"].format(who=told, instant=when(who["done_at"], language))


def _credential(who: Data, language: Language) -> str:
    if who["credential"] is None:
        return str(who["name"])
    told = WORDS[language]["until" if who["valid_to"] else "endless"]
    until = who["valid_to"] and when(who["valid_to"], language)
    return told.format(who=who["name"], level=who["level"].capitalize(), credential=who["credential"], instant=until)


def _fact_line(fact: Data, requirement: Data, language: Language) -> str:
    say = WORDS[language]
    start, end = when(fact["valid_from"], language), fact["valid_to"]
    span = say["span"].format(start=start, end=when(end, language)) if end else say["from"].format(start=start)
    evidence = say["evidence"].format(evidence=fact["evidence"]) if fact.get("evidence") else ""
    return say["fact"].format(value=_value(fact, requirement, language), span=span, source=fact["source"]) + evidence


def _value(fact: Data, requirement: Data, language: Language) -> str:
    """The value, by its name if it is a grade, and what it is worth where it was converted."""
    if requirement["kind"] == "attestation" and not fact["currency"]:
        return _grade(fact["value"], requirement.get("terms") or {}, language)
    value, converted = amount(fact["value"], fact["currency"], language), fact.get("converted")
    if not converted:
        return value
    return WORDS[language]["converted"].format(
        value=value,
        worth=amount(converted["worth"], converted["currency"], language),
        rate=_number(converted["rate"], language),
        on=when(converted["on"] + "T00:00", language),
    )


def amount(value: int, currency: str | None, language: Language) -> str:
    """A number, or money of so many minor units."""
    if currency is None:
        return _number(value, language)
    return format_currency(from_minor(value, currency), currency, locale=language, decimal_quantization=False)


def _number(value: int | str, language: Language) -> str:
    return format_decimal(value, locale=language, decimal_quantization=False)


def when(instant: str, language: Language) -> str:
    """The day, and the time where it is not the start of the day, in UTC."""
    moment = datetime.fromisoformat(instant)
    midnight = moment.hour == moment.minute == moment.second == 0
    return format_datetime(moment, "d MMM y" if midnight else "d MMM y, HH:mm 'UTC'", locale=language)
