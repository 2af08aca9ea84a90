"""Programme files: `programmes/*.yml` read, held to the schema and to what a schema cannot say, or complained about."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.content.complaints import Complaint
from app.content.files import TEXT_LIMIT, decode, strays, visible
from app.content.schema import LANGUAGES, Document, parse_yaml, read_yaml
from app.partners.figures import Bounds
from app.partners.ladder_lint import Fault, ladder_faults
from app.partners.particulars_lint import held_faults
from app.partners.requirements import Group, Part, Points, Previous, Requirement
from app.partners.rules import MAIN, Programme, Tier

Found = Iterator[Complaint]
Keys = tuple[str | int, ...]
Rung = tuple[str, str]  # a ladder's id and a tier's

_FIGURES = {"at_least", "more_than", "at_most", "below", "share_percent", "more_than_percent", "grade", "months"}


@dataclass(frozen=True)
class ProgrammeFile:
    """A programme that may be published; `notices` say what it means to leave open, and why."""

    document: Document[Programme]
    notices: Sequence[Complaint] = ()

    @property
    def spec(self) -> Programme:
        return self.document.value

    def places(self) -> Iterator[tuple[Requirement | Part, Keys]]:
        """Everything that a tier asks for, and where it stands."""
        for _, tiers, keys in _every_ladder(self.spec):
            for n, tier in enumerate(tiers):
                yield from _places(tier.requirements, (*keys, n, "requirements"))

    def as_json(self) -> dict[str, Any]:
        """What a published version keeps; `programme_from_json` reads it back."""
        return self.spec.model_dump(mode="json")


def programme_from_json(data: dict[str, Any]) -> Programme:
    return Programme.model_validate_json(json.dumps(data))


def read_programmes(root: Path) -> tuple[list[ProgrammeFile], list[Complaint]]:
    """Every programme under `root`, in order, with what is wrong; a file complained about is not among them."""
    files: list[ProgrammeFile] = []
    complaints = strays(root / "programmes")
    if complaints:
        return [], complaints
    for path in visible(root / "programmes"):
        if path.suffix != ".yml":
            complaints.append(Complaint(path, 1, "a programme's file is named `<programme>.yml`"))
            continue
        document, found = read_yaml(path, Programme)
        file, wrong = _checked(document) if document else (None, found)
        named = list(_identity(document)) if document else []
        files += [file] if file and not named else []
        complaints += [*named, *wrong]
    return files, complaints


def read_draft(data: bytes, path: Path) -> tuple[ProgrammeFile | None, list[Complaint]]:
    """A programme's file by itself, held to the same rules whatever it is called; `path` is for the complaints."""
    if len(data) > TEXT_LIMIT:
        return None, [Complaint(path, 1, f"the file is larger than {TEXT_LIMIT // 1024} KiB")]
    text, found = decode(data, path)
    document, found = parse_yaml(text, path, Programme) if text is not None else (None, found)
    return _checked(document) if document else (None, found)


def _checked(document: Document[Programme]) -> tuple[ProgrammeFile | None, list[Complaint]]:
    """What may be published, or what is wrong with it."""
    found, notices = _lint(document)
    return (None, found) if found else (ProgrammeFile(document, notices), [])


def _lint(document: Document[Programme]) -> tuple[list[Complaint], list[Complaint]]:
    """What is wrong, and what is accepted. The logic is looked at once ids, ranks and the rest are sound."""
    found = sorted(_disagreements(document))
    faults = [] if found else list(ladder_faults(document.value))
    wrong = [document.complain(fault.message, *fault.keys) for fault in faults if not fault.accepted]
    return found + sorted(wrong), sorted(_accepted(document, fault) for fault in faults if fault.accepted)


def _accepted(document: Document[Programme], fault: Fault) -> Complaint:
    reason = (fault.accepted or {}).get("en", "")
    return document.complain(f"note: {fault.message}; accepted: {reason}", *fault.keys)


def _disagreements(document: Document[Programme]) -> Found:
    yield from document.missing_languages(LANGUAGES)
    yield from _ladders(document)
    yield from _previous(document)
    yield from (document.complain(fault.message, *fault.keys) for fault in held_faults(document.value))


def _identity(document: Document[Programme]) -> Found:
    if document.value.id != document.path.stem:
        yield document.complain(f"the id `{document.value.id}` is not the file's name `{document.path.stem}`", "id")


