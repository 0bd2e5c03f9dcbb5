"""Choosing, splitting, joining: the tokens, and what becomes of the data of branches."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from engine.bpmn import budget
from engine.errors import BudgetExceeded, ExecutionFailed
from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


@pytest.mark.parametrize(("vote", "end"), [("accept", "done"), ("return", "done"), ("refuse", "refused")])
def test_an_exclusive_gateway_follows_the_first_condition_that_holds_else_its_default(run: Start, vote: str, end: str) -> None:
    one = run("exclusive", amount=Decimal("10.50"))
    one.complete("decide", vote=vote)
    assert (one.state, one.end) == ("completed", end)
    assert one.variables["total"] == Decimal("21.00")
    assert one.variables.get("accepted", False) is (vote == "accept")


def test_an_exclusive_gateway_without_a_way_out_fails_and_names_itself(run: Start) -> None:
    one = run("no_way_out", amount=3)
    with pytest.raises(ExecutionFailed, match="no default flow") as failure:
        one.complete("decide")
    assert failure.value.details["element"] == "choice"


def test_a_parallel_join_keeps_what_every_branch_changed(run: Start) -> None:
    one = run("parallel")
    assert one.waiting() == ["second"]
    one.complete("second", y=2)
    assert one.waiting() == ["after"]
    one.complete("after")
    assert one.variables == {"x": 1, "y": 2, "items": ["start", "first", "third"], "gone": 1}


def test_the_last_branch_does_not_undo_what_it_never_touched(run: Start) -> None:
    one = run("parallel")
    one.complete("second", gone=None)
    assert one.variables["x"] == 1
    assert one.variables["gone"] is None


def test_a_parallel_join_has_one_passage_for_each_token_that_arrived(run: Start) -> None:
    one = run("parallel")
    one.complete("second")
    joins = [(passage.flow_id, passage.state) for passage in one.trail if passage.element_id == "join"]
    assert sorted(joins) == [("first_to_join", "completed"), ("second_to_join", "completed"), ("third_to_join", "completed")]


def test_a_loop_over_a_parallel_block_counts_both_branches_in_every_turn(run: Start) -> None:
    one = run("parallel_loop", a=0, b=0, list_of_b=[])
    assert one.state == "completed"
    assert one.variables == {"a": 20, "b": 200, "list_of_b": [10 * turn for turn in range(1, 21)]}


@pytest.mark.parametrize(
    ("amount", "tasks"), [(5, ["small"]), (50, ["medium", "small"]), (500, ["large_task", "medium", "small"]), (0, ["other"])]
)
def test_an_inclusive_gateway_takes_every_flow_whose_condition_holds(run: Start, amount: int, tasks: list[str]) -> None:
    one = run("inclusive", amount=amount)
    assert one.waiting() == tasks
    for task in tasks:
        assert one.waiting() != ["after"]
        one.complete(task, **{f"{task}_done": True})
    if "large_task" in tasks:
        assert one.waiting() == ["large_after"]
        one.complete("large_after")
    assert one.waiting() == ["after"]
    assert all(one.variables[f"{task}_done"] for task in tasks)


def test_an_inclusive_join_waits_for_a_sub_process_further_up(run: Start) -> None:
    one = run("inclusive", amount=500)
    one.complete("small")
    one.complete("medium")
    assert one.waiting() == ["large_task"]


def test_an_inclusive_join_goes_on_when_the_branch_it_waited_for_ends_elsewhere(run: Start) -> None:
    one = run("inclusive_ends", amount=5)
    one.complete("short")
    assert one.waiting() == ["long"]
    one.complete("long", give_up=True)
    assert one.waiting() == ["after"]


def test_two_ends_put_the_data_of_both_branches_together(run: Start) -> None:
    one = run("two_ends")
    one.complete("second", b=2)
    assert one.state == "running"
    one.complete("first", a=1)
    assert (one.state, one.end) == ("completed", "end_first")
    assert one.variables == {"a": 1, "b": 2}


def test_a_terminate_end_cancels_what_is_open(run: Start) -> None:
    one = run("terminate")
    one.complete("first", said="stop")
    assert (one.state, one.end) == ("terminated", "stop")
    assert one.waiting() == []
    assert one.passed("cancelled") == ["second"]
    assert one.variables == {"said": "stop"}


def test_three_hundred_turns_of_a_loop_run_in_one_step(run: Start) -> None:
    one = run("long_loop", turns=300)
    assert one.waiting() == ["rest"]
    assert one.variables["n"] == 300
    assert one.passed().count("count") == 300


def test_a_loop_deeper_than_a_thousand_goes_on(run: Start) -> None:
    one = run("long_loop", turns=700)
    one.complete("rest")
    assert one.state == "completed"


def test_a_loop_without_an_end_is_ended(run: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "MAX_STEPS", 1_000)
    with pytest.raises(BudgetExceeded, match="more than 1,000 elements"):
        run("long_loop", turns=10**6)


def test_a_loop_that_changes_nothing_is_ended_soon(run: Start) -> None:
    with pytest.raises(BudgetExceeded, match="no variable changes; the diagram goes round in circles"):
        run("circle", amount=0)


def test_a_loop_over_a_task_with_a_boundary_event_can_go_on_for_a_year(run: Start) -> None:
    one = run("day_loop")
    for _ in range(40):
        assert one.waiting() == ["give_up", "try_it"]
        one.complete("try_it", ok=False)
    one.complete("try_it", ok=True)
    assert one.state == "completed"
    assert one.passed().count("try_it") == 41


def test_a_task_without_a_type_is_passed(run: Start) -> None:
    one = run("plain_task")
    assert one.waiting() == ["by_hand"]
    assert one.passed() == ["begin", "anything"]
