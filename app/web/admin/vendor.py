"""What the vendor's pages share: the programme that is looked at, its tabs, and a place to read on from in a list."""

import base64
import binascii
import json
from datetime import datetime

from flask import request, url_for

from app.partners.partner_lists import Key
from app.partners.programmes import Programme, live_programmes
from app.web.layout import in_language
from app.web.wording import gettext as _

Tab = tuple[str, str, bool]
PAGES = ("admin.targets", "admin.kpis", "admin.investments", "admin.reports")


def vendor_tabs(programme: str | None) -> list[Tab]:
    """The vendor's pages: all partners, and what there is of one programme."""
    slug = programme or next((one.slug for one in live_programmes()), None)
    tabs = [(_("Partners"), url_for("admin.partners", programme=programme), request.endpoint == "admin.partners")]
    names = (_("Targets"), _("Key figures"), _("Return"), _("Reports"))
    if slug:
        here = request.endpoint or ""
        pages = zip(names, PAGES, strict=True)
        tabs += [(name, url_for(page, programme=slug), here == page) for name, page in pages]
    return tabs


def programme_choices(chosen: Programme) -> list[Tab]:
    """The same page of each programme."""
    endpoint = str(request.endpoint)
    return [
        (
            in_language(one.rules.title),
            url_for(endpoint, **(request.view_args or {}) | {"programme": one.slug}),
            one.id == chosen.id,
        )
        for one in live_programmes()
    ]


def asked_key(sort: str) -> Key | None:
    """Where the list goes on; what is no key of this order is the start."""
    try:
        sorted_by, value, organisation, programme = json.loads(base64.urlsafe_b64decode(request.args.get("after", "")))
        key = Key(str(value).replace("\0", ""), int(organisation), int(programme))
        fits = sorted_by == sort and (sort.endswith("name") or datetime.fromisoformat(key.value).tzinfo)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError):
        return None
    return key if fits and max(abs(key.organisation_id), abs(key.programme_id)) < 2**63 else None


def written_key(key: Key, sort: str) -> str:
    """The key as the address has it."""
    return base64.urlsafe_b64encode(json.dumps([sort, *key]).encode()).decode()
