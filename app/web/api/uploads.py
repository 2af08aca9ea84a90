"""Endpoints of uploads: the files of practical tasks, sent before the answer that names them."""

from typing import Any

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import Schema

from app.exams.uploading import keep_upload, own_file, own_uploads
from app.exams.uploads import Kept
from app.transaction import reading, writing
from app.web.api.parsing import Endpoints
from app.web.files import attachment, looked_at, take_a_file
from app.web.identity import visitor

PLACE = "/attempts/<int:attempt_id>/responses/<int:position>/files"

blueprint = Endpoints("api_uploads", __name__, description="Files of practical tasks")
blueprint.url_value_preprocessor(take_a_file)


class FileSchema(Schema):
    """One file, as `multipart/form-data`."""

    file = Upload(required=True)


@blueprint.post(PLACE)
@blueprint.arguments(FileSchema(), location="files")
@blueprint.response(201)
def upload(files: dict[str, Any], attempt_id: int, position: int) -> dict[str, Any]:
    """Upload a file for an item, and name its id in the answer. The same content again is the upload that is there."""
    sent = looked_at(files["file"])
    with writing() as at:
        return upload_view(keep_upload(attempt_id, visitor().id, position, sent, at=at))


@blueprint.get(PLACE)
@blueprint.response(200)
def list_uploads(attempt_id: int, position: int) -> dict[str, Any]:
    """The files that you have uploaded for an item, whether your answer names them or not."""
    with reading() as at:
        uploads = own_uploads(attempt_id, visitor().id, position, at)
    return {"files": [upload_view(one) for one in uploads]}


@blueprint.get(f"{PLACE}/<int:upload_id>")
@blueprint.response(200)
def get_upload(attempt_id: int, position: int, upload_id: int) -> Response:
    """The file, always as an attachment, while the attempt takes answers."""
    with reading() as at:
        return attachment(*own_file(attempt_id, visitor().id, position, upload_id, at))


def upload_view(kept: Kept) -> dict[str, Any]:
    """The id that an answer names, and what is known of the file; `size` in bytes."""
    return {"id": kept.id, "name": kept.name, "size": kept.size, "sha256": kept.sha256}
