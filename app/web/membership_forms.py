"""Forms about memberships, which the pages of partners, of the administration and of one's account share."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.people.invitations import Wish
from app.people.membership_changes import BadRegion, clean_region
from app.people.organisations import JobRole, PartnerRole
from app.web.naming import JOB_ROLES, LANGUAGES, PARTNER_ROLES
from app.web.wording import lazy_gettext as _l

LONGEST_REASON = 200


def _choice(label: object, choices: Mapping[str, object]) -> SelectField:
    return SelectField(label, [DataRequired(_l("Choose one"))], choices=list(choices.items()))


class RolesForm(FlaskForm):  # type: ignore[misc]
    """What a member works as; `seen` is the id of the membership that the page showed."""

    job_role = _choice(_l("Job"), JOB_ROLES)
    partner_role = _choice(_l("In the organisation's pages"), PARTNER_ROLES)
    region = StringField(
        _l("Region"),
        [Optional()],
        description=_l("A country like MX, a part of one like MX-JAL, or a region like LATAM."),
        render_kw={"maxlength": 10, "autocapitalize": "characters"},
    )
    seen = HiddenField(filters=[lambda text: int(text) if str(text).isdecimal() else 0])

    def validate_region(self, field: StringField) -> None:
        """The code of a region, in capitals."""
        try:
            field.data = clean_region(field.data or "")
        except BadRegion as refusal:
            raise ValidationError(f"{refusal.title}. {refusal.detail}") from refusal

    def roles(self) -> dict[str, Any]:
        """The roles and the region, as they are stored."""
        return {
            "job_role": JobRole(self.job_role.data),
            "partner_role": PartnerRole(self.partner_role.data),
            "region": self.region.data or None,
        }


class InviteForm(RolesForm):
    """Whom to invite, and as what."""

    addresses = TextAreaField(
        _l("E-mail addresses"),
        [DataRequired(_l("Write at least one address"))],
        description=_l("One a line, up to 100."),
        render_kw={"rows": 4, "autocapitalize": "none", "spellcheck": "false"},
    )
    language = _choice(_l("Language of the letter"), LANGUAGES)

    def lines(self) -> list[str]:
        """What was written, line by line."""
        return [line.strip() for line in (self.addresses.data or "").splitlines() if line.strip()]

    def wish(self) -> Wish:
        """What they are invited to be."""
        return Wish(language=self.language.data, **self.roles())


class ApprovedInviteForm(InviteForm):
    """The same with the vendor's reason to let somebody in whose address or past would not."""

    reason = StringField(
        _l("Reason for an exception"),
        [Optional(), Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters"))],
        description=_l(
            "Needed for addresses outside the domains, and for who has changed organisations twice in twelve months. "
            "It is kept with the membership."
        ),
        render_kw={"maxlength": LONGEST_REASON},
    )

    def wish(self) -> Wish:
        """With the reason, on one line."""
        return super().wish()._replace(approved_reason=" ".join((self.reason.data or "").split()) or None)


class EndForm(FlaskForm):  # type: ignore[misc]
    """When a membership ends, and that it is meant."""

    last_day = DateField(_l("Last day"), [Optional(_l("Choose a day"))], description=_l("Empty: it ends at once."))
    confirmed = BooleanField(_l("Yes, end the membership."), [DataRequired(_l("Confirm that it is to end"))])


class EndWithReasonForm(EndForm):
    """The same by the vendor, who says why."""

    reason = StringField(
        _l("Reason"),
        [DataRequired(_l("Say why")), Length(max=LONGEST_REASON, message=_l("Say it in up to 200 characters"))],
        description=_l("It is kept in the history."),
        render_kw={"maxlength": LONGEST_REASON},
    )


class DomainForm(FlaskForm):  # type: ignore[misc]
    """A company's own domain."""

    domain = StringField(
        _l("E-mail domain"),
        [DataRequired(_l("Write a domain"))],
        description=_l("What stands after the @ in the addresses of its people, like company.example."),
        render_kw={"maxlength": 200, "autocapitalize": "none", "spellcheck": "false"},
    )
