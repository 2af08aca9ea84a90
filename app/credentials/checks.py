"""What a check of a credential says: each check has a name and a verdict of its own, and no sum hides a failure."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """UNKNOWN is for what could not be looked at, and never counts as held."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One verdict: `name` is a stable slug ("signature", "status" …), `detail` says in English what was found."""

    name: str
    verdict: Verdict
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """For programs."""
        return {"name": self.name, "verdict": self.verdict.value, "detail": self.detail}
