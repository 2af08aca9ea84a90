"""Listings: what an organisation says of itself to everyone, once its administrator decides that it may be seen."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from babel import Locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, CheckConstraint, ForeignKey, Update, bindparam, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Code, LongText, Model, Name, db, insert_or_ignore
from app.refusal import NotFound, Refusal

LONGEST_TEXT, LONGEST_REGION, LONGEST_REASON, LONGEST_ADDRESS = 600, 80, 500, 200
LANGUAGES = ("es", "en")
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}  # unions, tests and the unknown
COUNTRIES = frozenset(
    str(code) for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", str(code)) and code not in NO_COUNTRIES
)
HOST = re.compile(r"(?=.{4,120}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)


class Listing(Model):
    """The entry of an organisation: seen by everyone from `listed_at` on, by nobody while that is empty.

    Hidden by the vendor, what the organisation wrote is shown to nobody else, with the reason. `revision` counts the
    changes.
    """

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint("length(country) = 2", name="country"),
        CheckConstraint(f"length(region) BETWEEN 1 AND {LONGEST_REGION}", name="region"),
        CheckConstraint("substr(website, 1, 8) = 'https://' AND length(website) > 8", name="website"),
        CheckConstraint("(listed_at IS NULL) = (listed_by IS NULL)", name="listed_by"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_by IS NULL)", name="hidden_by"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_reason IS NULL)", name="hidden_reason"),
        CheckConstraint(f"length(hidden_reason) BETWEEN 1 AND {LONGEST_REASON}", name="hidden_reason_text"),
        CheckConstraint("revision >= 1", name="revision"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True, autoincrement=False)
    country: Mapped[Code | None]
    region: Mapped[Name | None]
    website: Mapped[Name | None]
    revision: Mapped[int]
    listed_at: Mapped[datetime | None]
    listed_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    hidden_reason: Mapped[LongText | None]


class ListingText(Model):
    """How an organisation describes itself in a language, as plain text."""

    __tablename__ = "listing_texts"
    __table_args__ = (
        CheckConstraint(f"language IN {LANGUAGES}", name="language"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {LONGEST_TEXT}", name="text"),
    )

    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("listings.organisation_id"), primary_key=True, autoincrement=False
    )
    language: Mapped[Code] = mapped_column(primary_key=True)
    text: Mapped[LongText]


class Entry(NamedTuple):
    """What an organisation writes: descriptions by language, none or blank where there is none, and where it is."""

    texts: Mapping[str, str]
    country: str = ""
    region: str = ""
    website: str = ""


class NoSuchListing(NotFound):
    """Nobody of that name is in the directory: unknown, hidden and without a tier answer alike."""

    title = _l("This partner is not in the directory")


class BadListing(Refusal):
    """Something that was written cannot be shown; the detail says what."""

    status = 422
    title = _l("This entry cannot be shown")


class ListingChanged(Refusal):
    """Somebody else saved the entry since the page was opened."""

    title = _l("The entry was changed meanwhile")
    detail = _l("The page now shows what is saved. Nothing of it was overwritten.")


class NotHidden(Refusal):
    """There is nothing to show again, or nothing to hide."""

    title = _l("This was done before")


BAD_TEXT = _l("A description has up to 600 characters.")
BAD_COUNTRY = _l("Choose a country of the list.")
BAD_REGION = _l("A region has up to 80 characters.")
BAD_WEBSITE = _l("A web address begins with https:// and has a name such as www.example.com, without spaces.")
BAD_REASON = _l("Say why, in up to 500 characters.")

_ID: BindParameter[int] = bindparam("of_organisation")
_OF = select(Listing).where(Listing.organisation_id == _ID).execution_options(populate_existing=True)
_TEXTS = select(ListingText.language, ListingText.text).where(ListingText.organisation_id == _ID)
_FORGET_TEXTS = delete(ListingText).where(ListingText.organisation_id == _ID)
_SAVE = update(Listing).where(Listing.organisation_id == _ID, Listing.revision == bindparam("seen"))
_LIST = update(Listing).where(Listing.organisation_id == _ID, Listing.listed_at.is_(None))
_UNLIST = update(Listing).where(Listing.organisation_id == _ID, Listing.listed_at.is_not(None))
_HIDE = update(Listing).where(Listing.organisation_id == _ID, Listing.hidden_at.is_(None))
_SHOW = update(Listing).where(Listing.organisation_id == _ID, Listing.hidden_at.is_not(None))


def listing_of(organisation_id: int) -> Listing | None:
    """The entry of an organisation, seen or not."""
    return db.session.scalar(_OF, {"of_organisation": organisation_id})


def texts_of(organisation_id: int) -> dict[str, str]:
    """How the organisation describes itself, by language."""
    rows = db.session.connection().execute(_TEXTS, {"of_organisation": organisation_id})
    return {language: text for language, text in rows}  # noqa: C416


def save_entry(organisation_id: int, entry: Entry, seen: int) -> None:
    """Keep what was written; `seen` is the revision that the writer saw, 0 of none. Raises BadListing, ListingChanged.

    It changes nothing of who sees it.
    """
    texts, values = _clean(entry)
    if seen == 0:
        row = values | {"organisation_id": organisation_id, "revision": 1}
        saved = insert_or_ignore(Listing, **row)
    else:
        change = _SAVE.values(**values, revision=Listing.revision + 1)
        bound = {"of_organisation": organisation_id, "seen": seen}
        saved = db.session.connection().execute(change, bound).rowcount == 1
    if not saved:
        raise ListingChanged
    db.session.connection().execute(_FORGET_TEXTS, {"of_organisation": organisation_id})
    rows = [{"organisation_id": organisation_id, "language": one, "text": text} for one, text in texts.items()]
    if rows:
        db.session.execute(insert(ListingText), rows)


def let_be_seen(organisation_id: int, *, by: int, at: datetime) -> bool:
    """Everyone may see the entry from now on; False if everyone could already."""
    insert_or_ignore(Listing, organisation_id=organisation_id, revision=1)
    return _change(_LIST.values(listed_at=at, listed_by=by), organisation_id)


def take_down(organisation_id: int) -> bool:
    """Nobody sees the entry from now on; False if nobody could."""
    return _change(_UNLIST.values(listed_at=None, listed_by=None), organisation_id)


def hide_entry(organisation_id: int, reason: str, *, by: int, at: datetime) -> None:
    """What the organisation wrote is shown no longer, for a reason that it reads; its name and tiers stay."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise BadListing(BAD_REASON)
    if not _change(_HIDE.values(hidden_at=at, hidden_by=by, hidden_reason=reason), organisation_id):
        raise NotHidden


