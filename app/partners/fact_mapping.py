"""Mappings: which column of a file says what about a fact; those we know of CRMs, and the columns of our own."""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from app.content.money import Currency
from app.content.schema import Schema, Slug
from app.partners.requirements import MetricName
from app.refusal import N_

Header = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class FactMapping(Schema):
    """The column of each part of a fact. A part with `always_…` is the same in every row that has no column for it.

    Without a column for the value each row counts one. Only rows whose stage is one of `stages` are recorded.
    """

    organisation: Header
    organisation_by: Literal["slug", "name", "account"] = "slug"
    programme: Header | None = None
    always_programme: Slug | None = None
    metric: Header | None = None
    always_metric: MetricName | None = None
    value: Header | None = None
    currency: Header | None = None
    always_currency: Currency | None = None
    valid_from: Header
    valid_to: Header | None = None
    source: Header | None = None
    always_source: Words | None = None
    external_id: Header | None = None
    evidence: Header | None = None
    stage: Header | None = None
    stages: tuple[Words, ...] = ()
    decimals: Literal["plain", "point", "comma"] = "plain"
    dates: Literal["iso", "day_first", "month_first"] = "iso"

    def columns(self) -> dict[str, str]:
        """The columns that the file has to have, by what they say."""
        return {part: getattr(self, part) for part in PARTS if getattr(self, part)}


PARTS = (
    *("organisation", "programme", "metric", "value", "currency", "valid_from", "valid_to", "source"),
    *("external_id", "evidence", "stage"),
)
OPTIONAL = ("currency", "valid_to", "external_id", "evidence")  # of our own columns


@dataclass(frozen=True)
class Preset:
    """What a system calls its columns, the likeliest name first, and what else is known of its files."""

    name: str
    columns: Dictionary[str, Sequence[str]]
    known: Dictionary[str, Any]


PRESETS = {
    "standard": Preset(N_("Our own columns"), {part: (part,) for part in PARTS if part != "stage"}, {}),
    "salesforce": Preset(
        N_("Salesforce: a report of opportunities"),
        {
            "organisation": ("Account Name", "Partner Account", "AccountId"),
            "value": ("Amount",),
            "currency": ("Amount Currency", "Opportunity Currency", "CurrencyIsoCode"),
            "valid_from": ("Close Date", "CloseDate"),
            "external_id": ("Opportunity ID", "Opportunity Id", "Id"),
            "stage": ("Stage", "StageName"),
        },
        {
            "organisation_by": "name",
            "always_metric": "revenue",
            "always_source": "Salesforce",
            "stages": ("Closed Won",),
            "decimals": "point",
        },
    ),
    "hubspot-deals": Preset(
        N_("HubSpot: deals"),
        {
            "organisation": ("Associated Company", "Associated Company (Primary)", "Company Name"),
            "value": ("Amount",),
            "currency": ("Currency", "Deal Currency Code"),
            "valid_from": ("Close Date",),
            "external_id": ("Record ID", "Deal ID"),
            "stage": ("Deal Stage",),
        },
        {
            "organisation_by": "name",
            "always_metric": "revenue",
            "always_source": "HubSpot",
            "stages": ("Closed won", "closedwon"),
            "decimals": "point",
        },
    ),
    "hubspot-companies": Preset(
        N_("HubSpot: companies, each a customer"),
        {
            "organisation": ("Partner", "Parent Company"),
            "valid_from": ("Became a Customer Date", "Create Date"),
            "external_id": ("Record ID", "Company ID"),
            "stage": ("Lifecycle Stage",),
        },
        {
            "organisation_by": "name",
            "always_metric": "customers",
            "always_source": "HubSpot",
            "stages": ("Customer",),
        },
    ),
}


def suggested(preset: str, header: Sequence[str]) -> dict[str, Any]:
    """The parts of a mapping that the preset finds in the columns of a file; what is missing is for a person to say."""
    known = PRESETS[preset]
    found = {part: column_of(names, header) for part, names in known.columns.items()}
    said = {part: column for part, column in found.items() if column}
    return {**known.known, **said} if "stage" in said else {**known.known, "stages": (), **said}


def column_of(names: Sequence[str], header: Sequence[str]) -> str | None:
    """The first of the names that is a column of the file, as the file writes it; the case does not count."""
    columns = {column.casefold(): column for column in header}
    return next((columns[name.casefold()] for name in names if name.casefold() in columns), None)


def own_columns(header: Sequence[str]) -> FactMapping:
    """The mapping of our own columns; those that may be left out are asked for only where the file has them."""
    columns = {part: column_of((part,), header) for part in PARTS if part != "stage"}
    said: dict[str, Any] = {part: part for part in columns if part not in OPTIONAL}
    return FactMapping(**said | {part: column for part, column in columns.items() if column})


OWN = own_columns([part for part in PARTS if part != "stage"])  # with every column that may be there
