"""The year before: closed cases as the company's former system hands them over, so that reports have a past to show.

No process ran for them, so they are rows, not a story; chance is seeded, so that every demonstration has the same year.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.calendars import WORKING_DAY, WorkingCalendar
from engine.database import Table, new_id
from processes.sla_time import ZONE
from processes.tables.cases import Compensation, Complaint, DayNumber
from processes.tables.payments import Payment
from processes.tables.supervision import SlaClock
from processes.tables.visits import Satisfaction

SEED = 20260914
MONTHS_BACK = 26  # so that a month has the one of the year before, and a year has the year before
BATCH = 100
A_DAY = 1.4  # cases on a working day, at first
Rows = dict[type[Table], list[dict[str, Any]]]


@dataclass(frozen=True)
class Kind:
    """Complaints of one kind: how often, whose, why, how much they cost, how long they take (working days)."""

    category: str
    weight: int
    department: str
    content: str
    causes: Sequence[str]
    paid: int
    days: float


KINDS = (
    Kind("DL", 34, "LOGISTICS", "快递延误,客服一直没有答复", ("RC-32", "RC-51"), 60, 2.4),
    Kind("PQ", 22, "QA", "商品使用不久就出现故障", ("RC-11", "RC-12", "RC-13"), 420, 3.1),
    Kind("AS", 14, "AFTERSALES", "报修后多日无人上门", ("RC-32", "RC-33"), 150, 3.3),
    Kind("SA", 10, "CS", "工作人员态度不好", ("RC-21", "RC-41"), 0, 2.0),
    Kind("PR", 8, "FINANCE_PRICING", "结算金额与标价不一致", ("RC-22", "RC-42"), 45, 2.2),
    Kind("CT", 4, "LEGAL", "合同条款与宣传不符", ("RC-42", "RC-61"), 900, 3.9),
    Kind("FN", 4, "BUSINESS_LINE", "分期手续费说明不清", ("RC-22", "RC-61"), 120, 3.0),
    Kind("OT", 4, "CS", "门店停车和排队问题", ("RC-62",), 0, 1.6),
)
CHANNELS = {"app": 30, "phone": 26, "web": 16, "wechat": 14, "onsite": 6, "email": 4, "platform": 3, "regulator": 1}
LEVELS = {1: 70, 2: 22, 3: 6, 4: 2}
OWNERS = {1: ("u_owner1", "u_owner2", "u_desk1"), 3: ("u_senior1", "u_senior2")}
NAMES = ("赵敏", "钱伟", "孙丽", "李娜", "周杰", "吴刚", "郑爽", "王磊", "冯静", "陈晨", "褚亮", "卫东")
CODES = {
    "CLOSED_SATISFIED": 84,
    "CLOSED_UNSATISFIED": 4,
    "CLOSED_WITHDRAWN": 4,
    "CLOSED_SETTLED": 3,
    "CLOSED_FINAL_RESPONSE": 2,
    "CLOSED_UNREACHABLE": 2,
    "CLOSED_INADMISSIBLE": 1,
}
UNRATED = frozenset({"CLOSED_WITHDRAWN", "CLOSED_UNREACHABLE", "CLOSED_INADMISSIBLE"})
RESOLVE_DAYS = {1: 5, 2: 5, 3: 3, 4: 3}


def batches(*, now: datetime) -> Iterator[Callable[[Session], None]]:
    """What writes the closed cases of the months before `now`, a little at a time: nobody waits long for the write lock."""
    for table, rows in of_months(now).items():
        for at in range(0, len(rows), BATCH):
            yield partial(add, table=table, rows=rows[at : at + BATCH])


def add(session: Session, *, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that leave to the table what is usual."""
    session.execute(insert(table), rows)


def of_months(now: datetime, *, months: int = MONTHS_BACK) -> Rows:
    """Their rows by table, in the order they may be inserted."""
    chance, calendar = Random(SEED), WorkingCalendar()
    today = now.astimezone(ZONE).date()
    rows: Rows = {DayNumber: [], Complaint: [], SlaClock: [], Satisfaction: [], Compensation: [], Payment: []}
    for number in range(months * 30, 0, -1):
        day = today - timedelta(days=number)
        grown = 1 + 0.5 * (1 - number / (months * 30)) + (0.7 if day.month == 11 else 0)  # November is the month of sales
        count = _how_many(chance, A_DAY * grown * (1 if calendar.hours(day) else 0.35))
        received = sorted(_received(chance, day) for _ in range(count))
        if received:
            rows[DayNumber].append({"day": f"{day:%Y%m%d}", "last": count})
        for place, at in enumerate(received, 1):
            _case(_Case(chance=chance, calendar=calendar, at=at, now=now, better=1 - number / (months * 30)), place, rows)
    return rows


def _how_many(chance: Random, mean: float) -> int:
    return int(mean) + (chance.random() < mean % 1) + (chance.random() < 0.25) - (mean > 1 and chance.random() < 0.25)


