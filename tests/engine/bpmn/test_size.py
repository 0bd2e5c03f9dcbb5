"""What an execution keeps and passes does not depend on how long it has run: the past is forgotten, a long way is cut in slices,
and of very many that wait only those are made that are asked for. None of it changes what happens."""

from collections.abc import Callable

import pytest

from engine.bpmn import asleep, budget, execution, state, workflow
from engine.bpmn.compiler import Specification, compile_files, load_specification
from engine.bpmn.execution import Context, Execution
from engine.clock import MovableClock
from engine.errors import BudgetExceeded, NotFound
from tests.engine import large
from tests.engine.bpmn.running import Run
from tests.engine.bpmn.test_state import RUNNABLE, story

CIRCLES = {"circle"}  # five thousand slices before it is noticed


def _context(drawing: bytes) -> Context:
    specification = load_specification(compile_files({"large.bpmn": drawing}).processes[0].specification)

    def resolve(reference: execution.CalledRef) -> tuple[str, Specification]:
        raise NotFound(kind="process", id=reference.key)

    return Context(resolve=resolve, specification=lambda _id: specification)


def _again(one: Execution, context: Context) -> Execution:
    return execution.load(one.dump(), context)


@pytest.mark.parametrize("file", RUNNABLE)
def test_forgetting_the_past_after_every_node_changes_nothing(file: str, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    told = story(file, saving=False)
    monkeypatch.setattr(workflow.Flat, "prune_above", -1)
    monkeypatch.setattr(workflow, "_FEW", -(10**9))
    assert story(file, saving=False) == told


@pytest.mark.parametrize("file", [file for file in RUNNABLE if file not in CIRCLES])
def test_a_way_in_slices_of_one_node_is_the_same_way(file: str, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    told = story(file, saving=False)
    monkeypatch.setattr(budget, "SLICE", 1)
    assert story(file, saving=True) == told


@pytest.mark.parametrize("file", RUNNABLE)
def test_sleeping_instances_are_found_in_their_turn(file: str, time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    told = story(file, saving=False)
    monkeypatch.setattr(state, "MANY", 1)
    monkeypatch.setattr(asleep, "_A_BUCKET", 1)
    assert story(file, saving=True) == told


def _kept_after(turns: int, drawing: bytes, turn: Callable[[Execution], None]) -> int:
    context = _context(drawing)
    one = execution.start("large", {"n": 0, "turns": 10**6}, context)
    for _ in range(turns):
        one = _again(one, context)
        turn(one)
    return len(one.dump())


def _ask(one: Execution) -> None:
    one.complete(one.waits().user_tasks[0].token_id, {})


def _remind(one: Execution) -> None:
    one.fire_timer(one.waits().timers[0].token_id)


@pytest.mark.parametrize(
    ("drawing", "turn"),
    [(large.loop(people=True), _ask), (large.reminders(noted=False), _remind), (large.reminders(noted=True), _remind)],
    ids=["a task in every turn", "reminders", "reminders by an event sub-process"],
)
def test_as_much_is_kept_after_three_hundred_turns_as_after_ten(
    drawing: bytes, turn: Callable[[Execution], None], time: MovableClock
) -> None:
    longer_numbers = 24
    assert _kept_after(300, drawing, turn) <= _kept_after(10, drawing, turn) + longer_numbers


def test_a_day_loop_with_boundary_events_keeps_as_much_each_day(run: Callable[..., Run]) -> None:
    one = run("day_loop")
    sizes = []
    for _ in range(120):
        one.complete("try_it", ok=False)
        sizes.append(len(one.execution.dump()))
    assert max(sizes[-10:]) <= max(sizes[:10]) + 24


def test_a_loop_looks_at_few_tokens_however_often_it_went_round(time: MovableClock) -> None:
    context = _context(large.loop())
    one = execution.start("large", {"n": 0, "turns": 2_000}, context)
    most = 0
    while one.waits().rest:
        most = max(most, len(one._workflow.tasks))
        one.go_on()
    assert one.variables()["n"] == 2_000
    assert most < 700


def test_a_long_way_is_left_where_a_slice_ends_and_goes_on_there(time: MovableClock) -> None:
    context = _context(large.chain(1_200))
    one = execution.start("large", {"n": 0}, context)
    assert one.state == "running"
    assert [rest.element_id for rest in one.waits().rest] == ["node_998"]
    passed = [passage.element_id for passage in one.passages()]
    while one.waits().rest:
        one = _again(one, context)
        one.go_on()
        passed += [passage.element_id for passage in one.passages()]
    assert one.state == "completed"
    assert passed == ["begin", *(f"node_{number}" for number in range(1_200)), "done"]


def test_a_way_without_an_end_is_ended_however_many_slices_it_takes(time: MovableClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_STEPS", 3_500)
    context = _context(large.loop())
    one = execution.start("large", {"n": 0, "turns": 10**6}, context)
    for _ in range(2):
        one = _again(one, context)
        one.go_on()
    with pytest.raises(BudgetExceeded, match="more than 3,500 elements"):
        _again(one, context).go_on()


def test_of_a_thousand_waiting_instances_few_are_made_to_complete_one(time: MovableClock) -> None:
    context = _context(large.instances(people=True))
    one = execution.start("large", {"items": list(range(1_000))}, context)
    somebody, kept = one.waits().user_tasks[500].token_id, one.dump()
    one = execution.load(kept, context)
    one.complete(somebody, {"double": 1_000})
    moved = one.waits(moved=True)
    again = one.dump()
    assert len(one._workflow.tasks) < 60
    assert moved.about is not None and somebody in moved.about
    assert somebody not in {wait.token_id for wait in moved.user_tasks}
    assert len(execution.load(again, context).waits().user_tasks) == 999
    assert abs(len(again) - len(kept)) < 2_000  # the bucket of the one, and what it gave
    assert len(again) < 60 * 1_000


def test_sleeping_instances_take_part_in_everything_that_concerns_all(time: MovableClock) -> None:
    context = _context(large.instances(people=True))
    one = _again(execution.start("large", {"items": list(range(200))}, context), context)
    one.set_variables({"level": 3})
    one = _again(one, context)
    waiting = one.waits().user_tasks
    assert [wait.item["index"] for wait in waiting if wait.item] == list(range(200))
    assert one.data(waiting[150].token_id)["level"] == 3
    one = _again(one, context)
    one.complete(waiting[7].token_id, {"double": 14})
    one = _again(one, context)
    one.cancel()
    assert [passage.state for passage in one.passages()].count("cancelled") == 199


def test_the_results_of_sleeping_instances_stand_in_the_order_of_the_items(time: MovableClock) -> None:
    context = _context(large.instances(people=True))
    one = execution.start("large", {"items": list(range(150))}, context)
    for wait in reversed(one.waits().user_tasks):
        one = _again(one, context)
        item = one.data(wait.token_id)["item"]
        one.complete(wait.token_id, {"double": 2 * item})
    assert one.state == "completed"
    assert one.variables()["doubled"] == [2 * item for item in range(150)]
