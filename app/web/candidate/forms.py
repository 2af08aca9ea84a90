"""Forms of the exam pages: what starts an attempt, and an answer as the page of an item sends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from app.credentials.names import is_printable
from app.exams.uploads import Kept
from app.people.persons import NameInvalid, clean_name
from app.people.visitors import Account
from app.web.latin_name import latin_name_field
from app.web.naming import LANGUAGES
from app.web.wording import gettext as _
from app.web.wording import lazy_gettext as _l

TRUTHS = {"true": True, "false": False}


class StartForm(FlaskForm):
    """What a candidate confirms before the clock runs."""

    legal_name = StringField(
        _l("Your legal name"),
        [DataRequired(_l("Write your legal name"))],
        description=_l("As it will stand on the certificate."),
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    latin_name = latin_name_field()
    language = RadioField(_l("Language of the exam"), [DataRequired(_l("Choose the language of the exam"))])
    agreement = BooleanField(
        _l("I have read the agreement and I accept it"), [DataRequired(_l("Accept the agreement to start the exam"))]
    )
    agreement_hash = HiddenField(filters=[lambda text: text or None])

    @property
    def wish(self) -> dict[str, Any]:
        """What is asked of whoever starts the attempt."""
        names = {"legal_name": self.legal_name.data, "latin_name": self.latin_name.data}
        accepted = {"agreement": self.agreement.data, "agreement_hash": self.agreement_hash.data}
        return names | accepted | {"language": self.language.data}

    def validate_legal_name(self, field: StringField) -> None:
        """The rule of names is the people's."""
        try:
            clean_name(field.data)
        except NameInvalid as refusal:
            raise ValidationError(str(refusal.title)) from refusal

    @property
    def asks_latin(self) -> bool:
        """Whether the name needs its Latin form."""
        try:
            return not is_printable(clean_name(self.legal_name.data or ""))
        except NameInvalid:
            return False


class PracticeForm(FlaskForm):
    """Practice asks for a language, and for nothing that a certificate would say."""

    language = RadioField(_l("Language of the exam"), [DataRequired(_l("Choose the language of the exam"))])

    @property
    def wish(self) -> dict[str, Any]:
        """What is asked of whoever starts the attempt."""
        return {"language": self.language.data}


class WithdrawForm(FlaskForm):
    """That a holder means to withdraw a certificate."""

    confirmed = BooleanField(
        _l("Yes, withdraw this certificate. I know that this cannot be undone."),
        [DataRequired(_l("Confirm that you want to withdraw this certificate"))],
    )


class AppealForm(FlaskForm):
    """What a candidate does not accept, and why."""

    item = SelectField(_l("What the appeal is about"), [DataRequired()])
    text = TextAreaField(
        _l("Why you appeal"),
        [DataRequired(_l("Say why you appeal")), Length(max=2000, message=_l("Say it in fewer words"))],
        description=_l("In up to 2000 characters. Somebody who did not decide it reads it and answers."),
        render_kw={"rows": 5, "maxlength": 2000},
    )

    @property
    def position(self) -> int | None:
        """The item's position, or None for the whole result."""
        return int(self.item.data) if self.item.data != "result" else None


def appeal_form(count: int) -> AppealForm:
    """The form for a result whose form has so many items; of a void result the whole is appealed against."""
    form = AppealForm()
    form.item.choices = [("result", _("The result"))]
    form.item.choices += [(str(position), _("Item %(number)s", number=position + 1)) for position in range(count)]
    return form


@dataclass(frozen=True)
class ItemReply:
    """What the form of an item asks for. `flagged` None leaves the flag; `go` is an item's number or `review`.

    `language` is the one to read on in; empty for the present one.
    """

    answer: Any
    revision: int
    flagged: bool | None
    go: str
    language: str


def start_form(languages: list[str], person: Account, language: str, agreement_hash: str) -> StartForm:
    """The form with what is known of the candidate, and of the agreement that the page shows, filled in."""
    names = {"legal_name": person.name, "latin_name": person.latin_name}
    form = StartForm(data=names | {"language": language, "agreement_hash": agreement_hash})
    _offer(form.language, languages)
    return form


def practice_form(languages: list[str], language: str) -> PracticeForm:
    """The form in the reader's language."""
    form = PracticeForm(data={"language": language})
    _offer(form.language, languages)
    return form


def _offer(field: RadioField, languages: list[str]) -> None:
    field.choices = [(code, LANGUAGES[code]) for code in languages]
    if len(languages) > 1:
        field.description = _l("You can read the items in the other language at any time.")


def read_reply(form: MultiDict[str, str], shape: Mapping[str, Any]) -> ItemReply:
    """The answer in the shape of its item, still to be judged by the item's kind."""
    return ItemReply(
        answer=None if "clear" in form else _answer(form, shape),
        revision=form.get("revision", 0, type=int),
        flagged=form["flag"] == "1" if "flag" in form else None,
        go=form.get("go", ""),
        language=form.get("language", ""),
    )


def with_file(answer: Any, kept: Kept) -> dict[str, Any]:
    """The answer, in whatever state, with a file that has just been uploaded."""
    handed_in = answer or {"text": "", "files": []}
    return handed_in | {"files": [*(one for one in handed_in["files"] if one != kept.id), kept.id]}


def _answer(form: MultiDict[str, str], shape: Mapping[str, Any]) -> Any:
    """None where nothing was chosen or typed."""
    sent = form.getlist("answer")
    if shape["input"] == "list":
        parts = [_part(text.strip(), shape["of"]) for text in sent]
        return None if all(part is None for part in parts) else parts
    field = shape["input"]
    if field == "checkbox":
        return [_position(text) for text in sent] or None
    if field == "files":
        return _handed_in(sent, form.getlist("file_id"))
    if not sent or not sent[0].strip():
        return None
    if field == "radio":
        return _position(sent[0])
    return TRUTHS.get(sent[0], sent[0]) if field == "boolean" else _lines(sent[0])


def _handed_in(texts: list[str], file_ids: list[str]) -> dict[str, Any] | None:
    """The text and the files that are ticked."""
    text, files = "".join(_lines(text) for text in texts[:1]), [_position(one) for one in file_ids]
    return {"text": text, "files": files} if text or files else None


def _lines(text: str) -> str:
    """As it is kept, so that what nobody has changed is not saved again: a form ends each line by two characters."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def _part(text: str, of: str) -> int | str | None:
    """One field of several: a position or a text."""
    if not text:
        return None
    return _position(text) if of == "position" else text


def _position(text: str) -> int | str:
    """What is no position stays text, and the kind of the item refuses it."""
    return int(text) if text.isascii() and text.isdecimal() else text
