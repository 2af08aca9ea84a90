"""The pictures of items: for whoever has been shown their names, which are hashes."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from app.exams.catalogue import picture_of
from app.transaction import reading


def picture(name: str) -> BaseResponse:
    """A picture; the browser asks again each time, and is sent it once."""
    with reading():
        found = picture_of(name)
    response = Response(found.body, mimetype=found.media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(found.hash)
    return response.make_conditional(request)
