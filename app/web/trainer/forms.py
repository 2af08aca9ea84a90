"""Forms of the studio: what is proposed about an item, the yes of the second person, and the marks of an answer."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.exams.correcting import KEYED, MARKED, REKEYED, CorrectionKind
from app.exams.kinds.kind import AnswerLine, count_options
from app.journeys.rating import LONGEST_COMMENT
from app.web.checkboxes import Checkboxes
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


class RatingForm(FlaskForm):  # type: ignore[misc]
    """The marks of an answer, a field for each line of its rubric (`rating_form`)."""

    lines: Sequence[str]
    comment: TextAreaField
    confirmed: BooleanField

    @property
    def mark_fields(self) -> list[RadioField]:
        """The fields of the marks, in the order of the rubric."""
        return [self[name] for name in self.lines]

    @property
    def marks(self) -> list[int]:
        """The points that each line was given."""
        return [field.data for field in self.mark_fields]


def rating_form(worth: Sequence[int]) -> RatingForm:
    """The form for a rubric whose lines are worth so many points each."""
    names = [f"line_{number}" for number in range(1, len(worth) + 1)]
    fields: dict[str, Field] = {
        name: RadioField(
            _("Line %(number)s", number=number),
            [InputRequired(_("Give line %(number)s its points", number=number))],
            choices=[(mark, str(mark)) for mark in range(points + 1)],
            coerce=_points,
        )
        for number, (name, points) in enumerate(zip(names, worth, strict=True), start=1)
    }
    fields |= {
        "comment": TextAreaField(
            _("Comment"),
            [Length(max=LONGEST_COMMENT, message=_("The comment is too long"))],
            description=_("For other trainers and administrators. The candidate never sees it."),
            render_kw={"rows": 3, "maxlength": LONGEST_COMMENT},
        ),
        "confirmed": BooleanField(
            _("I have looked at each line, and these are the marks."),
            [DataRequired(_("Confirm the marks: they cannot be changed once they are sent"))],
            description=_("Marks cannot be changed once they are sent."),
        ),
    }
    form: RatingForm = type("RatingForm", (RatingForm,), {"lines": names, **fields})()
    return form


def _points(sent: str | int | None) -> int | None:
    """What a radio button sends; None where none was pressed."""
    return int(sent) if sent is not None and str(sent).isdecimal() else None


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
