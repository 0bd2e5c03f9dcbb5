"""What is sent from the conversation of a case: a comment with files, other words for one, deleting one, watching."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, jsonify, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions, uploaded
from api.errors import status_of
from api.pages import conversation, door, problems, security, whole_numbers, wording
from api.pages.conversation import Retyped
from engine.errors import Conflict, Invalid, RedressError, Refused, RevisionChanged
from processes import attachments, case_viewers, cases, comments, evidence, uploads, watchers
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment

MOST_SUGGESTED = 8
KEPT = ("text", "type", "personal")


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints/<reference>/comments", "write_comment", write, methods=["POST"])
    pages.add_url_rule("/complaints/<reference>/watch", "watch", watch, methods=["POST"])
    pages.add_url_rule("/complaints/<reference>/people", "mentionable", mentionable)
    pages.add_url_rule("/comments/<comment_id>", "edit_comment", edit, methods=["POST"])
    pages.add_url_rule("/comments/<comment_id>/deletion", "delete_comment", delete, methods=["POST"])


def _seen(session: Session, reference: str) -> Complaint:
    row = cases.by_reference(session, reference)
    permissions.require_complaint(session, door.actor(), row)
    return row


def write(reference: str) -> Response:
    """A comment, files, or both. Files are kept before the transaction begins; what was typed is not lost over a refusal."""
    with door.reads() as session:
        _seen(session, reference)
    try:
        files = uploaded.receive(most=uploads.MOST_FILES)
        with door.writes() as session:
            _write(session, _seen(session, reference), files)
    except (Invalid, Conflict) as error:
        return _refused(reference, error)
    return _back(reference)


def _write(session: Session, row: Complaint, files: list[uploads.Received]) -> None:
    form, actor = request.form, door.actor()
    about = {
        "type_": form.get("type") or None,
        "pd_class": attachments.PERSONAL if form.get("personal") else None,
        "user_task_id": form.get("task_id") or None,
    }
    evidence.demand_type(session, row, about["type_"])
    if files and not form.get("text", "").strip():
        comments.demand_task(session, row, about["user_task_id"])
        attachments.add(session, row, files, actor=actor, **about)
    else:
        comments.add(session, row, form.get("text", ""), actor=actor, files=files, **about)
    if form.get("watch"):
        watchers.watch(session, row, actor.id)


def watch(reference: str) -> Response:
    """From now on, or no more."""
    with door.writes() as session:
        row = _seen(session, reference)
        change = watchers.watch if request.form.get("watch") == "yes" else watchers.unwatch
        change(session, row, door.actor().id)
    return _back(reference)


def edit(comment_id: str) -> Response:
    """Other words for one's comment, as this page showed it; those that were refused stay in the form, beside what another
    window has made of it meanwhile."""
    text, shown = request.form.get("text", ""), whole_numbers.of(request.form.get("revision", ""))

    def change(session: Session, case: Complaint, row: Comment) -> None:
        try:
            comments.edit(session, case, row, text, actor=door.actor(), revision=shown)
        except RevisionChanged:
            if row.text != text.strip():  # else another window has saved the same
                raise

    return _change(comment_id, change, retyped=Retyped(comment_id=comment_id, text=text))


def delete(comment_id: str) -> Response:
    """Its words are gone."""
    return _change(comment_id, lambda session, case, row: comments.delete(session, case, row, actor=door.actor()))


def _change(comment_id: str, change: Callable[[Session, Complaint, Comment], None], *, retyped: Retyped | None = None) -> Response:
    with door.reads() as session:
        reference = cases.get(session, comments.get(session, comment_id).complaint_id).reference
        _seen(session, reference)
    try:
        with door.writes() as session:
            change(session, _seen(session, reference), comments.get(session, comment_id))
    except RevisionChanged as error:
        return _refused(reference, error, retyped=None if retyped is None else replace(retyped, in_two_windows=True), typed=False)
    except (Invalid, Conflict, Refused) as error:
        return _refused(reference, error, retyped=retyped, typed=False)
    return _back(reference)


def _back(reference: str) -> Response:
    """To the page it was sent from; a script of ours gets the part as it is now."""
    if request.headers.get(conversation.PART):
        with door.reads() as session:
            row = _seen(session, reference)
            return conversation.answer(session, row, task_id=request.form.get("task_id") or None, back=_next(reference))
    return redirect(_next(reference), 303)


def _next(reference: str) -> str:
    return security.own_path(request.form.get("next"), url_for("pages.conversation", reference=reference))


def _refused(reference: str, error: RedressError, *, retyped: Retyped | None = None, typed: bool = True) -> Response:
    """The conversation with what is wrong; it is shown as a page of its own to who has no script."""
    errors = problems.by_field(error.problems, {}) if error.problems else {"": [wording.sentence(error)]}
    kept = {name: request.form[name] for name in KEPT if name in request.form} if typed else {}
    with door.reads() as session:
        row = _seen(session, reference)
        given = {"task_id": request.form.get("task_id") or None, "back": _next(reference)}
        return conversation.answer(session, row, status=status_of(error), typed=kept, errors=errors, retyped=retyped, **given)


def mentionable(reference: str) -> Response:
    """Who may see the case and has this in the name: what is suggested behind an @."""
    with door.reads() as session:
        row = _seen(session, reference)
        found = case_viewers.like(session, row, request.args.get("text", "")[:60], limit=MOST_SUGGESTED)
        names = [wording.name_of(one) for one in found]
        shown = zip(found, names, strict=True)
        # Two people of one name are told apart by their accounts.
        people = [{"id": one.id, "name": name, "insert": name if names.count(name) == 1 else one.id} for one, name in shown]
    return jsonify(people)
