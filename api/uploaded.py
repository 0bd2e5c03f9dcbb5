"""Files that come with a request: how large it may be, where they go. For both doors."""

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import Response, current_app, request, send_file
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from api import accounts
from api.errors import BadRequest, TooLarge, UnsupportedMediaType
from api.requests import database, redress
from api.settings import Settings
from engine import clock
from engine.database import unit_of_work
from engine.errors import Problem
from engine.extensions import Actor
from processes import file_kinds
from processes.file_store import FileStore
from processes.ports import ClamdScan, CommandScan, NoVirusScan, VirusScan
from processes.tables.correspondence import Attachment
from processes.uploads import MEGABYTE, Received, Sent, Uploads

FIELD = "files"
MULTIPART = "multipart/form-data"
CLAMD = "clamd:"
LONGEST_TEXT = 400_000  # bytes of a text that is shown


def uploads(settings: Settings) -> Uploads:
    """Where files are kept, and who looks for viruses in them."""
    return Uploads(store=FileStore(folder=Path(settings.files_folder)), scan=virus_scan(settings), longest=settings.max_file_bytes)


def virus_scan(settings: Settings) -> VirusScan:
    """ClamAV's daemon (`clamd:...`), a command, or nobody."""
    if not settings.virus_scan:
        return NoVirusScan()
    if settings.virus_scan.startswith(CLAMD):
        return ClamdScan(address=settings.virus_scan.removeprefix(CLAMD))
    return CommandScan(command=settings.virus_scan)


def allow_files() -> None:
    """This request may be as large as files are. To be said before anything of its body is read."""
    request.max_content_length = redress().settings.max_upload_bytes


def body() -> dict[str, Any]:
    """A form with files as the JSON API takes it: `files` are names and SHA-256 here, so that a repetition is known for one."""
    if request.mimetype != MULTIPART:
        raise UnsupportedMediaType(wanted=MULTIPART)
    allow_files()
    try:
        form = request.form
    except RequestEntityTooLarge as error:
        raise TooLarge(limit=redress().settings.max_upload_bytes) from error
    if "\x00" in "".join(form.values()):
        raise BadRequest(reason="a text holds the character NUL")
    found: dict[str, Any] = {name: value for name, value in form.items() if value and name != FIELD}
    return found | {FIELD: [{"name": one.filename, "sha256": _digest(one)} for one in _files()]}


def _digest(file: FileStorage) -> str:
    found = hashlib.file_digest(cast(io.BytesIO, file.stream), "sha256").hexdigest()
    file.stream.seek(0)
    return found


def _files() -> Sequence[FileStorage]:
    """An input without a chosen file sends an empty one without a name."""
    return [one for one in request.files.getlist(FIELD) if one.filename]


def receive(*, most: int) -> list[Received]:
    """Keep the files of this request; no transaction is open meanwhile. Raises Invalid, by file."""
    return uploads(redress().settings).receive(_sent(), most=most)


def receive_from_stranger(*, most: int) -> list[Received]:
    """The same for who has no account, and sends so much an hour. Raises TooManyAttempts as well."""
    _count_stranger()
    return receive(most=most)


def look_at_strangers(*, most: int) -> tuple[list[Received], list[Problem]]:
    """What can be taken of them, and what is wrong with the others. Raises TooManyAttempts."""
    _count_stranger()
    return uploads(redress().settings).look(_sent(), most=most)


def _sent() -> list[Sent]:
    return [Sent(name=one.filename or "", content=cast(BinaryIO, one.stream)) for one in _files()]


def _count_stranger() -> None:
    if _files():
        with unit_of_work(database()) as session:
            megabytes = -(-(request.content_length or 0) // MEGABYTE)
            accounts.count_upload(session, address=request.remote_addr or "", megabytes=megabytes)


TICKET_LASTS = timedelta(minutes=5)


def ticket(row: Attachment, actor: Actor) -> str:
    """Opens this file to this person for some minutes: given when the reason is written down."""
    until = clock.elapsed() + TICKET_LASTS
    return _tickets().dumps([row.id, actor.id, until.isoformat()])


def admits(given: str | None, row: Attachment, actor: Actor) -> bool:
    """Is this such a ticket, and not over?"""
    if not given:
        return False
    try:
        file, person, until = _tickets().loads(given)
    except BadSignature:
        return False
    return (file, person) == (row.id, actor.id) and datetime.fromisoformat(until) > clock.elapsed()


def _tickets() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="redress.file", signer_kwargs={"digest_method": hashlib.sha256})


# Whatever a file holds, a browser that shows it runs nothing, loads nothing and belongs to nobody.
_ALONE = "default-src 'none'; sandbox"
# A browser's own reader of PDF, which is a sandbox itself, does not start in another one.
_READER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"


def _path(row: Attachment) -> Path:
    return uploads(redress().settings).store.find(row.sha256 or "")


def download(row: Attachment) -> Response:
    """The file to be kept: never shown in the place of a page of ours."""
    return _sealed(send_file(_path(row), mimetype=row.mime, as_attachment=True, download_name=row.file_name, etag=False), _ALONE)


def shown(row: Attachment, *, kind: str) -> Response:
    """The file to be looked at, as the type that was found in it: a picture, or a PDF."""
    response = send_file(_path(row), mimetype=row.mime, as_attachment=False, download_name=row.file_name, etag=False)
    return _sealed(response, _READER if kind == "pdf" else _ALONE)


def text_of(row: Attachment) -> str:
    """The beginning of a text, in whichever of the two encodings it is written."""
    path = _path(row)
    encoding = file_kinds.encoding_of(path) or "utf-8"
    with path.open("rb") as file:
        return file.read(LONGEST_TEXT).decode(encoding, "replace")


def _sealed(response: Response, policy: str) -> Response:
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response
