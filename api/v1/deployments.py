"""Deployments: making new versions live."""

from collections.abc import Mapping
from typing import Any

from flask import request
from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import exact_json, permissions
from api.errors import BadRequest, TooLarge, problem_json
from api.requests import DRY_RUN, Answer, Call, database, reads, redress, writes
from api.v1.process_definitions import Definition, definition_json
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import LONG, SHORT, DryRunQuery, Input, Output, Problem, many, maybe, moment, shown, text, texts, truth
from engine import deployment_groups, deployments
from engine.database import reading
from engine.errors import InvalidDeployment
from engine.extensions import of
from engine.tables import Deployment

resource = Resource("deployments", "/deployments", "Deployments: the act and record of making new versions live.")
MAX_FILES = 200


class Upload(Input):
    """The files of a deployment as text, by name."""

    files = fields.Dict(
        keys=text(SHORT),
        values=fields.String(),
        required=True,
        validate=validate.Length(1, MAX_FILES),
        metadata={"description": "Text of each file."},
    )
    base = text(SHORT, metadata={"description": "Key of a live process: its other files are taken along, the ones sent replace theirs."})
    note = fields.String(validate=validate.Length(max=LONG), load_default="", metadata={"description": "What changes, and why."})


class Deployed(Output):
    """What a deployment did. `id` is null when everything was live already as it is."""

    id = maybe()
    created_at = moment(null=True)
    created_by = maybe()
    note = shown()
    definitions = many(Definition, "The new versions, live from now on.")
    unchanged = many(Definition, "Processes that were live already as they are.")
    warnings = many(Problem)


class Checked(Output):
    """What a dry run found."""

    dry_run = truth()
    deployable = truth()
    processes = texts("Keys of the processes in these files.")
    problems = many(Problem)


class DeploymentShape(Output):
    """The record of a deployment."""

    id = shown()
    created_at = moment()
    created_by = shown()
    note = shown()
    files = texts("Names of its files.")


def _upload() -> Any:
    """JSON, or multipart/form-data with any number of files."""
    if request.mimetype != "multipart/form-data":
        return exact_json.body(limit=redress().settings.max_body_bytes)
    files = request.files.items(multi=True)
    try:
        named = {file.filename or field: file.stream.read().decode("utf-8") for field, file in files}
    except UnicodeDecodeError as error:
        raise BadRequest(reason="a file is not UTF-8 text") from error
    if len(named) > MAX_FILES:
        raise TooLarge(limit=MAX_FILES)
    return {"files": named, **{name: value for name, value in request.form.items() if value}}


def _prepare(call: Call) -> tuple[deployments.Prepared | InvalidDeployment, deployments.Laid | None]:
    """Compile outside any transaction; remembers what the files were laid over. A dry run asks for the problems: no error there."""
    with reading(database()) as session:
        files, laid = _laid(session, call.body)
        extensions = of(session)
    try:
        prepared = deployments.prepare_upload(files, extensions=extensions)
    except InvalidDeployment as error:
        if call.query.get(DRY_RUN):
            return error, laid
        raise
    permissions.require_money(call.actor, prepared, extensions=extensions)
    with reading(database()) as session:
        return deployment_groups.judged(session, prepared), laid


def _laid(session: Session, body: Mapping[str, Any]) -> tuple[Mapping[str, bytes], deployments.Laid | None]:
    files = {name: content.encode() for name, content in body["files"].items()}
    if "base" not in body:
        return files, None
    laid = deployments.lay_over(session, body["base"], files)
    return laid.files, laid


def _check(session: Session, call: Call) -> Answer:
    found, _ = call.prepared
    if isinstance(found, InvalidDeployment):
        problems, keys, deployable = found.problems, [], False
    else:
        problems, keys, deployable = tuple(found.warnings), [one.key for one in found.compiled.processes], True
    listed = [problem_json(one) for one in problems]
    return Answer(body={"dry_run": True, "deployable": deployable, "processes": keys, "problems": listed})


@resource.post("")
@writes(
    "process:deploy",
    query=DryRunQuery,
    body=Upload,
    parse=_upload,
    other_bodies={"multipart/form-data": {"type": "object", "additionalProperties": True}},
    before=_prepare,
    dry_run=_check,
    answers={200: {"anyOf": [Deployed, Checked]}, 201: Deployed},
    example={"base": "sla_watch", "note": "Approve within 6 hours.", "files": {"sla_targets.dmn": "<?xml ...>"}},
)
def create(session: Session, call: Call) -> Answer:
    """Deploy: a whole deployment or nothing; every problem names file, element and line."""
    prepared, laid = call.prepared
    done = deployments.deploy(session, prepared, call.actor, note=call.body["note"], laid=laid)
    made = done.deployment
    body = {
        "id": made.id if made else None,
        "created_at": made.created_at if made else None,
        "created_by": made.created_by if made else None,
        "note": made.note if made else "",
        "definitions": [definition_json(one) for one in done.definitions],
        "unchanged": [definition_json(one) for one in done.unchanged],
        "warnings": [problem_json(one) for one in prepared.warnings],
    }
    if made is None:
        return Answer(body=body)
    return Answer(body=body, status=201, headers={"Location": f"{PREFIX}/deployments/{made.id}"})


@resource.get("/<string:deployment_id>")
@reads("process:read", answers={200: DeploymentShape})
def get(session: Session, call: Call, deployment_id: str) -> Answer:
    """The record of one deployment."""
    return Answer(body=_json(deployments.get(session, deployment_id)))


def _json(row: Deployment) -> dict[str, Any]:
    return {
        "id": row.id,
        "created_at": row.created_at,
        "created_by": row.created_by,
        "note": row.note,
        "files": sorted(one.name for one in row.resources),
    }
