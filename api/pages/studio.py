"""The library of processes: each one drawn, with its versions, its files and what runs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from api import permissions
from api.errors import status_of
from api.pages import door, drawings, running_instances, security, starting, wording
from api.pages.language import language
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import definitions, deployment_groups, deployments, instances
from engine.errors import Conflict, Invalid, NotFound, Problem
from engine.extensions import of
from engine.tables import ProcessDefinition


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """One version in the list of a process."""

    number: int
    url: str
    live: bool
    current: bool
    author: str
    note: str
    at: Any
    running: int


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/processes", "processes", processes)
    pages.add_url_rule("/processes/<key>", "process", process)
    pages.add_url_rule("/processes/<key>/instances", "start_process", start_process, methods=["POST"])
    pages.add_url_rule("/processes/<key>/versions/<int:number>", "process_version", process_version)
    pages.add_url_rule("/definitions/<definition_id>/file", "definition_file", definition_file)
    pages.add_url_rule("/definitions/<definition_id>/files/<path:name>", "download", download)


@door.demands("process:read")
def processes() -> str:
    """Every process, drawn."""
    security.allow_inline_styles()
    with door.reads() as session:
        found = definitions.overview(session)
        names = Names(session, [one.definition.created_by for one in found])
        cards = [_card(session, one, names) for one in sorted(found, key=_busiest_first)]
        return render_template("processes/list.html", cards=cards, may_deploy=door.who().may("process:deploy"))


def _busiest_first(one: definitions.Overview) -> tuple[bool, int, str]:
    return not one.incidents, -one.running, wording.name_of(one.definition)


def _card(session: Session, one: definitions.Overview, names: Names) -> dict[str, Any]:
    definition = one.definition
    return {
        "name": wording.name_of(definition),
        "key": definition.key,
        "url": url_for("pages.process", key=definition.key),
        "version": definition.version,
        "running": one.running,
        "incidents": one.incidents,
        "author": names(definition.created_by),
        "at": definition.created_at,
        "note": definition.note,
        "documentation": documentation(session, definition),
        "view": _view(definition),
    }


def documentation(session: Session, definition: ProcessDefinition) -> str:
    """What the diagram says about itself, in the reader's language."""
    drawn = definitions.diagram(session, definition.id)
    return (drawn.documentation_zh if language() == "zh" else "") or drawn.documentation


def _view(definition: ProcessDefinition) -> drawings.View:
    label = gettext("Drawing of %(process)s, version %(version)s", process=wording.name_of(definition), version=definition.version)
    return drawings.of_file(label, url=url_for("pages.definition_file", definition_id=definition.id))


@door.demands("process:read")
def process(key: str) -> str:
    """The live version of a process; `?notes`: with what is worth a look in its diagram."""
    problems = _notes(key) if "notes" in request.args else ()
    with door.reads() as session:
        return show(session, definitions.live(session, key), problems=problems)


@door.demands("process:start")
def start_process(key: str) -> BaseResponse:
    """Begin an instance of the live version, and go there; what was typed stays where it is refused."""
    asked = starting.typed()
    try:
        variables, named, place = starting.variables(asked), asked.business_key or None, asked.start_event_id or None
        with door.writes() as session:
            row = instances.start(session, key, variables=variables, actor=door.actor(), business_key=named, start_event_id=place)
            instance_id = row.id
    except (Invalid, Conflict) as error:
        with door.reads() as session:
            live = definitions.live(session, key)
            told = starting.parts(session, live, typed=asked, error=wording.sentence(error))
            return make_response(show(session, live, starting=told), status_of(error))
    flash(gettext("It has begun. What it waits for is told here."), "good")
    return redirect(url_for("pages.instance", instance_id=instance_id), 303)


def _notes(key: str) -> Sequence[Problem]:
    with door.reads() as session:
        live, extensions = definitions.live(session, key), of(session)
        name, files = live.resource_name, definitions.files_of(session, live.id)
    found = deployments.notes(files, name, extensions=extensions)
    with door.reads() as session:
        return [*deployment_groups.unknown(session, {name: files[name]}), *found]


@door.demands("process:read")
def process_version(key: str, number: int) -> str:
    """One version of a process."""
    with door.reads() as session:
        return show(session, definitions.version(session, key, number))


def show(session: Session, definition: ProcessDefinition, **more: Any) -> str:
    """The page of one version; `more` adds what an upload found."""
    security.allow_inline_styles()
    files = definitions.file_names(session, definition.id)
    parts = {
        "definition": definition,
        "name": wording.name_of(definition),
        "documentation": documentation(session, definition),
        "view": _view(definition),
        "versions": _versions(session, definition),
        "files": [{"name": one, "url": url_for("pages.download", definition_id=definition.id, name=one)} for one in files],
        "running": running_instances.parts(session, definition),
        "starting": starting.parts(session, definition),
        "who_can_start": permissions.who_can("process:start"),
        "may_deploy": door.who().may("process:deploy"),
        "who_can_deploy": permissions.who_can("process:deploy"),
    }
    return render_template("processes/process.html", **{**parts, **more})


def _versions(session: Session, shown: ProcessDefinition) -> Sequence[VersionRow]:
    versions = definitions.versions(session, shown.key)
    names, running = Names(session, [one.created_by for one in versions]), definitions.running_by_version(session, shown.key)
    return [
        VersionRow(
            number=one.version,
            url=url_for("pages.process_version", key=one.key, number=one.version),
            live=one.live,
            current=one.id == shown.id,
            author=names(one.created_by),
            note=one.note,
            at=one.created_at,
            running=running.get(one.id, 0),
        )
        for one in versions
    ]


@door.demands("process:read")
def definition_file(definition_id: str) -> Response:
    """The BPMN file a drawing is made from; a version never changes, so it may be kept."""
    with door.reads() as session:
        content = definitions.xml(session, definition_id)
    response = Response(content, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@door.demands("process:read")
def download(definition_id: str, name: str) -> Response:
    """One file of a version, to change it and send it back."""
    with door.reads() as session:
        content = definitions.files_of(session, definition_id).get(name)
    if content is None:
        raise NotFound(kind="file", id=name)
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name.rsplit("/", 1)[-1])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
