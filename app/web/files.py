"""Files that people send and fetch: how large a request may be, what was sent, and that nothing is shown inline."""

from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.exams.kinds.file_types import MOST_MIB
from app.exams.uploading import look_at
from app.exams.uploads import MIB, Sent

LARGEST_REQUEST = (MOST_MIB + 1) * MIB  # a file, and what is typed beside it


def take_a_file(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the request be as large as a file; run before anything reads it, the check of its token included."""
    request.max_content_length = LARGEST_REQUEST


def looked_at(file: FileStorage) -> Sent:
    """The file that a form or a program sent; raises BadFile."""
    return look_at(file.filename or "", file.read())


def attachment(name: str, content: bytes) -> Response:
    """For the disk of whoever asked, and for nothing else: a browser neither shows it nor guesses what it is."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
