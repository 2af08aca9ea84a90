"""Placing: which organisation, programme and metric the names in a file of facts stand for."""

import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select

from app.extensions import db
from app.partners.accounts import organisations_in
from app.partners.fact_files import Complaint
from app.partners.fact_mapping import FactMapping
from app.partners.fact_rows import Entry, LeftOut
from app.partners.metrics import metrics_of
from app.partners.programmes import Participation, live_programmes
from app.people.organisations import Organisation
from app.refusal import N_

NO_PROGRAMME = N_("There is no programme with the id %(name)s. Those there are: %(known)s.")
NO_METRIC = N_("The programme has no metric %(name)s. Those it has: %(known)s.")
NEEDS_CURRENCY = N_("%(name)s is money: write its currency.")
NEEDS_NO_CURRENCY = N_("%(name)s is not money: leave the currency empty.")
NO_ORGANISATION = {
    "slug": N_("No organisation has the id %(name)s. Write it as in the address of its page."),
    "name": N_("No organisation is called %(name)s. Write its name as in its page."),
    "account": N_("No organisation has the account %(name)s. Add it on the page of its facts."),
}
SEVERAL = N_("Several organisations are called %(name)s: use their ids.")
NO_PART = N_("%(name)s takes no part in this programme.")


class Place(NamedTuple):
    """Where a fact belongs."""

    organisation_id: int
    programme_id: int


@dataclass
class Places:
    """What the names of a file stand for; looked up once for all its rows."""

    mapping: FactMapping
    programmes: dict[str, tuple[int, dict[str, bool]]] = field(default_factory=dict)
    organisations: dict[str, list[int]] = field(default_factory=dict)
    accounts: dict[str, dict[str, int]] = field(default_factory=dict)
    taking_part: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.programmes = {one.slug: (one.id, metrics_of(one.rules)) for one in live_programmes()}
        part = select(Participation.organisation_id, Participation.programme_id)
        self.taking_part = {Place(*row) for row in db.session.execute(part)}
        by_slug = self.mapping.organisation_by == "slug"
        column = Organisation.slug if by_slug else Organisation.name
        for organisation_id, name in db.session.execute(select(Organisation.id, column)):
            self.organisations.setdefault(_folded(name), []).append(organisation_id)

    def key(self, row: LeftOut) -> tuple[int, str, str, str] | None:
        """The record that a row left out would be, if its programme is one of ours."""
        programme_id, _ = self.programmes.get(row.programme, (None, {}))
        return (programme_id, row.metric, row.source, row.external_id) if programme_id else None

    def find(self, entry: Entry) -> Place | list[Complaint]:
        """Where a row belongs, or what is wrong with its names."""
        complaints: list[Complaint] = []
        programme_id = self._programme(entry, complaints)
        organisation_id = self._organisation(entry, complaints)
        if programme_id is None or organisation_id is None or complaints:
            return complaints
        place = Place(organisation_id, programme_id)
        if place not in self.taking_part:
            words = {"name": entry.organisation}
            return [Complaint(entry.line, self.mapping.organisation, NO_PART, words)]
        return place

    def _programme(self, entry: Entry, complaints: list[Complaint]) -> int | None:
        if entry.programme not in self.programmes:
            words = {"name": entry.programme, "known": ", ".join(self.programmes)}
            complaints.append(Complaint(entry.line, self.mapping.programme or "", NO_PROGRAMME, words))
            return None
        programme_id, metrics = self.programmes[entry.programme]
        if entry.metric not in metrics:
            words = {"name": entry.metric, "known": ", ".join(metrics)}
            complaints.append(Complaint(entry.line, self.mapping.metric or "", NO_METRIC, words))
        elif metrics[entry.metric] != (entry.currency is not None):
            message = NEEDS_CURRENCY if metrics[entry.metric] else NEEDS_NO_CURRENCY
            complaints.append(Complaint(entry.line, self.mapping.currency or "", message, {"name": entry.metric}))
        return programme_id

    def _organisation(self, entry: Entry, complaints: list[Complaint]) -> int | None:
        mapping = self.mapping
        if mapping.organisation_by == "account":
            if entry.source not in self.accounts:
                self.accounts[entry.source] = organisations_in(entry.source)
            one = self.accounts[entry.source].get(entry.organisation)
            found = [one] if one else []
        else:
            found = self.organisations.get(_folded(entry.organisation), [])
        if len(found) == 1:
            return found[0]
        message = SEVERAL if found else NO_ORGANISATION[mapping.organisation_by]
        complaints.append(Complaint(entry.line, mapping.organisation, message, {"name": entry.organisation}))
        return None


def _folded(name: str) -> str:
    """A name as it is compared: without case, accents and what stands between its words."""
    decomposed = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
