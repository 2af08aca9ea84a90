"""The demo's partners on their way in, and what those of them say who let themselves be seen in the directory."""

from collections.abc import Callable, Iterator
from datetime import datetime

from app.journeys.demo_cast import Partner
from app.journeys.listing import publish_listing, save_listing
from app.journeys.welcoming import tick_step
from app.partners.checklists import limit_days
from app.partners.programmes import participation_in, programme_by_slug
from app.people.listings import Entry
from app.people.organisations import organisation_by_slug
from app.people.persons import person_by_email

Deed = Callable[[datetime], object]
USUAL_DAYS = 60  # of an onboarding without a clock
LEFT = {("puente-latam", "expansion-suprema"): 3, ("atlas-integra", "email-reengagement"): 4}  # steps that are open
LISTED = {
    "andes-consultores": Entry(
        {
            "es": "Consultoría comercial para empresas de la región andina: diagnóstico, puesta en marcha y formación "
            "del equipo de ventas.",
            "en": "Sales consulting for companies of the Andean region: assessment, launch and training of the sales "
            "team.",
        },
        "PE",
        "Lima",
        "https://andes-consultores.example",
    ),
    "norte-digital": Entry(
        {"es": "Marketing digital y automatización para pymes.", "en": "Digital marketing and automation for SMEs."},
        "MX",
        "Nuevo León",
        "https://www.norte-digital.example",
    ),
}
LISTED_DAYS = 100  # ago


def welcome(partner: Partner) -> Iterator[tuple[float, Deed]]:
    """Pairs of days ago and the step that was ticked then, one a while after the other."""
    joined = [(slug, partner.joined) for slug in partner.programmes]
    for slug, days in [*joined, *((slug, days) for slug, days, _ in partner.later)]:
        onboarding = programme_by_slug(slug).rules.onboarding
        if onboarding is None:
            continue
        steps = [step.id for phase in onboarding.phases for step in phase.steps]
        pause = 0.8 * (limit_days(onboarding) or USUAL_DAYS) / len(steps)
        for n, step in enumerate(steps[: len(steps) - LEFT.get((partner.slug, slug), 0)], start=1):
            yield days - n * pause, lambda at, slug=slug, step=step: _tick(partner, slug, step, at)  # type: ignore[misc]


def listing(partner: Partner) -> Iterator[tuple[float, Deed]]:
    """When it let itself be seen, if it did."""
    if partner.slug in LISTED:
        yield LISTED_DAYS, lambda at: _list(partner, LISTED[partner.slug], at)


def _tick(partner: Partner, programme: str, step: str, at: datetime) -> None:
    part = participation_in(organisation_by_slug(partner.slug).id, programme)
    tick_step(part, step, at.date(), "", 0, by=_id("admin@demo.example"), at=at)


def _list(partner: Partner, entry: Entry, at: datetime) -> None:
    organisation_id, by = organisation_by_slug(partner.slug).id, _id("admin@demo.example")
    save_listing(organisation_id, entry, 0, by=by, at=at)
    publish_listing(organisation_id, by=by, at=at)


def _id(email: str) -> int:
    person = person_by_email(email)
    assert person is not None, "the cast was admitted first"
    return person.id
