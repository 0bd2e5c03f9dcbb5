"""Whole cases behind the pages: every process deployed, one complaint on its way, handled by the people of the demonstration."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import user_tasks
from engine.database import new_id, reading, unit_of_work
from engine.extensions import Actor
from engine.tables import UserTask
from processes import case_messages, cases, complaints, people
from tests.api.pages.conftest import Desk
from tests.given_complaints import LATE_PARCEL

WHOLE = {**LATE_PARCEL, "channel": "phone", "email": "wangmin@example.cn"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One complaint with its processes."""

    desk: Desk
    reference: str

    def do(self, element: str, by: str | None = None, **values: Any) -> None:
        """Do its open task of this element as this person (or as its owner), and what follows from it."""
        with unit_of_work(self.desk.office.database) as session:
            mine = select(UserTask.id).where(
                UserTask.business_key == self.reference, UserTask.element_id == element, UserTask.state == "open"
            )
            task_id = session.scalars(mine).one()
            actor = people.actor_of(session, by or cases.by_reference(session, self.reference).case_owner or "u_owner1")
            user_tasks.complete(session, task_id, values=values, actor=actor)
        self.desk.office.tick()

    def tell(self, name: str, **payload: Any) -> None:
        """A message of the customer."""
        with unit_of_work(self.desk.office.database) as session:
            row = cases.by_reference(session, self.reference)
            actor = case_messages.complainant(row)
            case_messages.send(session, row, name, payload, message_id=new_id(), actor=actor)
        self.desk.office.tick()

    @property
    def owner(self) -> str:
        """Whose case it is."""
        with reading(self.desk.office.database) as session:
            return cases.by_reference(session, self.reference).case_owner or ""

    def accept(self) -> None:
        """Triage as suggested, acceptance, and a first response that leaves it open."""
        self.do("ut_triage", "u_intake1", confirm=True)
        self.do("ut_accept_case", accept=True)
        told: dict[str, Any] = {"contact_channel": "phone", "contacted_at": "2026-09-14T09:20", "reached": True, "demand_confirmed": "补偿"}
        self.do("ut_first_response", **told, resolved_on_contact=False)

    def offer(self) -> None:
        """Up to the question to the customer: 44.85 yuan for three days of delay."""
        self.accept()
        evidence = ["order_record", "contact_record", "delivery_trace"]
        self.do("ut_investigate", facts_found="late by 3 days", evidence=evidence, founded="founded", root_cause="RC-32")
        late: dict[str, Any] = {"remedy_case": "DELIVERY_LATE", "price": "299.00", "days_late": 3, "requested_amount": "44.85"}
        self.do("ut_propose_solution", measures=["compensation", "apology"], rationale="company rule DL-1", **late)
        self.do("ut_communicate_solution", channel="phone", offer_text="44.85 元补偿", explained=True, answer_until="2026-12-31")


def register(desk: Desk, *, by: str | None = "u_intake1", **changes: Any) -> Case:
    """A complaint by phone about a late parcel, registered by this person; its process has begun."""
    with unit_of_work(desk.office.database) as session:
        actor: Actor | None = people.actor_of(session, by) if by else None
        made = complaints.register(session, {**WHOLE, **changes}, actor=actor)
        reference = made.complaint.reference
    desk.office.tick()
    return Case(desk=desk, reference=reference)
