"""The form that describes a certificate from elsewhere, for holders and for administrators."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.validators import URL, DataRequired, InputRequired, Length, Optional

from app.content.levels import LEVELS
from app.credentials.recognitions import Outside
from app.exams.catalogue import live_exams
from app.exams.kinds.file_types import BadFile
from app.exams.uploads import MIB
from app.web.files import looked_at
from app.web.layout import in_language
from app.web.naming import LEVELS as LEVEL_NAMES
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

TYPES = ("pdf", "png", "jpg")
LARGEST = 5 * MIB


def _line(label: object, *checks: object, help_text: object = "") -> StringField:
    limit = Length(max=200, message=_l("Say it in up to 200 characters"))
    return StringField(label, [*checks, limit], description=help_text, render_kw={"maxlength": 200})


class RecognitionForm(FlaskForm):
    """What was awarded elsewhere, what it is to be accepted for, and what shows it."""

    issuer = _line(_l("Issued by"), DataRequired(_l("Write who issued it")))
    name = _line(_l("What it is called"), DataRequired(_l("Write what it is called")))
    number = _line(_l("Its number or code"), Optional())
    issued_on = DateField(_l("Issued on"), [InputRequired(_l("Write the day on which it was issued"))])
    expires_on = DateField(_l("Expires on"), [Optional()], description=_l("Empty: it does not expire."))
    accepted_for = SelectField(_l("To be accepted for"), [DataRequired(_l("Choose what it is to be accepted for"))])
    link = _line(
        _l("Link that shows it"),
        Optional(),
        URL(message=_l("Write a link that begins with https://")),
        help_text=_l("A page of its issuer, if there is one. Give a link, a file or both."),
    )
    file = FileField(_l("File that shows it"), description=_l("PDF, PNG or JPEG, up to 5 MB."))

    def validate_link(self, field: StringField) -> None:
        """No other scheme is followed by anybody."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("Write a link that begins with https://"))

    def validate_expires_on(self, field: DateField) -> None:
        """The order of the days."""
        if field.data and self.issued_on.data and field.data <= self.issued_on.data:
            raise ValidationError(_("It must be after the day on which it was issued"))

    def validate_file(self, field: FileField) -> None:
        """Its type, by its content too, and its size; what was read is kept for `outside`."""
        self.evidence: tuple[str, bytes] | None = None
        if not field.data:
            if not self.link.data:
                raise ValidationError(_("Give a link or a file that shows the certificate"))
            return
        try:
            sent = looked_at(field.data)
        except BadFile as refusal:
            raise ValidationError(_(str(refusal.detail))) from refusal
        if sent.media_type not in TYPES or len(sent.content) > LARGEST:
            raise ValidationError(_("Choose a PDF, PNG or JPEG of up to 5 MB"))
        self.evidence = (sent.name, sent.content)

    def outside(self) -> Outside:
        """What a valid form says."""
        kind, _colon, value = self.accepted_for.data.partition(":")
        return Outside(
            issuer=" ".join(self.issuer.data.split()),
            name=" ".join(self.name.data.split()),
            number=" ".join((self.number.data or "").split()) or None,
            issued_on=self.issued_on.data,
            expires_on=self.expires_on.data,
            level=value if kind == "level" else None,
            exam=value if kind == "exam" else None,
            link=self.link.data or None,
            file=self.evidence,
        )


def recognition_form() -> RecognitionForm:
    """The form with the levels and exams there are; ask within a reading."""
    form = RecognitionForm()
    levels = [(f"level:{one}", _("The level %(level)s, with its courses", level=LEVEL_NAMES[one])) for one in LEVELS]
    exams = [
        (f"exam:{exam.slug}", _("Sitting only: %(exam)s", exam=in_language(exam.body["title"])))
        for exam in live_exams()
        if exam.body["gate"]["track"] or exam.body["gate"]["credential"]
    ]
    form.accepted_for.choices = levels + exams
    return form
