"""Accounts: under which ids the systems that facts come from know an organisation."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, Name, db, insert_or_ignore
from app.refusal import NotFound, Refusal


class Account(Model):
    """In this system the id stands for one organisation."""

    __tablename__ = "organisation_accounts"
    __table_args__ = (CheckConstraint("length(system) > 0 AND length(external_id) > 0", name="named"),)

    system: Mapped[Name] = mapped_column(primary_key=True)
    external_id: Mapped[Name] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)


class AccountTaken(Refusal):
    """One id cannot stand for two organisations."""

    title = _l("This account already stands for an organisation")


def add_account(organisation_id: int, system: str, external_id: str) -> None:
    """From now on the id stands for the organisation; raises AccountTaken."""
    row: dict[str, Any] = {"system": system, "external_id": external_id, "organisation_id": organisation_id}
    if not insert_or_ignore(Account, **row):
        raise AccountTaken


def remove_account(organisation_id: int, system: str, external_id: str) -> None:
    """The id stands for nobody; raises NotFound."""
    own = (Account.organisation_id == organisation_id) & (Account.system == system)
    gone = db.session.execute(delete(Account).where(own, Account.external_id == external_id))
    if gone.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound


def accounts_of(organisation_id: int) -> Sequence[Account]:
    """The accounts of an organisation, by system."""
    query = select(Account).where(Account.organisation_id == organisation_id)
    return db.session.scalars(query.order_by(Account.system, Account.external_id)).all()


def organisations_in(system: str) -> dict[str, int]:
    """The ids of organisations by what the system calls them."""
    query = select(Account.external_id, Account.organisation_id).where(Account.system == system)
    return {row.external_id: row.organisation_id for row in db.session.execute(query)}