def _twice(document: Document[Programme], what: str, places: Iterable[tuple[object, Keys]]) -> Found:
    """`places` are pairs of a value and where it stands; each value may stand once."""
    seen = set()
    for value, keys in places:
        if value in seen:
            yield document.complain(f"the {what} `{value}` stands here twice", *keys)
        seen.add(value)


def _ladders(document: Document[Programme]) -> Found:
    """Each ladder by itself; the ladders beside the main one have ids of their own."""
    ids = [(ladder.id, ("ladders", n, "id")) for n, ladder in enumerate(document.value.ladders)]
    yield from _twice(document, "ladder", [(MAIN, ()), *ids])
    for _, tiers, keys in _every_ladder(document.value):
        yield from _ladder(document, tiers, keys)
        yield from _tiers(document, tiers, keys)


def _every_ladder(programme: Programme) -> Iterator[tuple[str, Sequence[Tier], Keys]]:
    for n, (id, _, tiers) in enumerate(programme.every_ladder):
        yield id, tiers, ("ladders", n - 1, "tiers") if n else ("tiers",)


def _ladder(document: Document[Programme], tiers: Sequence[Tier], keys: Keys) -> Found:
    yield from _twice(document, "tier", [(tier.id, (*keys, n, "id")) for n, tier in enumerate(tiers)])
    yield from _twice(document, "rank", [(tier.rank, (*keys, n, "rank")) for n, tier in enumerate(tiers)])
    for n, (lower, upper) in enumerate(pairwise(tiers), start=1):
        if upper.rank < lower.rank:
            message = f"the lowest rank comes first, and {upper.rank} is lower than {lower.rank}"
            yield document.complain(message, *keys, n, "rank")


def _tiers(document: Document[Programme], tiers: Sequence[Tier], ladder: Keys) -> Found:
    """Ids are unique within a tier, and what a higher tier asks for under the same id is not less."""
    asked: dict[str, Requirement] = {}
    for n, tier in enumerate(tiers):
        keys: Keys = (*ladder, n, "requirements")
        places = _places(tier.requirements, keys)
        yield from _twice(document, "requirement", [(one.id, (*at, "id")) for one, at in places])
        for m, one in enumerate(tier.requirements):
            if one.id in asked and _asks_less(one, asked[one.id]):
                message = f"`{one.id}` asks for less than the same requirement of a lower tier"
                yield document.complain(message, *keys, m, "at_least")
        asked |= {one.id: one for one in tier.requirements}


def _places(requirements: Iterable[Requirement], keys: Keys) -> Iterator[tuple[Requirement | Part, Keys]]:
    """The requirements and, after each, its parts, with where they stand."""
    for n, requirement in enumerate(requirements):
        yield requirement, (*keys, n)
        if isinstance(requirement, Group):
            yield from _places(requirement.requirements, (*keys, n, "requirements"))
        if isinstance(requirement, Points):
            yield from ((part, (*keys, n, "parts", m)) for m, part in enumerate(requirement.parts))


def _asks_less(upper: Requirement, lower: Requirement) -> bool:
    """Whether a figure is lower, where all but the figures and the name is the same."""
    if upper.model_dump(exclude=_FIGURES | {"name"}) != lower.model_dump(exclude=_FIGURES | {"name"}):
        return False
    if isinstance(upper, Bounds) and isinstance(lower, Bounds):
        return upper.need < lower.need
    pairs = [(getattr(upper, figure, None), getattr(lower, figure, None)) for figure in _FIGURES]
    return any(one is not None and other is not None and one < other for one, other in pairs)


def _previous(document: Document[Programme]) -> Found:
    """Whoever asks for another tier names one there is, which does not in the end ask for the first."""
    asked: dict[Rung, list[tuple[Rung, Keys]]] = {}
    for ladder, tiers, keys in _every_ladder(document.value):
        for n, tier in enumerate(tiers):
            asked[ladder, tier.id] = [
                ((one.ladder or ladder, one.tier), (*at, "tier"))
                for one, at in _places(tier.requirements, (*keys, n, "requirements"))
                if isinstance(one, Previous)
            ]
    for rung, others in asked.items():
        for other, keys in others:
            if other not in asked:
                yield document.complain(f"the ladder `{other[0]}` has no tier `{other[1]}`", *keys)
            elif _leads_to(rung, other, asked):
                yield document.complain(f"the tier `{rung[1]}` asks in the end for itself", *keys)


def _leads_to(wanted: Rung, start: Rung, asked: Mapping[Rung, Iterable[tuple[Rung, Keys]]]) -> bool:
    found = {start}
    while more := {other for rung in found for other, _ in asked.get(rung, ())} - found:
        found |= more
    return wanted in found
