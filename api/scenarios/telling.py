"""Tells what happened between two looks, line by line: when, what, who, which deadline."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from api.scenarios.looks import Look
from engine.errors import Invalid
from engine.tables import UserTask
from processes.case_measures import label
from processes.demo import staff
from processes.letters.words import CLOCKS
from processes.sla_time import ZONE
from processes.whole_case import WholeCase

NAMES = {person.id: person.name for person in staff.STAFF}
LATE = 100
PLACE = re.compile(r"/values/\S+: ")
PROMISED = ("C-FIRST", "C-RESOLVE")


def lines(before: Look, after: Look) -> Iterator[str]:
    """The story between two looks, in order of time."""
    told = [one for reference, case in after.cases.items() for one in _of_case(before.cases.get(reference), case, after.at)]
    for at, text in sorted(told, key=lambda one: one[0]):
        yield f"{at.astimezone(ZONE):%a %d %b %H:%M}  {text}"


def refusal(at: datetime, who: str, sentence: str) -> str:
    """Somebody was refused. Of an answer with problems the problems are told, not that there are some nor where."""
    why = PLACE.sub("", sentence.removeprefix(f"{Invalid.__doc__}; "))
    return f"{at.astimezone(ZONE):%a %d %b %H:%M}  REFUSED: {name(who)}: {why}"


def name(account: str | None) -> str:
    """A person by name, a service by what it is."""
    if account is None or account.startswith("customer"):
        return "the customer"
    return NAMES.get(account, account)


def _of_case(before: WholeCase | None, case: WholeCase, now: datetime) -> Iterator[tuple[datetime, str]]:
    if before is None:
        yield case.complaint.received_at, f"{case.complaint.customer_name} complains: “{case.complaint.content}” It is {case.reference}."
        yield case.complaint.received_at, f"level {case.complaint.level}; {_promised(case)}"
    yield from _deadlines(before, case)
    yield from _done(before, case)
    yield from _letters(before, case)
    yield from _money(before, case, now)
    for one in case.escalations:
        if before is None or one.id not in {known.id for known in before.escalations}:
            yield one.opened_at, f"ESCALATION to tier {one.tier}: {one.supervisor} has to supervise"
    decided = {one.id for one in before.escalations if one.decision} if before else set()
    for one in case.escalations:
        if one.decision and one.id not in decided:
            why = "; ".join(part for part in (one.instruction, one.reason, one.new_owner and f"new owner {name(one.new_owner)}") if part)
            yield now, f"{name(one.decided_by)} decides: {one.decision}: {why}"
    if before is not None and case.complaint.status != before.complaint.status:
        yield now, f"-- {before.complaint.status} -> {case.complaint.status}"


def _promised(case: WholeCase) -> str:
    """The two deadlines everything turns on."""
    due = {row.clock: f"{row.due.astimezone(ZONE):%a %d %b %H:%M}" for row in case.clocks if row.due is not None}
    return ", ".join(f"{CLOCKS[clock][0]} is due by {due[clock]}" for clock in PROMISED if clock in due)


def _deadlines(before: WholeCase | None, case: WholeCase) -> Iterator[tuple[datetime, str]]:
    known = {row.id: len(row.fired) for row in before.clocks} if before else {}
    for row in case.clocks:
        for one in row.fired[known.get(row.id, 0) :]:
            word = "DEADLINE MISSED" if one["percent"] >= LATE else "deadline near"
            what = CLOCKS.get(row.clock, (row.clock, ""))[0]
            due = row.due.astimezone(ZONE)
            yield one["at"], f"{word}: {what} ({label(row)}, {one['percent']} %, due {due:%d %b %H:%M}); told: {', '.join(one['notify'])}"


def _done(before: WholeCase | None, case: WholeCase) -> Iterator[tuple[datetime, str]]:
    known = {one.id for one in before.tasks if one.state != "open"} if before else set()
    for one in case.tasks:
        if one.state == "completed" and one.id not in known and one.ended_at is not None:
            yield one.ended_at, f"{name(one.completed_by)}: {one.name}{_role(one)}"


def _role(task: UserTask) -> str:
    value = (task.item or {}).get("value")
    return f" (as {value})" if isinstance(value, str) else ""


def _letters(before: WholeCase | None, case: WholeCase) -> Iterator[tuple[datetime, str]]:
    known = {one.id for one in before.contacts} if before else set()
    for one in case.contacts:
        if one.id not in known and one.direction == "out" and one.template is not None:
            yield one.at, f"letter {one.template} to the customer: {one.subject}"
        elif one.id not in known and one.direction == "in":
            yield one.at, f"from the customer: {one.text}"


def _money(before: WholeCase | None, case: WholeCase, now: datetime) -> Iterator[tuple[datetime, str]]:
    states = {one.id: one.state for one in before.claims} | {one.id: one.state for one in before.payments} if before else {}
    for claim in case.claims:
        if states.get(claim.id) != claim.state and claim.state in ("approved", "rejected", "paid"):
            yield now, f"compensation of {_amount(claim.approved_amount or claim.requested_amount)}: {claim.state} ({claim.label})"
    for payment in case.payments:
        if states.get(payment.id) != payment.state and payment.state in ("sent", "confirmed", "failed"):
            yield now, f"payment of {_amount(payment.amount)} (order {payment.attempt}): {payment.state}"


def _amount(amount: Decimal) -> str:
    return f"{amount:,.2f}"
