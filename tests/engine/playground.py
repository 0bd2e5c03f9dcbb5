"""A small product around the engine, for tests: three groups, two handlers that can be broken, one form rule."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine import deployments, instances, user_tasks
from engine.database import Database, reading, unit_of_work
from engine.errors import Problem
from engine.extensions import Actor, BpmnError, Extensions, FormRules, Handler, ServiceTask, Values
from engine.tables import Incident, Job, ProcessInstance, UserTask

DIAGRAMS = Path(__file__).parent / "diagrams"
MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)

LEAD = Actor(id="lead", name="Lead", groups=frozenset({"team_lead"}))
OTHER_LEAD = Actor(id="other_lead", name="Other lead", groups=frozenset({"team_lead"}))
CLERK = Actor(id="clerk", name="Clerk", groups=frozenset({"finance"}))
OWNER = Actor(id="owner", name="Owner", groups=frozenset({"process_owner"}))
OPS = Actor(id="ops", name="Operations", groups=frozenset({"ops"}))

PEOPLE = {"team_lead": ["lead", "other_lead"], "finance": ["clerk"], "only_lead": ["lead"]}


class World:
    """The outside world of the handlers: what they did, and whether they are broken."""

    def __init__(self) -> None:
        self.booked: list[str] = []
        self.sent: list[str] = []
        self.broken: Exception | None = None
        self.closed: Exception | None = None

    def book(self, session: Session, task: ServiceTask) -> Values:
        """A handler inside the transaction."""
        if self.closed is not None:
            raise self.closed
        if task.variables.get("stock") == 0:
            raise BpmnError("NO_STOCK", "nothing left")
        self.booked.append(task.key)
        return {"booking": len(self.booked)}

    def send(self, task: ServiceTask) -> Values:
        """A handler that talks to the outside."""
        if self.broken is not None:
            raise self.broken
        self.sent.append(task.key)
        return {"receipt": f"receipt of {task.business_key}"}


def _check(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    granted = values.get("granted")
    if granted is not None and granted > 1000:
        return [Problem(code="TOO_MUCH", message="At most 1000 can be granted.", pointer="/granted")]
    return []


def _members(session: Session, groups: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {name: PEOPLE.get(name, []) for name in groups}


def extensions(world: World) -> Extensions:
    """What the engine is told in these tests."""
    return Extensions(
        handlers={
            "book": Handler(topic="book", kind="record", record=world.book),
            "send": Handler(topic="send", kind="letter", outside=world.send),
        },
        forms={"decide": FormRules(check=_check)},
        members=_members,
    )


def deploy(database: Database, *names: str, replace: Mapping[str, str] | None = None, note: str = "") -> deployments.Deployed:
    """Deploy files of `diagrams/`; `replace` changes their text first."""
    files = {name: (DIAGRAMS / name).read_text(encoding="utf-8") for name in names}
    for old, new in (replace or {}).items():
        assert any(old in text for text in files.values()), f"{old!r} is in none of {names}"
        files = {name: text.replace(old, new) for name, text in files.items()}
    with reading(database) as session:
        prepared = deployments.prepare({name: text.encode() for name, text in files.items()}, extensions=session.info["extensions"])
    with unit_of_work(database) as session:
        return deployments.deploy(session, prepared, OWNER, note=note)


def upload(database: Database, key: str, name: str, old: str, new: str) -> deployments.Deployed:
    """Change the text of one file of a live process, as an upload does."""
    with reading(database) as session:
        content = deployments.lay_over(session, key, {}).files[name]
        assert old.encode() in content
        laid = deployments.lay_over(session, key, {name: content.replace(old.encode(), new.encode())})
        prepared = deployments.prepare(laid.files, extensions=session.info["extensions"])
    with unit_of_work(database) as session:
        return deployments.deploy(session, prepared, OWNER, laid=laid)


def start(database: Database, key: str, *, business_key: str | None = "K-1", **variables: Any) -> ProcessInstance:
    """Start an instance as the lead."""
    with unit_of_work(database) as session:
        return instances.start(session, key, variables=variables, actor=LEAD, business_key=business_key)


def complete(database: Database, task_id: str, actor: Actor = LEAD, **values: Any) -> user_tasks.Completion:
    """Complete a task."""
    with unit_of_work(database) as session:
        return user_tasks.complete(session, task_id, values=values, actor=actor)


def open_tasks(database: Database) -> dict[str, UserTask]:
    """The open tasks by element id."""
    with reading(database) as session:
        return {task.element_id: task for task in session.query(UserTask).filter_by(state="open")}


def jobs_of(database: Database, kind: str) -> list[Job]:
    """The jobs of one kind, the next due first."""
    with reading(database) as session:
        return session.query(Job).filter_by(kind=kind).order_by(Job.run_at, Job.id).all()


def open_incidents(database: Database) -> list[Incident]:
    """What needs a person now."""
    with reading(database) as session:
        return session.query(Incident).filter_by(state="open").all()


def instance(database: Database, id_: str) -> ProcessInstance:
    """The row of an instance as it is now."""
    with reading(database) as session:
        return instances.get(session, id_)
