"""What is written down about a case: its timeline, its deadlines, what was said, what decision tables said."""

from collections.abc import Callable, Sequence
from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api.requests import Answer, Call, reads
from api.v1.complaint_shapes import Clocks, ContactShape, DecisionShape, EventShape
from api.v1.complaints import seen
from api.v1.resource import Resource
from api.v1.shapes import SHORT, ListQuery, list_of, page_json, sorts, text
from processes import case_access, case_contact_data, case_records, letter_delivery, masks, sla, sla_ladder, sla_rows, sla_standing
from processes.sla_ladder import Rung
from processes.tables.correspondence import Contact
from processes.tables.supervision import SlaClock

resource = Resource("complaint_records", "/complaints/<string:reference>", "Records of a case: everything that is written down about it.")
EVENT = ("at", "kind", "by", "text", "details")
CONTACT = ("id", "at", "direction", "channel", "by", "template", "locale", "subject", "text", "reached", "delivered_at")
DECISION = ("decision", "at", "inputs", "rows", "result", "overruled")
CLOCK = ("clock", "key", "level", "target", "start", "due", "warn_at", "stop", "result", "fired")
SEGMENT, RUNG = ("kind", "start", "end"), ("percent", "state", "at", "action", "notify", "tier", "supervisor")


class TimelineQuery(ListQuery):
    """Which events."""

    kind = text(SHORT)
    by = text(SHORT)
    sort = sorts("at")


class ContactQuery(ListQuery):
    """Which contacts."""

    direction = fields.String(validate=validate.OneOf(["in", "out"]))
    channel = text(SHORT)
    template = text(SHORT)
    sort = sorts("at")


class DecisionQuery(ListQuery):
    """Which decisions."""

    decision = text(SHORT)
    sort = sorts("at")


def _shown(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@resource.get("/timeline")
@reads(query=TimelineQuery, answers={200: list_of(EventShape)})
def timeline(session: Session, call: Call, reference: str) -> Answer:
    """What happened to a case, in order. The customer's data are masked in its notes for those who do not work on the case."""
    complaint = seen(session, call, reference)
    page = case_records.events(session, complaint, call.page())
    read = str if case_access.works_on(call.actor, complaint) else case_contact_data.in_text(session, complaint)
    return Answer(body=page_json(page, [_shown(row, EVENT) | {"text": read(row.text) if row.text else row.text} for row in page.items]))


@resource.get("/clocks")
@reads(answers={200: Clocks})
def clocks(session: Session, call: Call, reference: str) -> Answer:
    """The deadlines of a case in the order they started: their stretches, how they stand, what fired and what will."""
    rows = sla.rows(session, seen(session, call, reference))
    ladders = sla_ladder.of_clocks(session, rows)
    return Answer(body={"items": [_clock_json(session, row, ladders[row.id]) for row in rows]})


def _clock_json(session: Session, row: SlaClock, ladder: Sequence[Rung]) -> dict[str, Any]:
    standing = sla_standing.of_clock(sla_rows.calendar(session), row)
    return _shown(row, CLOCK) | {
        "paused": row.held,
        "state": standing.state,
        "left_seconds": int(standing.left.total_seconds()),
        "working_time": standing.working,
        "segments": [_shown(one, SEGMENT) for one in sla_standing.segments(row)],
        "ladder": [_shown(one, RUNG) for one in ladder],
    }


@resource.get("/contacts")
@reads(query=ContactQuery, answers={200: list_of(ContactShape)})
def contacts(session: Session, call: Call, reference: str) -> Answer:
    """Letters and calls, in order, with their text. The customer's data are masked in both for those who do not work on the case."""
    row = seen(session, call, reference)
    page = case_records.contacts(session, row, call.page())
    sent = letter_delivery.of(session, page.items)
    full, read = case_access.works_on(call.actor, row), case_contact_data.in_text(session, row)
    shown_as = [_shown(one, (*CONTACT, "address")) if full else _masked(one, read) for one in page.items]
    delivered = [{"delivery": sent[one.id].delivery if one.id in sent else None} for one in page.items]
    return Answer(body=page_json(page, [one | state for one, state in zip(shown_as, delivered, strict=True)]))


def _masked(row: Contact, read: Callable[[str], str]) -> dict[str, Any]:
    address = masks.email(row.address) if row.address and "@" in row.address else masks.number(row.address)
    return _shown(row, CONTACT) | {"address": address, "subject": read(row.subject) if row.subject else None, "text": read(row.text)}


@resource.get("/decisions")
@reads(query=DecisionQuery, answers={200: list_of(DecisionShape)})
def decisions(session: Session, call: Call, reference: str) -> Answer:
    """What decision tables said about a case: inputs, rows and result."""
    page = case_records.decisions(session, seen(session, call, reference), call.page())
    return Answer(body=page_json(page, [_shown(row, DECISION) for row in page.items]))
