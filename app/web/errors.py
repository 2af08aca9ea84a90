"""Errors: every refusal and failure as a plain page, or as a problem document (RFC 9457) for programs."""

import logging
from dataclasses import asdict, is_dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from app.extensions import db
from app.refusal import Refusal
from app.web.identity import forget_unknown, is_for_programs
from app.web.wording import gettext as _

COME_BACK = {"Retry-After": "2"}  # seconds
Answer = tuple[str | Response, int, dict[str, str]]


def register(app: Flask) -> None:
    """One handler for each way of failing."""
    app.register_error_handler(Refusal, on_refusal)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(OperationalError, on_busy_store)
    app.register_error_handler(PoolExhausted, on_busy_store)
    app.register_error_handler(DataError, on_unstorable)


def on_refusal(refusal: Refusal) -> Answer:
    """A rule said no."""
    db.session.rollback()
    facts = {name: _plain(value) for name, value in refusal.facts.items()}
    headers = COME_BACK if refusal.status == 503 else {}
    return answer(refusal.status, said(refusal.title), said(refusal.detail), refusal.code, facts, headers)


def on_http_error(error: HTTPException) -> Answer | HTTPException:
    """What Flask and its extensions refuse: no such page, no token, too large …"""
    status = error.code or 500
    if status < 400:
        return error
    title, detail = describe(status)
    facts = {"errors": error.data["messages"]} if hasattr(error, "data") and "messages" in error.data else {}
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return answer(status, title, detail, HTTPStatus(status).phrase.title().replace(" ", ""), facts, headers)


def on_unstorable(_error: DataError) -> Answer:
    """The text holds what the database cannot, such as a NUL."""
    db.session.rollback()
    title, detail = describe(400)
    return answer(400, title, detail, "BadRequest", {})


def on_busy_store(error: SQLAlchemyError) -> Answer:
    """The store did not answer in time: nothing was written, and trying again is safe."""
    logging.getLogger(__name__).error("the store did not answer: %s", getattr(error, "orig", error))
    db.session.rollback()
    forget_unknown()
    title, detail = describe(503)
    return answer(503, title, detail, "StoreBusy", {}, COME_BACK)


def answer(
    status: int, title: str, detail: str, code: str, facts: dict[str, Any], headers: dict[str, str] | None = None
) -> Answer:
    """The page, or the problem document where a program asks."""
    headers = dict(headers or {})
    if is_for_programs(request):
        problem = {"type": f"urn:acredita:{code}", "title": title, "status": status, "detail": detail, "code": code}
        headers["Content-Type"] = "application/problem+json"
        return jsonify(problem | facts), status, headers
    return render_template("errors/refusal.html", status=status, title=title, detail=detail), status, headers


def describe(status: int) -> tuple[str, str]:
    """Title and advice for a status that no rule of ours explains."""
    known = {
        400: (_("The request could not be read"), _("Go back, reload the page and try again. Nothing was changed.")),
        404: (_("There is no such page"), _("Check the address, or start again from the home page.")),
        405: (_("That is not possible here"), _("Go back and use the buttons of the page.")),
        413: (_("That is too large"), _("Choose a smaller file or a shorter text.")),
        503: (_("The service is busy"), _("Nothing was lost. Wait a moment and try again.")),
    }
    default = (_("Something went wrong"), _("Nothing was changed. Try again; if it happens again, tell us."))
    return known.get(status, default)


def said(text: object) -> str:
    """A refusal's words in the page's language; pure rooms state them in English."""
    return str(_(str(text))) if str(text) else ""


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(part) for name, part in asdict(value).items()}
    return value.isoformat() if isinstance(value, datetime) else value
