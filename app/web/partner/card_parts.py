"""The parts of a scorecard, and what it says of itself in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.partners.losses import Loss
from app.partners.rules import Programme, Tier
from app.partners.standing import Standing
from app.web.layout import in_language
from app.web.partner.amounts import percent
from app.web.partner.requirement_lines import Line
from app.web.wording import date_text, ngettext
from app.web.wording import gettext as _


@dataclass(frozen=True)
class Proof:
    """A tier with what it asks for, held against what there is; `missing` counts its unmet requirements."""

    tier: Tier
    name: str
    met: bool
    missing: int
    lines: Sequence[Line]

    @property
    def commission(self) -> str:
        """In per cent; empty where the programme names none."""
        return percent(self.tier.commission_percent)


@dataclass(frozen=True)
class Risk:
    """What was lost of the tier held, and until when it is kept; `falls_to` is the name of what is earned by now."""

    losses: Sequence[Loss]
    grace_ends: datetime
    falls_to: str | None


@dataclass(frozen=True)
class Past:
    """A standing of the history; a tier that the programme has no longer has no name."""

    id: int
    tier: str | None
    name: str | None
    since: datetime
    until: datetime | None
    by_exception: bool


@dataclass(frozen=True)
class Exceptional:
    """Why a tier is held that is not earned, and the last day of it."""

    reason: str
    last_day: date


@dataclass(frozen=True)
class Card:
    """`proofs` are all tiers, the lowest first; `held` and `upper` (the next one) are two of them, where there are.

    The card of a further ladder has its `name`; that of the main one has the others as `further`.
    """

    rules: Programme
    standing: Standing
    proofs: Sequence[Proof]
    held: Proof | None
    upper: Proof | None
    risk: Risk | None
    history: Sequence[Past]
    name: str = ""
    further: Sequence["Card"] = ()
    exception: Exceptional | None = None

    @property
    def headline(self) -> str:
        """The standing in one sentence."""
        if self.upper and not self.risk:
            return _way_up(self.held, self.upper)
        tier = self.held.name if self.held else ""
        if not tier:
            return _("No tier yet")
        return _("%(tier)s, at risk", tier=tier) if self.risk else _("%(tier)s, the highest tier", tier=tier)

    @property
    def main(self) -> list[Proof]:
        """The proofs that matter now: of what may be lost, of what comes next, or of what is held at the top."""
        shown = (self.held if self.risk or not self.upper else None, self.upper)
        return [proof for proof in shown if proof]

    @property
    def others(self) -> list[Proof]:
        """The proofs of the tiers below and above."""
        return [proof for proof in self.proofs if proof not in self.main]

    @property
    def steps(self) -> list[dict[str, str]]:
        """The rungs of the ladder."""
        return [
            {"id": proof.tier.id, "name": proof.name, "note": self._note(proof), "state": self._state(proof)}
            for proof in self.proofs
        ]

    @property
    def benefits(self) -> list[str]:
        """What the tier held brings."""
        return [in_language(text) for text in self.held.tier.benefits] if self.held else []

    @property
    def gains(self) -> list[str]:
        """What the next tier adds to it."""
        offered = [in_language(text) for text in self.upper.tier.benefits] if self.upper else []
        return [text for text in offered if text not in self.benefits]

    def _note(self, proof: Proof) -> str:
        since = _("since %(date)s", date=date_text(self.standing.since))
        return " · ".join(filter(None, (proof.commission, since if proof is self.held else "")))

    def _state(self, proof: Proof) -> str:
        if proof is self.held or proof is self.upper:
            return "held" if proof is self.held else "next"
        return "reached" if self.held and proof.tier.rank < self.held.tier.rank else "ahead"


def _way_up(held: Proof | None, upper: Proof) -> str:
    missing, words = upper.missing, {"upper": upper.name, "tier": held.name if held else ""}
    if held is None:
        text = ngettext(
            "No tier yet, and one step from %(upper)s",
            "No tier yet, and %(num)s steps from %(upper)s",
            missing,
            **words,
        )
    else:
        text = ngettext(
            "%(tier)s, and one step from %(upper)s", "%(tier)s, and %(num)s steps from %(upper)s", missing, **words
        )
    return text
