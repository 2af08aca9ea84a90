"""The field for the Latin form of a name, where an exam is begun and on the page of one's account."""

from typing import ClassVar

from wtforms import Form, StringField, ValidationError

from app.credentials.names import LatinFormNeeded, clean_latin_name
from app.credentials.typesetting import MissingGlyph
from app.people.persons import NameInvalid
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l


class PrintableIfAsked:
    """The Latin form is there and a certificate can print it, if the form `asks_latin`."""

    field_flags: ClassVar = {"required": True}  # pages show the field to those alone who have to fill it in

    def __call__(self, form: Form, field: StringField) -> None:
        """Raises ValidationError."""
        try:
            if form.asks_latin:
                clean_latin_name(field.data)
        except LatinFormNeeded as refusal:
            raise ValidationError(_("Write your name in Latin letters too")) from refusal
        except MissingGlyph as refusal:
            raise ValidationError(_("No certificate can print “%(character)s” here", **refusal.facts)) from refusal
        except NameInvalid as refusal:
            raise ValidationError(str(refusal.title)) from refusal


def latin_name_field() -> StringField:
    """A field of a form that has `asks_latin`."""
    return StringField(
        _l("Your name in Latin letters"),
        [PrintableIfAsked()],
        description=_l("As in your passport. The certificate prints it, and its public page says both."),
        render_kw={"autocomplete": "off", "maxlength": 120},
    )
