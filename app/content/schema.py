"""The strict schema every content file is held to, and YAML read against it with the line of every complaint."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from app.content.complaints import Complaint
from app.content.files import forbidden_character, read_text
from app.content.yaml_tree import BadYaml, Node, read_tree


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


Language = Literal["es", "en"]
LANGUAGES: tuple[Language, ...] = ("es", "en")
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
DottedSlug = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
Line = Annotated[str, Field(max_length=300, pattern=r"^[^\n]*$"), AfterValidator(_not_blank)]
Prose = Annotated[str, Field(max_length=50_000), AfterValidator(_not_blank)]
Languages = Annotated[tuple[Language, ...], Field(min_length=1)]
Text = Annotated[dict[Language, Prose], Field(min_length=1)]
Number = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]


class Schema(BaseModel):
    """Unknown keys are errors. Use tuples, Literals, dates and Number; tell unions apart by a field named `kind`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


S = TypeVar("S", bound=Schema)


@dataclass(frozen=True)
class Document(Generic[S]):
    """A valid file: its value, and the lines to complain about when it disagrees with another."""

    path: Path
    value: S
    tree: Node

    def line(self, *keys: str | int) -> int:
        """The line of `blueprint`, 0, `items`; of the nearest thing above it where the file leaves it out."""
        node = self.tree
        for key in keys:
            child = node.child(key)
            if child is None:
                break
            node = child
        return node.line

    def complain(self, message: str, *keys: str | int) -> Complaint:
        return Complaint(self.path, self.line(*keys), message)

    def missing_languages(self, languages: Iterable[str]) -> list[Complaint]:
        """A complaint for each text of the file that lacks one of the languages or has one too many."""
        return [
            Complaint(self.path, node.line, message)
            for node in self.tree.walk()
            if isinstance(node.content, dict) and not node.content.keys().isdisjoint(LANGUAGES)
            for message in _language_gaps(node.content.keys() & set(LANGUAGES), set(languages))
        ]


def _language_gaps(present: set[str], wanted: set[str]) -> list[str]:
    return [f"the text in `{language}` is missing" for language in sorted(wanted - present)] + [
        f"there is a text in `{language}`, which `languages` does not name" for language in sorted(present - wanted)
    ]


def read_yaml(path: Path, model: type[S]) -> tuple[Document[S] | None, list[Complaint]]:
    text, complaints = read_text(path)
    return (None, complaints) if text is None else parse_yaml(text, path, model)


def parse_yaml(
    text: str, path: Path, model: type[S], first_line: int = 1
) -> tuple[Document[S] | None, list[Complaint]]:
    """`first_line` is the line of the file on which the text begins (front matter)."""
    forbidden = forbidden_character(text, path, first_line)
    if forbidden:
        return None, forbidden
    try:
        tree = read_tree(text, first_line)
        return Document(path, model.model_validate_json(tree.json()), tree), []
    except BadYaml as error:
        return None, [Complaint(path, error.line, error.message)]
    except ValidationError as error:
        return None, _explain(error, path, tree, _known_keys(model))


def _explain(error: ValidationError, path: Path, tree: Node, known: list[str]) -> list[Complaint]:
    # A list whose entries are wrong is reported as empty too; the entries say it better.
    wholes = {each["loc"][:end] for each in error.errors() for end in range(len(each["loc"]))}
    return sorted(
        {
            Complaint(path, _line_of(tree, each["loc"]), _in_words(dict(each), known))
            for each in error.errors()
            if each["loc"] not in wholes
        }
    )


def _line_of(tree: Node, location: tuple[str | int, ...]) -> int:
    node, told = tree, False
    for key in location:
        kind = None if told else node.child("kind")
        # Pydantic names the chosen member of a union in the location, where the file has no such key.
        told = kind is not None and kind.scalar() == key
        if not told:
            node = node.child(key) or node
    return node.line


def _known_keys(model: type[Schema]) -> list[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for part in parts for key in part.get("properties", {})})


_WORDING = {
    "int_type": "must be a whole number",
    "string_type": "must be text (put a number, true, false or null in quotes)",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a map of keys and values",
    "model_type": "must be a map of keys and values",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "date_type": "must be a date, YYYY-MM-DD",
    "date_from_datetime_parsing": "must be a date, YYYY-MM-DD",
    "date_parsing": "must be a date, YYYY-MM-DD",
    "union_tag_not_found": "has no `kind`",
}
_PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "must be lower-case words joined by hyphens",
    r"^[a-z0-9]+([.-][a-z0-9]+)*$": "must be lower-case words joined by dots or hyphens",
    r"^[^\n]*$": "must be one line",
}


def _in_words(error: dict[str, Any], known: list[str]) -> str:
    # The location of a bad key ends in "[key]"; what the author knows is the key itself.
    keys = [key for key in error["loc"] if key != "[key]"]
    name = f"`{_name(keys)}`" if keys else "the file"
    if error["type"] == "missing":
        return f"{name} is missing"
    if error["type"] == "too_short":
        return f"{name} must have at least {error['ctx']['min_length']}"
    if error["type"] == "union_tag_invalid":
        return f"{name}: `kind` must be one of {error['ctx']['expected_tags']}".replace("'", "`")
    if error["type"] == "extra_forbidden":
        written = str(keys[-1])
        others = [key for key in known if key != written]
        near = [key for key in others if key.startswith(written)] or difflib.get_close_matches(written, others, n=1)
        return f"unknown key {name}" + (f"; did you mean `{near[0]}`?" if near else "")
    if error["type"] == "string_pattern_mismatch" and error["ctx"]["pattern"] in _PATTERNS:
        return f"{name} {_PATTERNS[error['ctx']['pattern']]}"
    return f"{name} {_WORDING.get(error['type']) or _plain(error['msg'])}"


def _name(keys: list[str | int]) -> str:
    """The last key with the positions after it: `lessons`, 2 → `lessons[2]`, counted from 1 for people."""
    start = max((i for i, key in enumerate(keys) if isinstance(key, str)), default=0)
    return str(keys[start]) + "".join(f"[{int(key) + 1}]" for key in keys[start + 1 :])


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return re.sub(r"^\w+( \w+)? should (be|have|match)", r"must \2", message).replace("'", "`")
