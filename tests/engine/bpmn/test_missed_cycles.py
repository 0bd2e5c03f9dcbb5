"""Cycles after a standstill: one firing for all that were missed, or all of them."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.bpmn import execution
from engine.bpmn.compiler import compile_files, load_specification
from engine.bpmn.execution import CalledRef, Context, Execution, Specification
from engine.bpmn.timers import FOREVER, Timer, timer
from engine.clock import MovableClock
from engine.errors import NotFound
from tests.engine.bpmn.running import DIAGRAMS

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fired", "now", "due", "left"),
    [
        (Timer(due=NINE, left=3, period="PT1H"), NINE, NINE + timedelta(hours=1), 2),
        (Timer(due=NINE, left=9, period="PT1H"), NINE + timedelta(hours=3, minutes=30), NINE + timedelta(hours=4), 5),
        (Timer(due=NINE, left=FOREVER, period="PT1S"), NINE + timedelta(days=365), NINE + timedelta(days=365, seconds=1), FOREVER),
        (Timer(due=NINE, left=FOREVER, period="P1M"), datetime(2026, 6, 15, tzinfo=UTC), datetime(2026, 7, 2, 9, tzinfo=UTC), FOREVER),
    ],
)
def test_the_next_time_is_one_to_come(fired: Timer, now: datetime, due: datetime, left: int) -> None:
    following = fired.next_after(now)
    assert following is not None
    assert (following.due, following.left) == (due, left)


def test_missed_times_are_used_up() -> None:
    assert Timer(due=NINE, left=3, period="PT1H").next_after(NINE + timedelta(hours=3)) is None
    assert Timer(due=NINE, left=1).next_after(NINE + timedelta(hours=3)) is None


def test_a_cycle_needs_time_between_its_firings() -> None:
    with pytest.raises(ValueError, match="no time between"):
        timer("R/PT0S")


def test_a_cycle_may_end_at_an_instant(time: MovableClock) -> None:
    assert timer("R/PT4H/2026-03-02T18:00:00Z") == Timer(due=NINE + timedelta(hours=4), left=2, period="PT4H")
    assert timer("R1/PT4H/2026-03-02T18:00:00Z").left == 1
    with pytest.raises(ValueError, match="before it is due"):
        timer("R/PT4H/2026-03-02T10:00:00Z")


@pytest.mark.parametrize(("missed", "firings"), [("", 1), (' redress:missed="once"', 1), (' redress:missed="all"', 2)])
def test_the_diagram_says_what_happens_to_missed_times(missed: str, firings: int, time: MovableClock) -> None:
    one = _started(missed)
    time.advance(days=10)
    fired = 0
    while due := [wait for wait in one.waits().timers if wait.element_id == "daily" and wait.due <= time()]:
        one.fire_timer(due[0].token_id)
        fired += 1
    assert fired == firings


def _started(missed: str) -> Execution:
    text = (DIAGRAMS / "event_sub_processes.bpmn").read_text(encoding="utf-8")
    changed = text.replace('<bpmn:startEvent id="daily"', f'<bpmn:startEvent id="daily"{missed}')
    specification = load_specification(compile_files({"a.bpmn": changed.encode()}).processes[0].specification)

    def nothing(called: CalledRef) -> tuple[str, Specification]:
        raise NotFound(kind="process", id=called.key)

    context = Context(resolve=nothing, specification=lambda _: specification)
    return execution.start("a", {"amount": 1, "raises": 0, "reminders": 0}, context)
