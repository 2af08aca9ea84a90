"""The limit: a program of the same shape with none of the product, so that every figure is also a ratio.

A signed session, the user looked up, ownership and deadline checked, Core statements, a template. No CSRF, no ledger,
no translations, no roles. Beside it the bare view and the bare one-row insert. `DATABASE_URL` as the product's.
"""

import json
import os
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import time
from typing import Any

from flask import Flask, abort, current_app, render_template, request, session
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
    update,
)

from app.transaction import engine_options, in_transaction

ITEMS, BANK, LESSONS = 20, 40, 4
metadata = MetaData()
BIG = BigInteger().with_variant(Integer, "sqlite")
users = Table("users", metadata, Column("id", BIG, primary_key=True), Column("name", String(80)))
courses = Table("courses", metadata, Column("id", BIG, primary_key=True), Column("title", String(80)))
lessons = Table(
    "lessons", metadata, Column("id", BIG, primary_key=True), Column("course", BIG, index=True), Column("title", String)
)
done = Table("done", metadata, Column("user", BIG, primary_key=True), Column("lesson", BIG, primary_key=True))
attempts = Table(
    "attempts",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("user", BIG, index=True),
    Column("items", JSON),
    Column("deadline", Float),
    Column("score", Integer),
)
responses = Table(
    "responses",
    metadata,
    Column("attempt", BIG, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("answer", String),
)
certificates = Table(
    "certificates", metadata, Column("id", String(26), primary_key=True), Column("user", BIG), Column("record", String)
)
plain = Table("plain", metadata, Column("id", BIG, primary_key=True), Column("value", String(80)))

KEYS = {item: item % 4 for item in range(BANK)}
PAGE = """<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1><p>{{ user.name }}</p>
<ul>{% for row in rows %}<li><a href="/lessons/{{ row.id }}">{{ row.title }}</a>
{% if row.id in done %} ✓{% endif %}</li>{% endfor %}</ul>"""


def create_reference() -> Flask:
    """The program over its own tables."""
    app = Flask(__name__)
    app.secret_key = os.environ["SECRET_KEY"]
    engine = create_engine(os.environ["DATABASE_URL"], **engine_options(os.environ["DATABASE_URL"]))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    app.extensions["engine"] = engine
    app.extensions["page"] = app.jinja_env.from_string(PAGE)
    for path, view in VIEWS.items():
        app.add_url_rule(path, view_func=view, methods=["GET", "POST"])
    return app


def fill_reference(engine: Engine, people: int) -> None:
    """The tables, one course, and so many users who have done half of it."""
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(users), [{"id": n, "name": f"User {n}"} for n in range(1, people + 1)])
        connection.execute(insert(courses), [{"id": 1, "title": "A course"}])
        connection.execute(insert(lessons), [{"id": n, "course": 1, "title": f"Lesson {n}"} for n in range(LESSONS)])
        pairs = [{"user": n, "lesson": lesson} for n in range(1, people + 1) for lesson in range(LESSONS // 2)]
        connection.execute(insert(done), pairs)
        records = [{"id": f"certificate-{n}", "user": n, "record": '{"name": "Ana"}'} for n in range(1, people + 1)]
        connection.execute(insert(certificates), records)


def healthz() -> str:
    """The bare view."""
    return "ok\n"


def plain_insert() -> str:
    """The bare one-row insert."""
    with _writing() as connection:
        connection.execute(insert(plain).values(value="a value"))
    return "ok\n"


def course() -> str:
    """Who asks, the course, its lessons, and which are done."""
    with _reading() as connection:
        user = _user(connection)
        found = connection.execute(select(courses).where(courses.c.id == 1)).one()
        rows = connection.execute(select(lessons).where(lessons.c.course == found.id)).all()
        finished = set(connection.scalars(select(done.c.lesson).where(done.c.user == user.id)))
    return _page(title=found.title, user=user, rows=rows, done=finished)


def start() -> dict[str, Any]:
    """Draw a form and keep it."""
    with _writing() as connection:
        user = _user(connection)
        form = random.sample(range(BANK), ITEMS)
        values = {"user": user.id, "items": form, "deadline": time() + 3600}
        key = connection.scalar(insert(attempts).values(**values).returning(attempts.c.id))
    return {"attempt": key, "items": form}


def attempt() -> str:
    """An item of the attempt, and what was answered."""
    with _reading() as connection:
        user = _user(connection)
        found = _attempt(connection, user)
        answered = set(connection.scalars(select(responses.c.position).where(responses.c.attempt == found.id)))
    rows = [{"id": position, "title": f"Item {item}"} for position, item in enumerate(found.items)]
    return _page(title="An attempt", user=user, rows=rows, done=answered)


def save() -> dict[str, Any]:
    """Keep the next revision of an answer."""
    asked = request.get_json()
    with _writing() as connection:
        found = _attempt(connection, _user(connection))
        values = {"attempt": found.id, "position": asked["position"], "revision": asked["revision"] + 1}
        connection.execute(insert(responses).values(**values, answer=json.dumps(asked["answer"])))
    return {"revision": asked["revision"] + 1, "deadline": found.deadline}


def submit() -> dict[str, Any]:
    """Grade, keep the score and award a certificate."""
    with _writing() as connection:
        user = _user(connection)
        found = _attempt(connection, user)
        query = select(responses.c.position, responses.c.answer).where(responses.c.attempt == found.id)
        answers = {position: json.loads(answer) for position, answer in connection.execute(query)}
        score = sum(answers.get(position) == KEYS[item] for position, item in enumerate(found.items))
        connection.execute(update(attempts).where(attempts.c.id == found.id).values(score=score))
        record = {"id": secrets.token_hex(13), "user": user.id, "record": json.dumps({"name": user.name})}
        connection.execute(insert(certificates).values(**record))
    return {"score": score, "certificate": record["id"]}


def verify(certificate: str) -> str:
    """What a certificate says."""
    query = select(certificates, users.c.name).join(users, users.c.id == certificates.c.user)
    with _reading() as connection:
        found = connection.execute(query.where(certificates.c.id == certificate)).one()
    return _page(title=found.id, user=found, rows=[json.loads(found.record)], done=())


VIEWS: dict[str, Callable[..., str | dict[str, Any]]] = {
    "/healthz": healthz,
    "/insert": plain_insert,
    "/course": course,
    "/start": start,
    "/attempt": attempt,
    "/save": save,
    "/submit": submit,
    "/verify/<certificate>": verify,
}


def _user(connection: Connection) -> Row[Any]:
    return connection.execute(select(users).where(users.c.id == session["user"])).one()


def _attempt(connection: Connection, user: Row[Any]) -> Row[Any]:
    found = connection.execute(select(attempts).where(attempts.c.id == int(request.args["attempt"]))).one()
    if found.user != user.id or found.deadline < time():
        abort(404)
    return found


@contextmanager
def _reading() -> Iterator[Connection]:
    with _engine().connect() as connection:
        yield connection


@contextmanager
def _writing() -> Iterator[Connection]:
    with _engine().connect() as pooled:
        connection = in_transaction(pooled)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.commit()


def _engine() -> Engine:
    engine: Engine = current_app.extensions["engine"]
    return engine


def _page(**values: object) -> str:
    return render_template(current_app.extensions["page"], **values)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