def _received(chance: Random, day: date) -> datetime:
    return datetime.combine(day, time(), ZONE) + timedelta(hours=min(max(chance.gauss(14, 4), 0.1), 23.8))


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One case to be made up: when it came in, and how far the company had learnt (0 to 1)."""

    chance: Random
    calendar: WorkingCalendar
    at: datetime
    now: datetime
    better: float


def _case(case: _Case, place: int, rows: Rows) -> None:
    chance, calendar, at = case.chance, case.calendar, case.at
    kind = chance.choices(KINDS, [one.weight for one in KINDS])[0]
    level = chance.choices(list(LEVELS), list(LEVELS.values()))[0]
    code = chance.choices(list(CODES), list(CODES.values()))[0]
    answered = at + timedelta(hours=chance.lognormvariate(1.7 - 0.3 * case.better, 0.75) / (1 if level < 3 else 4))
    needed = WORKING_DAY * min(kind.days * (1.15 - 0.3 * case.better) * chance.gammavariate(8, 0.125) * (1 if level < 3 else 0.7), 14)
    resolved = calendar.after(at, max(needed, timedelta(hours=4)))
    closed = calendar.after(max(resolved, answered), WORKING_DAY * (0.8 + 1.6 * chance.random()))
    if closed >= case.now:
        return  # what is still open today is in the story
    found = _complaint(case, kind, level, code, place) | {
        "first_response_at": answered,
        "resolved_at": resolved,
        "handled_seconds": calendar.between(at, resolved) // timedelta(seconds=1),
        "closed_at": closed,
        "archived_at": closed,
    }
    rows[Complaint].append(found)
    rows[SlaClock] += _clocks(case, found, level)
    if code not in UNRATED and chance.random() < 0.8:
        rows[Satisfaction].append(_rating(chance, found))
    if kind.paid and code not in UNRATED and chance.random() < 0.35:
        _pay(chance, found, kind, rows)


def _complaint(case: _Case, kind: Kind, level: int, code: str, place: int) -> dict[str, Any]:
    chance = case.chance
    name = chance.randrange(len(NAMES))
    return {
        "id": new_id(),
        "reference": f"TS-{case.at.astimezone(ZONE):%Y%m%d}-{place:05d}",
        "customer_id": f"former-{name}-{chance.randrange(200)}",
        "customer_name": NAMES[name],
        "channel": chance.choices(list(CHANNELS), list(CHANNELS.values()))[0],
        "content": kind.content,
        "received_at": case.at,
        "category": kind.category,
        "level": level,
        "case_owner": chance.choice(OWNERS[1 if level < 3 else 3]),
        "owner_department": kind.department,
        "root_cause": chance.choice(kind.causes),
        "status": "CLOSED",
        "close_code": code,
        "reopen_count": int(chance.random() < 0.05 - 0.02 * case.better),
        "repeat_count": int(chance.random() < 0.03),
        "completeness": 100 if chance.random() < 0.86 + 0.1 * case.better else chance.choice((80, 85, 90, 95)),
    }


def _clocks(case: _Case, complaint: Mapping[str, Any], level: int) -> Iterator[dict[str, Any]]:
    at, days = case.at, RESOLVE_DAYS[level]
    first = 24 if level < 3 else 2
    yield _clock(complaint, "C-FIRST", f"{first}ch", due=at + timedelta(hours=first), stop=complaint["first_response_at"])
    yield _clock(complaint, "C-RESOLVE", f"{days}wd", due=case.calendar.after(at, WORKING_DAY * days), stop=complaint["resolved_at"])


def _clock(complaint: Mapping[str, Any], clock: str, target: str, *, due: datetime, stop: datetime) -> dict[str, Any]:
    late = stop > due
    return {
        "id": new_id(),
        "complaint_id": complaint["id"],
        "clock": clock,
        "level": complaint["level"],
        "target": target,
        "start": complaint["received_at"],
        "due": due,
        "stop": stop,
        "result": "breached" if late else "met",
        "charged_to": complaint["case_owner"] if late else None,
    }


def _rating(chance: Random, complaint: Mapping[str, Any]) -> dict[str, Any]:
    content = complaint["close_code"] != "CLOSED_UNSATISFIED" and chance.random() < 0.95
    process, result = (chance.choice((4, 5, 5)), chance.choice((4, 5, 5))) if content else (chance.choice((2, 3)), chance.choice((1, 2, 3)))
    return {
        "id": new_id(),
        "complaint_id": complaint["id"],
        "process_score": process,
        "result_score": result,
        "satisfied": process + result >= 8,
        "source": "phone",
        "at": complaint["closed_at"],
    }


def _pay(chance: Random, complaint: Mapping[str, Any], kind: Kind, rows: Rows) -> None:
    amount = Decimal(round(kind.paid * chance.lognormvariate(0, 0.6))) + Decimal(chance.choice(("0.00", "0.50", "0.80")))
    claim, paid = new_id(), complaint["resolved_at"]
    rows[Compensation].append(
        {
            "id": claim,
            "complaint_id": complaint["id"],
            "requester": complaint["case_owner"],
            "remedy_case": "OVERDUE_GOODWILL",
            "requested_amount": amount,
            "approved_amount": amount,
            "state": "paid",
            "created_at": complaint["received_at"],
            "decided_at": paid,
        }
    )
    rows[Payment].append(
        {
            "id": new_id(),
            "compensation_id": claim,
            "complaint_id": complaint["id"],
            "attempt": 1,
            "idempotency_key": f"comp-{claim}/1",
            "amount": amount,
            "state": "confirmed",
            "sent_at": paid,
            "confirmed_at": paid,
        }
    )
