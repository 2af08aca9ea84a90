"""The registry of item kinds; a new kind is a module of this folder, a line here and its two templates.

The order is that in which an item's lines are asked whose answers they are: an area is a form of `=` line,
and numbered lines, arrows and lists that begin with brackets may also stand in the stem of an item with options.
"""

from app.exams.kinds import (
    blanks,
    essay,
    hotspot,
    matching,
    multiple_response,
    numeric,
    ordering,
    practical,
    short_text,
    single_choice,
    true_false,
)
from app.exams.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    "hotspot": hotspot,
    "single_choice": single_choice,
    "multiple_response": multiple_response,
    "true_false": true_false,
    "numeric": numeric,
    "short_text": short_text,
    "blanks": blanks,
    "matching": matching,
    "ordering": ordering,
    "essay": essay,
    "practical": practical,
}
