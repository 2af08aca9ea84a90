"""Places: a participation with the addresses of its pages, for the partner's own people or for the vendor's."""

from typing import Any, NamedTuple

from flask import url_for

from app.partners.programmes import Participation


class Place(NamedTuple):
    """Whose standing is looked at, and where its pages are."""

    name: str
    slug: str
    part: Participation
    own: bool

    def url(self, page: str, **more: Any) -> str:
        """The address of a page of it, for the partner or for the vendor."""
        words: dict[str, Any] = {"programme": self.part.programme.slug} | more
        if self.own:
            return url_for(f"partner.{page}", **words)
        page = "organisation" if page == "scorecard" else page
        return url_for(f"admin.{page}", slug=self.slug, **words)

    def json_url(self, **more: Any) -> str:
        """The same as JSON."""
        programme = self.part.programme.slug
        return url_for("api_standings.get_standing", organisation=self.slug, programme=programme, **more)
