"""What the source of AI Email Re-engagement says: S18 to S24."""

from typing import Any

from tests.partners.making import published
from tests.partners.seeds import (
    Held,
    asked,
    benefits,
    commissions,
    dates,
    english,
    entries,
    figures,
    hours,
    ladder,
    names,
    phases,
    shares,
)

P = published("email-reengagement")
assert P.onboarding and P.integrations


def needs(sales: int, customers: int, revenue: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("persons", {"level": "fundamentals", "job_role": "sales", "at_least": sales}),
        ("metric", {"metric": "customers", "at_least": customers}),
        ("money", {"metric": "revenue", "window_months": 12, "currency": "USD", "at_least": revenue}),
    ]


def trained(level: str) -> tuple[str, dict[str, Any]]:
    return "persons", {"level": level, "at_least": 1}


HELD: list[Held] = [
    ("S18", ladder(P), [("bronze", 1), ("silver", 2), ("gold", 3), ("platinum", 4)]),
    ("S18", asked(P, "bronze"), [*needs(1, 5, 10_000), trained("fundamentals")]),
    ("S18", asked(P, "silver"), [*needs(2, 15, 50_000), trained("advanced")]),
    ("S18", asked(P, "gold"), [*needs(5, 50, 200_000), trained("expert")]),
    ("S18", asked(P, "platinum"), [*needs(10, 100, 500_000), ("agreement", {"metric": "strategic-agreement"})]),
    ("S19", commissions(P), [5, 10, 15, 20]),
    ("S19", [tier.business_review for tier in P.tiers], ["quarterly", "monthly", "weekly", "daily"]),
    (
        "S19",
        benefits(P, "bronze"),
        ["Basic support", "Partner portal access", "Co-marketing materials", "Quarterly business reviews"],
    ),
    (
        "S19",
        benefits(P, "silver"),
        ["Standard support", "Dedicated partner manager", "Co-marketing campaigns", "Monthly business reviews"],
    ),
    (
        "S19",
        benefits(P, "gold"),
        ["Premium support", "Dedicated technical support", "Joint go-to-market", "Weekly business reviews"],
    ),
    (
        "S19",
        benefits(P, "platinum"),
        ["Dedicated support team", "Co-innovation opportunities", "Strategic planning", "Daily business reviews"],
    ),
    ("S20", hours(P, "area"), {"product": 8, "sales": 4, "technical": 4}),
    ("S20", [*hours(P, "track")], ["fundamentals", "advanced", "expert"]),
    ("S20", names(P.training)[-2:], ["Certification exam", "Ongoing education"]),
    ("S21", P.onboarding.weeks, (8, 8)),
    (
        "S21",
        phases(P),
        [
            (
                (1, 1),
                [
                    "Application review",
                    "Technical evaluation",
                    "Financial review",
                    "Reference checks",
                    "Approval",
                ],
            ),
            (
                (2, 4),
                [
                    "Contract signing",
                    "Product and sales training",
                    "Certification",
                    "Portal access",
                    "Support team assignment",
                ],
            ),
            (
                (5, 8),
                ["First customer", "Performance review", "Partner feedback", "Process optimisation", "Growth planning"],
            ),
        ],
    ),
    ("S22", [level.id for level in P.integrations.levels], ["basic", "standard", "advanced", "premium"]),
    (
        "S22",
        [english(level.includes) for level in P.integrations.levels],
        [
            ["API access and documentation"],
            ["Native integration and support"],
            ["Custom integration and co-development"],
            ["White-label and revenue share"],
        ],
    ),
    ("S22", [shares(P)[name] for name in ("Referrals", "Co-sales", "White-label")], [(10, 10), (20, 20), (30, 30)]),
    ("S23", [shares(P)[name] for name in ("Marketing agencies", "System integrators")], [(20, 20), (15, 15)]),
    (
        "S23",
        [share.basis["en"] for share in P.revenue_share if share.basis],
        ["Recurring", "Project value"],
    ),
    ("S23", figures(P, "agencies") + figures(P, "integrators"), [50, 20]),
    (
        "S23",
        english(P.incentives),
        [
            "Performance bonuses",
            "SPIFFs for specific products",
            "Annual partner conference",
            "Recognition programs",
        ],
    ),
    ("S24", figures(P, "partner-revenue"), [100_000, 300_000, 500_000]),
    ("S24", dates(P, "partner-revenue"), ["2024-06-30", "2024-09-30", "2024-12-31"]),
    ("S24", figures(P, "satisfaction") + figures(P, "advocacy"), [8, 9]),
    ("S24", dates(P, "satisfaction") + dates(P, "advocacy"), ["2024-06-30", "2024-09-30"]),
    ("S24", figures(P, "technology-partners") + figures(P, "channel-partners"), [5, 10]),
    ("S24", figures(P, "content-partners") + figures(P, "strategic-partners"), [5, 2, 5]),
    ("S24", figures(P, "new-partners") + figures(P, "campaigns") + figures(P, "co-innovation"), [20, 10, 3]),
    ("S24", [stage.name["en"] for stage in P.roadmap], ["Foundation", "Growth", "Optimization", "Scale"]),
    ("S19", entries(P.support, "technical-support"), ["Level 1", "Level 2", "Level 3", "Dedicated"]),
    (
        "S19",
        entries(P.support, "sales-support"),
        ["Sales training", "Sales materials", "Lead generation", "Sales coaching", "Deal support"],
    ),
    (
        "S19",
        entries(P.support, "marketing-support"),
        ["Co-marketing", "Content creation", "Event support", "PR support", "Digital marketing"],
    ),
]
