"""Checks of persons, purely: who holds what is asked for, who completed it, and a team with one place for each."""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from app.content.levels import LEVELS, levels_from
from app.partners.matching import assign, free_persons, open_kinds
from app.partners.proofs import Check, Share, Tally, Who
from app.partners.requirements import OfPersons, OfTraining, Persons, Team, Trained
from app.partners.timeline import Moment, Present, who

People = dict[int, Who]


def tally_persons(asked: OfPersons, known: Moment) -> Tally:
    """Whoever holds several credentials, or was entered twice, is one person."""
    people, others = _fitting(asked, known.present)
    return Tally(len(people), "persons", people=tuple(people.values()), others=tuple(others.values()))


def _fitting(asked: OfPersons, present: Iterable[Present]) -> tuple[People, People]:
    """Who counts, and who would with the credential."""
    levels, job_role, region = levels_of(asked), asked.job_role, asked.region
    people: People = {}
    others: People = {}
    for member, best, held in present:
        if (job_role and member.job_role != job_role) or (region and member.region != region):
            continue
        if best.level in levels:
            people[best.person_id] = best
        elif fitting := next((holding for holding in held if holding.level in levels), None):
            people[best.person_id] = who(member, fitting)
        else:
            others[best.person_id] = best
    return people, others


def levels_of(asked: OfPersons) -> tuple[str, ...]:
    """The levels of which one will do."""
    if asked.level is None:
        return LEVELS
    return (asked.level,) if asked.exactly else levels_from(asked.level)


def tally_training(asked: OfTraining, known: Moment) -> Tally:
    """Who is present and had completed it by then, since when; and who has not."""
    done = known.records.done[asked.track, asked.course]
    people: People = {}
    others: People = {}
    for one in known.present:
        done_at = done.get(one.member.person_id)
        if done_at and done_at <= known.at:
            people[one.member.person_id] = one.who._replace(done_at=done_at)
        else:
            others[one.member.person_id] = one.who
    return Tally(len(people), "persons", people=tuple(people.values()), others=tuple(others.values()))


def needed(requirement: Persons | Trained, present: int) -> int:
    """How many persons are enough, where so many are present; of nobody no share is enough."""
    if isinstance(requirement, Trained):
        if requirement.share_percent is not None:
            return max(1, ceil(Fraction(requirement.share_percent) * present / 100))
        if requirement.more_than_percent is not None:
            return floor(Fraction(requirement.more_than_percent) * present / 100) + 1
    assert requirement.at_least is not None, "the schema lets one bound pass"
    return requirement.at_least


def share_of(requirement: Persons | Trained, present: int) -> Share | None:
    """The share as the file states it."""
    if not isinstance(requirement, Trained) or requirement.at_least is not None:
        return None
    if requirement.share_percent is not None:
        return Share(requirement.share_percent, False, present)
    assert requirement.more_than_percent is not None, "the schema lets one bound pass"
    return Share(requirement.more_than_percent, True, present)


def check_team(team: Team, known: Moment) -> Check:
    """The parts show who is placed where; a candidate is whoever would raise the number of those placed."""
    pools = [_fitting(part, known.present) for part in team.requirements]
    needs = [part.at_least for part in team.requirements]
    fits = {
        one.member.person_id: [kind for kind, (people, _) in enumerate(pools) if one.member.person_id in people]
        for one in known.present
    }
    placed = assign(needs, fits)
    wanted, free = open_kinds(needs, fits, placed), set(free_persons(fits, placed))
    checks = []
    for kind, (part, (people, others)) in enumerate(zip(team.requirements, pools, strict=True)):
        chosen = tuple(one for person, one in people.items() if placed.get(person) == kind)
        candidates = tuple(one for person, one in others.items() if kind in wanted and person in free)
        checks.append(
            Check(part.id, part.kind, part.name, len(chosen), part.at_least, "persons", None, chosen, candidates)
        )
    return Check(team.id, team.kind, team.name, len(placed), sum(needs), "persons", checks=tuple(checks))
