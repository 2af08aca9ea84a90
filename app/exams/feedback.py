"""Feedback: what a closed practice attempt shows of its items. Nothing else of what is sat shows a key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l

from app.exams.attempts import Attempt, AttemptState
from app.exams.grading import shares
from app.exams.kinds import KINDS
from app.exams.kinds.kind import Item
from app.exams.responses import Saved
from app.refusal import Refusal


@dataclass(frozen=True)
class Feedback:
    """An item with its key, what was answered (as it is stored), and the share of its points that this earned."""

    position: int
    item: Item
    option_order: Sequence[int]
    answer: Any
    share: Fraction

    @property
    def chosen(self) -> Sequence[int]:
        """The file positions of the options that were chosen."""
        return KINDS[self.item["kind"]].chosen(self.answer, self.option_order)

    @property
    def right_answer(self) -> Any:
        """An answer, as it is stored, that earns every point."""
        return KINDS[self.item["kind"]].right_answer(self.item, self.option_order)

    @property
    def lesson(self) -> str | None:
        """The lesson that teaches it, `course/lesson`."""
        return self.item.get("lesson")

    def reasons(self, language: str) -> list[str]:
        """Why the options chosen tempt or are right, as HTML, where the item says it."""
        told = self.item["text"][language]["feedback"]
        return [told[position] for position in self.chosen if told[position]]


class KeptBack(Refusal):
    """Whoever may sit an exam again, or hand the items on to who will, does not learn what is right."""

    status = 403
    title = _l("What is right is shown after practice, and of no other attempt")


def feedback_of(attempt: Attempt, responses: Mapping[int, Saved]) -> list[Feedback]:
    """Item by item, in the order of the form; raises KeptBack but for an attempt that was practice and is closed."""
    if not (attempt.is_practice and attempt.state is AttemptState.CLOSED):
        raise KeptBack
    answers = [responses[place].answer if place in responses else None for place in range(len(attempt.item_ids))]
    items = attempt.items
    sheet = zip(items, attempt.option_orders, answers, shares(items, attempt.option_orders, answers), strict=True)
    return [Feedback(position, *of_item) for position, of_item in enumerate(sheet)]