def show_entry(organisation_id: int) -> None:
    """What the organisation wrote may be shown again."""
    if not _change(_SHOW.values(hidden_at=None, hidden_by=None, hidden_reason=None), organisation_id):
        raise NotHidden


def clean_website(text: str) -> str:
    """The address as a link may lead there: https, a host with a dot and no port, no name or password before it."""
    address = text.strip()
    parts = urlsplit(address) if len(address) <= LONGEST_ADDRESS and re.fullmatch(r"[!-~]+", address) else None
    if parts is None or parts.scheme != "https" or not HOST.fullmatch(parts.netloc.lower()):
        raise BadListing(BAD_WEBSITE)
    return parts._replace(netloc=parts.netloc.lower()).geturl()


def _clean(entry: Entry) -> tuple[dict[str, str], dict[str, str | None]]:
    """The texts and the columns to keep, or BadListing."""
    texts = {language: text.replace("\r\n", "\n").strip() for language, text in entry.texts.items()}
    region = " ".join(entry.region.split())
    if any(len(text) > LONGEST_TEXT or _has_controls(text) for text in texts.values()):
        raise BadListing(BAD_TEXT)
    if entry.country and entry.country not in COUNTRIES:
        raise BadListing(BAD_COUNTRY)
    if len(region) > LONGEST_REGION or _has_controls(region):
        raise BadListing(BAD_REGION)
    website = clean_website(entry.website) if entry.website.strip() else None
    kept = {language: text for language, text in texts.items() if text and language in LANGUAGES}
    return kept, {"country": entry.country or None, "region": region or None, "website": website}


def _has_controls(text: str) -> bool:
    """Whether it holds what is no text: NUL, which no database takes, and what turns the direction of others' text."""
    return bool(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text))


def _change(change: Update, organisation_id: int) -> bool:
    return db.session.connection().execute(change, {"of_organisation": organisation_id}).rowcount == 1
