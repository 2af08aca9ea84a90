"""Forms of facts: one written down by hand, its correction, accounts, and which column of a file says what."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from pydantic import ValidationError
from wtforms import BooleanField, DateField, Field, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.partners.fact_files import Complaint
from app.partners.fact_mapping import PRESETS, FactMapping
from app.web.admin.forms import LONGEST_REASON
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

SAVED = "saved:"
DECIMALS = [
    ("plain", _l("1234.50, without marks for thousands")),
    ("point", "1,234.50"),
    ("comma", "1.234,50"),
]
DATES = [("iso", "2026-12-31"), ("day_first", "31/12/2026"), ("month_first", "12/31/2026")]
KINDS = [
    ("name", _l("by its name")),
    ("slug", _l("by its id here")),
    ("account", _l("by the id of its account in the source")),
]


def _text(label: object, longest: int, help_text: object = "", *checks: object) -> StringField:
    limit = Length(max=longest, message=_l("It is too long"))
    return StringField(label, [*checks, limit], description=help_text, render_kw={"maxlength": longest})


def _reason(help_text: object) -> StringField:
    return _text(_l("Reason"), LONGEST_REASON, help_text, DataRequired(_l("Say why")))


class FactForm(FlaskForm):
    """A fact as somebody writes it down."""

    programme = SelectField(_l("Programme"), [DataRequired(_l("Choose the programme"))])
    metric = SelectField(_l("What is counted"), [DataRequired(_l("Choose what is counted"))])
    value = _text(
        _l("Value"), 30, _l("In digits, with a point for decimals: 1234.50"), DataRequired(_l("Write the value"))
    )
    currency = _text(_l("Currency"), 3, _l("For money alone: USD, EUR …"))
    valid_from = DateField(_l("From"), [DataRequired(_l("Write the first day"))])
    valid_to = DateField(
        _l("Until"), [Optional()], description=_l("The day from which it holds no longer. Empty: no end.")
    )
    external_id = _text(_l("Record in the source"), 120, _l("Its number, if it has one: the same record counts once."))
    evidence = _text(_l("Evidence"), 2000, _l("A text or a link that shows it."))
    reason = _reason(_l("Why it is written down by hand. The history keeps it."))


class CorrectionForm(FlaskForm):
    """What takes the place of a fact; what it replaces is kept."""

    value = _text(
        _l("Value"), 30, _l("In digits, with a point for decimals: 1234.50"), DataRequired(_l("Write the value"))
    )
    currency = _text(_l("Currency"), 3, _l("For money alone: USD, EUR …"))
    valid_from = _text(_l("From"), 40, _l("As 2026-12-31"), DataRequired(_l("Write the first day")))
    valid_to = _text(_l("Until"), 40, _l("The day from which it holds no longer. Empty: no end."))
    evidence = _text(_l("Evidence"), 2000, _l("A text or a link that shows it."))
    reason = _reason(_l("The history keeps it beside what was there."))


class WithdrawalForm(FlaskForm):
    """Why a fact is taken back."""

    reason = _reason(_l("The history keeps it beside what was there."))


class AccountForm(FlaskForm):
    """Under which id a system knows an organisation."""

    system = _text(
        _l("System"), 120, _l("As the source of its facts: Salesforce, HubSpot …"), DataRequired(_l("Write the system"))
    )
    external_id = _text(_l("Account id"), 120, "", DataRequired(_l("Write the id")))


class UploadForm(FlaskForm):
    """A file of facts, and what is known of its columns."""

    file = FileField(
        _l("File"), [FileRequired(_l("Choose a file"))], description=_l("CSV in UTF-8, up to 100,000 rows and 20 MB.")
    )
    start = SelectField(_l("What kind of file it is"), [InputRequired()])


class ConfirmForm(FlaskForm):
    """It is meant."""

    confirmed = BooleanField(_l("Yes, record these facts."), [DataRequired(_l("Confirm that you want to record them"))])


def _column(label: object, help_text: object = "") -> SelectField:
    return SelectField(label, [Optional()], description=help_text)


class MappingForm(FlaskForm):
    """Which column says what; `always` stands for all rows where there is no column."""

    organisation = SelectField(_l("Column of the organisation"), [DataRequired(_l("Choose the column"))])
    organisation_by = SelectField(_l("It names the organisation"), [InputRequired()], choices=KINDS)
    programme = _column(_l("Column of the programme"))
    always_programme = SelectField(_l("Or this programme for all rows"), [Optional()])
    metric = _column(_l("Column of what is counted"))
    always_metric = SelectField(_l("Or this for all rows"), [Optional()])
    value = _column(_l("Column of the value"), _l("Without a column each row counts one."))
    decimals = SelectField(_l("Values are written like this"), [InputRequired()], choices=DECIMALS)
    currency = _column(_l("Column of the currency"))
    always_currency = _text(_l("Or this currency for all rows"), 3)
    valid_from = SelectField(_l("Column of the first day"), [DataRequired(_l("Choose the column"))])
    valid_to = _column(_l("Column of the day on which it ends"))
    dates = SelectField(_l("Dates are written like this"), [InputRequired()], choices=DATES)
    external_id = _column(_l("Column of the record's id"), _l("With it a record counts once, however often it comes."))
    source = _column(_l("Column of the source"))
    always_source = _text(_l("Or this source for all rows"), 120)
    evidence = _column(_l("Column of the evidence"))
    stage = _column(_l("Column of the stage"))
    stages = _text(_l("Record only these stages"), 500, _l("With commas between them: Closed Won"))
    save_as = _text(_l("Save this mapping as"), 80, _l("To choose it for the next file."))

    def offer(self, header: Sequence[str], programmes: Iterable[tuple[str, str]], metrics: Iterable[str]) -> None:
        """What can be chosen for this file."""
        none = [("", "—")]
        columns = [(column, column) for column in dict.fromkeys(header) if column]
        for name, field in self._fields.items():
            if isinstance(field, SelectField) and name not in ("organisation_by", "decimals", "dates"):
                field.choices = none + columns
        self.always_programme.choices = none + list(programmes)
        self.always_metric.choices = none + [(metric, metric) for metric in metrics]

    def mapping(self) -> FactMapping | None:
        """The mapping that a valid form says, or None with the errors in its fields."""
        said: dict[str, Any] = {
            name: field.data.strip()
            for name, field in self._fields.items()
            if name in FactMapping.model_fields and field.data
        }
        said["stages"] = tuple(filter(None, (stage.strip() for stage in (self.stages.data or "").split(","))))
        said["always_currency"] = said.get("always_currency", "").upper() or None
        for part in ("programme", "metric", "source"):
            if not said.get(part) and not said.get(f"always_{part}"):
                blame(self[part], _("Choose a column, or one for all rows"))
        try:
            return None if self.errors else FactMapping(**said)
        except ValidationError as error:
            for one in error.errors():
                name = str(one["loc"][0]) if one["loc"] else "organisation"
                blame(self[name], _("This cannot be: choose another"))
            return None


def blame(field: Field, message: str) -> None:
    """Put an error at a field."""
    field.errors = [*field.errors, message]


def blame_all(form: FlaskForm, complaints: Sequence[Complaint]) -> None:
    """Put what is wrong with a fact at the fields of its form."""
    for one in complaints:
        message = _(one.message) % one.facts if one.facts else _(one.message)
        if one.column in form:
            blame(form[one.column], message)
        else:
            form.form_errors.append(message)


def starts(saved: Sequence[str]) -> list[tuple[str, str]]:
    """What an upload may begin with: the files we know, and the mappings that were saved."""
    known = [(key, _(preset.name)) for key, preset in PRESETS.items()]
    return [*((f"{SAVED}{name}", _("Saved: %(name)s", name=name)) for name in saved), *known]
