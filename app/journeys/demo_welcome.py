"""The demo's partners on their way in, the grades attested to them, and what they say of themselves in public."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from app.journeys.demo_cast import Partner
from app.journeys.listing import publish_listing, save_listing
from app.journeys.welcoming import tick_step
from app.partners.checklists import limit_days
from app.partners.evaluating import reevaluate_organisation
from app.partners.facts import add_fact
from app.partners.programmes import participation_in, programme_by_slug
from app.people.listings import Entry
from app.people.organisations import organisation_by_slug
from app.people.persons import person_by_email

Deed = Callable[[datetime], object]
USUAL_DAYS = 60  # of an onboarding without a clock
LEFT = {("puente-latam", "expansion-suprema"): 3, ("atlas-integra", "email-reengagement"): 4}  # steps that are open
GRADED = {  # by the programme: days ago, the metric, the grade, and what proves it
    ("norte-digital", "marketing-mastery"): (
        (270, "strategic-value", 2, "Plan conjunto 2026, acta de la reunión de partners"),
        (270, "market-position", 2, "Estudio de mercado de la región, página 14"),
        (270, "innovation", 1, "Ficha técnica de la integración"),
        (270, "commitment", 2, "Acuerdo de dos años, firmado por la dirección"),
        (40, "innovation", 2, "https://norte-digital.example/innovacion/piloto-2026"),
    )
}
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


def grades(partner: Partner) -> Iterator[tuple[float, Deed]]:
    """Pairs of days ago and the grade that was attested then."""
    for (slug, programme), attested in GRADED.items():
        for days, metric, grade, evidence in attested if slug == partner.slug else ():
            yield days, partial(_attest, partner, programme, metric, grade, evidence)


def listing(partner: Partner) -> Iterator[tuple[float, Deed]]:
    """When it let itself be seen, if it did."""
    if partner.slug in LISTED:
        yield LISTED_DAYS, lambda at: _list(partner, LISTED[partner.slug], at)


def _tick(partner: Partner, programme: str, step: str, at: datetime) -> None:
    part = participation_in(organisation_by_slug(partner.slug).id, programme)
    tick_step(part, step, at.date(), "", 0, by=_id("admin@demo.example"), at=at)


def _attest(partner: Partner, programme: str, metric: str, grade: int, evidence: str, at: datetime) -> None:
    organisation_id = organisation_by_slug(partner.slug).id
    add_fact(
        organisation_id=organisation_id,
        programme_id=programme_by_slug(programme).id,
        metric=metric,
        value=grade,
        valid_from=at,
        source="Revisión del partner",
        evidence=evidence,
        at=at,
        by=_id("admin@demo.example"),
    )
    reevaluate_organisation(organisation_id, at=at)


def _list(partner: Partner, entry: Entry, at: datetime) -> None:
    organisation_id, by = organisation_by_slug(partner.slug).id, _id("admin@demo.example")
    save_listing(organisation_id, entry, 0, by=by, at=at)
    publish_listing(organisation_id, by=by, at=at)


def _id(email: str) -> int:
    person = person_by_email(email)
    assert person is not None, "the cast was admitted first"
    return person.id
