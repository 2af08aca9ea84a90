"""Evaluating: the standings of an organisation worked out again, step by step since the last look."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from app.canonical import canonical
from app.content.versions import Version
from app.extensions import db
from app.partners.exceptions import GRANTED_COLUMNS, IS_APPROVED, TierException
from app.partners.explaining import packed
from app.partners.facts import facts_about
from app.partners.knowledge import people_of
from app.partners.looks import Granted, Look, RulesOverTime, exception_over, ladders_of, news, with_edges
from app.partners.news import Payload, tell, told
from app.partners.programmes import Participation, Programme
from app.partners.records import Completion, Holding, Member, Records
from app.partners.risks import note_end
from app.partners.rule_versions import Dated, ProgrammeVersion, rules_over_time, version_at
from app.partners.rules import MAIN
from app.partners.standing import PRESENT_IN_PART, Standing
from app.partners.tiers import Held, Qualification, steps
from app.partners.training import asks_for_training, completions_of, courses_required
from app.people.organisations import lock_organisation


@dataclass(frozen=True)
class Present:
    """A present standing, as much of it as the next one goes on from."""

    id: int
    ladder: str
    since: datetime
    evaluated_at: datetime
    look: Look


@dataclass(frozen=True)
class Part:
    """A participation with its rules over time, its exceptions and, by ladder, its present standings."""

    programme_id: int
    joined_at: datetime
    versions: Sequence[Dated]
    granted: Sequence[Granted]
    present: Mapping[str, Present]

    def rules(self, known_at: datetime) -> RulesOverTime:
        """The rules over time, with an edge wherever an exception begins, is about to end or ends."""
        return with_edges(rules_over_time(self.versions, known_at), self.granted)


_STANDING = (
    Standing.id,
    Standing.ladder,
    Standing.since,
    Standing.evaluated_at,
    Standing.exception_id,
    Standing.base_tier,
    Standing.base_since,
    Standing.at_risk_since,
    Standing.review_at,
    Standing.grace_until,
    Standing.next_change_at,
)
_VERSION = (
    ProgrammeVersion.id,
    ProgrammeVersion.version_id,
    ProgrammeVersion.effective_from,
    ProgrammeVersion.published_at,
    Version.hash,
)
_granted_in_part = (
    (TierException.organisation_id == Participation.organisation_id)
    & (TierException.programme_id == Participation.programme_id)
    & IS_APPROVED
)
# One statement for all of it, as it stands on the path of every submission: versions, ladders and exceptions are few.
_PARTS = (
    select(Participation.programme_id, Participation.joined_at, *_VERSION, *_STANDING, *GRANTED_COLUMNS)
    .join(Participation.programme)
    .join(ProgrammeVersion, ProgrammeVersion.programme_id == Participation.programme_id)
    .join(Version, Version.id == ProgrammeVersion.version_id)
    .outerjoin(Standing, PRESENT_IN_PART)
    .outerjoin(TierException, _granted_in_part)
    .where(Participation.organisation_id == bindparam("organisation_id"), Programme.live)
    .order_by(Programme.slug, ProgrammeVersion.id, Standing.id, TierException.id)
)
_BEGIN = insert(Standing).returning(Standing.id)
_LOOK = update(Standing).where(Standing.id == bindparam("standing_id"))
_END = _LOOK.values(until=bindparam("end"))


def reevaluate_organisation(organisation_id: int, *, at: datetime) -> None:
    """Look again at the organisation's standing on every ladder of every programme it takes part in.

    The organisation is locked first, so that of two deeds at once the later one sees what the earlier one did. It
    never looks back before the last look. Who administers the organisation is written to, once for each change.
    """
    lock_organisation(organisation_id)
    parts = _parts_of(organisation_id)
    at = max([at, *(one.evaluated_at for part in parts for one in part.present.values())])
    people = people_of(organisation_id)
    changes: list[Payload] = []
    for part, records in _with_records(organisation_id, parts, people.members, people.holdings, at):
        changes += _reevaluate(organisation_id, part, records, at)
    tell(people.admins, changes, at=at)


def known_of(organisation_id: int, *, at: datetime, training: bool = False) -> Iterator[tuple[Part, Records]]:
    """Every participation with what a look at `at` would go by; who completed what, if asked for or counted."""
    people, parts = people_of(organisation_id), _parts_of(organisation_id)
    yield from _with_records(organisation_id, parts, people.members, people.holdings, at, training)


def foresee(
    organisation_id: int, gained: Sequence[Holding], lost: Collection[str], *, at: datetime
) -> list[tuple[int, Held, Held]]:
    """What would become of the main standings if these credentials were issued and those revoked at `at`.

    Writes nothing. Returns the id of each programme whose standing would differ, with what the review rules give now
    and what they would.
    """
    parts = _parts_of(organisation_id)
    people = people_of(organisation_id)
    held = [
        replace(one, valid_to=min(at, one.valid_to or at)) if one.public_id in lost else one for one in people.holdings
    ]
    changes = []
    for part, records in _with_records(organisation_id, parts, people.members, [*held, *gained], at):
        present = part.present.get(MAIN)
        before = present.look.held if present else None
        *_, (after, _) = steps(part.rules(at), records, at, part.joined_at.date(), before)
        before = before or Held(None, at)
        if (before.tier, before.at_risk_since is None) != (after.tier, after.at_risk_since is None):
            changes.append((part.programme_id, before, after))
    return changes


def explanation(
    look: Look, since: datetime, qualification: Qualification, version: Dated | None, known_at: datetime
) -> dict[str, Any]:
    """The explanation as it is kept: of the tier held in the end, with the exception that holds it, if one does."""
    granted = look.granted
    shown = replace(look.held, tier=look.tier, since=since)
    exception = granted and {
        "id": granted.id,
        "tier": granted.tier,
        "reason": granted.reason,
        "since": granted.since.isoformat(),
        "until": granted.until.isoformat(),
    }
    rules = version and {"hash": version.hash, "effective_from": version.effective_from.isoformat()}
    return packed(qualification, shown, known_at=known_at) | {"exception": exception, "version": rules}


def _reevaluate(organisation_id: int, part: Part, records: Records, at: datetime) -> Iterator[Payload]:
    """Every ladder at `at`, after every step that was due since the last look."""
    rules = part.rules(at)
    for ladder in ladders_of(rules):
        place = {"organisation_id": organisation_id, "programme_id": part.programme_id, "ladder": ladder}
        for payload in _reevaluate_ladder(place, part, rules, records, at):
            yield place | payload


def _reevaluate_ladder(
    place: dict[str, Any], part: Part, rules: RulesOverTime, records: Records, at: datetime
) -> Iterator[Payload]:
    ladder, present = place["ladder"], part.present.get(place["ladder"])
    before, earlier = (present.look, present.evaluated_at) if present else (None, at)
    since, standing_id = (present.since, present.id) if present else (None, None)
    start = before.held if before else None
    for held, qualification in steps(rules, records, at, part.joined_at.date(), start, ladder=ladder):
        look = Look(held, exception_over(part.granted, ladder, held, qualification))
        if before and since and before.holds_as(look):
            row = _row(look, since, qualification, part, at)
            db.session.connection().execute(_LOOK, row | {"standing_id": standing_id})
            risk = before.held.at_risk_since
            if standing_id and risk and risk < qualification.at and risk != held.at_risk_since:
                note_end(standing_id, risk, ended_at=qualification.at, at=at)
        else:
            since = qualification.at
            row = _row(look, since, qualification, part, at) | place | {"since": since, "recorded_at": at}
            standing_id = _succeed(standing_id, row)
        if before and present:
            for kind in news(before, look, earlier, qualification):
                yield told(kind, before, look, qualification) | {"version_id": row["programme_version_id"]}
        before, earlier = look, qualification.at


def _row(look: Look, since: datetime, qualification: Qualification, part: Part, known_at: datetime) -> dict[str, Any]:
    """What a look at a standing writes down."""
    held, version = look.held, version_at(part.versions, qualification.at, known_at)
    return {
        "programme_version_id": (version or part.versions[0]).version_id,
        "tier": look.tier,
        "base_tier": held.tier,
        "base_since": held.since,
        "exception_id": look.granted.id if look.granted else None,
        "at_risk_since": held.at_risk_since,
        "review_at": held.review_at,
        "grace_until": held.grace_until,
        "evaluated_at": qualification.at,
        "next_change_at": held.next_change_at,
        "explanation": canonical(explanation(look, since, qualification, version, known_at)),
    }


def _with_records(
    organisation_id: int,
    parts: Sequence[Part],
    members: Sequence[Member],
    holdings: Sequence[Holding],
    at: datetime,
    training: bool = False,
) -> Iterator[tuple[Part, Records]]:
    """Each participation with what is known of it; who completed what is asked for where a programme counts it."""
    facts = facts_about(organisation_id, at)
    completions: Sequence[Completion] = ()
    courses: Mapping[str, frozenset[str]] = {}
    if training or any(asks_for_training(version.version_id) for part in parts for version in part.versions):
        completions, courses = completions_of(organisation_id, at), courses_required()
    for part in parts:
        known = facts.get(part.programme_id, [])
        yield part, Records(members, holdings, known, completions, courses, part.joined_at)


def _succeed(standing_id: int | None, row: dict[str, Any]) -> int:
    """End the standing there is, and begin the next one; returns its id."""
    connection = db.session.connection()
    if standing_id:
        connection.execute(_END, {"standing_id": standing_id, "end": row["since"]})
    return connection.execute(_BEGIN, row).scalar_one()


def _parts_of(organisation_id: int) -> list[Part]:
    rows = db.session.connection().execute(_PARTS, {"organisation_id": organisation_id}).all()
    return [_part(list(group)) for _, group in groupby(rows, key=lambda row: row.programme_id)]


def _part(rows: Sequence[Row[*tuple[Any, ...]]]) -> Part:
    granted = {row[-7]: Granted(*row[-7:]) for row in rows if row[-7]}
    return Part(
        programme_id=rows[0].programme_id,
        joined_at=rows[0].joined_at,
        versions=list({row[2]: Dated(*row[2:7]) for row in rows}.values()),
        granted=list(granted.values()),
        present={row[8]: _present(row[7:-7], granted) for row in rows if row[7]},
    )


def _present(columns: Sequence[Any], granted: Mapping[int, Granted]) -> Present:
    standing_id, ladder, since, evaluated_at, exception_id, *held = columns
    return Present(standing_id, ladder, since, evaluated_at, Look(Held(*held), granted.get(exception_id)))
