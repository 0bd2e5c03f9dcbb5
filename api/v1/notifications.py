"""What you are told, what you have read of it, and how and when you want to be told. Everything here is one's own."""

from dataclasses import asdict, replace
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads, writes
from api.v1.resource import Resource
from api.v1.shapes import Input, Instant, ListQuery, Output, list_of, many, maybe, moment, page_json, shown, sorts, text, truth, whole
from engine import clock
from processes import notice_letters, notification_rules, notification_schedules, notifications
from processes.notification_rules import KINDS, MAILS, Rule
from processes.notification_schedules import DIGESTS, Schedule
from processes.tables.notifications import Notification

resource = Resource(
    "notifications",
    "/notifications",
    "Notifications: what you are told, and how you want to be told. Kept for 90 days after they were read, unread for a year.",
)
TIME = len("08:00")


class NotificationShape(Output):
    """Something you were told."""

    id = shown()
    kind = shown("What it is about.", example="assigned")
    title = shown("In your language.")
    text = shown("In your language.")
    at = moment()
    read_at = moment("Null: not read yet.", null=True)
    complaint_reference = maybe("The case, if it is about one.")
    user_task_id = maybe("The task, if it is about one.")
    instead_of = maybe("Who is away, and you stand in for.")
    path = shown("The page it leads to.", example="/complaints/TS-20260310-00042")


class NotificationQuery(ListQuery):
    """Which notifications."""

    unread = fields.Boolean()
    kind = fields.String(validate=validate.OneOf(KINDS))
    sort = sorts("at")


class Unread(Output):
    """What a bell shows."""

    unread = whole(f"Not read yet, counted up to {notifications.MOST_COUNTED}.")


class Reading(Input):
    """Whether it counts as read."""

    read = fields.Boolean(required=True)


class AllRead(Input):
    """Up to when everything is read: what came after it was not seen yet."""

    until = Instant(required=True)


class Marked(Output):
    """How many changed."""

    marked = whole()


class NotificationRuleShape(Output):
    """How you are told of one kind of event."""

    kind = shown(example="mention")
    screen = truth("In Redress: the bell.")
    browser = truth("By a word of the browser, while a page of Redress is open.")
    mail = shown("off, now or digest.", example="digest")
    deputy = truth("Is whoever stands in for you told, too, while you are away?")


class NotificationRules(Output):
    """One rule for every kind of event."""

    items = many(NotificationRuleShape)


