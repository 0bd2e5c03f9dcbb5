"""What the engine is told by the product around it: handlers, form rules, candidates, calendars, who exists.

The engine knows no complaint and no account. `create_app` gives one `Extensions` to the `Database`; every session
carries it (`extensions.of(session)`), so engine functions reach it without importing anything above them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from sqlalchemy.orm import Session

from engine.errors import Problem, RedressError

if TYPE_CHECKING:
    from engine.tables import Incident, UserTask

Values = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: an account's id, the name shown for it, and the groups (roles) it is in."""

    id: str
    name: str = ""
    groups: frozenset[str] = frozenset()


SYSTEM = Actor(id="system", name="system")


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Who may do a task. `excluded` maps an account id to the code of the refusal (CONFLICT_OF_INTEREST, FOUR_EYES)."""

    groups: Sequence[str] = ()
    users: Sequence[str] = ()
    excluded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When a task is due by a rule of the product: the instant, from when on it is at risk, and whether its time stands still."""

    due_at: datetime
    warn_at: datetime | None = None
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class ServiceTask:
    """What a handler is given: the stable `key` lets the other side drop a repetition."""

    key: str
    topic: str
    element_id: str
    instance_id: str
    root_id: str
    business_key: str | None
    variables: Values
    attempt: int


Kind = Literal["note", "letter", "record", "money"]


class RecordHandler(Protocol):
    """Runs inside the transaction of the step; what it returns becomes variables."""

    def __call__(self, session: Session, task: ServiceTask) -> Values: ...


class OutsideHandler(Protocol):
    """Runs between two transactions, may be repeated with the same key; what it returns becomes variables."""

    def __call__(self, task: ServiceTask) -> Values: ...


@dataclass(frozen=True, kw_only=True)
class Handler:
    """One topic of service tasks. `kind` is its class (processes.md 2.2). Exactly one of `record` and `outside` is given.

    `prepare(session, task)` reads, for an outside handler, what it needs from the tables; its result is merged into
    `task.variables` before the call. A `BpmnError` raised by either becomes a BPMN error event of that code.
    """

    topic: str
    kind: Kind
    record: RecordHandler | None = None
    prepare: RecordHandler | None = None
    outside: OutsideHandler | None = None


class BpmnError(Exception):
    """Raised by a handler to throw a BPMN error event: caught by an error boundary event of that code, else an incident."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        super().__init__(message or code)


@dataclass(frozen=True, kw_only=True)
class FormRules:
    """What the product adds to one form key: `check` sees what the form cannot know, `record` stores the answer.

    `guard` says whether the case is in a state in which the task can be completed at all (409), before anything that was
    typed is looked at. `record` runs in the completing transaction and returns the variables that go into the process.
    """

    guard: Callable[[Session, "UserTask", Actor], RedressError | None] | None = None

    check: Callable[[Session, "UserTask", Values, Actor], Sequence[Problem]] | None = None
    record: Callable[[Session, "UserTask", Values, Actor], Values] | None = None


class Calendar(Protocol):
    """Working time: `after(start, PT8H of work)` is the first instant at which that much working time has passed."""

    def after(self, start: datetime, working: timedelta) -> datetime: ...

    def between(self, start: datetime, end: datetime) -> timedelta: ...


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From when on an instance counts as stuck: a job this long after its due time; an unclaimed task when this share of its
    time is used up (working time, from opening to due), one without a due time after this much working time. A task is at
    risk, claimed or not, when `at_risk_share` of its time is used up, unless the product has a deadline of its own for it."""

    overdue: timedelta = timedelta(minutes=5)
    unclaimed_share: float = 0.5
    at_risk_share: float = 0.8
    unclaimed: timedelta = timedelta(hours=8)


def _declared_candidates(session: Session, task: "UserTask", declared: Candidates) -> Candidates:
    return declared


def _as_drawn(session: Session, task: "UserTask") -> Deadline | None:
    return None


def _nobody_known(session: Session, groups: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {}


def _no_groups(session: Session) -> Collection[str]:
    return ()


def _everybody_active(session: Session, accounts: Sequence[str]) -> Sequence[str]:
    return accounts


def _nobody_told(session: Session, incident: "Incident") -> None:
    return None


def _nobody_hears(session: Session, task: "UserTask", by: Actor, how: str, note: str | None) -> None:
    return None


def _nothing_old(session: Session) -> int:
    return 0


def _as_given(session: Session, calendar: Calendar | None) -> Calendar | None:
    return calendar


@dataclass(frozen=True, kw_only=True)
class Extensions:
    """Everything the product tells the engine.

    `candidates(session, task, declared)` narrows or widens what the diagram declares; it is asked when a task opens.
    `deadline(session, task)` is asked then, too: None leaves the due date of the diagram as it is.
    `members(session, groups)` names the active accounts of each group: an empty group is a reason of being stuck.
    `groups(session)` names every group there is, so that a misspelt one is told at deployment; nothing where it is not known.
    `active(session, accounts)` are those of the accounts that exist, are active and are not away: who can be given a task.
    `calendar_in(session, calendar)` is the calendar as this session sees it, where the product keeps days of its own.
    `task_given(session, task, by, how, note)`: the task is now one person's by what somebody else did: `how` is the kind of the
    operation (`assign`, `delegate`, `return`), or `open` when the process opens it for exactly that person.
    `incident_opened(session, incident)` tells those who repair; a letter that cannot be sent must not lead to another one.
    `forget_some(session)` removes some rows that were kept long enough and says how many; asked every hour until there are none.
    """

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    forms: Mapping[str, FormRules] = field(default_factory=dict)
    candidates: Callable[[Session, "UserTask", Candidates], Candidates] = _declared_candidates
    deadline: Callable[[Session, "UserTask"], Deadline | None] = _as_drawn
    members: Callable[[Session, Sequence[str]], Mapping[str, Sequence[str]]] = _nobody_known
    groups: Callable[[Session], Collection[str]] = _no_groups
    active: Callable[[Session, Sequence[str]], Sequence[str]] = _everybody_active
    task_given: Callable[[Session, "UserTask", Actor, str, str | None], None] = _nobody_hears
    incident_opened: Callable[[Session, "Incident"], None] = _nobody_told
    forget_some: Callable[[Session], int] = _nothing_old
    calendar: Calendar | None = None
    calendar_in: Callable[[Session, Calendar | None], Calendar | None] = _as_given
    thresholds: Thresholds = field(default_factory=Thresholds)


def of(session: Session) -> Extensions:
    """The extensions this session's database was opened with."""
    found: Extensions = session.info["extensions"]
    return found


def calendar_of(session: Session) -> Calendar | None:
    """The working calendar of this session; None where the product has none."""
    told = of(session)
    return told.calendar_in(session, told.calendar)
