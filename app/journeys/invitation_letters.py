"""The letter of an invitation: who asks whom to work where, and the link that accepts it."""

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from app.journeys.letters import Letter
from app.people.invitations import invitation_of, secret_of


def invitation_letter(invitation_id: int, base_url: str, key: str) -> Letter:
    """The letter, in the language that was chosen; the link is made anew each time and kept nowhere."""
    invitation = invitation_of(invitation_id)
    with force_locale(invitation.language):
        organisation = " ".join(invitation.organisation.name.split())
        subject = _("%(organisation)s invites you to Acredita", organisation=organisation)
        news = _(
            "%(name)s invites you to join %(organisation)s on Acredita, where you study, sit exams and receive "
            "certificates that stay yours.",
            name=invitation.inviter.name,
            organisation=organisation,
        )
        link = _("Accept the invitation: %(url)s", url=f"{base_url}/invitations/{secret_of(invitation.nonce, key)}")
        until = _(
            "The link is for this address alone and works once, until %(day)s.",
            day=format_date(invitation.expires_at, "long"),
        )
        ignore = _("If you did not expect it, do nothing: nothing happens unless you accept.")
        return Letter(invitation.email, subject, "\n\n".join([news, link, until, ignore]) + "\n")
