"""Effects: the standings that facts would change if they were written down, by the same evaluation; writes none."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from app.content.schema import Text
from app.partners.evaluating import known_of
from app.partners.looks import ladders_of
from app.partners.recording import Plan
from app.partners.records import Fact, Records
from app.partners.rule_versions import rules_over_time
from app.partners.what_if import Standpoint, standpoint


class Effect(NamedTuple):
    """A standing that would change: where the organisation stands now, and where it would."""

    organisation_id: int
    now: Standpoint
    then: Standpoint


def effects_of(planned: Plan, organisation_ids: Iterable[int], *, at: datetime) -> Iterator[Effect]:
    """What the facts of a plan without complaints would change at `at`, one organisation after the other."""
    facts: dict[int, dict[int, list[dict[str, Any]]]] = {}
    for fact in planned.facts:
        facts.setdefault(fact["organisation_id"], {}).setdefault(fact["programme_id"], []).append(fact)
    for organisation_id in organisation_ids:
        for part, records in known_of(organisation_id, at=at):
            if more := facts.get(organisation_id, {}).get(part.programme_id):
                rules = rules_over_time(part.versions, at)
                known = _with(records, more, planned.newest, at)
                for ladder in ladders_of(rules):
                    now, then = (standpoint(rules, part, one, ladder, at) for one in (records, known))
                    if _place(now) != _place(then):
                        yield Effect(organisation_id, now, then)


def _place(one: Standpoint) -> tuple[str | None, bool]:
    return one.held, one.at_risk


def effect_json(effect: Effect) -> dict[str, Any]:
    """An effect as a summary keeps it: names in every language, None where there is no tier or only one ladder."""
    qualification = effect.then.qualification
    return {
        "organisation": effect.organisation_id,
        "programme": qualification.programme,
        "title": qualification.title,
        "ladder": qualification.ladder_name,
        "now": {"tier": _name(effect.now), "at_risk": effect.now.at_risk},
        "then": {"tier": _name(effect.then), "at_risk": effect.then.at_risk},
        "change": qualification.rank(effect.then.held) - effect.now.qualification.rank(effect.now.held),
    }


def effect_words(effect: Effect, organisation: str) -> str:
    """The same as a line of a terminal."""
    now, then = ((one.held or "-") + " (at risk)" * one.at_risk for one in (effect.now, effect.then))
    qualification = effect.then.qualification
    return "\t".join((organisation, qualification.programme, qualification.ladder_id, f"{now} -> {then}"))


def _name(one: Standpoint) -> Text | None:
    proof = one.qualification.proof(one.held)
    return proof.name if proof else None


def _with(records: Records, more: Collection[dict[str, Any]], newest: int, at: datetime) -> Records:
    """The records with the facts as they would stand: recorded now, in the place of what they correct."""
    gone = {fact["corrects_id"] for fact in more}
    kept = [fact for fact in records.facts if fact.id not in gone]
    added = [_fact(fact, newest + place, at) for place, fact in enumerate(more, 1) if not fact["withdrawn"]]
    facts: Sequence[Fact] = sorted([*kept, *added], key=lambda fact: (fact.valid_from, fact.id))
    return replace(records, facts=facts)


def _fact(said: dict[str, Any], id: int, at: datetime) -> Fact:
    parts = ("metric", "value", "currency", "valid_from", "valid_to", "source", "evidence")
    return Fact(id=id, recorded_at=at, corrects=said["corrects_id"], **{part: said[part] for part in parts})
