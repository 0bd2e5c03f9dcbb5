"""Deputies and absences: who stands in for whom, and who is away."""

from typing import Any

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads, writes
from api.v1.resource import PREFIX, Resource
from api.v1.shapes import (
    SHORT,
    Action,
    Input,
    Instant,
    ListQuery,
    Output,
    list_of,
    many,
    maybe,
    moment,
    page_json,
    shown,
    sorts,
    text,
    truth,
    whole,
)
from engine import clock
from engine.errors import Conflict
from engine.extensions import Actor
from processes import deputies, deputy_entries
from processes.deputy_entries import Entry
from processes.tables.people import Deputy

resource = Resource("deputies", "/deputies", "Deputies: who stands in for whom in which role, and who is away.")
FIELDS = ("id", "account_id", "deputy_id", "role", "absent", "starts_at", "ends_at", "note", "created_by", "created_at")


class DeputyShape(Output):
    """Somebody stands in for somebody, or is away."""

    id = shown()
    account_id = shown("Who is stood in for.")
    deputy_id = maybe("Who stands in; null: nobody.")
    role = maybe("As what; null: in everything.")
    absent = truth("Is the person away? Then nothing is assigned to him or her.")
    starts_at = moment()
    ends_at = moment()
    note = maybe()
    created_by = shown()
    created_at = moment()


class DeputyWithActions(DeputyShape):
    """An entry, and whether it can be ended."""

    actions = many(Action)


class EnteredDeputy(DeputyWithActions):
    """A new entry, and what became of the open tasks."""

    handed_over = whole("Open tasks the deputy has now.")
    kept = whole("Open tasks the deputy may not do (four eyes, conflict of interest).")


class DeputyQuery(ListQuery):
    """Which entries. Who does not manage accounts names himself as `account_id` or `deputy_id`."""

    account_id = text(SHORT)
    deputy_id = text(SHORT)
    absent = fields.Boolean()
    sort = sorts("starts_at", "ends_at")


class NewDeputy(Input):
    """An entry. For oneself only an absence, with a colleague of the department or a role; administrators enter any."""

    account_id = text(SHORT, metadata={"description": "Who is stood in for; you, if left out."})
    deputy_id = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, SHORT))
    role = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, SHORT))
    absent = fields.Boolean(load_default=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, deputy_entries.LONGEST_NOTE))
    hand_over = fields.Boolean(load_default=False, metadata={"description": "Give the open tasks to the deputy, if it begins now."})


def _json(row: Deputy, actor: Actor) -> dict[str, Any]:
    over = Conflict(reason="it is over already") if row.ends_at <= clock.now() else None
    ending = (
        permissions.entry("end", over) if row.account_id == actor.id else permissions.action("end", actor, "account:manage", blocked=over)
    )
    return {name: getattr(row, name) for name in FIELDS} | {"actions": [ending]}


def _seen(session: Session, actor: Actor, entry_id: str) -> Deputy:
    row = deputy_entries.get(session, entry_id)
    if actor.id not in (row.account_id, row.deputy_id):
        permissions.require(actor, "account:manage")
    return row


@resource.get("")
@reads(query=DeputyQuery, answers={200: list_of(DeputyShape)})
def list_deputies(session: Session, call: Call) -> Answer:
    """Entries, the latest begun first: those one has a part in, or all for administrators."""
    if call.actor.id not in (call.query.get("account_id"), call.query.get("deputy_id")):
        permissions.require(call.actor, "account:manage")
    found = deputy_entries.search(session, call.page())
    return Answer(body=page_json(found, [{name: getattr(row, name) for name in FIELDS} for row in found.items]))


@resource.post("")
@writes(
    body=NewDeputy,
    answers={201: EnteredDeputy},
    example={"deputy_id": "u_lead2", "starts_at": "2026-10-01T00:00:00+08:00", "ends_at": "2026-10-08T00:00:00+08:00"},
)
def create(session: Session, call: Call) -> Answer:
    """Say who stands in, or that somebody is away."""
    given = dict(call.body)
    hand_over = given.pop("hand_over")
    given.setdefault("account_id", call.actor.id)
    if given["account_id"] != call.actor.id or given["role"] is not None or not given["absent"]:
        permissions.require(call.actor, "account:manage")
    row = deputy_entries.add(session, Entry(**given), actor=call.actor)
    handed, kept = deputies.hand_over(session, row, actor=call.actor) if hand_over and row.starts_at <= clock.now() else (0, 0)
    body = _json(row, call.actor) | {"handed_over": handed, "kept": kept}
    return Answer(body=body, status=201, headers={"Location": f"{PREFIX}/deputies/{row.id}"})


@resource.get("/<string:entry_id>")
@reads(answers={200: DeputyWithActions})
def get(session: Session, call: Call, entry_id: str) -> Answer:
    """One entry."""
    return Answer(body=_json(_seen(session, call.actor, entry_id), call.actor))


@resource.delete("/<string:entry_id>")
@writes(answers={200: DeputyWithActions})
def end(session: Session, call: Call, entry_id: str) -> Answer:
    """It is over now; the entry stays as it was."""
    if deputy_entries.get(session, entry_id).account_id != call.actor.id:
        permissions.require(call.actor, "account:manage")
    return Answer(body=_json(deputy_entries.end(session, entry_id, actor=call.actor), call.actor))
