"""Forms of the return: what was spent, and taking it back."""

from babel.numbers import is_currency
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, StringField, SubmitField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.partners.investments import LONGEST
from app.web.wording import lazy_gettext as _l


class InvestmentForm(FlaskForm):  # type: ignore[misc]
    """What was spent on the programme, from a day to a day."""

    amount = DecimalField(
        _l("Amount"),
        [
            InputRequired(_l("Write an amount")),
            NumberRange(min=0, max=10**12, message=_l("Write an amount above zero")),
        ],
        description=_l("In whole units of the currency, like 12500.50."),
        render_kw={"inputmode": "decimal"},
    )
    currency = StringField(
        _l("Currency"),
        [DataRequired(_l("Write the three letters of the currency"))],
        description=_l("Three letters, like USD."),
        default="USD",
        filters=[lambda text: (text or "").strip().upper()],
        render_kw={"maxlength": 3},
    )
    first_day = DateField(_l("From"), [DataRequired(_l("Write a day of the calendar"))])
    last_day = DateField(_l("To, included"), [DataRequired(_l("Write a day of the calendar"))])
    source = StringField(
        _l("Source"),
        [DataRequired(_l("Say where the figure comes from")), Length(max=LONGEST)],
        description=_l("The budget, the ledger, an invoice."),
        render_kw={"maxlength": LONGEST},
    )
    submit = SubmitField(_l("Write it down"))

    def validate_currency(self, field: StringField) -> None:
        if not is_currency(field.data):
            raise ValidationError(_l("Write the three letters of the currency"))


class WithdrawInvestmentForm(FlaskForm):  # type: ignore[misc]
    """Why an investment counts no longer."""

    withdrawn_reason = StringField(
        _l("Reason"), [DataRequired(_l("Say why")), Length(max=LONGEST)], render_kw={"maxlength": LONGEST}
    )
