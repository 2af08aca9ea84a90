"""Forms of an entry in the public directory, for its organisation and for the vendor."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.people.listings import (
    COUNTRIES,
    LONGEST_ADDRESS,
    LONGEST_REASON,
    LONGEST_REGION,
    LONGEST_TEXT,
    BadListing,
    Entry,
    Listing,
    clean_website,
)
from app.web.lists import fold
from app.web.wording import country_text
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l


def _text(label: object) -> TextAreaField:
    return TextAreaField(
        label,
        [Optional(), Length(max=LONGEST_TEXT, message=_l("Say it in up to 600 characters"))],
        description=_l("Plain text, up to 600 characters."),
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )


class ListingForm(FlaskForm):  # type: ignore[misc]
    """What the organisation says of itself; `seen` is the revision that the page showed."""

    text_es = _text(_l("Description in Spanish"))
    text_en = _text(_l("Description in English"))
    country = SelectField(_l("Country"), [Optional()])
    region = StringField(
        _l("Region or city"),
        [Optional(), Length(max=LONGEST_REGION, message=_l("Say it in up to 80 characters"))],
        render_kw={"maxlength": LONGEST_REGION},
    )
    website = StringField(
        _l("Web address"),
        [Optional()],
        description=_l("It begins with https://"),
        render_kw={"type": "url", "maxlength": LONGEST_ADDRESS, "autocapitalize": "none", "spellcheck": "false"},
    )
    seen = HiddenField(filters=[lambda text: int(text) if str(text).isdecimal() and len(str(text)) < 9 else 0])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(((code, country_text(code)) for code in COUNTRIES), key=lambda pair: fold(pair[1]))
        self.country.choices = [("", _("Not said")), *named]

    def validate_website(self, field: StringField) -> None:
        """An https address."""
        try:
            clean_website(field.data)
        except BadListing as refusal:
            raise ValidationError(str(refusal.detail)) from refusal

    def entry(self) -> Entry:
        """What was written."""
        texts = {"es": self.text_es.data or "", "en": self.text_en.data or ""}
        return Entry(texts, self.country.data or "", self.region.data or "", self.website.data or "")


class PublishForm(FlaskForm):  # type: ignore[misc]
    """That the organisation wants to be seen."""

    confirmed = BooleanField(
        _l("Yes, everyone may see our entry, our tiers and how many of our people are certified."),
        [DataRequired(_l("Confirm that everyone may see it"))],
    )


class HideForm(FlaskForm):  # type: ignore[misc]
    """Why what an organisation wrote is hidden."""

    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in up to 500 characters"))],
        description=_l("The partner reads it. Name no person: it stays."),
        render_kw={"maxlength": LONGEST_REASON},
    )


def filled(listing: Listing | None, texts: dict[str, str]) -> ListingForm:
    """The form with what is kept."""
    if listing is None:
        return ListingForm(formdata=None, seen=0)
    return ListingForm(
        formdata=None,
        text_es=texts.get("es", ""),
        text_en=texts.get("en", ""),
        country=listing.country or "",
        region=listing.region or "",
        website=listing.website or "",
        seen=listing.revision,
    )
