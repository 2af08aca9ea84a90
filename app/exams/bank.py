"""Reading `exams/`: each exam with its bank of items, checked as a whole, in the shape that is published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.canonical import canonical, fingerprint
from app.content.complaints import Complaint
from app.content.files import strays, visible
from app.content.lint import lint
from app.content.markdown import render
from app.content.media import published_name, read_pictures
from app.content.schema import Document
from app.exams.assembly import shortfalls
from app.exams.blueprint import BankItem, Row, bank_item, pilots_of, takes, units_of
from app.exams.exam_yml import Spec, makes_cases, read_spec
from app.exams.item_files import FrontMatter, ItemFile, read_item_file
from app.exams.item_texts import Media, build_item, compare

# language → domain → its items; None where a file is there but cannot be used.
Files = dict[str, dict[str, ItemFile | None]]
Item = dict[str, Any]
# language → item → its file and line.
Places = Mapping[str, Mapping[str, tuple[Path, int]]]


@dataclass(frozen=True)
class ExamFile:
    """A sound exam: its policy, the agreement as HTML by language, its items as they are stored, its images by name."""

    spec: Spec
    agreement: Mapping[str, str]
    items: tuple[Item, ...]
    media: Mapping[str, bytes]
    places: Places

    def complain(self, item_id: str, message: str, language: str | None = None) -> Complaint:
        """About an item, where its file of the language (of the first, unless said) has it."""
        return Complaint(*self.places[language or self.spec.languages[0]][item_id], message)

    def as_json(self) -> dict[str, Any]:
        """The published body: `exam.yml` with its defaults written out, and the fingerprint of each item in order."""
        items = [fingerprint(canonical(item)) for item in self.items]
        texts = {"agreement": dict(self.agreement), "items": items}
        return self.spec.model_dump(mode="json") | _parts(self.spec) | texts


def read_exams(root: Path) -> tuple[list[ExamFile], list[Complaint]]:
    """The exams under `root/exams` that are sound, and what is wrong with the others."""
    complaints = strays(root / "exams")
    if complaints:
        return [], complaints
    exams = []
    for folder in visible(root / "exams"):
        if folder.is_dir():
            exam, wrong = _read_exam(folder)
            exams += [exam] if exam else []
            complaints += wrong
    return exams, sorted(complaints)


def _read_exam(folder: Path) -> tuple[ExamFile | None, list[Complaint]]:
    document, complaints = read_spec(folder)
    complaints += [
        Complaint(path, 1, "an exam is made of `exam.yml`, `items/` and `media/`; nothing else is read here")
        for path in visible(folder)
        if path.name not in ("exam.yml", "items", "media")
    ]
    if document is None:
        return None, complaints
    files, wrong = _read_files(folder / "items", document.value)
    images, unfit = read_pictures(folder / "media")
    named = {name: published_name(name, data) for name, data in images.items()}
    items, worse = _items(files, document, named) if not wrong else ([], [])
    agreement, unreadable = _agreement(document)
    complaints += [*wrong, *unfit, *worse, *unreadable]
    media = {published: images[name] for name, published in named.items()}
    exam = ExamFile(document.value, agreement, tuple(items), media, _places(files))
    return (None if complaints else exam), complaints


def _read_files(folder: Path, spec: Spec) -> tuple[Files, list[Complaint]]:
    files: Files = {}
    complaints = [
        Complaint(path, 1, f"`{path.name}` is not one of the exam's languages")
        for path in visible(folder)
        if path.name not in spec.languages
    ]
    for language in spec.languages:
        files[language], wrong = _read_language(folder / language, spec)
        complaints += wrong
    return files, complaints + _missing_files(folder, files) + _repeated_ids(files)


def _read_language(folder: Path, spec: Spec) -> tuple[dict[str, ItemFile | None], list[Complaint]]:
    held: dict[str, ItemFile | None] = {}
    complaints = []
    for path in visible(folder):
        if path.suffix == ".md" and path.stem in spec.domains:
            file, wrong = _read_file(path)
            held[path.stem] = None if wrong else file
            complaints += wrong
        else:
            message = "an items file is named after one of the exam's domains, `<domain>.md`"
            complaints.append(Complaint(path, 1, message))
    return held, complaints


def _read_file(path: Path) -> tuple[ItemFile | None, list[Complaint]]:
    file, complaints = read_item_file(path)
    return file, complaints + (_wrong_place(file.front) if file else [])


def _wrong_place(front: Document[FrontMatter]) -> list[Complaint]:
    domain, language = front.path.stem, front.path.parent.name
    complaints = []
    if front.value.domain != domain:
        message = f"the domain is `{front.value.domain}`, but the file is named `{domain}.md`"
        complaints.append(front.complain(message, "domain"))
    if front.value.lang != language:
        message = f"the language is `{front.value.lang}`, but the folder is named `{language}`"
        complaints.append(front.complain(message, "lang"))
    return complaints


def _missing_files(folder: Path, files: Files) -> list[Complaint]:
    domains = sorted({domain for held in files.values() for domain in held})
    return [
        Complaint(folder / language / f"{domain}.md", 1, "the file is missing: another language has it")
        for language, held in files.items()
        for domain in domains
        if domain not in held
    ]


def _repeated_ids(files: Files) -> list[Complaint]:
    return [complaint for held in files.values() for complaint in _repeated_in_language(held)]


def _repeated_in_language(held: Mapping[str, ItemFile | None]) -> Iterator[Complaint]:
    first: dict[str, str] = {}
    for file in filter(None, held.values()):
        for line, name in sorted([(case.line, case.id) for case in file.cases] + _ids(file)):
            place = f"{file.front.path.name}:{line}"
            if first.setdefault(name, place) != place:
                yield Complaint(file.front.path, line, f"the id `{name}` is already taken at {first[name]}")


def _places(files: Files) -> Places:
    return {
        language: {name: (file.front.path, line) for file in filter(None, held.values()) for line, name in _ids(file)}
        for language, held in files.items()
    }


def _ids(file: ItemFile) -> list[tuple[int, str]]:
    return [(item.line, item.head.id) for item in file.items]


def _items(files: Files, document: Document[Spec], media: Media) -> tuple[list[Item], list[Complaint]]:
    """The whole bank, in the order of the domains and of their files."""
    items: list[Item] = []
    complaints: list[Complaint] = []
    for domain in document.value.domains:
        by_language = {language: file for language, held in files.items() if (file := held.get(domain))}
        built, wrong = _items_of_domain(by_language, media)
        items += built
        complaints += wrong
    return items, complaints or [*_draws(document, items), *_undrawn(document, items, files)]


def _items_of_domain(files: Mapping[str, ItemFile], media: Media) -> tuple[list[Item], list[Complaint]]:
    base, *others = files.values() or [None]
    if base is None:
        return [], []
    complaints = [complaint for other in others if other for complaint in compare(base, other)]
    if complaints:
        return [], complaints
    built = [build_item(files, number, media) for number in range(len(base.items))]
    return [item for item, _ in built], [complaint for _, wrong in built for complaint in wrong]


def _draws(document: Document[Spec], items: list[Item]) -> list[Complaint]:
    """What the blueprint asks for and the bank has not."""
    bank = _bank(items)
    rows = _rows(document.value)
    pilots, asked = len(pilots_of(bank)), document.value.pilots
    few = f"the bank has {pilots} of the {asked} pilot items that `pilots` asks for"
    return [
        document.complain(
            f"the bank has {short.found} of the {short.asked} {_what(rows[short.row])} that the row asks for",
            *document.value.rows()[short.row][0],
        )
        for short in shortfalls(bank, rows)
        if _is_sound(document.value, short.row)
    ] + ([document.complain(few, "pilots")] if pilots < asked else [])


def _is_sound(spec: Spec, number: int) -> bool:
    """Whether nothing else was said about the row of the blueprint."""
    _, row = spec.rows()[number]
    return row.domain in spec.domains and makes_cases(row)


def _what(row: Row) -> str:
    return f"cases of {row['items'] // row['cases']} items" if row["cases"] else "items"


def _undrawn(document: Document[Spec], items: list[Item], files: Files) -> Iterator[Complaint]:
    """Cases that no row can take, which is what an item too many does to one."""
    rows = _rows(document.value)
    places = {
        case.id: (file.front.path, case.line)
        for file in filter(None, files[document.value.languages[0]].values())
        for case in file.cases
    }
    for unit in units_of(_bank(items)):
        case_id = unit[0].case_id
        if case_id and not any(takes(row, unit) for row in rows):
            yield Complaint(
                *places[case_id], f"no row of the blueprint draws a case of {len(unit)} items like this one"
            )


def _rows(spec: Spec) -> list[dict[str, Any]]:
    """As they are published: what a section asks for knows its section, counted from 0."""
    return [row.model_dump() | ({"section": keys[1]} if spec.sections else {}) for keys, row in spec.rows()]


def _parts(spec: Spec) -> dict[str, Any]:
    """One blueprint for the whole form, and beside it the sections without theirs."""
    sections = [section.model_dump(mode="json", exclude={"blueprint"}) for section in spec.sections or ()]
    return {"blueprint": _rows(spec), "sections": sections}


def _bank(items: list[Item]) -> list[BankItem]:
    return [bank_item(number, item) for number, item in enumerate(items)]


def _agreement(document: Document[Spec]) -> tuple[dict[str, str], list[Complaint]]:
    texts = document.value.agreement
    complaints = []
    for language, text in texts.items():
        key_line = document.line("agreement", language)
        complaints += lint(text, document.path, key_line + ("\n" in text))  # a block begins on the line after its key
    if complaints:
        return {}, complaints
    return {language: render(text, language=language).html for language, text in texts.items()}, []
