"""Files as pages show them: name, size, a small picture where that is safe, and what may be done with each."""

from dataclasses import dataclass
from decimal import Decimal

from flask import url_for

from api.pages import door
from api.pages.people_names import Names
from api.pages.texts import format_decimal, gettext, lazy_gettext
from processes import attachments, file_kinds
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment

SCANS = {"clean": lazy_gettext("no virus found"), "not_scanned": lazy_gettext("not scanned for viruses")}
MOST_SHOWN = 12 * 1024 * 1024  # bytes of a picture that is shown small: more is for who asks for it


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A file among what was said. `gone` is the trace of one that was deleted; `locked` asks for a reason first."""

    id: str
    name: str
    size: str
    kind: str
    scan: str
    url: str
    picture: str | None
    locked: bool
    gone: str


def tile(complaint: Complaint, row: Attachment, names: Names, *, name: str) -> Tile:
    """`name` is the file's as this person reads it."""
    refused = attachments.opening_refusal(complaint, row, actor=door.actor())
    preview = preview_of(row)
    small = preview == "image" and refused is None and (row.size or 0) <= MOST_SHOWN
    return Tile(
        id=row.id,
        name=name,
        size=size(row.size or 0),
        kind=preview or "file",
        scan=scan(row),
        url=url_for("pages.attachment", attachment_id=row.id),
        picture=url_for("pages.attachment_preview", attachment_id=row.id) if small else None,
        locked=isinstance(refused, attachments.ReasonNeeded),
        gone=gone(row, names),
    )


def preview_of(row: Attachment) -> str | None:
    """How it can be shown here: image, pdf, text, or not at all."""
    kind = file_kinds.BY_MIME.get(row.mime or "")
    return kind.preview if kind is not None else None


def scan(row: Attachment) -> str:
    """What the virus scanner said."""
    return str(SCANS.get(row.scan or "not_scanned", row.scan))


def gone(row: Attachment, names: Names) -> str:
    """Who deleted it, and why; nothing when it is there."""
    if row.deleted_at is None:
        return ""
    who = names(row.deleted_by)
    if row.delete_reason:
        return gettext("deleted by %(who)s: %(reason)s", who=who, reason=row.delete_reason)
    return gettext("deleted by %(who)s", who=who)


def size(count: int) -> str:
    """`2.4 MB`, as people read sizes of files."""
    if count < 1024:
        return gettext("%(size)s bytes", size=format_decimal(Decimal(count)))
    if count < 1024 * 1024:
        return gettext("%(size)s KB", size=format_decimal(Decimal(round(count / 1024))))
    return gettext("%(size)s MB", size=format_decimal(Decimal(count * 10 // (1024 * 1024)) / 10))
