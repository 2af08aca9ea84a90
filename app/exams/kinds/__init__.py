"""The registry of item kinds; a new kind is a module of this folder and a line here."""

from app.exams.kinds import multiple_response, numeric, short_text, single_choice, true_false
from app.exams.kinds.kind import Kind

KINDS: dict[str, Kind] = {
    "single_choice": single_choice,
    "multiple_response": multiple_response,
    "true_false": true_false,
    "numeric": numeric,
    "short_text": short_text,
}
