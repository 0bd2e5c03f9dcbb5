"""A number and the list of cases behind it agree, and both take the same few statements however many cases there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, func, select

from engine.errors import Invalid
from processes.reports import behind, overview, periods, report
from processes.reports.behind import Behind
from processes.reports.figure import Part
from processes.reports.overview import Scope
from processes.tables.cases import Complaint
from tests.processes.conftest import Office
from tests.processes.reports.given import Cases, at, september

COUNTED_IN_CASES = [
    id for id, one in report.FIGURES.items() if one.all_cases is not None and id not in ("handling-median", "compensation", "completeness")
]
CODES = ("CLOSED_SATISFIED", "CLOSED_WITHDRAWN", "CLOSED_INADMISSIBLE", "CLOSED_MERGED", "CLOSED_UNREACHABLE")


def a_mixed_month(cases: Cases) -> None:
    """Sixty cases of all kinds, from chance that is the same in every run."""
    chance = Random(7)
    for _ in range(60):
        received = at("08-20") + timedelta(hours=chance.uniform(0, 24 * 41))
        answered = timedelta(hours=chance.uniform(1, 40)) if chance.random() < 0.8 else None
        ends: dict[str, Any] = {
            "closed_at": received + timedelta(days=chance.uniform(2, 20)),
            "close_code": chance.choice(CODES),
            "status": "CLOSED",
        }
        counters: dict[str, Any] = {"reopen_count": chance.randrange(2), "repeat_count": chance.randrange(2), "days": chance.uniform(1, 9)}
        case = cases.add(received, answered=answered, **counters, **(ends if chance.random() < 0.7 else {}))
        due = received + timedelta(days=7)
        stop = received + timedelta(days=chance.uniform(3, 12))
        cases.clock(case, due, stop=stop if chance.random() < 0.7 else None)
        cases.clock(case, received + timedelta(hours=4), name="C-TRIAGE", stop=received + timedelta(hours=chance.uniform(1, 6)))
        if chance.random() < 0.6:
            cases.rate(case, chance.randint(1, 5), chance.randint(1, 5))
        if chance.random() < 0.4:
            cases.pay(case, "12.50", received + timedelta(days=9))


def how_many(cases: Cases, figure: str, part: Part) -> int:
    """The length of the list behind a number."""
    asked = Behind(figure=figure, part=part, period=periods.read("2026-09"))
    return cases.session.scalar(select(func.count()).select_from(Complaint).where(behind.condition(asked))) or 0


def test_every_number_of_cases_is_the_length_of_its_list(cases: Cases) -> None:
    a_mixed_month(cases)
    values = september(cases.session).of(periods.read("2026-09"))
    for id in COUNTED_IN_CASES:
        one = values[id]
        assert how_many(cases, id, "all") == (one.numerator if one.denominator is None else one.denominator) > 0, id
        if one.missed is not None:
            assert how_many(cases, id, "missed") == one.missed > 0, id


def test_a_figure_without_cases_to_look_at_says_so(cases: Cases) -> None:
    with pytest.raises(Invalid) as refused:
        how_many(cases, "received", "missed")
    assert "'received' has no cases that need a look" in refused.value.problems[0].message


def test_a_report_takes_seven_statements_however_many_cases_and_periods(cases: Cases, office: Office) -> None:
    for _ in range(2):
        a_mixed_month(cases)
        cases.session.flush()  # else the first question writes them
        with sent(office) as statements:
            september(cases.session)
        assert len(statements) == 7
        with sent(office) as statements:
            overview.by_dimension(cases.session, periods.read("2026"), Scope(), by="category")
        assert len(statements) == 7


@contextmanager
def sent(office: Office) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(office.database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(office.database.engine, "before_cursor_execute", note)
