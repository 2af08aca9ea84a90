"""What a forecast says: what happens when and why, as sentences in the language of the page."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.content.schema import Text
from app.partners.ahead import Ahead
from app.partners.dependence import Absence
from app.partners.forecast import Cause, Event
from app.partners.planner import Plan
from app.partners.proofs import Check
from app.partners.records import Fact
from app.partners.rules import Programme
from app.partners.tiers import Qualification
from app.web.layout import in_language
from app.web.naming import LEVELS
from app.web.partner.amounts import money, study_time
from app.web.partner.plan import needs_of, steps_of
from app.web.wording import date_text, ngettext, number_text
from app.web.wording import gettext as _

TONES = {"upgrade": "ok", "recovered": "ok", "at_risk": "caution", "grace": "caution", "lost": "danger"}


class Happening(NamedTuple):
    """A day of the time to come; `missing` names what the tier lacks from then on, `told` whether anything changes."""

    at: datetime
    title: str
    tone: str
    why: Sequence[str]
    missing: Sequence[str]
    told: bool


class Needed(NamedTuple):
    """A member on whom the tier depends: what is earned without them, and what is missing then."""

    name: str
    then: str
    missing: Sequence[str]


def story(ahead: Ahead) -> list[str]:
    """The time to come in a few sentences: as it is, what first puts it at risk, until when it is kept, and then."""
    now, loss = ahead.forecast.look, ahead.forecast.loss
    words = {"tier": _tier(now.tier, ahead), "date": _day(ahead.forecast.until)}
    events = [event for event in ahead.forecast.events if event.news]
    if not events:
        if now.held.at_risk_since or not now.tier:
            return [_("Nothing changes by itself until %(date)s.", **words)]
        return [_("%(tier)s is kept until %(date)s with what there is today.", **words)]
    chain = events[: events.index(loss) + 1] if loss else events
    return [*_present_risk(ahead), *(sentence for event in chain for sentence in _sentences(event, ahead))]


def happenings(ahead: Ahead) -> list[Happening]:
    """Every step that the clock brings."""
    return [_happening(event, ahead) for event in ahead.forecast.events]


def needed(ahead: Ahead) -> list[Needed]:
    """On whom the tier that is earned depends."""
    return [Needed(one.name, _tier(one.tier, ahead), [*missing(one.lacking)]) for one in ahead.needed]


def dependence(ahead: Ahead, one: Absence) -> str:
    """On whom, and what is earned without them, in one sentence."""
    words = {"tier": _tier(ahead.forecast.qualification.tier, ahead), "name": one.name}
    if one.tier is None:
        return _("%(tier)s depends on %(name)s: without them, no tier", **words)
    return _("%(tier)s depends on %(name)s: without them, %(then)s", then=_tier(one.tier, ahead), **words)


def forecast_lines(ahead: Ahead) -> Iterator[str]:
    """The forecast of a ladder as lines of a terminal."""
    name = ahead.forecast.qualification.ladder_name
    yield from [in_language(name)] if name else []
    yield from story(ahead)
    yield from filter(None, [remedy(ahead)])
    yield from _steps(ahead.remedy, ahead.rules) if ahead.remedy else []
    for one in happenings(ahead):
        yield f"{one.at:%Y-%m-%d}\t{one.title or '-'}\t{'; '.join(one.why)}"
    yield from (dependence(ahead, one) for one in ahead.needed)


def _steps(plan: Plan, rules: Programme) -> Iterator[str]:
    for step in steps_of(plan):
        yield f"  {step.name}: {', '.join([*step.courses, *step.exams])} ({step.study})"
    for need in needs_of(plan, rules):
        yield f"  {need.name}: {need.amount}"


def remedy(ahead: Ahead) -> str:
    """What keeps the tier that is lost first, in one sentence; empty where none is lost."""
    loss, plan = ahead.forecast.loss, ahead.remedy
    if loss is None:
        return ""
    words = {"tier": _name(loss.before.tier, loss.qualification, ahead), "date": _day(loss.at)}
    if plan is None:
        return _("Nothing that can be done by then keeps %(tier)s.", **words)
    if not plan.people:
        return _("%(tier)s is kept if what is missing comes in by %(date)s.", **words)
    besides = _("What has to come besides stands below.") if plan.growth else ""
    said = ngettext(
        "%(num)s person can keep %(tier)s by %(date)s: %(study)s.",
        "%(num)s people can keep %(tier)s by %(date)s: %(study)s.",
        len(plan.people),
        study=study_time(plan.minutes) if plan.minutes else _("the courses are finished, the exams are left"),
        **words,
    )
    return " ".join(filter(None, [said, besides]))


def _happening(event: Event, ahead: Ahead) -> Happening:
    first = event.news[0] if event.news else ""
    unmet = event.unmet if first in ("at_risk", "grace", "lost") else ()
    why = [_capital(text) for text in _why(event, ahead)]
    return Happening(event.at, _title(event, ahead), TONES.get(first, "info"), why, [*missing(unmet)], bool(first))


def _title(event: Event, ahead: Ahead) -> str:
    """What becomes of the standing; empty where nothing does."""
    tiers = {
        "before": _name(event.before.tier, event.qualification, ahead),
        "tier": _name(event.after.tier, event.qualification, ahead),
    }
    titles = {
        "upgrade": _("%(tier)s is earned", **tiers),
        "at_risk": _("%(tier)s is at risk", **tiers),
        "grace": _("The grace of %(tier)s begins", **tiers),
        "recovered": _("%(tier)s is earned again", **tiers),
        "exception_begins": _("%(tier)s is held by an exception", **tiers),
        "exception_ending": _("The exception for %(tier)s ends soon", **tiers),
    }
    for kind in event.news:
        if kind in titles:
            return titles[kind]
        if event.before.tier != event.after.tier:
            return _("%(before)s ends; then %(tier)s", **tiers) if event.after.tier else _("%(before)s ends", **tiers)
        return _("The exception ends; %(tier)s is kept", **tiers)
    return ""


def _present_risk(ahead: Ahead) -> list[str]:
    held = ahead.forecast.look.held
    if not held.at_risk_since:
        return []
    words = {"tier": _tier(held.tier, ahead), "date": _day(held.at_risk_since)}
    return [
        _("%(tier)s is at risk since %(date)s.", **words),
        _kept(held.review_at, held.grace_until, ahead, words["tier"]),
    ]


def _sentences(event: Event, ahead: Ahead) -> Iterable[str]:
    held, why = event.after.held, "; ".join(_why(event, ahead))
    tier = _name(event.after.tier, event.qualification, ahead)
    words = {"date": _day(event.at), "why": why, "tier": tier}
    if "at_risk" in event.news:
        yield _("At risk from %(date)s: %(why)s.", **words)
        yield _kept(held.review_at, held.grace_until, ahead, tier)
    elif "recovered" in event.news:
        yield _("On %(date)s %(tier)s is earned again: %(why)s.", **words)
    elif event.falls:
        yield (
            _("From %(date)s the tier is %(tier)s.", **words) if tier else _("From %(date)s there is no tier.", **words)
        )
    elif event.before.tier != event.after.tier:
        yield _("From %(date)s the tier is %(tier)s: %(why)s.", **words)


def _kept(review_at: datetime | None, grace_until: datetime | None, ahead: Ahead, tier: str) -> str:
    """Until when a tier at risk is kept."""
    if grace_until:
        return _("The review found it unearned. The grace ends on %(date)s.", date=_day(grace_until))
    assert review_at is not None, "a tier at risk has its review"
    graces = [event.after.held.grace_until for event in ahead.forecast.events if event.at == review_at]
    ends = next((grace for grace in graces if grace), review_at + timedelta(days=ahead.rules.review.grace_days))
    return _(
        "%(tier)s is kept until the review of %(review)s and its grace, which ends on %(date)s.",
        tier=tier,
        review=_day(review_at),
        date=_day(ends),
    )


def _why(event: Event, ahead: Ahead) -> list[str]:
    """Every cause of a step, each once."""
    said = [_because(cause, event, ahead) for cause in event.causes]
    return list(dict.fromkeys(said))


def _because(cause: Cause, event: Event, ahead: Ahead) -> str:
    if cause.fact:
        return _of_fact(cause, cause.fact, ahead.rules)
    if cause.member:
        return _of_member(cause)
    exception = {"tier": _name(cause.granted.tier, event.qualification, ahead)} if cause.granted else {"tier": ""}
    return {
        "tenure": _("the time of taking part that is asked for is over"),
        "rules": _("new rules take effect"),
        "review": _("the review of the anniversary"),
        "grace_ends": _("the grace ends"),
        "exception_begins": _("the exception for %(tier)s begins", **exception),
        "exception_ends_soon": _("the exception for %(tier)s ends in 30 days", **exception),
        "exception_ends": _("the exception for %(tier)s ends", **exception),
    }[cause.what]


def _of_member(cause: Cause) -> str:
    assert cause.member is not None, "asked about a member"
    words = {"name": cause.member.name, "level": LEVELS[cause.holding.level] if cause.holding else ""}
    return {
        "expires": _("the %(level)s certificate of %(name)s expires", **words),
        "issued": _("the %(level)s certificate of %(name)s begins to count", **words),
        "leaves": _("%(name)s leaves", **words),
        "joins": _("%(name)s joins", **words),
        "changes": _("%(name)s changes to other work", **words),
        "completes": _("%(name)s has completed the courses", **words),
    }[cause.what]


def _of_fact(cause: Cause, fact: Fact, rules: Programme) -> str:
    names = {kpi.metric: kpi.name for kpi in rules.kpis}
    name = in_language(names[fact.metric]) if fact.metric in names else fact.metric
    value = money(fact.value, fact.currency) if fact.currency else number_text(fact.value)
    words = {"what": name, "value": value, "since": date_text(fact.valid_from)}
    return {
        "fact_begins": _("%(what)s, %(value)s: its time begins", **words),
        "fact_counts": _("%(what)s, %(value)s since %(since)s: counts from now on", **words),
        "fact_ends": _("%(what)s, %(value)s since %(since)s: counts no longer", **words),
    }[cause.what]


def missing(checks: Iterable[Check]) -> Iterator[str]:
    """What is not met, with what there is and what is asked for where that is a figure."""
    for check in checks:
        words = {
            "name": in_language(check.name),
            "have": _amount(check, check.have),
            "need": _amount(check, check.need),
        }
        plain = check.gap and check.unit in ("persons", "count", "minor_units", "points")
        yield _("%(name)s: %(have)s of %(need)s", **words) if plain else words["name"]


def _amount(check: Check, value: int) -> str:
    return money(value, check.currency) if check.currency else number_text(value)


def _tier(tier: str | None, ahead: Ahead) -> str:
    """A tier's name by the rules of now."""
    return _name(tier, ahead.forecast.qualification, ahead)


def _name(tier: str | None, qualification: Qualification, ahead: Ahead) -> str:
    """A tier's name by the rules of an instant, or of now; empty without a tier."""
    names: dict[str, Text] = {one.id: one.name for one in ahead.rules.tiers_of(ahead.forecast.ladder)}
    names |= {proof.id: proof.name for proof in qualification.ladder}
    return (in_language(names[tier]) if tier in names else tier) if tier else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _day(at: datetime) -> str:
    return date_text(at, "long")
