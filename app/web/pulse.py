"""The pulse: a thread of each process that answers people says every few seconds that the service is there."""

import logging
import threading
from datetime import datetime, timedelta
from functools import partial
from time import monotonic, sleep

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.exams.heartbeat import BEAT, beat
from app.transaction import writing

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Leave the start to the server's processes (gunicorn.conf.py): a command answers nobody."""
    app.extensions["pulse"] = partial(start, app)


def start(app: Flask) -> None:
    """Beat once before the first request is answered, so that lost time is back by then, and go on for ever."""
    pulse = Pulse(app)
    pulse.beat()
    threading.Thread(target=pulse.run, name="pulse", daemon=True).start()


class Pulse:
    """Beats, and sees the clock jump: how far it went since the last beat, beside the time that really passed."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.last: tuple[datetime, float] | None = None

    def run(self) -> None:
        """Beat until the process ends."""
        while True:
            sleep(BEAT.total_seconds())
            self.beat()

    def beat(self) -> None:
        """One beat; a store that is busy or away makes it a gap, which the next one finds."""
        try:
            with self.app.app_context(), writing() as at:
                passed = monotonic()
                outage = beat(at, self._jumped(at, passed))
        except DBAPIError:
            log.exception("no beat")
            return
        self.last = (at, passed)
        if outage:
            log.warning("away from %s to %s; %s attempts got their time back", outage.since, at, outage.attempts)

    def _jumped(self, at: datetime, passed: float) -> timedelta:
        if self.last is None:
            return timedelta()
        return at - self.last[0] - timedelta(seconds=passed - self.last[1])
