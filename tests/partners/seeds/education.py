"""What the source of AI Course Academy, MarketingAI Pro and DocuAI Bulk says: S10 to S17."""

from decimal import Decimal

from tests.partners.making import published
from tests.partners.seeds import Held, asked, commissions, currencies, dates, english, figures, ladder, table

P = published("education-partners")
KINDS = {kind.id: kind for kind in P.partner_kinds}
TWO_YEARS = ["2027-10-29"]
CERTIFIED = ("persons", {"level": "fundamentals", "at_least": 1})


def agreement(metric: str) -> tuple[str, dict[str, str]]:
    return "agreement", {"metric": metric}


HELD: list[Held] = [
    ("S10", ladder(P), [("active", 1)]),
    ("S10", commissions(P), [None]),
    (
        "S10",
        asked(P, "active"),
        [
            ("any_of", {}),
            agreement("university-agreement"),
            agreement("technology-agreement"),
            ("all_of", {}),
            agreement("consultancy-agreement"),
            CERTIFIED,
            agreement("articulation-agreement"),
            ("all_of", {}),
            agreement("agency-agreement"),
            CERTIFIED,
            ("all_of", {}),
            agreement("integrator-agreement"),
            CERTIFIED,
            ("all_of", {}),
            agreement("consulting-agreement"),
            CERTIFIED,
            agreement("integration-agreement"),
        ],
    ),
    (
        "S10",
        english(KINDS["universities"].model)[0],
        "Joint programmes with certifications that the university recognises",
    ),
    ("S10", figures(P, "universities"), [10]),
    ("S10", dates(P, "universities"), TWO_YEARS),
    ("S10", figures(P, "joint-certifications"), [5]),
    ("S10", figures(P, "joint-students"), [500]),
    ("S10", figures(P, "universities-revenue"), [500_000]),
    ("S11", "Certifications for consultants" in english(KINDS["consultancies"].model), True),
    ("S11", figures(P, "consultancies"), [15]),
    ("S11", figures(P, "trained-employees"), [1000]),
    ("S11", figures(P, "consultancies-revenue"), [1_000_000]),
    ("S11", figures(P, "consultancy-projects"), [100]),
    ("S12", "Articulation: pathways between programmes" in english(KINDS["bootcamps"].model), True),
    ("S12", figures(P, "bootcamps"), [20]),
    ("S12", dates(P, "bootcamps"), TWO_YEARS),
    ("S12", figures(P, "complementary-programmes"), [10]),
    ("S12", figures(P, "referred-students"), [200]),
    ("S12", figures(P, "bootcamps-revenue"), [300_000]),
    ("S13", figures(P, "technology-firms"), [20]),
    ("S13", figures(P, "case-studies"), [50]),
    ("S13", figures(P, "instructors"), [30]),
    ("S13", figures(P, "placement"), [80]),
    ("S14", [figures(P, kind) for kind in ("agencies", "integrators", "consulting-firms")], [[50], [25], [30]]),
    ("S14", figures(P, "agencies-customers") + figures(P, "integrators-projects"), [10_000, 200]),
    ("S14", figures(P, "consulting-customers"), [5_000]),
    ("S14", figures(P, "agencies-satisfaction") + figures(P, "integrators-satisfaction"), [90, 95]),
    ("S14", figures(P, "consulting-satisfaction"), [90]),
    ("S14", figures(P, "agencies-revenue") + figures(P, "integrators-revenue"), [3_000_000, 2_000_000]),
    ("S14", figures(P, "consulting-revenue"), [2_000_000]),
    (
        "S14",
        ["White-label solution, certificates included" in english(KINDS[kind].model) for kind in KINDS],
        [kind in ("agencies", "consulting-firms") for kind in KINDS],
    ),
    ("S15", figures(P, "crm-integrations"), [20]),
    ("S15", figures(P, "email-integrations"), [15]),
    ("S15", figures(P, "social-partnerships"), [10]),
    ("S15", figures(P, "dms-integrations"), [15]),
    ("S15", figures(P, "legal-integrations"), [10]),
    ("S15", figures(P, "productivity-integrations"), [20]),
    ("S15", figures(P, "crm-revenue") + figures(P, "email-revenue"), [2_000_000, 1_000_000]),
    ("S15", figures(P, "social-revenue") + figures(P, "dms-revenue"), [1_500_000, 1_000_000]),
    ("S15", figures(P, "legal-revenue") + figures(P, "productivity-revenue"), [500_000, 1_000_000]),
    ("S15", figures(P, "crm-customers") + figures(P, "crm-uptime"), [5_000, Decimal("99.9")]),
    ("S15", figures(P, "emails") + figures(P, "deliverability"), [100_000_000, 98]),
    ("S15", figures(P, "campaigns") + figures(P, "campaign-return"), [50_000, 25]),
    ("S15", figures(P, "dms-customers") + figures(P, "dms-uptime"), [3_000, Decimal("99.9")]),
    ("S15", figures(P, "documents") + figures(P, "compliance"), [1_000_000, 100]),
    ("S15", figures(P, "joint-users") + figures(P, "productivity-gain"), [50_000, 40]),
    ("S16", figures(P, "active-partners"), [5, 25, 50]),
    ("S16", dates(P, "active-partners"), ["2026-04-29", "2027-04-29", "2028-10-29"]),
    ("S16", figures(P, "shared-revenue"), [100_000, 1_000_000, 5_000_000]),
    ("S16", currencies(P, "shared-revenue"), ["USD"]),
    ("S16", figures(P, "joint-customers"), [100, 1_000, 5_000]),
    ("S16", figures(P, "revenue-share-of-total") + figures(P, "new-customers"), [25, 30]),
    (
        "S17",
        table(P, "by-kind"),
        [
            [30, 4_000_000, 25, 90],
            [40, 5_000_000, 30, 85],
            [20, 1_500_000, 20, 95],
            [10, 800_000, 35, 90],
        ],
    ),
    (
        "S17",
        table(P, "by-segment"),
        [
            [25, 5_000_000, 20, 15],
            [50, 4_000_000, 30, 20],
            [100, 2_300_000, 40, 25],
            [175, 11_300_000, 30, None],
        ],
    ),
    (
        "S17",
        table(P, "by-product"),
        [
            [30, 1_800_000, 30, 25],
            [50, 6_000_000, 33, 30],
            [40, 3_500_000, 25, 35],
            [None, 11_300_000, 30, 30],
        ],
    ),
    (
        "S17",
        table(P, "kinds-by-product"),
        [[40, 50, 45, 45], [35, 30, 35, 33], [25, 10, 10, 15], [0, 10, 10, 7]],
    ),
]
