"""Figures over the year of the demonstration, once more in plain loops over its rows: what the statements find is the same."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from random import Random
from statistics import median
from typing import Any

import pytest

from engine import clock
from engine.database import new_id
from processes.case_measures import NOT_ANSWERABLE, NOT_CLOSED
from processes.demo import history
from processes.reports import overview, periods
from processes.reports.overview import Overview, Scope
from processes.reports.periods import Period
from processes.tables.cases import Complaint
from processes.tables.supervision import SlaClock
from tests.processes.reports.given import WORKING_DAY, Cases

pytestmark = pytest.mark.every_database
Row = Mapping[str, Any]
MONTHS = 9


@pytest.fixture
def rows(cases: Cases) -> tuple[Sequence[Row], Sequence[Row]]:
    """Cases and deadlines of some months: some still open, some merged, some charged to another, some with a second date."""
    made, chance = history.of_months(clock.now(), months=MONTHS), Random(7)
    for case in made[Complaint]:
        case["closed_at"] = None if chance.random() < 0.15 else case["closed_at"]
        case["close_code"] = chance.choice(("CLOSED_MERGED", "CLOSED_INADMISSIBLE")) if chance.random() < 0.1 else case["close_code"]
    for one in list(made[SlaClock]):
        one["result"], one["charged_to"] = ("breached", "u_senior1") if chance.random() < 0.2 else (one["result"], one["charged_to"])
        if one["clock"] == "C-RESOLVE" and chance.random() < 0.3:
            later = one["due"] + timedelta(days=chance.randrange(-15, 40))
            made[SlaClock].append(one | {"id": new_id(), "clock": "C-REG", "due": later, "result": "met", "charged_to": None})
    for table in (Complaint, SlaClock):
        history.add(cases.session, table=table, rows=made[table])
    return made[Complaint], made[SlaClock]


def test_every_month_is_counted_as_in_plain_loops(cases: Cases, rows: tuple[Sequence[Row], Sequence[Row]]) -> None:
    found = overview.over_time(cases.session, periods.read("2026-09"), Scope())
    for month in found.course:
        assert as_found(found, month) == dict(in_loops(*rows, month)), month.key


def test_a_year_is_counted_beside_its_months_and_twice_nowhere(cases: Cases, rows: tuple[Sequence[Row], Sequence[Row]]) -> None:
    found = overview.over_time(cases.session, periods.read("2026"), Scope())
    for period in (found.period, found.before, *found.course):
        assert as_found(found, period) == dict(in_loops(*rows, period)), period.key


def test_owners_are_told_apart_as_in_plain_loops(cases: Cases, rows: tuple[Sequence[Row], Sequence[Row]]) -> None:
    for key in ("2026-09", "2026-05", "2026-Q2"):
        found = overview.by_dimension(cases.session, periods.read(key), Scope(), by="owner")
        assert len(found.groups()) >= 4
        for owner in found.groups():
            assert as_found(found, found.period, owner) == dict(in_loops(*rows, found.period, owner)), (key, owner)


def as_found(found: Overview, period: Period, group: str = "") -> dict[str, Any]:
    """What the report says."""
    values = found.of(period, group)
    parts = {f"{id} of": values[id].denominator for id in ("closing-raw", "overdue")}
    middle = values["handling-median"].value
    counts = {id: values[id].numerator for id in ("received", "closed", "open", "closing-raw", "overdue", "overdue-any")}
    return {**counts, **parts, "median": None if middle is None else pytest.approx(float(middle), abs=0.006)}


def in_loops(all_cases: Sequence[Row], deadlines: Sequence[Row], period: Period, owner: str = "") -> Iterator[tuple[str, Any]]:
    """The same, case by case."""
    own = [one for one in all_cases if owner in ("", one["case_owner"])]
    counted = [one for one in own if one["close_code"] not in NOT_CLOSED]
    answerable = [one for one in counted if one["close_code"] not in NOT_ANSWERABLE]
    yield "received", sum(_within(one["received_at"], period) for one in counted)
    yield "closed", sum(_within(one["closed_at"], period) for one in counted)
    yield "open", sum(_is_open(one, period.end) for one in counted)
    yield "closing-raw", sum(_within(one["closed_at"], period) for one in answerable)
    came = sum(_within(one["received_at"], period) for one in answerable)
    yield "closing-raw of", came + sum(_is_open(one, period.start) for one in answerable)
    ended = [one for one in _ended(all_cases, deadlines, period) if owner in ("", one["charged"])]
    yield "overdue of", len(ended)
    yield "overdue", sum("C-RESOLVE" in one["missed"] or "C-REG" in one["missed"] for one in ended)
    yield "overdue-any", sum(bool(one["missed"]) for one in ended)
    taken = [one["handled_seconds"] for one in counted if _within(one["resolved_at"], period)]
    yield "median", median(taken) / WORKING_DAY if taken else None


def _within(at: Any, period: Period) -> bool:
    return at is not None and period.start <= at < period.end


def _is_open(case: Row, at: Any) -> bool:
    return case["received_at"] < at and (case["closed_at"] is None or case["closed_at"] >= at)


def _ended(all_cases: Sequence[Row], deadlines: Sequence[Row], period: Period) -> Iterator[Row]:
    """The cases closed or due in it: which dates they missed, and whom they are charged to."""
    of_case: dict[str, list[Row]] = {}
    for one in deadlines:
        of_case.setdefault(one["complaint_id"], []).append(one)
    for case in all_cases:
        own = of_case.get(case["id"], [])
        due = any(_within(one["due"], period) for one in own if one["clock"] in ("C-RESOLVE", "C-REG"))
        if case["close_code"] not in NOT_CLOSED | NOT_ANSWERABLE and (due or _within(case["closed_at"], period)):
            missed = [one for one in own if one["result"] == "breached"]
            charged = [one["charged_to"] for one in missed if one["clock"] in ("C-RESOLVE", "C-REG") and one["charged_to"]]
            yield {"missed": [one["clock"] for one in missed], "charged": max(charged, default=case["case_owner"])}
