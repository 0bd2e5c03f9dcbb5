"""Months, quarters, years and free days: how they are written, what comes before, what a chart shows them among."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from engine import clock
from engine.errors import Invalid
from processes.reports import periods

NOON = datetime(2026, 9, 14, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_september() -> object:
    with clock.use(clock.MovableClock(NOON)):
        yield


@pytest.mark.parametrize(
    ("text", "first", "last", "before", "year_before"),
    [
        ("2026-09", "2026-09-01", "2026-09-30", "2026-08", "2025-09"),
        ("2026-01", "2026-01-01", "2026-01-31", "2025-12", "2025-01"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2025-Q1"),
        ("2026-H2", "2026-07-01", "2026-12-31", "2026-H1", "2025-H2"),
        ("2026", "2026-01-01", "2026-12-31", "2025", None),
        ("2026-09-01..2026-09-14", "2026-09-01", "2026-09-14", "2026-08-18..2026-08-31", "2025-09-01..2025-09-14"),
        ("2026-01-01..2026-12-31", "2026-01-01", "2026-12-31", "2025-01-01..2025-12-31", None),
        ("2024-02-29..2024-02-29", "2024-02-29", "2024-02-29", "2024-02-28..2024-02-28", "2023-02-28..2023-02-28"),
    ],
)
def test_a_period_is_written_as_it_is_read_and_compared_with_the_one_before(
    text: str, first: str, last: str, before: str, year_before: str | None
) -> None:
    found = periods.read(text)
    assert (found.key, str(found.first), str(found.last)) == (text, first, last)
    assert periods.before(found).key == before
    earlier = periods.year_before(found)
    assert (None if earlier is None else earlier.key) == year_before


def test_without_a_period_it_is_the_month_it_is() -> None:
    assert periods.read(None).key == periods.read("").key == "2026-09"


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-Q5", "2026-H3", "26", "1999", "september", "2026-09-31..2026-10-01", "2026-09-02..2026-09-01", "2026-00"]
)
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        periods.read(text)
    assert "2026-Q3" in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2026-09", ["2025-09", "2025-10", "...", "2026-08", "2026-09"]),
        ("2026-Q3", ["2024-Q3", "2024-Q4", "...", "2026-Q2", "2026-Q3"]),
        ("2026", ["2026-01", "2026-02", "...", "2026-08", "2026-09"]),  # October has not begun
        ("2026-09-01..2026-09-03", ["2026-09-01..2026-09-01", "2026-09-02..2026-09-02", "2026-09-03..2026-09-03"]),
        (
            "2026-05-04..2026-06-14",
            ["2026-05-04..2026-05-10", "2026-05-11..2026-05-17", "...", "2026-06-01..2026-06-07", "2026-06-08..2026-06-14"],
        ),
        ("2025-12-15..2026-08-31", ["2025-12-15..2025-12-31", "2026-01", "...", "2026-07", "2026-08"]),
    ],
)
def test_a_chart_shows_a_period_among_others_without_gaps(text: str, keys: list[str]) -> None:
    course = periods.course(periods.read(text))
    found = [one.key for one in course]
    assert (found if "..." not in keys else [*found[:2], "...", *found[-2:]]) == keys
    assert all(one.end == other.start for one, other in pairwise(course))


def test_what_has_not_begun_does_not_follow() -> None:
    assert periods.after(periods.read("2026-09")) is None
    follows = periods.after(periods.read("2026-08"))
    assert follows is not None and follows.key == "2026-09"
