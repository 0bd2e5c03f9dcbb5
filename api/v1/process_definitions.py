"""Process definitions: the versions of the processes."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.shapes import Input, Output, data, many, maybe, moment, shown, text, truth, whole
from engine import definitions
from engine.tables import ProcessDefinition

resource = Resource("process_definitions", "/process-definitions", "Process definitions: immutable numbered versions of the processes.")


class Definition(Output):
    """One version of one process."""

    id = shown()
    key = shown(example="compensation_approval")
    version = whole()
    name = shown()
    name_zh = maybe()
    live = truth("Do new instances get this version?")
    deployment_id = shown()
    resource_name = shown("The BPMN file.")
    created_at = moment()
    created_by = shown()
    note = shown()


class DefinitionOverview(Definition):
    """A version with how its process fares."""

    running = whole("Running instances of all versions.")
    incidents = whole("Open incidents of all versions.")


class Definitions(Output):
    """The live processes. There are few, so there are no pages."""

    items = many(DefinitionOverview)


class Versions(Output):
    """All versions of one process."""

    items = many(Definition)


class DefinitionQuery(Input):
    """Which definitions."""

    key = text(metadata={"description": "All versions of this process, newest first; without it the live version of every process."})


class DeployedForm(Output):
    """A form as deployed (form-js JSON)."""

    key = shown()
    form = data()


def definition_json(row: ProcessDefinition) -> dict[str, Any]:
    """One version as it is answered."""
    names = ("id", "key", "version", "name", "name_zh", "live", "deployment_id", "resource_name", "created_at", "created_by", "note")
    return {name: getattr(row, name) for name in names}


@resource.get("")
@reads("process:read", query=DefinitionQuery, answers={200: {"anyOf": [Definitions, Versions]}}, also_refuses=(404,))
def list_definitions(session: Session, call: Call) -> Answer:
    """The live version of every process, or all versions of one."""
    if "key" in call.query:
        return Answer(body={"items": [definition_json(row) for row in definitions.versions(session, call.query["key"])]})
    found = definitions.overview(session)
    items = [definition_json(one.definition) | {"running": one.running, "incidents": one.incidents} for one in found]
    return Answer(body={"items": items})


@resource.get("/<string:definition_id>")
@reads("process:read", answers={200: Definition})
def get(session: Session, call: Call, definition_id: str) -> Answer:
    """One version."""
    return Answer(body=definition_json(definitions.get(session, definition_id)))


@resource.get("/<string:definition_id>/xml")
@reads("process:read", answers={200: {"type": "string"}}, answer_type="application/xml")
def xml(session: Session, call: Call, definition_id: str) -> Answer:
    """The BPMN file of one version, as deployed."""
    content = definitions.xml(session, definition_id)
    return Answer(raw=Response(content, mimetype="application/xml"))


@resource.get("/<string:definition_id>/forms/<string:form_key>")
@reads("process:read", answers={200: DeployedForm})
def form(session: Session, call: Call, definition_id: str, form_key: str) -> Answer:
    """A form of one version, as deployed."""
    return Answer(body={"key": form_key, "form": definitions.form(session, definition_id, form_key)})
