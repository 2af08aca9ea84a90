"""Reading the bodies of requests: JSON that can be read in one way only."""

import json
from typing import Any

from flask import Request
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser, abort, is_json_request


class StrictParser(FlaskParser):
    """UTF-8, no name twice in an object, no NaN, and no depth that would exhaust the reader: anything else is a 400."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        if not is_json_request(req):
            return missing
        try:
            return json.loads(req.get_data().decode(), object_pairs_hook=_object, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            abort(400, exc=error, messages={"json": ["Invalid JSON body."]})


class Endpoints(Blueprint):  # type: ignore[misc]
    """A blueprint of the API."""

    ARGUMENTS_PARSER = StrictParser()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
