"""Timers: the jobs that wait for a time; they can be moved and fired."""

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads, writes
from api.v1.jobs import STATES, JobShape, JobWithActions, page_answer, seen, with_actions
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import DryRun, DryRunQuery, Instant, ListQuery, Reason, list_of, sorts, text, would
from engine import jobs
from engine.errors import NotFound, RevisionChanged
from engine.tables import Job

resource = Resource("timers", "/timers", "Timers: jobs that wait for a time.")


class TimerQuery(ListQuery):
    """Which timers."""

    state = fields.String(validate=validate.OneOf(STATES))
    root_id = text()
    instance_id = text()
    element_id = text()
    sort = sorts("run_at", "due_at")


class DueDate(Reason):
    """When the timer is to fire, and why."""

    due_at = Instant(required=True, metadata={"examples": ["2026-03-10T08:00:00Z"]})


def _timer(session: Session, call: Call, timer_id: str, *, permission: str = "job:read") -> Job:
    row = seen(session, call.actor, timer_id, permission=permission)
    if row.kind != "timer":
        raise NotFound(kind="timer", id=timer_id)
    if call.revision is not None and call.revision != row.revision:
        raise RevisionChanged()
    return row


@resource.get("")
@reads("job:read", query=TimerQuery, answers={200: list_of(JobShape)})
def list_timers(session: Session, call: Call) -> Answer:
    """Timers, the next due first."""
    return page_answer(session, call, jobs.search(session, call.page(kind="timer")))


@resource.get("/<string:timer_id>")
@reads("job:read", answers={200: JobWithActions})
def get(session: Session, call: Call, timer_id: str) -> Answer:
    """One timer."""
    row = _timer(session, call, timer_id)
    return Answer(body=with_actions(row, call.actor), revision=row.revision)


def _would_move(session: Session, call: Call, timer_id: str) -> Answer:
    row = _timer(session, call, timer_id, permission="job:reschedule")
    message = f"The timer at {row.element_id} would be due at {call.body['due_at'].isoformat()} instead of {row.due_at.isoformat()}."
    return Answer(body=would(("reschedule", "job", row.id, message)))


@resource.put("/<string:timer_id>/due-date")
@writes(
    "job:reschedule",
    query=DryRunQuery,
    body=DueDate,
    dry_run=_would_move,
    answers={200: {"anyOf": [JobWithActions, DryRun]}},
    example={"due_at": "2026-03-10T08:00:00Z", "reason": "The customer asked for one more day."},
)
def move(session: Session, call: Call, timer_id: str) -> Answer:
    """Move the due time; with If-Match only if nobody moved it since it was read."""
    _timer(session, call, timer_id, permission="job:reschedule")
    row = jobs.reschedule(session, timer_id, due_at=call.body["due_at"], actor=call.actor, reason=call.body["reason"])
    return Answer(body=with_actions(row, call.actor), revision=row.revision)


def _would_fire(session: Session, call: Call, timer_id: str) -> Answer:
    row = _timer(session, call, timer_id, permission="job:reschedule")
    return Answer(body=would(("fire", "job", row.id, f"The timer at {row.element_id} would fire at once.")))


@resource.post("/<string:timer_id>/firing")
@writes("job:reschedule", query=DryRunQuery, body=Reason, dry_run=_would_fire, answers={200: DryRun, 202: JobWithActions})
def fire(session: Session, call: Call, timer_id: str) -> Answer:
    """Let the timer fire now: it is due at once, and the scheduler fires it."""
    _timer(session, call, timer_id, permission="job:reschedule")
    row = jobs.fire(session, timer_id, actor=call.actor, reason=call.body["reason"])
    return Answer(body=with_actions(row, call.actor), status=202, revision=row.revision, headers={"Location": f"{PREFIX}/timers/{row.id}"})
