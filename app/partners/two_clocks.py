"""Two clocks: what was true at an instant, by what was known at another, folded anew from the records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from app.partners.evaluating import explanation
from app.partners.exceptions import granted_in
from app.partners.explaining import unpacked, with_ladders
from app.partners.knowledge import records_known
from app.partners.looks import Look, exception_over, ladders_of, with_edges
from app.partners.programmes import Participation
from app.partners.rule_versions import Dated, rules_over_time, version_at, versions_of
from app.partners.rules import MAIN
from app.partners.standing import history_of, standings_in
from app.partners.tiers import Qualification, steps
from app.partners.timeline import start_of
from app.refusal import Refusal

Data = dict[str, Any]
TICK = timedelta(microseconds=1)


class AheadOfNow(Refusal):
    """What will be is not known."""

    status = 422
    title = _l("This day lies ahead")
    detail = _l("A standing is explained for today and the days before.")


class NotYetThere(Refusal):
    """There was nothing to hold."""

    status = 422
    title = _l("The organisation did not take part in the programme yet")


class BadInstant(Refusal):
    """Neither a day nor an instant."""

    status = 422
    title = _l("Write a day as 2026-03-12, or an instant as 2026-03-12T09:30:00Z")


@dataclass(frozen=True)
class Reached:
    """A step of the history as it is folded anew: what is held from `since` on, and why at the instant of the step."""

    look: Look
    since: datetime
    qualification: Qualification
    version: Dated | None
    known_at: datetime

    @property
    def explanation(self) -> Data:
        """The explanation, as one that is kept."""
        return unpacked(explanation(self.look, self.since, self.qualification, self.version, self.known_at))


def instant_of(text: str, now: datetime) -> datetime:
    """The instant that a text names; a day stands for its end, and today for now."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInstant from error
    if len(text) == len("2026-03-12"):
        end = start_of(instant.date() + timedelta(days=1)) - TICK
        return now if start_of(instant.date()) <= now <= end else end
    if instant.tzinfo is None:
        raise BadInstant
    return instant


def relive(participation: Participation, ladder: str, *, until: datetime, known_at: datetime) -> Iterator[Reached]:
    """Every step of a ladder from the participation's start to `until`, by what was known at an instant."""
    versions = versions_of(participation.programme_id)
    granted = granted_in(participation.organisation_id, participation.programme_id, known_at)
    rules = with_edges(rules_over_time(versions, known_at), granted)
    records, anniversary = records_known(participation, known_at), participation.joined_at.date()
    before, since = None, start_of(anniversary)
    for held, qualification in steps(rules, records, until, anniversary, ladder=ladder):
        at = qualification.at
        look = Look(held, exception_over(granted, ladder, held, qualification))
        since = since if before and before.holds_as(look) else at
        yield Reached(look, since, qualification, version_at(versions, at, known_at), known_at)
        before = look


def explain_as_of(participation: Participation, *, as_of: datetime, known_at: datetime, now: datetime) -> Data:
    """The explanation of what was true at `as_of`, by what was known at `known_at`; neither lies ahead of `now`.

    `kept` is what was held then, and stays so whatever is learnt later; `ladders` has the further ladders.
    """
    if max(as_of, known_at) > now:
        raise AheadOfNow
    if as_of < start_of(participation.joined_at.date()):
        raise NotYetThere
    rules = rules_over_time(versions_of(participation.programme_id), known_at)
    explained = {ladder: _explained(participation, ladder, as_of, known_at) for ladder in ladders_of(rules)}
    return with_ladders(explained.pop(MAIN), explained.values())


def explain_present(participation: Participation) -> Data | None:
    """The explanation that is kept of the present standing, with those of the further ladders, if there is one."""
    standings = standings_in(participation)
    if MAIN not in standings:
        return None
    main = standings.pop(MAIN)
    return with_ladders(main.proof, [standing.proof for standing in standings.values() if standing.proof.get("ladder")])


def _explained(participation: Participation, ladder: str, as_of: datetime, known_at: datetime) -> Data:
    *_, last = relive(participation, ladder, until=as_of, known_at=known_at)
    kept = next((one for one in history_of(participation, ladder) if one.since <= as_of), None)
    held_then = kept and {
        "tier": kept.tier,
        "since": kept.since.isoformat(),
        "until": kept.until.isoformat() if kept.until else None,
    }
    return last.explanation | {"kept": held_then}
