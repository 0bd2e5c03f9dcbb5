"""The tiers of supervision (processes.md 2.6 P2): who has each, how long it has to decide (C-SUPERVISE), what it may stop."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes import sla_time
from processes.tables.cases import Complaint
from processes.tables.supervision import Escalation

STOP_PAYMENT = "stop_payment"
HIGHEST = 5
HIGHEST_LEVEL = 4
SUPERVISORS: Mapping[int, str] = {1: "team_lead", 2: "dept_manager", 3: "complaint_manager", 4: "executive", 5: "general_manager"}
WITHIN: Mapping[int, str] = {1: "8wh", 2: "8wh", 3: "4wh", 4: "2wh", 5: "2wh"}
EXTENSION_BY_LEVEL: Mapping[int, tuple[str, int]] = {
    1: ("dept_manager", 5),
    2: ("dept_manager", 5),
    3: ("complaint_manager", 7),
    4: ("executive", 10),
}


def above(tier: int) -> int:
    """The next tier; above the general manager there is nobody."""
    return min(HIGHEST, tier + 1)


def duration(within: str) -> str:
    """`4wh` as the ISO 8601 duration that diagrams give to `working_time`."""
    target = sla_time.read(within)
    letter = {"wh": "PT{}H", "wd": "P{}D"}.get(target.unit)
    if letter is None:
        raise ValueError(f"supervisors are given working time (4wh, 1wd), not '{within}'")
    return letter.format(f"{target.amount.normalize():f}")


def payment_held(session: Session, complaint: Complaint) -> bool:
    """Whether the last supervisor who decided something in this case stopped its payments."""
    decided = select(Escalation.decision).where(Escalation.complaint_id == complaint.id, Escalation.decided_at.is_not(None))
    return session.scalar(decided.order_by(Escalation.decided_at.desc(), Escalation.id.desc()).limit(1)) == STOP_PAYMENT
