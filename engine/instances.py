"""Process instances: start, read, correct, cancel."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session, make_transient

from engine import clock, definitions, job_rows, operations, steps
from engine.database import new_id, savepoint
from engine.errors import Conflict, ExecutionFailed, Invalid, NotFound, NotUnique, Problem, RevisionChanged
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, page
from engine.rows import unstored
from engine.tables import ProcessDefinition, ProcessInstance, SearchAttribute

LISTING = Listing(
    fields={
        "definition_key": ProcessInstance.definition_key,
        "definition_id": ProcessInstance.definition_id,
        "business_key": ProcessInstance.business_key,
        "state": ProcessInstance.state,
        "root_id": ProcessInstance.root_id,
        "parent_id": ProcessInstance.parent_id,
        "started_at": ProcessInstance.started_at,
    },
    sorts={"started_at": ProcessInstance.started_at},
    id=ProcessInstance.id,
    default_sort="-started_at",
    attributes_of=ProcessInstance.id,
)
_INSTANCES = select(ProcessInstance)


Named = definitions.Version | ProcessDefinition


def start(
    session: Session,
    key: str,
    *,
    variables: Mapping[str, Any],
    actor: Actor,
    business_key: str | None = None,
    unique: Literal["running", "ever"] | None = None,
    version: int | None = None,
    at: str | None = None,
    start_event_id: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> ProcessInstance:
    """Start the live version (or `version`) of a process.

    `at`: the start event that has happened (`start_events`). `start_event_id`: where a person wants it to begin; without it at
    the plain start event. Raises Invalid when there is no such one, or several and none is named. A first step that fails is
    no error of the caller: the instance stands with a failed job and an incident.
    """
    definition = definitions.live_version(session, key) if version is None else definitions.version(session, key, version)
    at = at or _where(session, definition, start_event_id)
    if unique is not None:
        _must_be_unique(session, key, business_key, unique)
    variables = {**variables, **dict.fromkeys(definitions.diagram(session, definition.id).initiators, actor.id)}
    instance = _row(definition, variables, actor, business_key=business_key)
    first_step(session, instance, dict(variables), actor=actor, at=at)
    _write_attributes(session, instance, attributes or {}, fresh=True)
    operations.record(session, "start", actor=actor, subject=instance, root_id=instance.id, definition=f"{key}:{definition.version}")
    return instance


def _where(session: Session, definition: Named, wanted: str | None) -> str | None:
    """The start event to begin at, when the process has several that could be meant."""
    process = definitions.diagram(session, definition.id)
    starts = [one for one in process.elements.values() if one.type == "startEvent" and one.scope == process.id]
    plain = [one.id for one in starts if one.event is None]
    if wanted is not None and wanted not in (one.id for one in starts):
        message = f"{definition.key} has no start event '{wanted}'; it can begin at {', '.join(one.id for one in starts) or 'none'}."
        raise Invalid(problems=[Problem(code="START_EVENT", pointer="/start_event_id", message=message)])
    if wanted is None and len(plain) > 1:
        message = f"{definition.key} can begin in several ways; say in which: {', '.join(plain)}."
        raise Invalid(problems=[Problem(code="START_EVENT", pointer="/start_event_id", message=message)])
    return wanted


def _row(definition: Named, variables: Mapping[str, Any], actor: Actor, *, business_key: str | None) -> ProcessInstance:
    id_ = new_id()
    return unstored(
        ProcessInstance,
        id=id_,
        root_id=id_,
        definition_id=definition.id,
        definition_key=definition.key,
        business_key=business_key,
        state="running",
        started_at=clock.now(),
        started_by=actor.id,
        revision=1,
        variables=dict(variables),
    )


def first_step(session: Session, instance: ProcessInstance, variables: dict[str, Any], *, actor: Actor, at: str | None = None) -> None:
    """Begin, or keep what was given with the failed job."""
    try:
        with savepoint(session):
            steps.begin(session, instance, variables, actor=actor, at=at)
    except ExecutionFailed as error:
        make_transient(instance)
        instance.execution, instance.variables = None, variables
        instance.state, instance.ended_at, instance.end_element_id = "running", None, None
        session.add(instance)
        session.flush()  # the job and its incident point here
        payload = {"action": "start", "variables": variables} | ({} if at is None else {"at": at})
        job_rows.add_failed_step(
            session, instance, error, actor=actor, payload=payload, instance_id=instance.id, element_id=error.details.get("element")
        )


def _must_be_unique(session: Session, key: str, business_key: str | None, unique: str) -> None:
    if business_key is None:
        raise Invalid(problems=[Problem(code="REQUIRED", pointer="/business_key", message="A unique start needs a business key.")])
    if session.get_bind().dialect.name == "postgresql":  # SQLite: there is one writer at a time anyway
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"{key} {business_key}"})
    same = select(ProcessInstance).where(ProcessInstance.definition_key == key, ProcessInstance.business_key == business_key)
    if unique == "running":
        same = same.where(ProcessInstance.state.in_(("running", "suspended")))
    found = session.scalar(same.limit(1))
    if found is not None:
        raise NotUnique(key=key, business_key=business_key, instance_id=found.id)


def get(session: Session, instance_id: str) -> ProcessInstance:
    """One instance, root or called."""
    instance = session.get(ProcessInstance, instance_id)
    if instance is None:
        raise NotFound(kind="process instance", id=instance_id)
    return instance


def search(session: Session, query: Query) -> Page[ProcessInstance]:
    """Instances, newest first."""
    return page(session, _INSTANCES, query, listing=LISTING)


def cancel(session: Session, instance_id: str, *, actor: Actor, reason: str) -> ProcessInstance:
    """Stop a root instance: every open task, timer and subscription of it goes."""
    instance = get(session, instance_id)
    if instance.parent_id is not None:
        raise Conflict(reason="a called process ends with its caller; cancel that one")
    root = steps.lock(session, instance.root_id)
    if root.execution is None and root.state == "running":  # its first step never succeeded
        root.state, root.ended_at = "cancelled", clock.now()
        steps.end_attributes(session, root)
    else:
        steps.take(session, root, lambda execution: execution.cancel(), actor=actor)
    job_rows.remove_all(session, root.id, actor=actor)
    operations.record(session, "cancel", actor=actor, subject=root, root_id=root.id, reason=reason)
    return root


def set_variables(
    session: Session, instance_id: str, changes: Mapping[str, Any], *, actor: Actor, reason: str, revision: int
) -> ProcessInstance:
    """Correct the data of a running root instance (None removes a name); both values go into the audit trail."""
    root = steps.lock(session, get(session, instance_id).root_id)
    if root.id != instance_id:
        raise Conflict(reason="the data of a called process belongs to its caller; change it there")
    if root.revision != revision:
        raise RevisionChanged()
    before = {name: root.variables.get(name) for name in changes}
    steps.take(session, root, lambda execution: execution.set_variables(dict(changes)), actor=actor)
    operations.record(
        session, "set_variables", actor=actor, subject=root, root_id=root.id, reason=reason, before=before, after=dict(changes)
    )
    return root


def set_attributes(session: Session, instance: ProcessInstance, **values: Any) -> None:
    """Write the typed names by which lists find this instance (None removes one)."""
    _write_attributes(session, instance, values, fresh=False)


def _write_attributes(session: Session, instance: ProcessInstance, values: Mapping[str, Any], *, fresh: bool) -> None:
    for name, value in values.items():
        known = None if fresh else session.get(SearchAttribute, (instance.id, name))
        if value is None:
            if known is not None:
                session.delete(known)
            continue
        row = known or SearchAttribute(instance_id=instance.id, name=name)
        row.ended = instance.state in steps.ENDED
        row.text = value if isinstance(value, str) else None
        row.number = float(value) if isinstance(value, int | float | Decimal) else None
        row.instant = value if isinstance(value, datetime) else None
        if isinstance(value, date) and not isinstance(value, datetime):
            row.text = value.isoformat()
        session.add(row)


_ATTRIBUTES = select(SearchAttribute).where(SearchAttribute.instance_id.in_(bindparam("instances", expanding=True)))


def attributes(session: Session, instance_ids: list[str]) -> dict[str, dict[str, Any]]:
    """The search attributes of several instances, in one statement."""
    found: dict[str, dict[str, Any]] = {id_: {} for id_ in instance_ids}
    for row in session.scalars(_ATTRIBUTES, {"instances": instance_ids}):
        number = int(row.number) if row.number is not None and row.number == int(row.number) else row.number
        found[row.instance_id][row.name] = next((v for v in (row.text, number, row.instant) if v is not None), None)
    return found


def of_case(session: Session, business_key: str) -> list[ProcessInstance]:
    """Every run about one matter, the oldest first; those it called follow the one they belong to."""
    mine = select(ProcessInstance).where(ProcessInstance.business_key == business_key)
    runs = session.scalars(mine.order_by(ProcessInstance.started_at, ProcessInstance.id)).all()
    roots = [run for run in runs if run.parent_id is None]
    return [run for root in roots for run in (root, *(one for one in runs if one.root_id == root.id and one.parent_id is not None))]
