"""What changed, for pages that are open: asked every two seconds while somebody looks."""

from flask import Blueprint, jsonify, make_response, request
from werkzeug.wrappers import Response

from api.pages import door, inbox_asked
from engine import task_changes


def register(pages: Blueprint) -> None:
    """Add the route."""
    pages.add_url_rule("/changes", "changes", changes)


def changes() -> Response:
    """304 when nothing changed that is this person's business; its ETag is what to ask with next. Never any data of a case."""
    after = request.args.get("after")
    with door.reads() as session:
        found = task_changes.since(session, after, actor=door.actor(), sees_all=inbox_asked.sees_all())
    if after is not None and not found:
        answer = make_response("", 304)
    else:
        answer = jsonify(after=found.token, tasks=list(found.tasks), everything=found.everything)
    answer.headers["ETag"] = f'"{found.token}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
