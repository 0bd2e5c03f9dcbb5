"""A changed file comes in: its problems by element, or a new version live."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.errors import status_of
from api.pages import door, drawings, security, studio, whole_numbers, wording
from api.pages.refusals import ChangedBelow, NoFiles
from api.pages.texts import gettext, ngettext
from engine import definitions, deployment_groups, deployments
from engine.bpmn import diagram
from engine.bpmn.checks.names import RULE as MISSING_WORDS
from engine.errors import Conflict, Invalid, InvalidDeployment, Problem, RedressError
from engine.extensions import Extensions, of


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/processes/new", "new_process", new_process, methods=["GET", "POST"])
    pages.add_url_rule("/processes/<key>/deployments", "deploy", deploy, methods=["POST"])


@door.demands("process:deploy")
def deploy(key: str) -> Response:
    """Put the sent files in the place of those with the same names, check the whole, make it live."""
    changed = _sent()
    with door.reads() as session:
        base, extensions = definitions.live(session, key), of(session)
        laid = deployments.lay_over(session, key, changed)
    try:
        if not changed:
            raise NoFiles()
        deployed, noted = _deploy(laid.files, extensions, base_version=_base(base.version), laid=laid)
    except (Invalid, Conflict) as error:
        return _refused(key, error, changed, laid.files)
    return _told(deployed, key, noted=noted)


@door.demands("process:deploy")
def new_process() -> Response:
    """A process that is not there yet: all its files at once."""
    if request.method == "GET":
        return make_response(render_template("processes/new.html", note="", problems=[], view=None, error=""))
    changed = _sent()
    with door.reads() as session:
        extensions = of(session)
    try:
        if not changed:
            raise NoFiles()
        deployed, noted = _deploy(changed, extensions)
    except Invalid as error:
        security.allow_inline_styles()
        parts = _found(error, changed, changed)
        return make_response(render_template("processes/new.html", **parts), status_of(error))
    return _told(deployed, (deployed.definitions or deployed.unchanged)[0].key, noted=noted)


def _sent() -> dict[str, bytes]:
    """The files of the form by name; a folder in front is the browser's, not ours."""
    found = {}
    for sent in request.files.getlist("files"):
        name = (sent.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
        if name:
            found[name] = sent.read()
    return found


def _base(live: int) -> int:
    given = whole_numbers.of(request.form.get("base", ""))
    return live if given == whole_numbers.NONE else given


def _deploy(
    files: Mapping[str, bytes], extensions: Extensions, *, laid: deployments.Laid | None = None, base_version: int | None = None
) -> tuple[deployments.Deployed, bool]:
    """What is live, and whether something is worth a look besides words in the other language."""
    prepared = deployments.prepare_upload(files, extensions=extensions)
    permissions.require_money(door.actor(), prepared, extensions=extensions)
    with door.reads() as session:
        warnings = deployment_groups.judged(session, prepared).warnings
    with door.writes() as session:
        if laid is not None:
            _demand_base(session, laid.key, base_version)
        deployed = deployments.deploy(session, prepared, door.actor(), note=request.form.get("note", "").strip(), laid=laid)
    return deployed, any(one.rule != MISSING_WORDS for one in warnings)


def _demand_base(session: Session, key: str, base_version: int | None) -> None:
    """Nobody's deployment is undone by an upload that did not know of it."""
    live = definitions.live(session, key)
    if live.version != base_version:
        raise ChangedBelow(version=live.version)


def _refused(key: str, error: RedressError, changed: Mapping[str, bytes], files: Mapping[str, bytes]) -> Response:
    with door.reads() as session:
        parts = _found(error, changed, files)
        html = studio.show(session, definitions.live(session, key), **{name: one for name, one in parts.items() if one is not None})
    return make_response(html, status_of(error))


def _found(error: RedressError, changed: Mapping[str, bytes], files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the page says about files that were refused, with the drawing they are about."""
    names = _names(files) if any(one.element for one in error.problems) else {}
    found = sorted(error.problems, key=lambda one: (one.severity != "error", one.file or "", one.line or 0))
    problems = [replace(one, name=names.get(one.element or "", one.name)) for one in found]
    drawn = _drawn(problems, files, changed)
    view = drawings.of_problems(gettext("The drawing as you sent it"), drawn, problems) if drawn else None
    return {
        "error": wording.sentence(error),
        "problems": problems,
        "sent_files": sorted(changed),
        "note": request.form.get("note", ""),
        "view": view,
    }


def _names(files: Mapping[str, bytes]) -> dict[str, str]:
    """What the elements of these diagrams are called in the reader's language."""
    found: dict[str, str] = {}
    for name, content in files.items():
        if name.endswith(".bpmn"):
            try:
                processes = diagram.read(name, content)
            except InvalidDeployment:
                continue  # not to be read: one of the problems says why
            for process in processes:
                found |= {element.id: wording.name_of(element) for element in process.elements.values() if element.name}
                found |= {flow.id: wording.name_of(flow) for flow in process.flows.values() if flow.name}
    return found


def _drawn(problems: Sequence[Problem], files: Mapping[str, bytes], changed: Mapping[str, bytes]) -> str | None:
    """The diagram to show: the first one with a problem at an element, else the first sent that can be read as text. None when
    only tables or forms were sent: the page shows its own drawing."""
    diagrams = [name for name in sorted(files) if name.endswith(".bpmn")]
    named = [one.file for one in problems if one.element and one.file in diagrams]
    sent = [name for name in diagrams if name.rpartition("/")[2] in changed]
    for name in [*named, *sent]:
        try:
            return files[str(name)].decode()
        except UnicodeDecodeError:
            continue  # not a drawing anybody could show; the problems say so
    return None


def _told(deployed: deployments.Deployed, key: str, *, noted: bool) -> Response:
    """What is live now, what happens to those that run, and what of the files is worth a look."""
    page = url_for("pages.process", key=key, notes=1 if noted else None)
    made = next((one for one in deployed.definitions if one.key == key), None)
    if made is None:
        flash(gettext("These files are live already; nothing was changed."), "info")
        return redirect(page, 303)
    with door.reads() as session:
        running = definitions.running_by_version(session, key)
    staying = sum(count for definition_id, count in running.items() if definition_id != made.id)
    stay = ngettext(
        "One running instance stays on the version it started with.",
        "%(num)s running instances stay on the version they started with.",
        staying,
    )
    nothing = gettext("Nothing was running.")
    new = gettext("Version %(version)s is live: whatever starts from now on takes it.", version=made.version)
    flash(f"{new} {stay if staying else nothing}", "good")
    return redirect(page, 303)
