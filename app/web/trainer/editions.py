"""Editions: the published versions of a thing, without their content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.content.versions import Version
from app.extensions import db


@dataclass(frozen=True)
class Edition:
    """A version; `number` counts from 1 in the order of publication."""

    id: int
    number: int
    hash: str
    published_at: datetime


def editions_of(kind: str, name: str) -> Sequence[Edition]:
    """Every version of one thing, the newest first."""
    query = select(Version.id, Version.hash, Version.published_at).where(Version.kind == kind, Version.name == name)
    rows = db.session.execute(query.order_by(Version.id)).all()
    return [Edition(row.id, number, row.hash, row.published_at) for number, row in enumerate(rows, start=1)][::-1]


def numbered(version_ids: Collection[int]) -> dict[int, Edition]:
    """These versions by id, each with its number among those of its thing."""
    place = func.row_number().over(partition_by=(Version.kind, Version.name), order_by=Version.id)
    named = select(Version.kind, Version.name).where(Version.id.in_(version_ids)).distinct().subquery()
    query = select(Version.id, place, Version.hash, Version.published_at).join(
        named, (Version.kind == named.c.kind) & (Version.name == named.c.name)
    )
    editions = [Edition(*row) for row in db.session.execute(query)]
    return {edition.id: edition for edition in editions if edition.id in version_ids}
