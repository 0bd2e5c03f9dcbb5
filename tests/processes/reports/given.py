"""Small sets of cases as they lie in the tables, each to be counted by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.database import new_id
from processes.reports import overview, periods
from processes.reports.overview import Overview, Scope
from processes.sla_time import ZONE
from processes.tables.cases import Compensation, Complaint
from processes.tables.payments import Payment
from processes.tables.supervision import SlaClock
from processes.tables.visits import Satisfaction

WORKING_DAY = 8 * 3600


def at(day: str, hour: str = "10:00") -> datetime:
    """An instant of 2026 by the local clock: `at("09-02", "23:50")`."""
    return datetime.fromisoformat(f"2026-{day}T{hour}").replace(tzinfo=ZONE).astimezone(UTC)


@dataclass(kw_only=True)
class Cases:
    """Writes cases one after another."""

    session: Session
    number: int = 0

    def add(self, received: datetime, *, answered: timedelta | None = None, days: float | None = None, **changes: Any) -> Complaint:
        """A case received then, answered so much later, resolved after so many working days (on the day it says)."""
        self.number += 1
        given: dict[str, Any] = {
            "reference": f"TS-20260901-{self.number:05d}",
            "customer_id": f"c{self.number}",
            "customer_name": "曹磊",
            "level": 1,
            "channel": "app",
            "category": "DL",
            "content": "包裹丢件",
            "received_at": received,
            "case_owner": "u_owner1",
            "owner_department": "LOGISTICS",
            "first_response_at": None if answered is None else received + answered,
            "handled_seconds": None if days is None else int(days * WORKING_DAY),
            "resolved_at": None if days is None else received + timedelta(days=days),
        }
        row = Complaint(**given | changes)
        self.session.add(row)
        self.session.flush()  # what is added to it points at it
        return row

    def closed(self, received: datetime, closed: datetime, **changes: Any) -> Complaint:
        """A case that was closed."""
        usual: dict[str, Any] = {"status": "CLOSED", "close_code": "CLOSED_SATISFIED", "completeness": 100, "answered": timedelta(hours=1)}
        return self.add(received, closed_at=closed, **usual | changes)

    def rate(self, case: Complaint, process: int, result: int, at: datetime | None = None) -> None:
        """What its customer said."""
        rated = Satisfaction(
            complaint_id=case.id,
            process_score=process,
            result_score=result,
            satisfied=process + result >= 8,
            source="phone",
            at=at or case.closed_at or case.received_at,
        )
        self.session.add(rated)

    def clock(self, case: Complaint, due: datetime, *, name: str = "C-RESOLVE", stop: datetime | None = None, **changes: Any) -> None:
        """A deadline of it, as it ended (or runs)."""
        result = "running" if stop is None else "met" if stop <= due else "breached"
        given = {"clock": name, "level": case.level, "target": "5wd", "start": case.received_at, "due": due, "stop": stop, "result": result}
        self.session.add(SlaClock(complaint_id=case.id, **given | changes))

    def pay(self, case: Complaint, amount: str, at: datetime | None, state: str = "confirmed") -> None:
        """A payment for it."""
        claim = Compensation(
            complaint_id=case.id,
            requester="u_owner1",
            remedy_case="OVERDUE_GOODWILL",
            requested_amount=Decimal(amount),
            created_at=case.received_at,
        )
        self.session.add(claim)
        self.session.flush()  # the payment points at it
        given = {"compensation_id": claim.id, "complaint_id": case.id, "attempt": 1, "idempotency_key": new_id()}
        self.session.add(Payment(**given, amount=Decimal(amount), state=state, confirmed_at=at))


def september(session: Session, **scope: Any) -> Overview:
    """The report of September 2026."""
    return overview.over_time(session, periods.read("2026-09"), Scope(**scope))


def counted(found: Overview, figure: str, group: str = "") -> tuple[str | None, int, int | None]:
    """Value, numerator and denominator of a figure."""
    one = found.of(found.period, group)[figure]
    value = None if one.value is None else str(one.value)
    return value, int(one.numerator), None if one.denominator is None else int(one.denominator)
