"""The schema of `exam.yml`, and what the file can get wrong by itself."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from app.content.complaints import Complaint
from app.content.levels import LEVELS
from app.content.money import Price
from app.content.schema import Document, DottedSlug, Language, Languages, Line, Number, Schema, Slug, Text, read_yaml
from app.exams.cases import FEWEST, MOST

Level = Literal["fundamentals", "advanced", "expert", "master"]
Title = Annotated[dict[Language, Line], Field(min_length=1)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
Issuer = Annotated[Line, Field(max_length=80)]  # beside the service's own, on the same line of the certificate
Keys = tuple[str | int, ...]
Share = Annotated[Number, Field(gt=0, le=1)]
Months = Annotated[int, Field(ge=1, le=120)]
_GRADED = ("credential", "gate", "agreement")
_CERTIFIES = ("credential", "issuers", "fee", "pilots", "grading", "appeal_days", "retakes", "validity", "agreement")


class BlueprintRow(Schema):
    domain: Slug
    items: Annotated[int, Field(ge=1, le=200)]
    difficulty: Annotated[int, Field(ge=1, le=3)] | None = None
    objective: DottedSlug | None = None
    cases: Annotated[int, Field(ge=1, le=100)] | None = None


Rows = Annotated[tuple[BlueprintRow, ...], Field(min_length=1, max_length=50)]


class SectionSpec(Schema):
    title: Title
    blueprint: Rows
    duration_min: Annotated[int, Field(ge=1, le=600)] | None = None
    back: bool = True


class Retakes(Schema):
    first_wait_hours: Hours = 24
    later_wait_hours: Hours = 336
    limit: Annotated[int, Field(ge=1, le=100)] = 5
    window_months: Months = 12
    coached_wait_hours: Hours | None = None


class Validity(Schema):
    months: Months = 24
    renewal_months: Months = 6


class Gate(Schema):
    track: Level | None
    credential: Level | None


_OPEN = Gate(track=None, credential=None)


class Grading(Schema):
    """How many people rate an answer with a rubric, and the share of its points by which two of them may differ."""

    graders: Annotated[int, Field(ge=1, le=2)] = 1
    disagreement: Annotated[Number, Field(ge=0, le=1)] = Decimal("0.2")


class Window(Schema):
    """Between these instants an exam may be sat; whoever starts gets the full time before it closes."""

    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None


class Spec(Schema):
    id: Slug
    level: Level
    languages: Languages
    title: Title
    summary: Text
    practice: bool = False
    credential: Annotated[Title, Field(default_factory=dict)]
    issuers: Annotated[tuple[Issuer, ...], Field(max_length=2)] = ()
    duration_min: Annotated[int, Field(ge=1, le=600)]
    cut_score: Share
    domains: Annotated[dict[Slug, Title], Field(min_length=1)]
    minimums: Annotated[dict[Slug, Share], Field(default_factory=dict)]
    blueprint: Rows | None = None
    sections: Annotated[tuple[SectionSpec, ...], Field(min_length=2, max_length=20)] | None = None
    pilots: Annotated[int, Field(ge=0, le=50)] = 0
    grading: Grading = Grading()
    appeal_days: Annotated[int, Field(ge=1, le=365)] = 14
    retakes: Retakes = Retakes()
    validity: Validity = Validity()
    gate: Gate = _OPEN
    window: Window = Window()
    fee: Price | None = None
    agreement: Annotated[Text, Field(default_factory=dict)]

    def rows(self) -> list[tuple[Keys, BlueprintRow]]:
        """Every row of the blueprint, or of those of the sections, with the keys that lead to it."""
        own = [(("blueprint", number), row) for number, row in enumerate(self.blueprint or ())]
        return own + [
            (("sections", place, "blueprint", number), row)
            for place, section in enumerate(self.sections or ())
            for number, row in enumerate(section.blueprint)
        ]


def read_spec(folder: Path) -> tuple[Document[Spec] | None, list[Complaint]]:
    document, complaints = read_yaml(folder / "exam.yml", Spec)
    if document is None:
        return None, complaints
    return document, [
        *document.missing_languages(document.value.languages),
        *_folder(document, folder.name),
        *_practice(document),
        *_languages(document),
        *_sections(document),
        *_domains(document),
        *_minimums(document),
        *_cases(document),
        *_renewal(document),
        *_coached_wait(document),
        *_window(document),
        *_gate(document),
    ]


def _folder(document: Document[Spec], name: str) -> list[Complaint]:
    if document.value.id == name:
        return []
    return [document.complain(f"the id is `{document.value.id}` and the folder `{name}`; they must agree", "id")]


def _practice(document: Document[Spec]) -> list[Complaint]:
    """What certifies belongs to graded exams, which have to say it; whoever practises passes no gate."""
    spec = document.value
    if not spec.practice:
        return [document.complain(f"`{key}` is missing") for key in _GRADED if key not in spec.model_fields_set]
    message = "a practice exam has no `{}`: it certifies nothing, and nothing follows from it"
    told = [key for key in _CERTIFIES if key in spec.model_fields_set]
    complaints = [document.complain(message.format(key), key) for key in told]
    if spec.gate != _OPEN:
        complaints.append(document.complain("a practice exam is open to everybody: leave its `gate` out", "gate"))
    return complaints


def _languages(document: Document[Spec]) -> list[Complaint]:
    languages = document.value.languages
    if len(set(languages)) == len(languages):
        return []
    return [document.complain("a language is named twice", "languages")]


def _sections(document: Document[Spec]) -> list[Complaint]:
    """One blueprint or one in each section; the last section has the time that the others leave."""
    spec = document.value
    if (spec.blueprint is None) == (spec.sections is None):
        message = "write one `blueprint`, or `sections` that have one each"
        return [document.complain(message, "blueprint" if spec.blueprint else "sections")]
    sections = spec.sections or ()
    minutes = sum(section.duration_min or 0 for section in sections[:-1])
    complaints = []
    if sections and sections[-1].duration_min is not None:
        message = "the last section has the time that is left: leave its `duration_min` out"
        complaints.append(document.complain(message, "sections", len(sections) - 1, "duration_min"))
    if minutes >= spec.duration_min:
        message = f"the sections take {minutes} of the {spec.duration_min} minutes and leave none for the last one"
        complaints.append(document.complain(message, "sections"))
    return complaints


def _domains(document: Document[Spec]) -> list[Complaint]:
    return [
        document.complain(f"`{row.domain}` is not among the `domains`", *keys, "domain")
        for keys, row in document.value.rows()
        if row.domain not in document.value.domains
    ]


def _minimums(document: Document[Spec]) -> list[Complaint]:
    """Nobody could fall short, nor reach a minimum, in a domain of which no form holds an item."""
    drawn = {row.domain for _, row in document.value.rows()}
    return [
        document.complain(f"`{domain}` has a minimum, and no row of the blueprint draws from it", "minimums", domain)
        for domain in document.value.minimums
        if domain not in drawn
    ]


def _cases(document: Document[Spec]) -> list[Complaint]:
    """The cases of a row are of one size, so that every form has the same shape."""
    return [
        document.complain(
            f"{row.items} items cannot come in {row.cases} cases of one size, of {FEWEST} to {MOST} items each",
            *keys,
            "cases",
        )
        for keys, row in document.value.rows()
        if not makes_cases(row)
    ]


def makes_cases(row: BlueprintRow) -> bool:
    """Whether the row's items come in as many cases as it says, where it says so."""
    return not row.cases or row.items in range(FEWEST * row.cases, MOST * row.cases + 1, row.cases)


