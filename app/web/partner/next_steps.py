"""What each member of a team should do next, by what they hold, what is asked of them and what they have studied."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.content.levels import LEVELS
from app.exams.catalogue import live_exams
from app.learning.assignments import Line, assignments_in
from app.learning.studies import Studies
from app.web.layout import in_language, last_day
from app.web.naming import LEVELS as LEVEL_NAMES
from app.web.wording import date_text
from app.web.wording import gettext as _


@dataclass(frozen=True)
class Held:
    """A credential of the team's table: valid, or expired and not yet renewed."""

    level: str
    public_id: str
    expires_at: datetime
    valid: bool
    soon: bool


@dataclass(frozen=True)
class Steps:
    """What stands of the assignments, by person and day, and the levels that an exam certifies."""

    assigned: Mapping[int, Sequence[Line]]
    examined: Collection[str]

    def next_of(self, person_id: int, held: Sequence[Held], studies: Studies, at: datetime) -> str:
        """The first of: a late course, a certificate to renew, an assigned course, the exam or the courses of a level.

        `held` begins with the highest level.
        """
        lines = self.assigned.get(person_id, ())
        first = _course(lines[0], at) if lines else ""
        late = bool(lines) and lines[0].due_at <= at
        return (late and first) or _renewal(held) or first or self._upwards(person_id, held, studies)

    def _upwards(self, person_id: int, held: Sequence[Held], studies: Studies) -> str:
        """The lowest level above the one held that an exam certifies."""
        best = next((LEVELS.index(one.level) for one in held if one.valid), -1)
        for level in LEVELS[best + 1 :]:
            if level in self.examined:
                name = LEVEL_NAMES[level]
                if studies.minutes_of(person_id, level, None):
                    return _("Study the courses of %(level)s", level=name)
                return _("Take the exam of %(level)s", level=name)
        return _("Up to date")


def steps_in(organisation_id: int, at: datetime) -> Steps:
    """For the team of an organisation, in two statements."""
    assigned = defaultdict(list)
    for line in assignments_in(organisation_id, at):
        if line.state(at) in ("open", "late"):
            assigned[line.person_id].append(line)
    return Steps(assigned, {exam.level for exam in live_exams()})


def _course(line: Line, at: datetime) -> str:
    words = {"course": in_language(line.title), "day": date_text(last_day(line.due_at))}
    if line.due_at <= at:
        return _("Finish “%(course)s”, which was due on %(day)s", **words)
    return _("Finish “%(course)s” by %(day)s", **words)


def _renewal(held: Sequence[Held]) -> str:
    """Of the highest level: a credential that is valid for longer includes the levels below it."""
    highest = next(iter(held), None)
    if highest is None or (highest.valid and not highest.soon):
        return ""
    words = {"level": LEVEL_NAMES[highest.level], "day": date_text(highest.expires_at)}
    if highest.valid:
        return _("Renew %(level)s by %(day)s", **words)
    return _("Renew %(level)s, which expired on %(day)s", **words)
