"""The schema of `exam.yml`, and what the file can get wrong by itself."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.content.complaints import Complaint
from app.content.levels import LEVELS
from app.content.schema import Document, DottedSlug, Language, Languages, Line, Number, Schema, Slug, Text, read_yaml
from app.exams.cases import FEWEST, MOST

Level = Literal["fundamentals", "advanced", "expert", "master"]
Title = Annotated[dict[Language, Line], Field(min_length=1)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
Months = Annotated[int, Field(ge=1, le=120)]


class BlueprintRow(Schema):
    domain: Slug
    items: Annotated[int, Field(ge=1, le=200)]
    difficulty: Annotated[int, Field(ge=1, le=3)] | None = None
    objective: DottedSlug | None = None
    cases: Annotated[int, Field(ge=1, le=100)] | None = None


class Retakes(Schema):
    first_wait_hours: Hours = 24
    later_wait_hours: Hours = 336
    limit: Annotated[int, Field(ge=1, le=100)] = 5
    window_months: Months = 12


class Validity(Schema):
    months: Months = 24
    renewal_months: Months = 6


class Gate(Schema):
    track: Level | None
    credential: Level | None


class Spec(Schema):
    id: Slug
    level: Level
    languages: Languages
    title: Title
    summary: Text
    credential: Title
    duration_min: Annotated[int, Field(ge=1, le=600)]
    cut_score: Annotated[Number, Field(gt=0, le=1)]
    domains: Annotated[dict[Slug, Title], Field(min_length=1)]
    blueprint: Annotated[tuple[BlueprintRow, ...], Field(min_length=1, max_length=50)]
    pilots: Annotated[int, Field(ge=0, le=50)] = 0
    retakes: Retakes = Retakes()
    validity: Validity = Validity()
    gate: Gate
    agreement: Text


def read_spec(folder: Path) -> tuple[Document[Spec] | None, list[Complaint]]:
    document, complaints = read_yaml(folder / "exam.yml", Spec)
    if document is None:
        return None, complaints
    return document, [
        *document.missing_languages(document.value.languages),
        *_folder(document, folder.name),
        *_languages(document),
        *_domains(document),
        *_cases(document),
        *_renewal(document),
        *_gate(document),
    ]


def _folder(document: Document[Spec], name: str) -> list[Complaint]:
    if document.value.id == name:
        return []
    return [document.complain(f"the id is `{document.value.id}` and the folder `{name}`; they must agree", "id")]


def _languages(document: Document[Spec]) -> list[Complaint]:
    languages = document.value.languages
    if len(set(languages)) == len(languages):
        return []
    return [document.complain("a language is named twice", "languages")]


def _domains(document: Document[Spec]) -> list[Complaint]:
    return [
        document.complain(f"`{row.domain}` is not among the `domains`", "blueprint", number, "domain")
        for number, row in enumerate(document.value.blueprint)
        if row.domain not in document.value.domains
    ]


def _cases(document: Document[Spec]) -> list[Complaint]:
    """The cases of a row are of one size, so that every form has the same shape."""
    return [
        document.complain(
            f"{row.items} items cannot come in {row.cases} cases of one size, of {FEWEST} to {MOST} items each",
            "blueprint",
            number,
            "cases",
        )
        for number, row in enumerate(document.value.blueprint)
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


def _gate(document: Document[Spec]) -> list[Complaint]:
    """A gate asks for a level below the exam's own, so gates never run in a circle."""
    level, asked = document.value.level, document.value.gate.credential
    if asked is None or LEVELS.index(asked) < LEVELS.index(level):
        return []
    message = f"an exam of level `{level}` cannot ask for the level `{asked}` first"
    return [document.complain(message, "gate", "credential")]
