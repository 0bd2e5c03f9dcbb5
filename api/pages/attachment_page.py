"""One file of a case: what it is, a look at it where that is safe, keeping it, deleting it."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound as NoPreview
from werkzeug.wrappers import Response

from api import permissions, uploaded
from api.errors import status_of
from api.pages import complaint_story, door, file_tiles, problems, security, wording
from api.pages.form_words import FormWords
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine.errors import Invalid
from processes import attachments, case_access, case_contact_data, cases, evidence
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment

TEXT_SHOWN = 100_000  # characters


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/attachments/<attachment_id>", "attachment", attachment)
    pages.add_url_rule("/attachments/<attachment_id>/preview", "attachment_preview", preview)
    pages.add_url_rule("/attachments/<attachment_id>/content", "attachment_content", content)
    pages.add_url_rule("/attachments/<attachment_id>/opening", "open_attachment", open_, methods=["POST"])
    pages.add_url_rule("/attachments/<attachment_id>/deletion", "delete_attachment", delete, methods=["POST"])


def _seen(session: Session, attachment_id: str) -> tuple[Complaint, Attachment]:
    row = attachments.get(session, attachment_id)
    complaint = cases.get(session, row.complaint_id)
    permissions.require_complaint(session, door.actor(), complaint)
    return complaint, row


def attachment(attachment_id: str) -> Response:
    """The page of a file; deleted ones have it as well, without the file."""
    with door.reads() as session:
        return _page(session, *_seen(session, attachment_id))


def _page(session: Session, complaint: Complaint, row: Attachment, *, status: int = 200, **wrong: str) -> Response:
    masked = not case_access.works_on(door.actor(), complaint)
    read = case_contact_data.in_text(session, complaint) if masked else str
    names = Names(session, {row.deleted_by} | ({row.uploaded_by} if not row.uploaded_by.startswith("customer:") else set()))
    kind = file_tiles.preview_of(row)
    if kind == "pdf":
        security.allow_own_frames()
    shown: dict[str, Any] = {
        "complaint": complaint,
        "file": row,
        "name": read(row.file_name or ""),
        "who": complaint_story.who(row.uploaded_by, names),
        "size": file_tiles.size(row.size or 0),
        "scan": file_tiles.scan(row),
        "gone": file_tiles.gone(row, names),
        "evidence": _evidence(session, row),
        "source": complaint_story.who("customer", names) if row.source == "customer" else gettext("the house"),
        "kind": kind,
        "deletion": _deletion(row),
        "takes_back": attachments.takes_back(row, actor=door.actor()),
    }
    html = render_template("attachments/file.html", **shown, **_opened(complaint, row, kind), **wrong)
    return make_response(html, status)


def _evidence(session: Session, row: Attachment) -> str:
    if row.type in (evidence.DOCUMENT, evidence.CUSTOMERS):
        return gettext("what the customer says") if row.type == evidence.CUSTOMERS else ""
    return FormWords(session)("ut_investigate", "evidence", row.type)


def _deletion(row: Attachment) -> dict[str, Any]:
    refused = attachments.deletion_refusal(row, actor=door.actor())
    if refused is None:
        return {"allowed": True}
    groups = gettext(", ").join(wording.group_name(group) for group in refused.who_can)
    return {"allowed": False, "reason": wording.sentence(refused), "who_can": groups}


def _opened(complaint: Complaint, row: Attachment, kind: str | None) -> dict[str, Any]:
    """Where the file is found, for who may open it; a text as it is read."""
    if not _may_open(complaint, row):
        return {"content_url": None}
    ticket = request.args.get("ticket")
    found: dict[str, Any] = {
        "content_url": url_for("pages.attachment_content", attachment_id=row.id, ticket=ticket),
        "preview_url": url_for("pages.attachment_preview", attachment_id=row.id, ticket=ticket),
    }
    if kind == "text":
        text = uploaded.text_of(row)
        found |= {"text": text[:TEXT_SHOWN], "cut": len(text) > TEXT_SHOWN}
    return found


def _may_open(complaint: Complaint, row: Attachment) -> bool:
    refused = attachments.opening_refusal(complaint, row, actor=door.actor())
    asked = isinstance(refused, attachments.ReasonNeeded)
    return refused is None or (asked and uploaded.admits(request.args.get("ticket"), row, door.actor()))


def _demand_opening(complaint: Complaint, row: Attachment) -> None:
    if not _may_open(complaint, row):
        raise attachments.opening_refusal(complaint, row, actor=door.actor()) or attachments.ReasonNeeded()


def content(attachment_id: str) -> Response:
    """The file, to be kept."""
    with door.reads() as session:
        complaint, row = _seen(session, attachment_id)
        _demand_opening(complaint, row)
    return uploaded.download(row)


def preview(attachment_id: str) -> Response:
    """The file, to be looked at: pictures and PDF only, as what they are and nothing else."""
    with door.reads() as session:
        complaint, row = _seen(session, attachment_id)
        _demand_opening(complaint, row)
    if file_tiles.preview_of(row) not in ("image", "pdf"):
        raise NoPreview()
    return uploaded.shown(row, kind=str(file_tiles.preview_of(row)))


def open_(attachment_id: str) -> Response:
    """Who reads the customer's data masked says why, and sees the file for five minutes."""
    return _with_reason(attachment_id, attachments.reveal, "wrong", lambda row: uploaded.ticket(row, door.actor()))


def delete(attachment_id: str) -> Response:
    """Nobody opens it any more; the page says who deleted it and why."""
    return _with_reason(attachment_id, attachments.delete, "delete_wrong", lambda row: None)


def _with_reason(attachment_id: str, act: Callable[..., object], wrong: str, ticket: Callable[[Attachment], str | None]) -> Response:
    """Do it for the reason that was given, and back to the page, with a ticket to look at the file or none."""
    try:
        with door.writes() as session:
            complaint, row = _seen(session, attachment_id)
            act(session, complaint, row, actor=door.actor(), reason=request.form.get("reason", ""))
    except Invalid as error:
        said = problems.sentence(error.problems[0].message)
        with door.reads() as session:
            complaint, row = _seen(session, attachment_id)
            return _page(session, complaint, row, status=status_of(error), **{wrong: said})
    return redirect(url_for("pages.attachment", attachment_id=attachment_id, ticket=ticket(row)), 303)
