"""The deadlines of a case: start, stop, pause, resume, extend, grade again, reopen (processes.md 2.8).

Every function changes `sla_clock` rows and then moves the timer of the one instance that watches the case (P9) to the
next threshold. Whether a clock is met is a matter of its own instants, never of when somebody looked.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock as clocks
from engine.errors import Conflict
from processes import escalations, sla_alarm, sla_rows, sla_targets, sla_time, task_deadlines
from processes.sla_targets import ENGAGEMENT, REGULATORY, Rule
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock

RESOLVE = "C-RESOLVE"


class AlreadyExtended(Conflict):
    """The deadline {clock} was extended before; a deadline is extended once."""

    code = "ALREADY_EXTENDED"


def start(
    session: Session,
    complaint: Complaint,
    clock: str,
    *,
    key: str = "",
    at: datetime | None = None,
    target: str | None = None,
    within: str | None = None,
    improvement_id: str | None = None,
) -> SlaClock | None:
    """Start a clock at `at` (now). A clock that runs already is left alone; one the level has no target for is not started.

    `target` replaces that of DMN-05 (C-MEDIATE of an external mediation: `45wd`); `within` shortens it (C-PAY: the
    `pay_within` of DMN-08).
    """
    sla_alarm.guard(session, complaint)
    running = sla_rows.running(session, complaint, clock, key)
    if running:
        return running[0]
    rule = _rule(session, clock, complaint.level, target)
    if rule is None:
        return None
    begins = at or clocks.now()
    row = SlaClock(
        complaint_id=complaint.id,
        improvement_id=improvement_id,
        clock=clock,
        key=key,
        level=complaint.level,
        target=sla_time.shorter(rule.target, within, start=begins, calendar=sla_rows.calendar(session)),
        thresholds=list(rule.thresholds),
        pausable=rule.pausable,
        start=begins,
        due=begins,
        pauses=_pauses_of_others(session, complaint, begins) if rule.pausable else [],
        result="running",
        fired=[],
        done=[],
    )
    session.add(row)
    sla_rows.recompute(session, row)
    sla_alarm.rearm(session, complaint)
    return row


def _rule(session: Session, clock: str, level: int, target: str | None) -> Rule | None:
    if clock == REGULATORY:
        return Rule(target=target, thresholds=sla_targets.REGULATORY_THRESHOLDS, pausable=False) if target else None
    found = sla_targets.rule(session, clock, level)
    if found is None or target is None:
        return found
    return Rule(target=str(sla_time.read(target)), thresholds=found.thresholds, pausable=found.pausable)


def start_regulatory(session: Session, complaint: Complaint, base_limit: str | None, *, at: datetime | None = None) -> SlaClock | None:
    """C-REG with the base limit of DMN-16 (`15cd`, `by 24:00 of day+3`); nothing for a profile without one."""
    if not base_limit:
        return None
    return start(session, complaint, REGULATORY, target=str(sla_time.read(base_limit)), at=at or complaint.received_at)


def start_engagements(session: Session, complaint: Complaint, *, at: datetime | None = None) -> list[SlaClock]:
    """C-ENGAGE for every role the level asks for that had none in this handling of the case; gives those just started."""
    since = complaint.reopened_at
    known = {row.key for row in rows(session, complaint) if row.clock == ENGAGEMENT and (since is None or row.start >= since)}
    missing = [key for key in sla_targets.engagements(complaint.level) if key not in known]
    started = [start(session, complaint, ENGAGEMENT, key=key, at=at) for key in missing]
    return [row for row in started if row is not None]


def _pauses_of_others(session: Session, complaint: Complaint, at: datetime) -> list[dict[str, object]]:
    """The case waits already: a clock that starts now waits with it."""
    reasons = {
        pause["reason"] for row in sla_rows.running(session, complaint) if row.pausable for pause in row.pauses if pause["to"] is None
    }
    return [{"from": at, "to": None, "reason": reason} for reason in sorted(reasons)]


def stop(session: Session, complaint: Complaint, clock: str, *, key: str = "", at: datetime | None = None) -> SlaClock | None:
    """Stop a running clock: met when `at` (now) is not after its due instant. None: it does not run."""
    sla_alarm.guard(session, complaint)
    running = sla_rows.running(session, complaint, clock, key)
    for row in running:
        _end(session, complaint, row, at or clocks.now())
    if not running:
        return None
    sla_alarm.rearm(session, complaint)
    escalations.clear(session, complaint)
    return running[0]


def _end(session: Session, complaint: Complaint, row: SlaClock, at: datetime, *, cancelled: bool = False) -> None:
    row.pauses = [{**pause, "to": pause["to"] or at} for pause in row.pauses]
    row.stop = at
    sla_rows.recompute(session, row)
    late = at > row.due
    row.result = "breached" if late else "cancelled" if cancelled else "met"
    if late and row.charged_to is None:
        row.charged_to = complaint.case_owner


def cancel(session: Session, complaint: Complaint, clock: str, *, key: str | None = None, at: datetime | None = None) -> None:
    """Stop clocks of this name (with this key) that nobody has to meet any more; what was late already stays breached."""
    sla_alarm.guard(session, complaint)
    for row in sla_rows.running(session, complaint, clock, key):
        _end(session, complaint, row, at or clocks.now(), cancelled=True)
    sla_alarm.rearm(session, complaint)
    escalations.clear(session, complaint)


def cancel_all(session: Session, complaint: Complaint, *, at: datetime | None = None) -> None:
    """The procedure is over: every running clock of the case ends now. Those of an improvement go on."""
    sla_alarm.guard(session, complaint)
    for row in sla_rows.running(session, complaint):
        if row.improvement_id is None:
            _end(session, complaint, row, at or clocks.now(), cancelled=True)
    sla_alarm.rearm(session, complaint)
    escalations.clear(session, complaint)


def pause(session: Session, complaint: Complaint, reason: str, *, at: datetime | None = None) -> None:
    """Let the clocks that can be paused stand still. `reason` is the status it happens for; `resume` names it again."""
    sla_alarm.guard(session, complaint)
    for row in sla_rows.running(session, complaint):
        if row.pausable and not any(one["to"] is None and one["reason"] == reason for one in row.pauses):
            row.pauses = [*row.pauses, {"from": at or clocks.now(), "to": None, "reason": reason}]
            sla_rows.recompute(session, row)
    _moved(session, complaint)


def resume(session: Session, complaint: Complaint, reason: str, *, at: datetime | None = None) -> None:
    """End the pause for this reason: due instants move by the working time that was paused."""
    sla_alarm.guard(session, complaint)
    for row in sla_rows.running(session, complaint):
        if any(one["to"] is None and one["reason"] == reason for one in row.pauses):
            until = at or clocks.now()
            row.pauses = [{**one, "to": until} if one["to"] is None and one["reason"] == reason else one for one in row.pauses]
            sla_rows.recompute(session, row)
    _moved(session, complaint)


def _moved(session: Session, complaint: Complaint) -> None:
    """Running deadlines are other ones: the watch wakes up then, and open tasks are due then."""
    sla_alarm.rearm(session, complaint)
    task_deadlines.refresh(session, complaint)


def regrade(session: Session, complaint: Complaint, *, at: datetime | None = None) -> list[SlaClock]:
    """The level of the case is another one (2.8.4): new targets from the original start, pauses kept, stopped clocks untouched.

    Of the thresholds that are passed under a new target only the highest fires, at once and marked retroactive. Clocks of
    roles newly required start now: they are what is given back.
    """
    sla_alarm.guard(session, complaint)
    now = at or clocks.now()
    for row in sla_rows.running(session, complaint):
        if row.level != complaint.level and row.improvement_id is None:
            _grade(session, complaint, row, now)
    _moved(session, complaint)
    return start_engagements(session, complaint, at=now)


def _grade(session: Session, complaint: Complaint, row: SlaClock, now: datetime) -> None:
    before, after = sla_targets.rule(session, row.clock, row.level), sla_targets.rule(session, row.clock, complaint.level)
    if after is None and before is not None:
        _end(session, complaint, row, now, cancelled=True)
        return
    row.level = complaint.level
    if after is not None and before is not None:
        row.target, row.thresholds = _new_target(session, row, before, after), list(after.thresholds)
    sla_rows.recompute(session, row, regraded_at=now)


def _new_target(session: Session, row: SlaClock, before: Rule, after: Rule) -> str:
    """A target that was agreed stays agreed: what was shortened stays at least as short, what was lengthened as long."""
    if row.extended or row.target == before.target:
        return row.target if row.extended else after.target
    calendar = sla_rows.calendar(session)
    if sla_time.shorter(row.target, before.target, start=row.start, calendar=calendar) == row.target:
        return sla_time.shorter(after.target, row.target, start=row.start, calendar=calendar)
    return row.target


def extend(session: Session, complaint: Complaint, clock: str, *, target: str, key: str = "", at: datetime | None = None) -> SlaClock:
    """A longer target, counted from the original start; thresholds that lie ahead again will fire again. Once per clock (2.8.5)."""
    sla_alarm.guard(session, complaint)
    running = sla_rows.running(session, complaint, clock, key)
    if not running:
        raise Conflict(reason=f"the deadline {clock} does not run")
    row = running[0]
    if row.extended:
        raise AlreadyExtended(clock=sla_rows.label(row))
    if sla_rows.is_over(row, at or clocks.now()):
        raise Conflict(reason=f"the deadline {clock} is over; an extension is asked for before")
    row.target, row.extended = str(sla_time.read(target)), True
    sla_rows.recompute(session, row, arm_again_after=at or clocks.now())
    _moved(session, complaint)
    return row


def reopen(session: Session, complaint: Complaint, *, at: datetime | None = None) -> None:
    """The case is handled a second time: new C-RESOLVE, C-INVEST and C-ENGAGE from now; the earlier ones keep their result."""
    now = at or clocks.now()
    for name in (RESOLVE, "C-INVEST"):
        cancel(session, complaint, name, at=now)
        start(session, complaint, name, at=now)
    start_engagements(session, complaint, at=now)


def rows(session: Session, complaint: Complaint) -> Sequence[SlaClock]:
    """Every clock of the case, in the order they started; those of an improvement that began with its end are not the case's."""
    mine = select(SlaClock).where(SlaClock.complaint_id == complaint.id)
    if complaint.closed_at is not None:
        mine = mine.where(SlaClock.improvement_id.is_(None) | (SlaClock.start < complaint.closed_at))
    return session.scalars(mine.order_by(SlaClock.start, SlaClock.id)).all()


def used(session: Session, complaint: Complaint, clock: str = RESOLVE) -> Decimal:
    """Which share of a running clock is used up (DMN-04 `sla_used`); 0 when it does not run."""
    found = sla_rows.running(session, complaint, clock)
    return sla_rows.used(session, found[-1]) if found else Decimal(0)
