"""Forms of the studio: what is proposed about an item, and the yes of the second person."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.exams.correcting import KEYED, MARKED, REKEYED, CorrectionKind
from app.exams.kinds.kind import AnswerLine, count_options
from app.web.layout import in_language, trusted
from app.web.naming import APPEAL_STATES, CORRECTIONS, FINDINGS
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

LONGEST_REASON = 200
KEY_HELP = {
    "true_false": _l("Write true or false."),
    "numeric": _l("Write the number, and how far off it may be: 600 +- 5"),
    "short_text": _l("Write each accepted form on a line of its own."),
}


class Checkboxes(SelectMultipleField):
    """Several choices, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """What is wrong with an item and what is done about it."""

    kind = RadioField(
        _l("What is to be done"), [DataRequired(_l("Choose what is to be done"))], choices=list(CORRECTIONS.items())
    )
    options = Checkboxes(_l("Right options of the new key"), coerce=int)
    answers = TextAreaField(_l("New key"), render_kw={"rows": 3})
    versions = Checkboxes(
        _l("Versions it concerns"),
        [DataRequired(_l("Choose the versions that it concerns"))],
        coerce=int,
        description=_l("Whoever was given another version keeps the result."),
    )
    reason = TextAreaField(
        _l("Reason"),
        [
            DataRequired(_l("Say why this item is corrected")),
            Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters")),
        ],
        description=_l("In up to 200 characters, for whoever approves it and for the record."),
        render_kw={"rows": 3, "maxlength": LONGEST_REASON},
    )
    no_harm = BooleanField(
        _l("Harm nobody: nobody loses a pass or points"),
        default=True,
        description=_l("Without it, whoever no longer passes loses the certificate."),
    )

    def fit(self, item: dict[str, Any], versions: list[tuple[int, str]]) -> None:
        """Ask for the key as the item's kind has it, and for the versions there are."""
        self.versions.choices = versions
        if item["kind"] not in REKEYED:
            self.kind.choices = [
                (kind, text) for kind, text in CORRECTIONS.items() if CorrectionKind(kind) not in KEYED
            ]
            del self.options
            del self.answers
        elif item["kind"] in MARKED:
            texts = {language: text["options"] for language, text in item["text"].items()}
            labels = [trusted(option).striptags() for option in in_language(texts)]
            self.options.choices = list(enumerate(labels))
            self.options.description = _("Only for a new key or one that is accepted too.")
            del self.answers
        else:
            self.answers.description = f"{KEY_HELP.get(item['kind'], '')} {_('Only for a new key.')}".strip()
            del self.options

    def lines(self, item: dict[str, Any]) -> list[AnswerLine]:
        """The new key as the answer lines of an items file."""
        if self.options:
            marked = self.options.data or ()
            return [AnswerLine(str(position), position in marked) for position in range(count_options(item))]
        if not self.answers:
            return []
        written = [line.strip().removeprefix("=").strip() for line in (self.answers.data or "").splitlines()]
        return [AnswerLine(line) for line in written if line]

    @property
    def chosen(self) -> CorrectionKind:
        """What is to be done."""
        return CorrectionKind(self.kind.data)


class ApprovalForm(FlaskForm):  # type: ignore[misc]
    """The second person has seen what would change."""

    confirmed = BooleanField(
        _l("I have read what would change, and it is right."),
        [DataRequired(_l("Confirm that you have read what would change"))],
    )


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What a trainer found about an item that was reported."""

    verdict = RadioField(
        _l("What you found"), [DataRequired(_l("Choose what you found"))], choices=list(FINDINGS.items())
    )
    note = TextAreaField(
        _l("Why"),
        [DataRequired(_l("Say why")), Length(max=500, message=_l("Say it in fewer words"))],
        description=_l("In up to 500 characters. The candidate reads it, so name no right answer."),
        render_kw={"rows": 3, "maxlength": 500},
    )


class AppealAnswerForm(FlaskForm):  # type: ignore[misc]
    """The answer to an appeal."""

    verdict = RadioField(
        _l("Your answer"),
        [DataRequired(_l("Choose an answer"))],
        choices=[(state, text) for state, text in APPEAL_STATES.items() if state != "open"],
    )
    answer = TextAreaField(
        _l("Why"),
        [DataRequired(_l("Say why")), Length(max=2000, message=_l("Say it in fewer words"))],
        description=_l("In up to 2000 characters. The candidate reads it."),
        render_kw={"rows": 5, "maxlength": 2000},
    )
