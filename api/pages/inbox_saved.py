"""Keeping, changing and forgetting filters of the inbox."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from api.pages import door, inbox_asked, wording
from api.pages.people_names import Names
from api.pages.problems import sentence
from api.pages.texts import gettext
from engine import saved_filters
from engine.errors import Conflict, Invalid, RevisionChanged


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/tasks/saved-filters", "save_filter", save, methods=["POST"])
    pages.add_url_rule("/tasks/saved-filters/<filter_id>", "change_filter", change, methods=["POST"])
    pages.add_url_rule("/tasks/saved-filters/<filter_id>/removal", "remove_filter", remove, methods=["POST"])


def _fields() -> dict[str, Any]:
    given = request.form
    return {"name": given.get("name", ""), "colour": given.get("colour", ""), "shared_with": given.get("shared_with") or None}


def save() -> Response:
    """Keep what the address asks for."""
    asked = inbox_asked.asked()
    try:
        with door.writes() as session:
            row = saved_filters.add(session, actor=door.actor(), **_fields(), wanted=asked.kept)
            name = row.name
    except (Invalid, Conflict) as error:
        _refuse(error)
    else:
        flash(gettext("The filter %(name)s is kept.", name=name), "good")
    return _back()


def change(filter_id: str) -> Response:
    """Rename, recolour, share; and, if asked, let it ask for what the list shows now."""
    more = {"wanted": inbox_asked.asked().kept} if request.form.get("retake") else {}
    revision = request.form.get("revision", type=int)
    try:
        with door.writes() as session:
            saved_filters.change(session, filter_id, actor=door.actor(), revision=revision, **_fields(), **more)
    except (Invalid, RevisionChanged) as error:
        _refuse(error)
    else:
        flash(gettext("The filter is changed."), "good")
    return _back()


def remove(filter_id: str) -> Response:
    """Forget it."""
    with door.writes() as session:
        saved_filters.remove(session, filter_id, actor=door.actor())
    flash(gettext("The filter is deleted; its tasks are where they were."), "good")
    return _back()


def _refuse(error: Invalid | Conflict | RevisionChanged) -> None:
    if error.problems:
        flash(" ".join(sentence(one.message) for one in error.problems), "bad")
        return
    with door.reads() as session:
        flash(wording.sentence(error, names=Names(session)), "bad")


def _back() -> Response:
    return redirect(url_for("pages.tasks", **inbox_asked.asked().args), 303)
