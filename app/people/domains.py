"""Company domains: whose e-mail addresses are at which organisation, as the vendor has verified."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Name, db, insert_or_ignore
from app.people.persons import EmailInvalid, clean_email
from app.refusal import NotFound, Refusal

# Where anybody gets an address: it says nothing about where its owner works.
PUBLIC = frozenset(
    f"{name}.{ending}"
    for name, endings in {
        "aol": "com",
        "fastmail": "com",
        "gmail": "com",
        "gmx": "com de es net at ch",
        "googlemail": "com",
        "hey": "com",
        "hotmail": "com es fr it co.uk com.ar com.br com.mx cl",
        "icloud": "com",
        "live": "com com.ar com.mx cl",
        "mac": "com",
        "mail": "com ru",
        "me": "com",
        "msn": "com",
        "outlook": "com es com.ar com.br cl pt",
        "proton": "me",
        "protonmail": "com",
        "pm": "me",
        "qq": "com",
        "tutanota": "com",
        "web": "de",
        "yahoo": "com es fr it de co.uk com.ar com.br com.co com.mx com.pe com.ve cl",
        "yandex": "com ru",
        "ymail": "com",
        "zoho": "com",
        "zohomail": "com",
    }.items()
    for ending in endings.split()
)


class Domain(Model):
    """A domain whose addresses are those of one organisation's people; each belongs to one organisation only."""

    __tablename__ = "organisation_domains"
    __table_args__ = (CheckConstraint("domain = lower(domain) AND domain <> ''", name="domain"),)

    domain: Mapped[Name] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    verified_at: Mapped[datetime]
    verified_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))


class BadDomain(Refusal):
    """The text is not the domain of an e-mail address."""

    status = 422
    title = _l("That is not a domain")
    detail = _l("Write what stands after the @, like company.example.")


class PublicDomain(Refusal):
    """Anybody can have an address there."""

    status = 422
    title = _l("Anybody can have an address at that domain")
    detail = _l("Only a domain of the company's own says who works for it.")


class DomainTaken(Refusal):
    """The domain is an organisation's already."""

    title = _l("That domain already belongs to an organisation")


_DOMAINS = select(Domain).where(Domain.organisation_id == bindparam("organisation_id")).order_by(Domain.domain)
_OWN = select(Domain.domain).where(
    Domain.organisation_id == bindparam("organisation_id"), Domain.domain == bindparam("domain")
)


def verify_domain(organisation_id: int, text: str, *, by: int | None, at: datetime) -> str:
    """Addresses at the domain are those of the organisation's people from now on; returns it as stored."""
    domain = clean_domain(text)
    if not insert_or_ignore(Domain, domain=domain, organisation_id=organisation_id, verified_at=at, verified_by=by):
        raise DomainTaken
    return domain


def withdraw_domain(organisation_id: int, domain: str) -> None:
    """Nobody joins by the domain any more; whoever did stays."""
    own = (Domain.organisation_id == organisation_id) & (Domain.domain == domain)
    if db.session.execute(delete(Domain).where(own)).rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound


def clean_domain(text: str) -> str:
    """The domain as addresses are stored with it."""
    try:
        domain = clean_email(f"somebody@{text.strip().removeprefix('@')}").rpartition("@")[2]
    except EmailInvalid as error:
        raise BadDomain from error
    if domain in PUBLIC:
        raise PublicDomain
    return domain


def domains_of(organisation_id: int) -> Sequence[Domain]:
    """The verified domains of an organisation."""
    return db.session.scalars(_DOMAINS, {"organisation_id": organisation_id}).all()


def domain_of(email: str, organisation_id: int) -> str | None:
    """The organisation's domain that an address is at; None for an address elsewhere, a subdomain too."""
    place = {"organisation_id": organisation_id, "domain": email.rpartition("@")[2]}
    return db.session.connection().execute(_OWN, place).scalar()
