"""Tasks passed between people: lend and give back, take the next, look again later, undo; one or many at once."""

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, database, many, writes
from api.v1.resource import Resource
from api.v1.shapes import LONG, NAME, Input, Instant, Output, maybe, shown, text, whole
from api.v1.shapes import many as many_of
from api.v1.user_task_shapes import TaskWithActions
from api.v1.user_tasks import compare_revision, seen, with_actions
from engine import delegation, many_tasks, take_next, task_dates, task_priority, undoing
from engine.many_tasks import AT_ONCE, Outcome
from engine.tables import UserTask
from engine.task_priority import HIGHEST
from processes import assignees

resource = Resource("user_task_hand_overs", "/user-tasks", "Tasks passed between people.")


class Delegation(Input):
    """Who gets the task for a piece of work, and which."""

    delegate = text(NAME, required=True)
    note = text(LONG)


class Note(Input):
    """What was done. The delegate has to say it; the owner who takes the task back need not."""

    note = text(LONG)


class FollowUp(Input):
    """When to look at the task again."""

    at = Instant(required=True)


class Priority(Input):
    """How pressing it is, and why."""

    priority = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, HIGHEST), metadata={"description": "50 unless the diagram says otherwise."}
    )
    reason = text(LONG)


class Tasks(Input):
    """Which tasks."""

    ids = fields.List(
        text(NAME), required=True, validate=validate.Length(1, AT_ONCE), metadata={"description": f"At most {AT_ONCE}; each is done apart."}
    )


class ManyAssigned(Tasks):
    """Which tasks, and to whom; nobody named: to you (claim)."""

    assignee = text(NAME)
    reason = text(LONG)


class ManyPrioritised(Tasks, Priority):
    """Which tasks, how pressing they are, and why."""


class FormAnswer(Input):
    """The form of these tasks, filled in once."""

    form_key = text(NAME, required=True)
    values = fields.Dict(keys=text(NAME), required=True)


class ManyCompleted(Tasks):
    """Which tasks; without `answer`, those are finished that ask for nothing."""

    answer = fields.Nested(FormAnswer)


class ItemOutcome(Output):
    """What became of one of them."""

    id = shown("Of the task.")
    outcome = fields.String(required=True, validate=validate.OneOf(["done", "refused"]))
    code = maybe("Why not.")
    reason = maybe("Why not, as a sentence.")


class Outcomes(Output):
    """What became of each, in the order given."""

    items = many_of(ItemOutcome)
    done = whole()
    refused = whole()


def _answer(session: Session, call: Call, row: UserTask) -> Answer:
    return Answer(body=with_actions(session, call, row), revision=row.revision)


@resource.post("/next")
@writes(answers={200: TaskWithActions})
def take_the_next(session: Session, call: Call) -> Answer:
    """Claim the task with the least slack (working time until it is due) of those you may do and nobody has."""
    return _answer(session, call, take_next.take(session, actor=call.actor))


@resource.put("/<string:task_id>/delegation")
@writes(body=Delegation, answers={200: TaskWithActions}, example={"delegate": "u_legal1", "note": "Please check clause 4."})
def delegate(session: Session, call: Call, task_id: str) -> Answer:
    """Give a task of yours to somebody for a piece of work: it comes back to you, and you complete it."""
    compare_revision(session, call, seen(session, call, task_id))
    to = assignees.named(session, call.body["delegate"], pointer="/delegate")
    return _answer(session, call, delegation.delegate(session, task_id, to=to, actor=call.actor, note=call.body.get("note")))


@resource.delete("/<string:task_id>/delegation")
@writes(body=Note, answers={200: TaskWithActions}, example={"note": "Clause 4 holds."})
def give_back(session: Session, call: Call, task_id: str) -> Answer:
    """Give it back to its owner with a note; its owner may take it back."""
    compare_revision(session, call, seen(session, call, task_id))
    return _answer(session, call, delegation.give_back(session, task_id, actor=call.actor, note=call.body.get("note")))


@resource.put("/<string:task_id>/follow-up")
@writes(body=FollowUp, answers={200: TaskWithActions}, example={"at": "2026-09-21T01:00:00Z"})
def follow_up(session: Session, call: Call, task_id: str) -> Answer:
    """Look at it again then; when it is due stays as it is."""
    compare_revision(session, call, seen(session, call, task_id))
    return _answer(session, call, task_dates.follow_up(session, task_id, at=call.body["at"], actor=call.actor))


