"""What the source of Expansión Suprema says: S32 to S40."""

from typing import Any

from app.partners.particulars import returns
from tests.partners.making import published
from tests.partners.seeds import (
    Held,
    asked,
    benefits,
    commissions,
    currencies,
    english,
    entries,
    every_series,
    figures,
    ladder,
    names,
    phases,
    shares,
)

P = published("expansion-suprema")
SERIES = {series.id: series for series in every_series(P)}
SHARES = {share.name["en"]: share for share in P.revenue_share}
assert P.onboarding and P.integrations and P.return_on_investment


def revenue(**bounds: int) -> list[tuple[str, dict[str, Any]]]:
    return [("money", {"metric": "revenue", "window_months": 12, "currency": "USD", **bounds})]


HELD: list[Held] = [
    ("S32", ladder(P), [("silver", 1), ("gold", 2), ("platinum", 3)]),
    ("S32", commissions(P), [20, 25, 30]),
    ("S32", asked(P, "silver"), revenue(at_least=0, below=50_000)),
    ("S32", asked(P, "gold"), revenue(at_least=50_000, below=200_000)),
    ("S32", asked(P, "platinum"), revenue(at_least=200_000)),
    ("S32", benefits(P, "silver"), ["Basic training", "Marketing materials", "Support"]),
    ("S32", benefits(P, "gold"), ["Advanced training", "Co-marketing", "Priority support"]),
    ("S32", benefits(P, "platinum"), ["Custom training", "Joint events", "Dedicated support"]),
    ("S33", (P.onboarding.weeks, P.onboarding.below_days), (None, 30)),
    (
        "S33",
        phases(P),
        [(None, ["Welcome call", "Programme overview", "Training session", "Resource access", "First project"])],
    ),
    ("S34", figures(P, "onboarding-time"), ["< 30"]),
    ("S34", figures(P, "training-completion"), ["> 95"]),
    ("S34", SERIES["training-completion"].measure, "training_completion"),
    ("S34", figures(P, "support-satisfaction"), ["> 9"]),
    ("S34", figures(P, "success-rate"), ["> 80"]),
    ("S34", figures(P, "longevity"), ["> 12"]),
    ("S35", figures(P, "monthly-revenue") + figures(P, "revenue-per-partner"), [100_000, 10_000]),
    ("S35", currencies(P, "monthly-revenue", "revenue-per-partner"), ["USD", "USD"]),
    ("S35", figures(P, "partner-return") + figures(P, "attribution"), ["> 300", "> 20"]),
    ("S35", figures(P, "active-partners") + figures(P, "partner-retention"), [50, "> 90"]),
    ("S35", figures(P, "revenue-growth") + figures(P, "partner-growth"), [50, 20]),
    ("S35", figures(P, "partner-satisfaction") + figures(P, "partnership-quality"), ["> 9", "> 8"]),
    ("S35", figures(P, "leads") + figures(P, "new-markets") + figures(P, "new-customers"), [500, 5, 100]),
    ("S35", figures(P, "brand-awareness") + figures(P, "market-share"), [30, 25]),
    ("S35", figures(P, "technology-return") + figures(P, "channel-return"), [(300, 500), (200, 400)]),
    ("S35", figures(P, "alliances-return") + figures(P, "integration-return"), [(150, 300), (250, 400)]),
    (
        "S36",
        entries(P.lists, "portal"),
        [
            "Partner dashboard",
            "Performance metrics",
            "Training materials",
            "Marketing resources",
            "Support tickets",
            "Revenue tracking",
        ],
    ),
    (
        "S36",
        [(level.name["en"], level.role) for level in P.access_levels],
        [
            ("Partner admin", "partner_admin"),
            ("Partner user", "consultant"),
            ("Internal admin", "admin"),
            ("Internal user", "viewer"),
            ("Guest access", "guest"),
        ],
    ),
    (
        "S37",
        [(report.cadence, report.name["en"]) for report in P.reports],
        [
            ("daily", "Performance metrics"),
            ("weekly", "Partner performance"),
            ("monthly", "Revenue analysis"),
            ("quarterly", "Strategic review"),
            ("annual", "Partnership evaluation"),
        ],
    ),
    ("S38", shares(P)["Referrals"], (10, 20)),
    ("S38", SHARES["Referrals"].paid_after_days, 30),
    ("S38", (SHARES["Referrals"].basis or {})["en"], "First-year revenue"),
    ("S38", "Monthly report" in english(SHARES["Referrals"].terms), True),
    ("S39", [share.kind for share in P.revenue_share], ["percent", "fixed_fee", "hybrid", "percent"]),
    ("S39", shares(P)["Model 1 · Percentage of revenue"], (20, 30)),
    ("S39", (SHARES["Model 1 · Percentage of revenue"].basis or {})["en"], "First-year revenue"),
    ("S39", P.return_on_investment.formula, "gain_percent"),
    ("S39", figures(P, "example-revenue") + figures(P, "example-investment"), [200_000, 50_000]),
    (
        "S39",
        [gain for _, gain in returns("gain_percent", SERIES["example-revenue"], SERIES["example-investment"])],
        [300],
    ),
    (
        "S40",
        names(P.integrations.systems),
        [
            "Salesforce Partner Portal",
            "HubSpot Partner Management",
            "Custom CRM solution",
            "Slack",
            "Microsoft Teams",
        ],
    ),
]
