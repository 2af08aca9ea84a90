"""Listing: an organisation's entry in the public directory, written, seen and taken down, each with its ledger line."""

from datetime import datetime

from app.ledger.deeds import record
from app.people.listings import Entry, hide_entry, let_be_seen, save_entry, show_entry, take_down


def save_listing(organisation_id: int, entry: Entry, seen: int, *, by: int, at: datetime) -> None:
    """Keep what the organisation says of itself; who sees it stays as it was."""
    save_entry(organisation_id, entry, seen)
    _record("listing_saved", organisation_id, by, at)


def publish_listing(organisation_id: int, *, by: int, at: datetime) -> None:
    """Let everyone see the entry, while the organisation holds a tier."""
    if let_be_seen(organisation_id, by=by, at=at):
        _record("listing_published", organisation_id, by, at)


def withdraw_listing(organisation_id: int, *, by: int, at: datetime) -> None:
    """Let nobody see the entry any more; said twice, it is done once."""
    if take_down(organisation_id):
        _record("listing_taken_down", organisation_id, by, at)


def hide_listing(organisation_id: int, reason: str, *, by: int, at: datetime) -> None:
    """Show what the organisation wrote to nobody else, for a reason that it reads."""
    hide_entry(organisation_id, reason, by=by, at=at)
    _record("listing_hidden", organisation_id, by, at, reason=" ".join(reason.split()))


def unhide_listing(organisation_id: int, *, by: int, at: datetime) -> None:
    """Let what the organisation wrote be seen again."""
    show_entry(organisation_id)
    _record("listing_shown", organisation_id, by, at)


def _record(deed: str, organisation_id: int, by: int, at: datetime, **reason: str) -> None:
    record(deed, f"organisation:{organisation_id}", by=by, at=at, organisation=organisation_id, address=None, **reason)