@resource.delete("/<string:task_id>/follow-up")
@writes(answers={200: TaskWithActions})
def forget_follow_up(session: Session, call: Call, task_id: str) -> Answer:
    """No follow-up."""
    compare_revision(session, call, seen(session, call, task_id))
    return _answer(session, call, task_dates.follow_up(session, task_id, at=None, actor=call.actor))


@resource.put("/<string:task_id>/priority")
@writes("task:assign", body=Priority, answers={200: TaskWithActions}, example={"priority": 75, "reason": "The press asks."})
def prioritise(session: Session, call: Call, task_id: str) -> Answer:
    """Decide how pressing it is; lists can be sorted by it, and of two tasks with as little time left the higher one is taken first."""
    compare_revision(session, call, seen(session, call, task_id))
    given = {"priority": call.body["priority"], "reason": call.body.get("reason")}
    return _answer(session, call, task_priority.prioritise(session, task_id, actor=call.actor, **given))


@resource.post("/<string:task_id>/reversal")
@writes(if_match=True, answers={200: TaskWithActions})
def undo(session: Session, call: Call, task_id: str) -> Answer:
    """Undo what you just did: claim, give back, assign, lend, return. If-Match is the revision it led to."""
    revision = call.required_revision
    seen_or_given_away(session, call, task_id)
    return _answer(session, call, undoing.undo(session, task_id, actor=call.actor, revision=revision))


def seen_or_given_away(session: Session, call: Call, task_id: str) -> None:
    """Who gave a task away may no longer see it, and undoes that nevertheless: then it is asked whether it was the last who did."""
    if not undoing.was_last(session, task_id, actor=call.actor):
        seen(session, call, task_id)


@resource.post("/bulk-assignment")
@many(body=ManyAssigned, answers={200: Outcomes}, example={"ids": ["018f6f4e"], "assignee": "u_lead2", "reason": "On leave."})
def assign_many(call: Call) -> Answer:
    """Claim many tasks, or (needs task:assign) give them to somebody. Each stands for itself: what one refuses the others get."""
    wanted = call.body.get("assignee", call.actor.id)
    if wanted == call.actor.id:
        return _outcomes(many_tasks.claim(database(), call.body["ids"], actor=call.actor))
    permissions.require(call.actor, "task:assign")
    to = assignees.looked_up(database(), wanted, pointer="/assignee")
    return _outcomes(many_tasks.assign(database(), call.body["ids"], assignee=to, actor=call.actor, reason=call.body.get("reason")))


@resource.post("/bulk-priority")
@many("task:assign", body=ManyPrioritised, answers={200: Outcomes}, example={"ids": ["018f6f4e"], "priority": 75, "reason": "A recall."})
def prioritise_many(call: Call) -> Answer:
    """Decide how pressing many tasks are. Each stands for itself: what one refuses the others get."""
    given = {"priority": call.body["priority"], "reason": call.body.get("reason")}
    return _outcomes(many_tasks.prioritise(database(), call.body["ids"], actor=call.actor, **given))


@resource.post("/bulk-completion")
@many(
    body=ManyCompleted,
    answers={200: Outcomes},
    example={"ids": ["018f6f4e"], "answer": {"form_key": "ut_manager_engage", "values": {"instruction": "Call today."}}},
)
def complete_many(call: Call) -> Answer:
    """Finish many tasks that ask for nothing, or that have the same form, with one answer. Each is checked apart."""
    given = call.body.get("answer")
    answer = many_tasks.Answer(form_key=given["form_key"], values=given["values"]) if given else None
    return _outcomes(many_tasks.complete(database(), call.body["ids"], actor=call.actor, answer=answer))


def _outcomes(found: list[Outcome]) -> Answer:
    items = [
        {
            "id": one.task_id,
            "outcome": "refused" if one.error else "done",
            "code": one.error.code if one.error else None,
            "reason": " ".join(one.reasons) or None,
        }
        for one in found
    ]
    refused = sum(one.error is not None for one in found)
    return Answer(body={"items": items, "done": len(found) - refused, "refused": refused})
