"""The log for anyone's program: checkpoints, proofs, leaves and the key, on any site and without signing in."""

import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.ledger.notes import verifier_key
from app.ledger.proofs import BadSizes, NoSuchLeaf, growth, inclusion, leaves
from app.ledger.trees import LOG, latest_checkpoint, log_keys, origin
from app.transaction import reading

NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
GROWS = "public, max-age=5"  # seconds: the worker signs about as often
STAYS = "public, max-age=31536000, immutable"

blueprint = Blueprint("log", __name__, url_prefix="/log")


@blueprint.get("/checkpoint")
def checkpoint() -> Response:
    """The newest signed note."""
    with reading():
        latest = latest_checkpoint(LOG)
    if latest is None:
        raise NoSuchLeaf
    return _text(latest.note, GROWS)


@blueprint.get("/key")
def key() -> Response:
    """The keys that check the notes, the present one first, as those who check notes write them down."""
    with reading():
        lines = [verifier_key(origin(LOG), one) for one in log_keys()]
    return _text("".join(f"{line}\n" for line in lines), "public, max-age=3600")


@blueprint.get("/proof/<int:index>")
def proof(index: int) -> Response:
    """A leaf, and the hashes that lead from it to the root of the log of `size`."""
    size = _asked("size")
    with reading():
        found = inclusion(index, size).as_json()
    return _json(found, GROWS if size is None else STAYS)


@blueprint.get("/consistency")
def consistency() -> Response:
    """The hashes that show that the log of size `second` begins with that of size `first`."""
    first, second = _asked("first"), _asked("second")
    if first is None:
        raise BadSizes
    with reading():
        found = growth(first, second)
    return _json(found, GROWS if second is None else STAYS)


@blueprint.get("/leaves")
def list_leaves() -> Response:
    """The leaves from number `start` on, at most `count`."""
    start, count = _asked("start"), _asked("count")
    wanted = 100 if count is None else count
    with reading():
        found = leaves(start or 0, wanted)
    return _json({"start": start or 0, "leaves": found}, STAYS if len(found) == wanted else GROWS)


@blueprint.after_request
def open_to_all(answer: Response) -> Response:
    """Whoever checks certificates on a page of their own may ask from there."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def _asked(name: str) -> int | None:
    """The whole number in the address, or none."""
    text = request.args.get(name)
    if text is not None and not NUMBER.fullmatch(text):
        raise BadSizes
    return None if text is None else int(text)


def _text(text: str, kept: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": kept})


def _json(data: dict[str, Any], kept: str) -> Response:
    answer = jsonify(data)
    answer.headers["Cache-Control"] = kept
    return answer
