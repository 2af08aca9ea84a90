"""The same answers by brute force: every rule written out as plainly as it is said, with nothing shared or clever."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import product
from typing import Any

from app.partners.records import Fact, Member, Records
from app.partners.rules import Programme

LEVELS = ["fundamentals", "advanced", "expert", "master"]


class Naive:
    """A programme's rules over an organisation's records, at one instant."""

    def __init__(self, programme: Programme, records: Records, at: datetime) -> None:
        self.programme, self.records, self.at = programme, records, at

    def earned(self, ladder: str) -> str | None:
        """The id of the highest tier that is met."""
        met = [tier for tier in self.tiers(ladder) if self.tier_met(ladder, tier.id)]
        return max(met, key=lambda tier: tier.rank).id if met else None

    def tiers(self, ladder: str) -> Iterable[Any]:
        if ladder == "tiers":
            return self.programme.tiers
        return next(one.tiers for one in self.programme.ladders if one.id == ladder)

    def tier_met(self, ladder: str, id: str) -> bool:
        tier = next(tier for tier in self.tiers(ladder) if tier.id == id)
        return all(self.met(one, ladder) for one in tier.requirements)

    def met(self, one: Any, ladder: str) -> bool:
        if one.kind in ("metric", "money"):
            return self.within(one, self.have(one, ladder))
        if one.kind == "training" and one.at_least is None:
            return self.share_met(one)
        if one.kind == "points":
            scored = [self.score(part) for part in one.parts]
            minimums = [score >= part.minimum for part, score in zip(one.parts, scored, strict=True)]
            return sum(scored) >= one.at_least and all(minimums)
        return self.have(one, ladder) >= self.asked(one)

    def asked(self, one: Any) -> int:
        if one.kind in ("persons", "training", "some_of"):
            return int(one.at_least)
        if one.kind == "attestation":
            return int(one.grade)
        if one.kind == "all_of":
            return len(one.requirements)
        return sum(part.at_least for part in one.requirements) if one.kind == "team" else 1

    def have(self, one: Any, ladder: str) -> int:
        counted = getattr(self, f"have_{one.kind}", None)
        if counted:
            return int(counted(one))
        if one.kind == "previous":
            return 1 if self.tier_met(one.ladder or ladder, one.tier) else 0
        return [self.met(part, ladder) for part in one.requirements].count(True)

    def have_persons(self, one: Any) -> int:
        return len(self.fitting(one))

    def have_training(self, one: Any) -> int:
        return len(self.trained(one))

    def have_metric(self, one: Any) -> int:
        return sum(fact.value for fact in self.facts(one.metric) if fact.currency is None)

    have_agreement = have_metric

    def have_money(self, one: Any) -> int:
        total = 0
        for fact in self.records.facts:
            end = fact.valid_to or fact.valid_from
            if fact.metric == one.metric and end <= self.at < later(end, one.window_months):
                total += self.in_currency(fact, one.currency, end)
        return total

    def have_attestation(self, one: Any) -> int:
        proven = [fact for fact in self.facts(one.metric) if fact.evidence and not fact.currency]
        proven.sort(key=lambda fact: (fact.valid_from, fact.recorded_at, fact.id))
        return proven[-1].value if proven else 0

    def have_tenure(self, one: Any) -> int:
        joined = self.records.joined_at
        return 1 if joined and later(joined, one.months) <= self.at else 0

    def have_points(self, one: Any) -> int:
        return sum(self.score(part) for part in one.parts)

    def have_team(self, one: Any) -> int:
        return self.most_placed([(part.at_least, self.fitting(part)) for part in one.requirements])

    def present(self) -> list[Member]:
        return [
            one for one in self.records.members if one.from_at <= self.at and (not one.to_at or self.at < one.to_at)
        ]

    def fitting(self, one: Any) -> set[int]:
        """The ids of who counts."""
        return {person for person in self.asked_of(one) if self.holds_level(person, one)}

    def asked_of(self, one: Any) -> set[int]:
        """The ids of the present members of the job role and the region."""
        return {
            member.person_id
            for member in self.present()
            if (not one.job_role or member.job_role == one.job_role) and (not one.region or member.region == one.region)
        }

    def holds_level(self, person: int, one: Any) -> bool:
        for holding in self.records.holdings:
            valid = holding.valid_from <= self.at and (not holding.valid_to or self.at < holding.valid_to)
            if holding.person_id == person and valid:
                if one.level is None or holding.level == one.level:
                    return True
                if not one.exactly and LEVELS.index(holding.level) > LEVELS.index(one.level):
                    return True
        return False

    def trained(self, one: Any) -> set[int]:
        wanted = {one.course} if one.course else self.records.courses.get(one.track, set())
        people = {member.person_id for member in self.present()}
        return {person for person in people if wanted and all(self.completed(person, one, name) for name in wanted)}

    def completed(self, person: int, one: Any, course: str) -> bool:
        mine = [each for each in self.records.completions if each.person_id == person and each.at <= self.at]
        return any(each.track == one.track and each.course == course for each in mine)

    def share_met(self, one: Any) -> bool:
        present = len({member.person_id for member in self.present()})
        if not present:
            return False
        share = Decimal(len(self.trained(one))) * 100
        if one.share_percent is not None:
            return bool(share >= one.share_percent * present)
        return bool(share > one.more_than_percent * present)

    def facts(self, metric: str) -> list[Fact]:
        facts = [fact for fact in self.records.facts if fact.metric == metric]
        return [one for one in facts if one.valid_from <= self.at and (not one.valid_to or self.at < one.valid_to)]

    def in_currency(self, fact: Fact, currency: str, end: datetime) -> int:
        if fact.currency == currency:
            return fact.value
        best = None
        for rate in self.programme.rates:
            day = datetime(rate.on.year, rate.on.month, rate.on.day, tzinfo=UTC)
            if (rate.currency, rate.to) == (fact.currency, currency) and day <= end and (not best or rate.on > best.on):
                best = rate
        if best is None:
            return 0
        return int((Decimal(fact.value) * best.rate).quantize(Decimal(1), ROUND_HALF_EVEN))  # both have two decimals

    def within(self, one: Any, have: int) -> bool:
        scale = 100 if one.kind == "money" else 1
        return (
            (one.at_least is None or have >= one.at_least * scale)
            and (one.more_than is None or have > one.more_than * scale)
            and (one.at_most is None or have <= one.at_most * scale)
            and (one.below is None or have < one.below * scale)
        )

    def score(self, part: Any) -> int:
        scale = 100 if part.of.kind == "money" else 1
        left, score = self.have(part.of, ""), 0
        while left >= part.per * scale:
            left -= int(part.per * scale)
            score += part.points
        return score if part.at_most is None or score < part.at_most else int(part.at_most)

    def most_placed(self, places: list[tuple[int, set[int]]]) -> int:
        """The most persons that find a place, over every way of sending each to one of the parts or to none."""
        people = sorted({person for _, fitting in places for person in fitting})
        best = 0
        for chosen in product(range(-1, len(places)), repeat=len(people)):
            sent = dict(zip(people, chosen, strict=True))
            if all(part < 0 or person in places[part][1] for person, part in sent.items()):
                best = max(best, sum(min(need, chosen.count(part)) for part, (need, _) in enumerate(places)))
        return best

    def would_help(self, team: Any, part: int, person: int) -> bool:
        """Whether one more place is filled once the person fits the part."""
        places = [(one.at_least, self.fitting(one)) for one in team.requirements]
        more = [(need, fitting | {person} if n == part else fitting) for n, (need, fitting) in enumerate(places)]
        return self.most_placed(more) > self.most_placed(places)


def later(instant: datetime, months: int) -> datetime:
    """So many calendar months later, on the last day of a month that lacks the day."""
    year, month = instant.year, instant.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in range(instant.day, 27, -1):
        try:
            return instant.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    return instant.replace(year=year, month=month)