class NotificationRuleInput(Input):
    """One rule."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    screen = fields.Boolean(required=True)
    browser = fields.Boolean(required=True)
    mail = fields.String(required=True, validate=validate.OneOf(MAILS))
    deputy = fields.Boolean(load_default=True)


class NotificationRulesInput(Input):
    """Rules; kinds that are not named stay as they are."""

    items = fields.List(fields.Nested(NotificationRuleInput), required=True, validate=validate.Length(max=len(KINDS)))


class ScheduleShape(Output):
    """When the digest comes and when it is quiet, in your time zone."""

    digest = shown("daily or hourly.", example="daily")
    digest_at = shown("Of a daily one.", example="08:00")
    quiet_from = maybe("Null: it is never quiet.", example="22:00")
    quiet_until = maybe(example="07:00")


class ScheduleInput(Input):
    """The same, all of it."""

    digest = fields.String(required=True, validate=validate.OneOf(DIGESTS))
    digest_at = text(TIME, load_default="08:00")
    quiet_from = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, TIME))
    quiet_until = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, TIME))


def _json(row: Notification, reference: str | None, *, locale: str) -> dict[str, Any]:
    said = (row.text_zh if locale == "zh" else None) or row.text
    title, _, body = said.partition("\n\n")
    return {
        **{name: getattr(row, name) for name in ("id", "kind", "at", "read_at", "user_task_id", "instead_of")},
        "title": title,
        "text": body,
        "complaint_reference": reference,
        "path": notice_letters.path(row.kind, task_id=row.user_task_id, reference=reference),
    }


@resource.get("")
@reads(query=NotificationQuery, answers={200: list_of(NotificationShape)})
def list_notifications(session: Session, call: Call) -> Answer:
    """What you were told, newest first."""
    query = call.page()
    wanted = dict(query.filter)
    if (unread := wanted.pop("unread", None)) is not None:
        wanted["read_at"] = {"$exists": not unread}
    found = notifications.search(session, call.actor.id, replace(query, filter=wanted))
    known = notifications.references(session, found.items)
    items = [_json(row, known.get(row.complaint_id or ""), locale=call.signed_in.locale) for row in found.items]
    return Answer(body=page_json(found, items))


@resource.get("/unread-count")
@reads(answers={200: Unread})
def unread_count(session: Session, call: Call) -> Answer:
    """How many you have not read."""
    return Answer(body={"unread": notifications.unread(session, call.actor.id)})


@resource.get("/<string:notification_id>")
@reads(answers={200: NotificationShape})
def get(session: Session, call: Call, notification_id: str) -> Answer:
    """One of your notifications."""
    return _one(session, call, notifications.get(session, call.actor.id, notification_id))


def _one(session: Session, call: Call, row: Notification) -> Answer:
    reference = notifications.references(session, [row]).get(row.complaint_id or "")
    return Answer(body=_json(row, reference, locale=call.signed_in.locale))


@resource.put("/<string:notification_id>/reading")
@writes(body=Reading, answers={200: NotificationShape}, example={"read": True})
def mark(session: Session, call: Call, notification_id: str) -> Answer:
    """It is read, or is to be read again."""
    return _one(session, call, notifications.mark(session, call.actor.id, notification_id, read=call.body["read"]))


@resource.put("/reading")
@writes(body=AllRead, answers={200: Marked}, example={"until": "2026-03-10T08:00:00Z"})
def mark_all(session: Session, call: Call) -> Answer:
    """Everything up to then is read."""
    marked = notifications.mark_all(session, call.actor.id, until=call.body["until"], read_at=clock.now())
    return Answer(body={"marked": marked})


def _rules(session: Session, account_id: str) -> Answer:
    found = notification_rules.of(session, account_id).items()
    return Answer(body={"items": [{"kind": kind, **asdict(rule)} for kind, rule in found]})


@resource.get("/rules")
@reads(answers={200: NotificationRules})
def rules(session: Session, call: Call) -> Answer:
    """How you are told of each kind of event."""
    return _rules(session, call.actor.id)


@resource.put("/rules")
@writes(
    body=NotificationRulesInput,
    answers={200: NotificationRules},
    example={"items": [{"kind": "mention", "screen": True, "browser": False, "mail": "digest", "deputy": False}]},
)
def keep_rules(session: Session, call: Call) -> Answer:
    """Choose how you are told; kinds of events that are not named stay as they are."""
    given = {one["kind"]: Rule(**{name: value for name, value in one.items() if name != "kind"}) for one in call.body["items"]}
    notification_rules.keep(session, call.actor.id, given)
    return _rules(session, call.actor.id)


def _schedule(session: Session, account_id: str) -> Answer:
    return Answer(body=asdict(notification_schedules.of(session, account_id)))


@resource.get("/schedule")
@reads(answers={200: ScheduleShape})
def schedule(session: Session, call: Call) -> Answer:
    """When your digest comes, and when it is quiet."""
    return _schedule(session, call.actor.id)


@resource.put("/schedule")
@writes(
    body=ScheduleInput,
    answers={200: ScheduleShape},
    example={"digest": "daily", "digest_at": "08:00", "quiet_from": "22:00", "quiet_until": "07:00"},
)
def keep_schedule(session: Session, call: Call) -> Answer:
    """Choose it anew; what waits for the former time comes then."""
    notification_schedules.keep(session, call.actor.id, Schedule(**call.body))
    return _schedule(session, call.actor.id)
