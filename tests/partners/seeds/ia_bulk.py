"""What the source of IA Bulk says: S01 to S09."""

from tests.partners.making import published
from tests.partners.seeds import (
    Held,
    asked,
    benefits,
    commissions,
    currencies,
    dates,
    english,
    figures,
    hours,
    ladder,
    names,
    phases,
    shares,
)

P = published("ia-bulk")
YEARS = ["2025-12-31", "2027-12-31", "2029-12-31"]
assert P.onboarding and P.integrations and P.return_on_investment

HELD: list[Held] = [
    ("S01", ladder(P), [("bronze", 1), ("silver", 2), ("gold", 3), ("platinum", 4)]),
    ("S01", commissions(P), [15, 20, 25, 30]),
    ("S01", asked(P, "bronze"), [("persons", {"level": "fundamentals", "at_least": 1})]),
    ("S01", asked(P, "silver"), [("persons", {"level": "advanced", "at_least": 1})]),
    ("S01", asked(P, "gold"), [("persons", {"level": "expert", "at_least": 1})]),
    ("S01", asked(P, "platinum"), [("persons", {"level": "master", "at_least": 1})]),
    ("S01", benefits(P, "bronze"), ["Listing in the directory", "Basic co-marketing"]),
    ("S01", benefits(P, "silver"), ["Priority support", "Active co-marketing"]),
    ("S01", benefits(P, "gold"), ["Dedicated support", "Co-selling", "Revenue sharing"]),
    ("S01", benefits(P, "platinum"), ["24/7 support", "Co-development", "Equity consideration"]),
    ("S02", hours(P, "track"), {"fundamentals": 8, "advanced": 16, "expert": 24, "master": 40}),
    ("S02", [*hours(P, "area")], ["product", "sales", "technical", "business"]),
    ("S03", P.onboarding.weeks, (4, 6)),
    ("S03", phases(P), [(None, ["Application", "Evaluation", "Certification", "Onboarding", "Activation"])]),
    ("S04", figures(P, "certified-consultants"), [10, 50, 200]),
    ("S04", dates(P, "certified-consultants"), YEARS),
    ("S04", figures(P, "certified-consultants-2025"), [5, 10, 25]),
    ("S04", dates(P, "certified-consultants-2025"), ["2025-03-31", "2025-06-30", "2025-09-30"]),
    ("S05", figures(P, "active-partners"), [15, 100, 300]),
    ("S05", figures(P, "partner-revenue"), [500_000, 5_000_000, 20_000_000]),
    ("S05", currencies(P, "partner-revenue"), ["USD"]),
    ("S05", figures(P, "revenue-share-of-total"), [10, 25, 35]),
    ("S05", figures(P, "leads"), [20, 30, 40]),
    ("S05", figures(P, "satisfaction"), [80, 85, 90]),
    ("S05", figures(P, "integrations"), [5, 20, 50]),
    ("S05", figures(P, "distribution-partners"), [3, 15, 50]),
    ("S05", figures(P, "partner-revenue-2025"), [1_000_000]),
    ("S05", figures(P, "integrations-2025"), [1, 3, 5]),
    ("S05", [kpi.metric for kpi in P.kpis], ["deals", "revenue", "retention"]),
    (
        "S06",
        shares(P),
        {
            "Integrations": (10, 15),
            "Consultants": (15, 30),
            "Resellers": (30, 40),
            "System integrators": (25, 35),
            "Marketplaces": (10, 20),
            "Co-development": (50, 50),
        },
    ),
    ("S07", figures(P, "integrations-investment"), [200_000, 500_000, 1_000_000]),
    ("S07", figures(P, "programme-investment"), [300_000, 1_000_000, 2_000_000]),
    ("S07", figures(P, "co-marketing-investment"), [200_000, 800_000, 2_000_000]),
    ("S07", figures(P, "total-investment"), [700_000, 2_300_000, 5_000_000]),
    ("S07", P.return_on_investment.formula, "ratio"),
    ("S08", [level.id for level in P.integrations.levels], ["basic", "advanced", "strategic"]),
    (
        "S08",
        [english(level.includes) for level in P.integrations.levels],
        [
            ["API connection", "Basic data sync", "Co-marketing"],
            ["Deep integration", "Workflow automation", "Co-selling"],
            ["Native integration", "Revenue sharing", "Joint product development"],
        ],
    ),
    (
        "S08",
        [(phase.name["en"], phase.months) for phase in P.integrations.phases],
        [("Evaluation", (1, 1)), ("Development", (2, 3)), ("Launch", (1, 1))],
    ),
    (
        "S09",
        names(P.resources),
        ["Partner portal", "Dedicated support", "Marketing materials", "Sales enablement", "Technical resources"],
    ),
    ("S09", P.business_review, "quarterly"),
    ("S09", names(P.training)[4:], ["Product training", "Sales training", "Technical training", "Business training"]),
]
