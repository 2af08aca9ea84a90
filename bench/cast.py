"""The candidates of a run: signed-in people of the population, their cookies and tokens, and their answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert, select

from app.exams.attempts import Attempt, AttemptState
from app.exams.kinds import KINDS
from app.exams.responses import Response
from app.extensions import db
from app.journeys.demo import right_answer
from app.people.sessions import open_session
from app.transaction import reading, writing
from app.web.identity import COOKIE_KEY
from bench.client import request


@dataclass(frozen=True)
class Candidate:
    """A signed-in person: what the browser would send with each request."""

    person_id: int
    cookie: str
    csrf: str

    def get(self, path: str) -> bytes:
        """The request for a page."""
        return request("GET", path, {"Cookie": self.cookie})

    def send(self, method: str, path: str, data: object, key: str | None = None) -> bytes:
        """The request of the page's script, with its token, and with a key where it may be sent again."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.csrf, "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        return request(method, path, headers, json.dumps(data).encode())


@dataclass(frozen=True)
class Sitting:
    """A candidate's open attempt, with the right answer at each position."""

    candidate: Candidate
    attempt_id: int
    answers: Sequence[Any]

    def page(self, position: int) -> bytes:
        """The request for the page of an item."""
        return self.candidate.get(f"/attempts/{self.attempt_id}?item={position + 1}")

    def save(self, position: int, revision: int, *, clear: bool = False, key: str | None = None) -> bytes:
        """The request that saves the right answer, or none, on top of the revision."""
        path = f"/api/v1/attempts/{self.attempt_id}/responses/{position}"
        answer = None if clear else self.answers[position]
        return self.candidate.send("PUT", path, {"answer": answer, "revision": revision}, key)

    def submit(self) -> bytes:
        """The request that ends the attempt."""
        return self.candidate.send("POST", f"/api/v1/attempts/{self.attempt_id}/submit", {})


def sign_in(app: Flask, person_ids: Sequence[int]) -> list[Candidate]:
    """Open a session for each, as signing in does once the password is checked."""
    with writing() as at:
        secrets = [open_session(person_id, at=at) for person_id in person_ids]
    return [_candidate(app, *pair) for pair in zip(person_ids, secrets, strict=True)]


def sittings(candidates: Sequence[Candidate]) -> list[Sitting]:
    """The open attempts of the candidates."""
    of = {candidate.person_id: candidate for candidate in candidates}
    with reading():
        query = select(Attempt).where(Attempt.person_id.in_(of), Attempt.state == AttemptState.OPEN)
        return [Sitting(of[attempt.person_id], attempt.id, _answers(attempt)) for attempt in db.session.scalars(query)]


def answer_all(sittings: Sequence[Sitting]) -> None:
    """Write every right answer in one go, as 20 saves of each would have."""
    with writing() as at:
        for sitting in sittings:
            attempt = db.session.get_one(Attempt, sitting.attempt_id)
            rows = [
                {
                    "attempt_id": attempt.id,
                    "position": position,
                    "revision": 1,
                    "answer": json.dumps(KINDS[item["kind"]].read_response(answer, item, order), ensure_ascii=False),
                    "flagged": False,
                    "received_at": at,
                }
                for position, (item, order, answer) in enumerate(
                    zip(attempt.items, attempt.option_orders, sitting.answers, strict=True)
                )
            ]
            db.session.execute(insert(Response), rows)


def _answers(attempt: Attempt) -> list[Any]:
    return [right_answer(item, order) for item, order in zip(attempt.items, attempt.option_orders, strict=True)]


def _candidate(app: Flask, person_id: int, secret: str) -> Candidate:
    with app.app_context(), app.test_request_context():  # its own `g`, where the token of the page is kept
        session[COOKIE_KEY] = secret
        csrf = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return Candidate(person_id, f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}", csrf)
