"""What the tests of invitations share: an organisation with a domain, an invitation and its link."""

from app.journeys.inviting import invite
from app.people.domains import verify_domain
from app.people.invitations import Invitation, Wish, secret_of
from app.people.organisations import JobRole, Organisation
from app.people.persons import Person
from app.transaction import writing
from tests.factories import make_organisation

KEY = "only for tests"


def firm(slug: str = "andes") -> Organisation:
    """Its people have addresses at `<slug>.example`."""
    organisation = make_organisation(slug=slug, name=slug.title())
    with writing() as at:
        verify_domain(organisation.id, f"{slug}.example", by=None, at=at)
    return organisation


def invited(organisation: Organisation, by: Person, email: str = "ana@andes.example", **wish: object) -> Invitation:
    """Asked to sell there, unless `wish` says otherwise."""
    with writing() as at:
        [one] = invite(organisation.id, [email], Wish(**{"job_role": JobRole.SALES} | wish), key=KEY, by=by.id, at=at)
        return one


def link(invitation: Invitation) -> str:
    """The path that the letter leads to."""
    return f"/invitations/{secret_of(invitation.nonce, KEY)}"
