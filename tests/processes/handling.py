"""A complaint on its way through the whole process: registered, handled and closed by the people of the demonstration."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import scheduler
from engine.database import unit_of_work
from engine.errors import RedressError
from engine.tables import ProcessInstance, UserTask
from processes import cases, complaints, people, sla
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock
from tests.given_complaints import LATE_PARCEL
from tests.processes.conftest import Office
from tests.processes.desk import Desk, local

FACTS: dict[str, Any] = {
    "facts_found": "carrier scan shows 3 days late",
    "evidence": ["order_record", "contact_record", "delivery_trace"],
    "founded": "founded",
    "root_cause": "RC-32",
}
LATE: dict[str, Any] = {
    "measures": ["compensation", "apology"],
    "remedy_case": "DELIVERY_LATE",
    "price": "299.00",
    "days_late": 3,
    "requested_amount": "44.85",
    "rationale": "company rule DL-1",
}
OFFER: dict[str, Any] = {"channel": "app", "offer_text": "44.85 元补偿", "explained": True, "answer_until": "2026-12-31"}
FINE: dict[str, Any] = {"lawful": True, "feasible": True, "fair": True}
RESPONSE: dict[str, Any] = {
    "contact_channel": "phone",
    "contacted_at": "2026-03-10T16:20",
    "reached": True,
    "demand_confirmed": "late-delivery compensation",
    "resolved_on_contact": False,
}


@dataclass(kw_only=True)
class Handling(Desk):
    """One complaint with its main process."""

    def level(self) -> int:
        """The level it has now."""
        return self.complaint().level

    def clock(self, name: str, key: str = "") -> SlaClock:
        """The deadline of this name that was started last."""
        with self.office.reading() as session:
            return [row for row in sla.rows(session, self.complaint()) if (row.clock, row.key) == (name, key)][-1]

    def main(self) -> ProcessInstance:
        """The run of complaint_handling."""
        return self.instance("complaint_handling")

    def tell(self, name: str, payload: dict[str, Any] | None = None, *, groups: tuple[str, ...] = ()) -> None:
        """Send a message, as the complainant unless groups are given."""
        self.office.tell(self.complaint().reference, name, payload, groups=groups)

    def refusal(self, element: str, by: str, **values: Any) -> set[str]:
        """The codes with which a completion is refused."""
        try:
            self.complete(element, by, **values)
        except RedressError as refused:
            return {refused.code, *(one.code for one in refused.problems)}
        return set()

    def cancelled(self, element: str) -> bool:
        """Was a task of this element taken back?"""
        with self.office.reading() as session:
            mine = select(UserTask.id).where(UserTask.element_id == element, UserTask.state == "cancelled")
            return session.scalar(mine.limit(1)) is not None

    def accept(self) -> None:
        """Triage as suggested, acceptance and a first response that leaves it open."""
        self.complete("ut_triage", "u_intake1", confirm=True)
        self.complete("ut_accept_case", self.owner(), accept=True)
        self.complete("ut_first_response", self.owner(), **RESPONSE)

    def owner(self) -> str:
        """Whose case it is."""
        return self.complaint().case_owner or "u_owner1"

    def propose(self, **changes: Any) -> None:
        """Investigate as usual and propose."""
        self.complete("ut_investigate", self.owner(), **{**FACTS, **changes.pop("facts", {})})
        self.complete("ut_propose_solution", self.owner(), **{**LATE, **changes})

    def offer(self) -> None:
        """Up to the question to the customer."""
        self.accept()
        self.propose()
        self.complete("ut_communicate_solution", self.owner(), **OFFER)

    def pay(self) -> None:
        """The customer accepts, the bank pays."""
        payee = {"payee_name": self.complaint().customer_name, "method": "alipay", "account": "13800000001"}
        self.tell("customer.decision", {"decision": "accept", **payee})
        self.tell("payment.confirmed", {"voucher_no": "PV-1"}, groups=("payment_provider",))

    def finish(self) -> None:
        """Verify and tell the result."""
        self.complete("ut_verify_execution", self.owner(), all_done=True)
        self.complete("ut_result_feedback", self.owner(), process="-", result="-", improvement="-", channel="app")


def registered(office: Office, *, by: str | None = None, **changes: Any) -> Handling:
    """A complaint that was just received: through the public door, or by somebody of the staff."""
    with unit_of_work(office.database) as session:
        actor = people.actor_of(session, by) if by is not None else None
        complaint: Complaint = complaints.register(session, {**LATE_PARCEL, **changes}, actor=actor).complaint
        complaint_id = complaint.id
    scheduler.tick(office.database)
    with office.reading() as session:
        assert cases.get(session, complaint_id).instance_id is not None
    return Handling(office=office, complaint_id=complaint_id)


__all__ = ["FACTS", "FINE", "LATE", "LATE_PARCEL", "OFFER", "RESPONSE", "Handling", "local", "registered"]
