"""What runs on a version of a process: on its page, and as CSV."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session

from api import permissions
from api.pages import csv_export, door, drawings, wording
from api.pages.texts import gettext, local
from engine import clock, definitions, instances, operations, tokens
from engine.bpmn.diagram import Process
from engine.paging import MAX_LIMIT, Query
from engine.tables import ProcessDefinition, ProcessInstance
from processes import case_contact_data, cases, people

SHOWN = 20


def register(pages: Blueprint) -> None:
    """Add the route."""
    pages.add_url_rule("/processes/<key>/versions/<int:number>/export", "export_running", export, methods=["POST"])


def parts(session: Session, definition: ProcessDefinition) -> dict[str, Any] | None:
    """The newest instances of this version, for those who may see them."""
    if not door.who().may("instance:read"):
        return None
    query = Query(filter=_wanted(definition), cursor=request.args.get("cursor") or None, limit=SHOWN)
    found = instances.search(session, query)
    rows = _rows(session, definition, found.items)
    version: dict[str, Any] = {"key": definition.key, "number": definition.version}
    return {
        "rows": rows,
        "next_url": url_for("pages.process_version", **version, cursor=found.next) if found.next else None,
        "export_url": url_for("pages.export_running", **version),
        "amounts": any(row["amount"] is not None for row in rows),
    }


def _wanted(definition: ProcessDefinition) -> dict[str, Any]:
    return {"definition_id": definition.id, "state": "running"}


def _rows(session: Session, definition: ProcessDefinition, found: Sequence[ProcessInstance]) -> list[dict[str, Any]]:
    """Without those of cases that concern whoever looks."""
    barred = permissions.without_conflicts(session, door.actor(), [one.root_id for one in found])
    about = instances.attributes(session, [one.id for one in found])
    known = cases.by_references(session, [one.business_key for one in found])
    standing, drawn = tokens.of_instances(session, [one.id for one in found]), definitions.diagram(session, definition.id)
    return [
        {
            "url": url_for("pages.instance", instance_id=one.id),
            "reference": one.business_key or one.id[:8],
            "customer": case_contact_data.customer_name(case, actor=door.actor()) if (case := known.get(one.business_key or "")) else "",
            "level": case.level if case else None,
            "amount": about[one.id].get("requested_amount"),
            "started_at": one.started_at,
            "tokens": _standing(drawn, standing[one.id]),
        }
        for one in found
        if one.root_id not in barred
    ]


def _standing(drawn: Process, waiting: Sequence[tokens.Token]) -> str:
    """The steps an instance stands at; what could interrupt them from their edge is left out."""
    edge = {element.id for element in drawn.elements.values() if element.attached_to}
    shown = (drawings.element_name(drawn, one.element_id) for one in waiting if one.element_id not in edge)
    return gettext(", ").join(dict.fromkeys(shown))


@door.demands("instance:read")
def export(key: str, number: int) -> Response:
    """All of them as CSV; that somebody took it out of the house is written down first."""
    permissions.require(door.actor(), "process:read")
    actor = door.actor()
    with door.reads() as session:
        definitions.version(session, key, number)
    with door.writes() as session:
        subject = people.get(session, actor.id)
        operations.record(session, "export", actor=actor, subject=subject, table="process_instance", process=key, version=number)
    head = [
        *(gettext("Complaint"), gettext("Customer"), gettext("Level"), gettext("Amount")),
        *(gettext("Stands at"), gettext("Started"), gettext("Process"), gettext("Version")),
    ]
    return csv_export.response(f"{key}-{number}-{local(clock.now()):%Y%m%d-%H%M}", head, _lines(key, number))


def _lines(key: str, number: int) -> Iterator[list[Any]]:
    cursor: str | None = None
    with door.reads() as session:
        while True:
            definition = definitions.version(session, key, number)
            found = instances.search(session, Query(filter=_wanted(definition), cursor=cursor, limit=MAX_LIMIT))
            yield from (_cells(row, definition) for row in _rows(session, definition, found.items))
            session.expunge_all()  # a long list is not held in memory
            cursor = found.next
            if cursor is None:
                return


def _cells(row: Mapping[str, Any], definition: ProcessDefinition) -> list[Any]:
    level = wording.level_name(row["level"]) if row["level"] else ""
    started = f"{local(row['started_at']):%Y-%m-%d %H:%M}"
    about = [row["reference"], row["customer"], level, "" if row["amount"] is None else row["amount"]]
    return [*about, row["tokens"], started, wording.name_of(definition), definition.version]
