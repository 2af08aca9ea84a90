"""Partner letters: what becomes of a standing, told to whoever administers the organisation, in their language."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from app.extensions import db
from app.journeys.letters import Letter
from app.partners.exceptions import last_day
from app.partners.losses import Loss, losses
from app.partners.programmes import Programme
from app.partners.requirements import Persons, every_requirement
from app.partners.rule_versions import rules_of
from app.partners.rules import Programme as Rules
from app.people.organisations import Organisation
from app.people.persons import Person

News = dict[str, Any]
NAMED = 5  # people whose loss a letter names


def standing_letter(news: News, base_url: str) -> Letter:
    """The news as it was when it was put down, whatever has changed since; why in full is on the scorecard."""
    person = db.session.get_one(Person, news["person_id"])
    organisation = db.session.get_one(Organisation, news["organisation_id"])
    programme = db.session.get_one(Programme, news["programme_id"])
    rules = rules_of(news.get("version_id") or programme.version_id)
    with force_locale(person.language):
        told = _Told(news, rules, person.language)
        subject = f"{told.subject()}: {organisation.name}, {_say(rules.title, person.language)}"
        greeting = _("Hello %(name)s,", name=person.name)
        link = _("See the scorecard: %(url)s", url=f"{base_url}/scorecard?programme={programme.slug}")
        return Letter(person.email, subject, "\n\n".join([greeting, f"{subject}.", *told.lines(), link]) + "\n")


class _Told:
    """One piece of news in the words of a language."""

    def __init__(self, news: News, rules: Rules, language: str) -> None:
        self._news, self._rules, self._language = news, rules, language
        self._names = {tier.id: _say(tier.name, language) for tier in rules.tiers_of(news["ladder"])}

    def subject(self) -> str:
        """The news in a few words."""
        tier, before = self._name("tier"), self._name("before")
        subjects = {
            "upgrade": _("%(tier)s is reached", tier=tier),
            "at_risk": _("%(tier)s is at risk", tier=tier),
            "grace": _("The grace of %(tier)s has begun", tier=tier),
            "lost": _("%(tier)s is held no longer", tier=before),
            "exception_approved": _("%(tier)s is held by an exception", tier=tier),
            "exception_ending": _("The exception for %(tier)s ends soon", tier=tier),
            "exception_ended": _("The exception for %(tier)s has ended", tier=before),
        }
        return str(subjects[self._news["kind"]])

    def lines(self) -> Iterator[str]:
        """What follows, since when, and why."""
        kind = self._news["kind"]
        if kind == "upgrade":
            yield _("What it brings counts from %(day)s on.", day=self._day("at"))
        if kind in ("at_risk", "grace"):
            yield from self._reasons()
            yield self._kept()
        if kind in ("lost", "exception_ended"):
            yield from self._reasons() if kind == "lost" else ()
            yield self._now()
        if kind == "exception_approved":
            yield _("The reason: %(reason)s", reason=self._news["reason"])
        if kind in ("exception_approved", "exception_ending"):
            ends = format_date(last_day(datetime.fromisoformat(self._news["exception_until"])), "long")
            yield _("Its last day is %(day)s; then the tier is what is earned.", day=ends)

    def _now(self) -> str:
        if self._news["tier"] is None:
            return str(_("From %(day)s on there is no tier.", day=self._day("at")))
        return str(_("From %(day)s on the tier is %(tier)s.", day=self._day("at"), tier=self._name("tier")))

    def _kept(self) -> str:
        if self._news["grace_until"]:
            until = self._day("grace_until")
            return str(_("The review found it unearned. It is kept until %(day)s.", day=until))
        review = datetime.fromisoformat(self._news["review_at"])
        ends = format_date(review + timedelta(days=self._rules.review.grace_days), "long")
        day = self._day("review_at")
        return str(
            _("It is kept until the review of %(review)s and its grace, which ends on %(day)s.", review=day, day=ends)
        )

    def _reasons(self) -> Iterator[str]:
        """Which requirements are not met, and who counted for them and does no longer."""
        unmet = [f"- {_say(one['name'], self._language)}" for one in self._news["unmet"]]
        if unmet:
            yield "\n".join([_("Not met since %(day)s:", day=self._day("at")), *unmet])
        lost = [f"- {loss_text(loss)}" for loss in self._losses()[:NAMED]]
        if lost:
            yield "\n".join([_("What changed:"), *lost])

    def _losses(self) -> list[Loss]:
        news = self._news
        counting = {one["id"]: set(one["people"]) for one in news["unmet"]}
        tiers = self._rules.tiers_of(news["ladder"])
        asked = [one for tier in tiers if tier.id == news["before"] for one in every_requirement(tier.requirements)]
        fallen = [(one, counting[one.id]) for one in asked if isinstance(one, Persons) and one.id in counting]
        since, at = (datetime.fromisoformat(news[key]) for key in ("since", "at"))
        return losses(news["organisation_id"], fallen, since, at)

    def _name(self, key: str) -> str:
        tier = str(self._news.get(key) or "")
        return self._names.get(tier, tier)

    def _day(self, key: str) -> str:
        return str(format_date(datetime.fromisoformat(self._news[key]), "long"))


def _say(text: Mapping[Any, str], language: str) -> str:
    return text.get(language) or next(iter(text.values()))


def loss_text(loss: Loss) -> str:
    """Who counts no longer, since when and why."""
    said = {"name": loss.name, "level": loss.level.capitalize(), "date": format_date(loss.at, "long")}
    match loss.reason:
        case "left":
            return str(_("%(name)s left on %(date)s", **said))
        case "revoked":
            return str(_("The %(level)s certificate of %(name)s was revoked on %(date)s", **said))
        case "expired":
            return str(_("The %(level)s certificate of %(name)s expired on %(date)s", **said))
    return str(_("The %(level)s certificate of %(name)s stopped counting on %(date)s", **said))
