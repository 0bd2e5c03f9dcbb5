"""What was said about a case, as one stream with a place to write: a page of its own, and a part of others.

Others ask for `parts(...)`, include `conversation/_stream.html`, and `conversation/_head.html` in their head.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import complaint_story, complaint_words, door, file_tiles, security, wording
from api.pages.facts import Teller
from api.pages.file_tiles import Tile
from api.pages.form_words import FormWords
from api.pages.people_names import Names
from api.pages.story_words import ANSWERS
from api.pages.texts import gettext
from engine.errors import RedressError
from processes import case_access, case_contact_data, cases, comments, evidence, mentions, uploads
from processes import conversation as said
from processes.conversation import Entry
from processes.evidence import Checklist
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment

PART = "X-Part"  # a request with this header asks for the part, not for the page around it


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a text; `person` is the name of who is mentioned by it."""

    text: str
    person: str | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that was said, as this person reads it."""

    entry: Entry
    who: str
    how: str
    subject: str | None
    pieces: Sequence[Piece]
    files: Sequence[Tile]
    task: str | None
    edited_text: str | None  # the text to change, for who may change it
    may_delete: bool


@dataclass(frozen=True, kw_only=True)
class Retyped:
    """Other words for a comment that were not taken; `in_two_windows`: the comment says something else than when they were typed."""

    comment_id: str
    text: str
    in_two_windows: bool = False


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints/<reference>/conversation", "conversation", conversation)
    pages.add_url_rule("/complaints/<reference>/conversation/changes", "conversation_changes", changes)


def conversation(reference: str) -> Response:
    """The stream as a page of its own; only the part for a page that is open."""
    with door.reads() as session:
        complaint = cases.by_reference(session, reference)
        permissions.require_complaint(session, door.actor(), complaint)
        back = security.own_path(request.args.get("next"), url_for("pages.conversation", reference=reference))
        return answer(session, complaint, back=back, before=request.args.get("before"), task_id=request.args.get("task_id"))


def changes(reference: str) -> Response:
    """304 when nothing was said after the mark a page has; never what was said."""
    with door.reads() as session:
        complaint = cases.by_reference(session, reference)
        permissions.require_complaint(session, door.actor(), complaint)
        mark = said.mark(session, complaint)
    response = make_response("", 304) if request.args.get("after") == mark else jsonify(after=mark)
    response.headers["Cache-Control"] = "no-store"
    return response


def answer(session: Session, complaint: Complaint, *, status: int = 200, **more: Any) -> Response:
    """The part for a script of ours, the page for everybody else."""
    template = "conversation/_stream.html" if request.headers.get(PART) else "conversation/page.html"
    contact = case_contact_data.customer_name(complaint, actor=door.actor())
    teller = Teller(words=FormWords(session), names=Names(session))
    html = render_template(template, complaint=complaint, customer=contact, **seen_parts(session, complaint, teller, **more))
    return make_response(html, status)


def parts(session: Session, complaint: Complaint, teller: Teller, *, task_id: str | None = None, back: str | None = None) -> dict[str, Any]:
    """`{"talk": ...}` for the template: the stream, who watches, the place to write. None for who may not see the case.

    `task_id`: what is written here is said at this task. `back` is the page that shows the part.
    """
    try:
        permissions.require_complaint(session, door.actor(), complaint)
    except RedressError:
        return {"talk": None}
    return seen_parts(session, complaint, teller, task_id=task_id, back=back)


def seen_parts(
    session: Session,
    complaint: Complaint,
    teller: Teller,
    *,
    task_id: str | None = None,
    before: str | None = None,
    back: str | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
    retyped: Retyped | None = None,
    wanted: Checklist | None = None,
) -> dict[str, Any]:
    """The same where it was asked already whether this person may see the case. `typed` and `errors` give back what was refused, as
    `retyped` does with other words for a comment: below it, or to be said anew where it is too late for that.
    `wanted`: the checklist of evidence, where it is read already."""
    mark = said.mark(session, complaint)  # before anything is read: what is said meanwhile is told then
    stream = said.stream(session, complaint, before=before)
    watching = [one.account_id for one in stream.watchers]
    names = teller.names
    names.learn({*watching, *(one for entry in stream.entries for one in _people(entry))})
    own = url_for("pages.conversation", reference=complaint.reference)
    lines = _lines(session, complaint, stream, names)
    if retyped is not None and not any(one.entry.id == retyped.comment_id and one.edited_text is not None for one in lines):
        typed, retyped = {"text": retyped.text}, None
    return {
        "talk": {
            "reference": complaint.reference,
            "mark": mark,
            "changes_url": url_for("pages.conversation_changes", reference=complaint.reference),
            "lines": lines,
            "retyped": retyped,
            "earlier": url_for("pages.conversation", reference=complaint.reference, before=stream.before) if stream.before else None,
            "first": own if before else None,
            "watchers": [{"id": one, "name": names(one)} for one in watching],
            "watched": door.actor().id in watching,
            "task_id": task_id,
            "back": back or own,
            "part_url": url_for("pages.conversation", reference=complaint.reference, task_id=task_id, next=back or own),
            "typed": typed or {},
            "errors": errors or {},
            "types": _types(evidence.checklist(session, complaint) if wanted is None else wanted, teller.words),
            "most": uploads.MOST_FILES,
            "longest": door.settings().max_file_bytes,
            "longest_text": comments.LONGEST,
        }
    }


def _people(entry: Entry) -> set[str]:
    found = {one for one in (entry.by, *(file.deleted_by for file in entry.files)) if one and one not in ("system", "customer")}
    return {one for one in found | set(entry.comment.mentions if entry.comment else ()) if not one.startswith("customer:")}


def _lines(session: Session, complaint: Complaint, stream: said.Stream, names: Names) -> list[Line]:
    masked = not case_access.works_on(door.actor(), complaint)
    read = case_contact_data.in_text(session, complaint) if masked else str
    return [_line(complaint, one, stream, names, read) for one in stream.entries]


def _line(complaint: Complaint, entry: Entry, stream: said.Stream, names: Names, read: Callable[[str], str]) -> Line:
    comment, contact = entry.comment, entry.contact
    text = comment.text if comment else str(ANSWERS.get(contact.text, contact.text)) if contact else ""
    people = comment.mentions if comment else []
    task = stream.tasks.get(comment.user_task_id) if comment and comment.user_task_id else None
    editable = comment is not None and comments.edit_refusal(comment, actor=door.actor()) is None
    return Line(
        entry=entry,
        who=complaint_story.who(entry.by, names),
        how=_how(entry),
        subject=read(contact.subject) if contact and contact.subject else None,
        pieces=[_piece(piece, person, names, read) for piece, person in mentions.parts(text, people)],
        files=[_tile(complaint, file, names, read) for file in entry.files],
        task=wording.name_of(task) if task is not None else None,
        edited_text="".join(f"@{person}" if person else piece for piece, person in mentions.parts(text, people)) if editable else None,
        may_delete=comment is not None and comments.deletion_refusal(comment, actor=door.actor()) is None,
    )


def _piece(text: str, person: str | None, names: Names, read: Callable[[str], str]) -> Piece:
    return Piece(text=read(text) if person is None else names(person), person=person)


def _tile(complaint: Complaint, file: Attachment, names: Names, read: Callable[[str], str]) -> Tile:
    return file_tiles.tile(complaint, file, names, name=read(file.file_name or ""))


def _how(entry: Entry) -> str:
    """What kind of thing was said, for who does not see the colours."""
    channel = complaint_words.channel_name(entry.contact.channel) if entry.contact else ""
    if entry.kind == "letter":
        return gettext("letter to the customer")
    if entry.kind == "heard":
        return gettext("from the customer (%(channel)s)", channel=channel)
    if entry.kind == "spoke":
        return gettext("with the customer (%(channel)s)", channel=channel)
    return gettext("added files") if entry.kind == "file" else ""


def _types(wanted: Checklist, words: FormWords) -> list[tuple[str, str]]:
    """What a file can be evidence of, in the words of the forms."""
    return [(one, words("ut_investigate", "evidence", one)) for one, _ in wanted]