def _renewal(document: Document[Spec]) -> list[Complaint]:
    validity = document.value.validity
    if validity.renewal_months < validity.months:
        return []
    return [document.complain("`renewal_months` must be fewer than `months`", "validity")]


def _coached_wait(document: Document[Spec]) -> list[Complaint]:
    """It shortens each wait, and asks for lessons of the gate's track."""
    retakes = document.value.retakes
    if retakes.coached_wait_hours is None:
        return []
    complaints = []
    if retakes.coached_wait_hours > min(retakes.first_wait_hours, retakes.later_wait_hours):
        message = "`coached_wait_hours` must not be longer than the waits that it shortens"
        complaints.append(document.complain(message, "retakes", "coached_wait_hours"))
    if document.value.gate.track is None:
        message = "a coached wait asks for lessons of the gate's `track`, and there is none"
        complaints.append(document.complain(message, "retakes", "coached_wait_hours"))
    return complaints


def _window(document: Document[Spec]) -> list[Complaint]:
    opens, closes = document.value.window.opens, document.value.window.closes
    minutes = timedelta(minutes=document.value.duration_min)
    if opens is None or closes is None or opens + minutes <= closes:
        return []
    return [document.complain("the whole `duration_min` does not fit into the window", "window")]


def _gate(document: Document[Spec]) -> list[Complaint]:
    """A gate asks for a level below the exam's own, so gates never run in a circle."""
    level, asked = document.value.level, document.value.gate.credential
    if asked is None or LEVELS.index(asked) < LEVELS.index(level):
        return []
    message = f"an exam of level `{level}` cannot ask for the level `{asked}` first"
    return [document.complain(message, "gate", "credential")]
