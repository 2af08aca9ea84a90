"""Dependence, purely: what would be earned if one of the present members left, each of them in turn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from app.partners.fact_checks import tally_facts
from app.partners.proofs import Check
from app.partners.records import Records
from app.partners.rules import Programme
from app.partners.tiers import earned_of, proofs_of
from app.partners.timeline import timeline


@dataclass(frozen=True)
class Absence:
    """Without the person the `tier` is earned; `lacking` are the unmet requirements of the one earned with them."""

    person_id: int
    name: str
    tier: str | None
    lacking: tuple[Check, ...]


def absences(programme: Programme, records: Records, at: datetime, ladder: str) -> Iterator[Absence]:
    """Every present member, by name, with what would be earned at the instant if they had left.

    A share of all members may rise when somebody leaves, and the tier with it.
    """
    whole = timeline(programme, records).moment(ladder, at)
    earned = earned_of(proofs_of(programme, whole))
    counted = {key: tally for key, tally in whole.tallies.items() if key[0] is tally_facts}  # of nobody in person
    for person_id, name in {one.member.person_id: one.member.name for one in whole.present}.items():
        others = [one for one in whole.present if one.member.person_id != person_id]
        proofs = proofs_of(programme, replace(whole, present=others, proved={}, tallies=dict(counted)))
        lost = next((proof for proof in proofs if proof.id == earned), None)
        lacking = tuple(check for check in lost.checks if not check.met) if lost else ()
        yield Absence(person_id, name, earned_of(proofs), lacking)
