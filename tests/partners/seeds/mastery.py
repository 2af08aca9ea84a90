"""What the source of AI Marketing Mastery Pro says: S25 to S31."""

from typing import Any

from tests.partners.making import published
from tests.partners.seeds import (
    Held,
    asked,
    benefits,
    by_tier,
    commissions,
    currencies,
    english,
    entries,
    figures,
    hours,
    ladder,
    names,
    phases,
)

P = published("marketing-mastery")
GRADED = ("strategic-value", "market-position", "innovation", "commitment")
TOP_FIRST = ["strategic", "preferred", "standard"]
assert P.onboarding


def needs(grade: int, **bounds: int) -> list[tuple[str, dict[str, Any]]]:
    money = ("money", {"metric": "revenue", "window_months": 12, "currency": "USD", **bounds})
    return [money, *(("attestation", {"metric": metric, "grade": grade}) for metric in GRADED)]


def level(track: str, months: int, performance: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("training", {"track": track, "at_least": 1}),
        ("persons", {"level": track, "at_least": 1}),
        ("tenure", {"months": months}),
        ("attestation", {"metric": "performance", "grade": performance}),
    ]


def grades(tier: int, ladder: str = "tiers") -> dict[str, str]:
    """The words of the grades that a tier asks for."""
    return {
        one.metric: next(grade.name["en"] for grade in one.grades if grade.value == one.grade)
        for one in P.tiers_of(ladder)[tier].requirements
        if one.kind == "attestation"
    }


HELD: list[Held] = [
    ("S25", ladder(P), [("standard", 1), ("preferred", 2), ("strategic", 3)]),
    ("S25", asked(P, "standard"), needs(1, below=25_000)),
    ("S25", asked(P, "preferred"), needs(2, at_least=25_000, at_most=100_000)),
    ("S25", asked(P, "strategic"), needs(3, more_than=100_000)),
    ("S25", [*grades(0).values()], ["Basic", "Regional or niche", "Basic", "Short-term"]),
    ("S25", [*grades(1).values()], ["Medium", "Strong", "Collaboration", "Medium-term"]),
    ("S25", [*grades(2).values()], ["High", "Leadership", "Innovation partnership", "Long-term"]),
    ("S25", commissions(P), [None, None, None]),
    (
        "S26",
        benefits(P, "strategic"),
        [
            "Dedicated partner manager",
            "Early feature access",
            "Joint marketing campaigns",
            "Custom feature development",
            "Higher revenue sharing",
        ],
    ),
    (
        "S26",
        benefits(P, "preferred"),
        [
            "Priority support",
            "Beta feature access",
            "Joint marketing",
            "Partner training",
            "Standard revenue sharing",
        ],
    ),
    (
        "S26",
        benefits(P, "standard"),
        [
            "Standard support",
            "Standard feature access",
            "Basic marketing support",
            "Basic training",
            "Basic revenue sharing",
        ],
    ),
    ("S26", by_tier(P, "partners"), TOP_FIRST),
    ("S26", figures(P, "partners"), [(5, 10), (15, 25), (50, 100)]),
    ("S27", ladder(P, "levels"), [("certified", 1), ("advanced", 2), ("elite", 3)]),
    (
        "S27",
        asked(P, "certified", "levels"),
        [*level("fundamentals", 6, 1), ("agreement", {"metric": "annual-commitment"})],
    ),
    ("S27", asked(P, "advanced", "levels"), [("previous", {"tier": "certified"}), *level("advanced", 12, 2)]),
    ("S27", asked(P, "elite", "levels"), [("previous", {"tier": "advanced"}), *level("expert", 24, 3)]),
    (
        "S27",
        [grades(n, "levels")["performance"] for n in range(3)],
        ["Meets the metrics", "Exceeds the metrics", "Top metrics"],
    ),
    (
        "S27",
        benefits(P, "certified", "levels"),
        [
            "Official certification",
            "Marketing materials",
            "Enhanced support",
            "Advanced training",
            "Public recognition",
        ],
    ),
    (
        "S27",
        benefits(P, "advanced", "levels"),
        [
            "Advanced certification",
            "Joint marketing",
            "Custom training",
            "Priority support",
            "Higher revenue sharing",
        ],
    ),
    (
        "S27",
        benefits(P, "elite", "levels"),
        [
            "Elite certification",
            "Strategic partnership",
            "Custom development",
            "Dedicated support",
            "Maximum revenue sharing",
        ],
    ),
    ("S28", [*hours(P, "area")], ["product", "sales", "technical", "marketing", "business"]),
    ("S28", [*hours(P, "track")], ["fundamentals", "advanced", "expert"]),
    (
        "S28",
        entries(P.lists, "delivery"),
        ["Online training", "Live training", "Workshops", "Certification", "Mentoring"],
    ),
    ("S29", (P.onboarding.weeks, P.onboarding.below_days), (None, None)),
    (
        "S29",
        phases(P),
        [
            (
                None,
                [
                    "Market research",
                    "Partner mapping",
                    "Opportunity assessment",
                    "Initial outreach",
                    "Qualification",
                ],
            ),
            (None, ["Partnership agreement", "Technical integration", "Training", "Certification", "Launch"]),
            (
                None,
                ["Performance monitoring", "Relationship management", "Support", "Optimization", "Expansion"],
            ),
        ],
    ),
    ("S29", english(P.onboarding.phases[2].deliverables)[0], "Performance dashboard"),
    (
        "S30",
        [by_tier(P, each) for each in ("revenue", "growth", "satisfaction", "retention", "advocacy")],
        [TOP_FIRST] * 5,
    ),
    ("S30", figures(P, "revenue"), [500_000, 100_000, 25_000]),
    ("S30", currencies(P, "revenue"), ["USD"]),
    ("S30", figures(P, "growth"), [50, 30, 20]),
    ("S30", figures(P, "satisfaction"), [90, 85, 80]),
    ("S30", figures(P, "retention"), [95, 90, 85]),
    ("S30", figures(P, "advocacy"), [80, 70, 60]),
    ("S31", entries(P.support, "technical-support"), ["Level 1", "Level 2", "Level 3", "Level 4"]),
    ("S31", entries(P.support, "channels"), ["E-mail", "Phone", "Live chat", "Video", "On-site"]),
    (
        "S31",
        {kind.id: figures(P, kind.id)[0] for kind in P.partner_kinds},
        {
            "ai-platforms": (5, 10),
            "cloud": (3, 5),
            "integration": (10, 15),
            "universities": (5, 10),
            "training-organisations": (5, 8),
            "agencies": (20, 30),
            "consultants": (15, 25),
            "resellers": (10, 20),
            "referral": (50, 100),
        },
    ),
    (
        "S31",
        [english(kind.revenue) for kind in P.partner_kinds],
        [
            ["Revenue sharing", "Volume discounts"],
            ["Volume discounts", "Co-marketing"],
            ["Revenue sharing", "Co-marketing"],
            ["Revenue sharing", "Student discounts"],
            ["Revenue sharing", "Course licensing"],
            ["Revenue sharing", "White-label licensing"],
            ["Revenue sharing", "Certification fees"],
            ["Reseller discounts", "Volume incentives"],
            ["Referral commissions", "Co-marketing"],
        ],
    ),
    ("S31", names(P.roadmap), ["Foundation", "Growth", "Scale"]),
]
