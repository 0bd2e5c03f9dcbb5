"""The door of a conformance suite: deploy files, start processes, move time, and read what happened.

Everything goes through the functions the product itself uses, on a database of its own in a temporary folder and on a clock
that stands still until `advance_time` moves it. Service tasks are served by a handler that does nothing, whatever their topic.
"""

import json
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engine import (
    clock,
    definitions,
    deployments,
    due_jobs,
    incidents,
    instances,
    messages,
    operations,
    scheduler,
    stuck,
    tokens,
    user_tasks,
)
from engine.bpmn import diagram
from engine.database import Database, Table, new_id, open_database, reading, unit_of_work
from engine.errors import InvalidDeployment, Problem, RedressError
from engine.extensions import Actor, Candidates, Extensions, Handler, ServiceTask, Values
from engine.paging import Query
from engine.tables import ActivityInstance, Incident, Job, MessageSubscription, ProcessDefinition, ProcessInstance, UserTask

SUITE = Actor(id="suite", name="Conformance suite", groups=frozenset({"suite"}))
UNCAUGHT = "UNCAUGHT_ERROR"


class DeployError(Exception):
    """The files were refused; `message` has one sentence for each problem."""

    def __init__(self, message: str, kind: str = "rejected", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.problems = tuple(problems)


@dataclass(frozen=True, kw_only=True)
class TraceEntry:
    """An activity, event or gateway that was completed; `element_id` as drawn, `process_id` that of the process it is in."""

    element_id: str
    started: datetime
    ended: datetime
    process_id: str


@dataclass(frozen=True, kw_only=True)
class Status:
    """How an instance stands. `error` is the sentence a user sees."""

    state: Literal["running", "waiting", "completed", "terminated", "error"]
    error_kind: Literal["runtime", "bpmn_error"] | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Deployed:
    """What a deployment left live, and the instances that were there before it."""

    definition_ids: tuple[str, ...]
    before: frozenset[str]


class _AnyTopic(dict[str, Handler]):
    """A handler for whatever is asked; empty, so that no topic is checked."""

    def get(self, topic: str, default: Any = None) -> Any:
        return Handler(topic=topic, kind="note", record=_nothing)


def _nothing(session: Session, task: ServiceTask) -> Values:
    return {}


def _offered_to_the_suite(session: Session, task: UserTask, declared: Candidates) -> Candidates:
    return Candidates(groups=[*declared.groups, "suite"])


@cache
def _template() -> Path:
    """A database file with all tables of the engine, made once."""
    folder = Path(tempfile.mkdtemp(prefix="redress-conformance-"))
    database = open_database(f"sqlite:///{folder / 'template.db'}")
    Table.metadata.create_all(database.engine)
    database.close()
    return folder / "template.db"


class Redress:
    """One installation: a database and a clock of its own."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="redress-conformance-")
        shutil.copyfile(_template(), f"{folder}/redress.db")
        extensions = Extensions(handlers=_AnyTopic(), candidates=_offered_to_the_suite)
        self._database = open_database(f"sqlite:///{folder}/redress.db", extensions=extensions)
        event.listen(self._database.engine, "connect", _without_waiting_for_the_disk)
        self._clock = clock.MovableClock(clock.elapsed().replace(microsecond=0))
        self._deployed: dict[str, _Deployed] = {}
        self._end = weakref.finalize(self, _remove, self._database, folder)

    def close(self) -> None:
        """Remove the database; what is forgotten is removed by the garbage collector."""
        self._end()

    def deploy(self, files: Mapping[str, bytes]) -> str:
        """Make the files live. Raises DeployError."""
        with clock.use(self._clock):
            try:
                with reading(self._database) as session:
                    before = frozenset(session.scalars(select(ProcessInstance.id)))
                    prepared = deployments.prepare(files, extensions=session.info["extensions"])
                with unit_of_work(self._database) as session:
                    deployed = deployments.deploy(session, prepared, SUITE)
            except InvalidDeployment as refusal:
                raise DeployError(_sentences(refusal), "rejected", refusal.problems) from refusal
            id_ = deployed.deployment.id if deployed.deployment is not None else new_id()
            live = [*deployed.definitions, *deployed.unchanged]
            self._deployed[id_] = _Deployed(definition_ids=tuple(one.id for one in live), before=before)
            scheduler.tick(self._database)
        return id_

    def start(self, id: str, variables: Mapping[str, Any] | None = None, process_id: str | None = None) -> str:
        """Start a process of a deployment and let everything run that can: by default the one that is called by no other."""
        with clock.use(self._clock):
            with unit_of_work(self._database) as session:
                chosen = self._chosen(session, id, process_id)
                where = _first_of_several(definitions.diagram(session, chosen.id))
                given = dict(variables or {})
                version = chosen.version
                instance = instances.start(session, chosen.key, variables=given, actor=SUITE, version=version, start_event_id=where)
            scheduler.tick(self._database)
        return instance.id

    def _chosen(self, session: Session, id: str, process_id: str | None) -> ProcessDefinition:
        of_deployment = [definitions.get(session, one) for one in self._deployed[id].definition_ids]
        if process_id is not None:
            return next(one for one in of_deployment if one.key == process_id)
        drawn = {one.key: definitions.diagram(session, one.id) for one in of_deployment}
        called = {element.called_element for process in drawn.values() for element in process.elements.values()}
        return min(of_deployment, key=lambda one: (one.key in called, not _starts_by_hand(drawn[one.key]), drawn[one.key].line))

    def trace(self, instance: str) -> list[TraceEntry]:
        """What was completed in the instance and in what it called, in the order of completion.

        A step that failed was rolled back and waits for repair: what it had passed until then comes last.
        """
        with reading(self._database) as session:
            keys = dict(session.execute(select(ProcessInstance.id, ProcessInstance.definition_key)).all())
            passed = select(ActivityInstance).where(ActivityInstance.root_id == instance, ActivityInstance.state == "completed")
            found = [
                TraceEntry(element_id=one.element_id, started=one.started_at, ended=one.ended_at, process_id=keys[one.instance_id])
                for one in session.scalars(passed.order_by(ActivityInstance.id))
            ]
            failed = session.scalars(select(Job).where(Job.root_id == instance, Job.error.is_not(None)).order_by(Job.id))
            return [*found, *(entry for job in failed for entry in _attempted(job))]

    def status(self, instance: str) -> Status:
        """How it stands."""
        with reading(self._database) as session:
            root = instances.get(session, instance)
            if root.state == "completed":
                return Status(state="completed")
            if root.state in ("terminated", "cancelled"):
                return _ended(session, root)
            failed = session.scalar(
                select(Incident).where(Incident.root_id == instance, Incident.state == "open").order_by(Incident.opened_at).limit(1)
            )
            if failed is not None:
                kind: Literal["runtime", "bpmn_error"] = "bpmn_error" if failed.code == UNCAUGHT else "runtime"
                return Status(state="error", error_kind=kind, error=failed.message)
            retried = session.scalar(select(Job.error).where(Job.root_id == instance, Job.error.is_not(None)).limit(1))
            if retried is not None:
                return Status(state="error", error_kind="runtime", error=retried)
            due = session.scalar(select(Job.id).where(Job.root_id == instance, Job.run_at <= self._clock()).limit(1))
            return Status(state="waiting" if due is None else "running")

    def instances(self, id: str) -> list[str]:
        """Every instance of the processes of a deployment, those that an event started too; called ones are part of theirs."""
        deployed = self._deployed[id]
        with reading(self._database) as session:
            roots = select(ProcessInstance.id).where(
                ProcessInstance.definition_id.in_(deployed.definition_ids), ProcessInstance.parent_id.is_(None)
            )
            found = session.scalars(roots.order_by(ProcessInstance.started_at, ProcessInstance.id))
            return [one for one in found if one not in deployed.before]

    def advance_time(self, seconds: float) -> None:
        """Let time pass, from due instant to due instant."""
        target = self._clock() + timedelta(seconds=seconds)
        with clock.use(self._clock):
            scheduler.tick(self._database)
            while (due := self._next_due()) is not None and due <= target:
                self._clock.move_to(max(due, self._clock()))
                scheduler.tick(self._database)
            self._clock.move_to(target)
            scheduler.tick(self._database)

    def _next_due(self) -> datetime | None:
        with reading(self._database) as session:
            return due_jobs.next_due(session)

    def exposed_text(self, id: str) -> str:
        """All that a user could see of an instance, or of all instances of a deployment."""
        with clock.use(self._clock), reading(self._database) as session:
            roots = self.instances(id) if id in self._deployed else [id]
            return "\n".join(text for root in roots for text in _texts(session, root))

    def complete(self, instance: str, element_id: str, values: Mapping[str, Any] | None = None) -> None:
        """Do the user task that has waited longest at an element."""
        with clock.use(self._clock):
            with unit_of_work(self._database) as session:
                waiting = select(UserTask.id).where(
                    UserTask.root_id == instance, UserTask.element_id == element_id, UserTask.state == "open"
                )
                task_id = session.scalars(waiting.order_by(UserTask.created_at, UserTask.id)).first()
                if task_id is None:
                    raise LookupError(f"no open task at {element_id}")
                assignee = user_tasks.get(session, task_id, actor=SUITE).assignee
                actor = SUITE if assignee is None else Actor(id=assignee, groups=SUITE.groups)
                user_tasks.complete(session, task_id, values=dict(values or {}), actor=actor)
            scheduler.tick(self._database)

    def send(self, name: str, payload: Mapping[str, Any] | None = None, *, correlation_key: str | None = None) -> None:
        """Send a message from outside."""
        with clock.use(self._clock):
            with unit_of_work(self._database) as session:
                given = dict(payload or {})
                messages.receive(session, id=new_id(), name=name, correlation_key=correlation_key, payload=given, actor=SUITE)
            scheduler.tick(self._database)

    def variables(self, instance: str) -> Values:
        """The data of an instance."""
        with reading(self._database) as session:
            return dict(instances.get(session, instance).variables)


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _remove(database: Database, folder: str) -> None:
    database.close()
    shutil.rmtree(folder, ignore_errors=True)


def _sentences(refusal: RedressError) -> str:
    errors = [one for one in refusal.problems if one.severity == "error"]
    return "\n".join(f"{one.file}: {one.element or ''} (line {one.line}): {one.message} [{one.rule}]" for one in errors) or str(refusal)


def _first_of_several(process: diagram.Process) -> str | None:
    """Where to begin: a suite cannot say, a person must when there are several plain start events."""
    plain = [one.id for one in process.elements.values() if one.type == "startEvent" and one.scope == process.id and one.event is None]
    return plain[0] if len(plain) > 1 else None


def _starts_by_hand(process: diagram.Process) -> bool:
    return any(one.type == "startEvent" and one.scope == process.id and one.event is None for one in process.elements.values())


def _attempted(job: Job) -> list[TraceEntry]:
    passed = [one for one in job.payload.get("passed", ()) if one["state"] == "completed"]
    return [TraceEntry(element_id=one["element"], started=one["from"], ended=one["to"], process_id=one["process"]) for one in passed]


def _ended(session: Session, root: ProcessInstance) -> Status:
    """An error end event nothing catches ends the process as an error."""
    drawn = definitions.diagram(session, root.definition_id)
    end = drawn.elements.get(root.end_element_id or "")
    if end is not None and end.event == "error" and root.state == "terminated":
        return Status(state="error", error_kind="bpmn_error", error=f"The process ended with the error of {end.name or end.id}.")
    return Status(state="terminated")


def _texts(session: Session, root: str) -> Iterator[str]:
    """What pages and API show of an instance: its rows, where it stands, and why it does not move."""
    of_root: list[Any] = [ProcessInstance, ActivityInstance, UserTask, Job, Incident, MessageSubscription]
    for table in of_root:
        for row in session.scalars(select(table).where(table.root_id == root)):
            yield _row(row)
    for instance in session.scalars(select(ProcessInstance.id).where(ProcessInstance.root_id == root)):
        yield from (f"{one.element_id} {one.kind} {one.label}" for one in tokens.of_instance(session, instance))
    yield from (one.sentence for one in stuck.find(session) if one.root_id == root)
    yield from (_row(one) for one in operations.search(session, Query(filter={"root_id": root})).items)
    yield from (_row(one) for one in incidents.search(session, Query(filter={"root_id": root})).items)


def _row(row: Table) -> str:
    shown = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if not column.deferred}
    return json.dumps(shown, default=str, ensure_ascii=False)
