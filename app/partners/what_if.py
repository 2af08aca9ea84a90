"""What if: a draft of a programme's rules held against every partner that takes part, and nothing written."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import bindparam, func, select

from app.extensions import db
from app.partners.ahead import check_json
from app.partners.evaluating import Part, known_of
from app.partners.looks import Look, RulesOverTime, exception_over, ladders_of, with_edges
from app.partners.programmes import Participation
from app.partners.programmes import Programme as Published
from app.partners.proofs import Check
from app.partners.records import Records
from app.partners.rule_versions import rules_over_time
from app.partners.rules import Programme
from app.partners.tiers import Qualification, steps
from app.partners.training import rules_ask_for_training
from app.people.organisations import Organisation

Change = Literal["lost", "at_risk", "falls", "rises", "recovers", "same"]
CHANGES: tuple[Change, ...] = get_args(Change)


@dataclass(frozen=True)
class Standpoint:
    """Where a partner stands on a ladder by some rules."""

    look: Look
    qualification: Qualification

    @property
    def earned(self) -> str | None:
        return self.qualification.tier

    @property
    def held(self) -> str | None:
        """The tier held in the end, by the review rules or an exception."""
        return self.look.tier

    @property
    def at_risk(self) -> bool:
        return self.look.held.at_risk_since is not None


@dataclass(frozen=True)
class Tried:
    """A partner on one ladder at the instant: by the rules that would be in force, and by the draft.

    `kept_until`: the end of the grace of a tier at risk by the draft. `unmet` is what fails of the tier earned before.
    """

    slug: str
    name: str
    ladder: str
    now: Standpoint
    then: Standpoint
    kept_until: datetime | None
    unmet: tuple[Check, ...]

    @property
    def change(self) -> Change:
        """What becomes of it: `lost` at once, held but newly `at_risk`, or what is earned `falls`, `rises` …"""
        held, earned = self._rose(self.now.held, self.then.held), self._rose(self.now.earned, self.then.earned)
        if held < 0:
            return "lost"
        if self.then.at_risk and not self.now.at_risk:
            return "at_risk"
        if earned:
            return "rises" if earned > 0 else "falls"
        return "recovers" if self.now.at_risk and not self.then.at_risk else "same"

    def _rose(self, before: str | None, after: str | None) -> int:
        """By how many ranks; a tier that the draft has no more keeps the rank that it had."""
        return self._rank(after) - self._rank(before)

    def _rank(self, tier: str | None) -> int:
        return self.then.qualification.rank(tier) or self.now.qualification.rank(tier)


_PARTNERS = (
    select(Organisation.id, Organisation.slug, Organisation.name)
    .join(Participation, Participation.organisation_id == Organisation.id)
    .where(Participation.programme_id == bindparam("programme_id"))
    .order_by(Organisation.slug)
)


def count_partners(programme: Published) -> int:
    """How many organisations take part."""
    parts = select(func.count()).where(Participation.programme_id == programme.id)
    return db.session.scalar(parts) or 0


def try_draft(programme: Published, draft: Programme, *, takes_effect: datetime, at: datetime) -> Iterator[Tried]:
    """Each partner and ladder, one organisation after the other, at the instant from which the draft is in force.

    Everything else is as it is known at `at`, and as the clock alone lets it become by then.
    """
    training = rules_ask_for_training(draft)
    partners = db.session.connection().execute(_PARTNERS, {"programme_id": programme.id}).all()
    for organisation_id, slug, name in partners:
        known = known_of(organisation_id, at=at, training=training)
        part, records = next(one for one in known if one[0].programme_id == programme.id)
        rules = rules_over_time(part.versions, at)
        drafted = [*(one for one in rules if one[0] < takes_effect), (takes_effect, draft)]
        for ladder in ladders_of([*rules, *drafted]):
            now, then = (standpoint(version, part, records, ladder, takes_effect) for version in (rules, drafted))
            yield Tried(slug, name, ladder, now, then, _kept_until(then, draft), _unmet(now, then))


def standpoint(rules: RulesOverTime, part: Part, records: Records, ladder: str, at: datetime) -> Standpoint:
    """Where a partner stands at the instant by the rules and the records, going on from its present standing."""
    present = part.present.get(ladder)
    held = present.look.held if present else None
    *_, (folded, earned) = steps(
        with_edges(rules, part.granted), records, at, part.joined_at.date(), held, ladder=ladder
    )
    return Standpoint(Look(folded, exception_over(part.granted, ladder, folded, earned)), earned)


def _kept_until(then: Standpoint, draft: Programme) -> datetime | None:
    held = then.look.held
    if held.review_at is None:
        return None
    return held.grace_until or held.review_at + timedelta(days=draft.review.grace_days)


def _unmet(now: Standpoint, then: Standpoint) -> tuple[Check, ...]:
    """What fails by the draft of the tier that was earned; none where as much is earned."""
    rank = then.qualification.rank
    proof = then.qualification.proof(now.earned) if rank(now.earned) > rank(then.earned) else None
    return tuple(check for check in proof.checks if not check.met) if proof else ()


def count_changes(changes: Iterable[str]) -> dict[str, int]:
    """How many there are of each change, the worst first."""
    counted = Counter(changes)
    return {change: counted[change] for change in CHANGES}


def tried_json(row: Tried) -> dict[str, Any]:
    """A partner on a ladder as data: tiers by their ids, instants as ISO 8601 in UTC."""
    return {
        "organisation": row.slug,
        "name": row.name,
        "ladder": row.ladder,
        "change": row.change,
        "earned": row.now.earned,
        "earned_by_draft": row.then.earned,
        "held": row.now.held,
        "held_by_draft": row.then.held,
        "at_risk": row.now.at_risk,
        "at_risk_by_draft": row.then.at_risk,
        "kept_until": row.kept_until.isoformat() if row.kept_until else None,
        "unmet": [check_json(check) for check in row.unmet],
    }


def tried_words(row: Tried) -> list[str]:
    """The same in the columns of a line."""
    earned = f"{row.now.earned or '-'} -> {row.then.earned or '-'}"
    kept = f"held until {row.kept_until:%Y-%m-%d}" if row.kept_until else ""
    unmet = "; ".join(f"{check.name.get('en', check.id)}: {check.have} of {check.need}" for check in row.unmet)
    return [row.slug, row.ladder, row.change, earned, kept, unmet]
