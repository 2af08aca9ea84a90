"""Levels: the tracks of study and the certifications they lead to, each including those below it."""

LEVELS = ("fundamentals", "advanced", "expert", "master")
TRACK_HOURS = {"fundamentals": 8, "advanced": 16, "expert": 24, "master": 40}


def levels_from(level: str) -> tuple[str, ...]:
    """The level and those above it: whoever holds one of them holds the level."""
    return LEVELS[LEVELS.index(level) :]


def levels_to(level: str) -> tuple[str, ...]:
    """The level and those below it: what whoever holds it holds too."""
    return LEVELS[: LEVELS.index(level) + 1]
