"""The key figures of a programme: people certified and trained, exams passed, expiries ahead."""

from flask import Response, render_template

from app.exams.retakes import add_months
from app.partners.key_figures import (
    EXAM_MONTHS,
    certified_by_month,
    exam_passes,
    expiries_ahead,
    studying,
)
from app.partners.measures import (
    active_partners,
    certified_persons,
    partnership_months,
    trained_persons,
    training_completion,
)
from app.partners.onboarding import onboarding_days
from app.partners.programmes import programme_by_slug
from app.partners.targets import mean
from app.transaction import reading
from app.web.admin.vendor import programme_choices, vendor_tabs
from app.web.csv_export import csv_response
from app.web.layout import last_day
from app.web.wording import gettext as _


def kpis(programme: str) -> str:
    """The figures of today, and 24 months of them."""
    with reading() as at:
        found = programme_by_slug(programme)
        months = certified_by_month(found.id, at)
        year = add_months(at, -EXAM_MONTHS)
        return render_template(
            "admin/kpis.html",
            tabs=vendor_tabs(programme),
            choices=programme_choices(found),
            slug=programme,
            rules=found.rules,
            certified=certified_persons(found.id, [at])[0],
            active=sum(active_partners(found.id, at).values()),
            longevity=mean(partnership_months(found.id, at)),
            trained=trained_persons(found.id, at),
            studying=studying(found.id, year, at),
            completion=training_completion(found.id, at),
            onboarding=onboarding_days(found.id, at),
            expiries=expiries_ahead(found.id, at),
            exams=exam_passes(found.id, year, at),
            months=months,
            most=max((month.certified for month in months), default=0),
        )


def kpis_export(programme: str) -> Response:
    """The months, as CSV."""
    with reading() as at:
        found = programme_by_slug(programme)
        header = [_("Programme"), _("Last day of the month"), _("Certified people"), _("Certificates issued")]
        months = certified_by_month(found.id, at)
        rows = [[programme, last_day(month.end), month.certified, month.issued] for month in months]
        return csv_response(f"{programme}-kpis-{at:%Y-%m-%d}", header, rows)
