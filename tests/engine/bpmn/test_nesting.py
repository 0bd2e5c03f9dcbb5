"""Processes in processes, instances in instances: what reaches through, and what does not."""

from collections.abc import Callable

import pytest

from engine.bpmn import execution
from engine.clock import MovableClock
from engine.errors import BudgetExceeded
from tests.engine.bpmn.running import CONTEXT, Run, specification

Start = Callable[..., Run]


def test_a_limit_around_a_call_cancels_everything_inside_of_it(run: Start, time: MovableClock) -> None:
    one = run("caller_with_limit", case="C-1")
    outer, inner = one.execution.waits().called
    assert (outer.element_id, inner.element_id, inner.scope_id) == ("call", "call", outer.token_id)
    time.advance(days=1)
    one.fire("limit")
    assert one.waiting() == ["handle"]
    assert {called.token_id: called.state for called in one.ended.values()} == {outer.token_id: "cancelled", inner.token_id: "cancelled"}
    assert sorted(one.passed("cancelled")) == ["call", "call", "inner"]
    assert one.execution.waits().called == () or not one.saving


def test_a_process_may_call_itself(run: Start) -> None:
    one = run("recursion", depth=0)
    assert len(one.execution.waits().called) == 4
    one.complete("bottom")
    assert one.state == "completed"
    assert one.variables == {"depth": 5}
    assert len(one.ended) == 4


def test_a_process_that_calls_itself_for_ever_is_ended(run: Start) -> None:
    with pytest.raises(BudgetExceeded, match="nested more than 100 deep"):
        run("recursion", depth=-1000)


def test_an_error_in_one_instance_ends_all_of_them(run: Start) -> None:
    one = run("errors_in_instances", claims=[1, 2])
    assert one.throw("pay", "BANK")
    assert (one.state, one.end) == ("completed", "end_caught")
    assert one.variables == {"claims": [1, 2], "problem": {"code": "BANK", "message": "it went wrong"}}
    assert sorted(passage.element_id for passage in one.trail if passage.state in ("cancelled", "failed")) == ["each", "each", "pay", "pay"]


def test_a_collection_may_be_named_by_the_id_of_its_declaration(run: Start) -> None:
    one = run("declared_items", people=["ann"])
    one.complete("ask", answer="yes")
    assert one.variables["answers"] == ["yes"]


def test_a_correction_reaches_every_branch_and_survives_their_join(run: Start) -> None:
    one = run("parallel")
    one.execution.set_variables({"items": ["corrected"], "x": 9})
    assert one.variables["items"] == ["corrected"]
    one.complete("second", y=2)
    assert one.variables == {"x": 9, "y": 2, "items": ["corrected"], "gone": 1}


def test_a_correction_reaches_what_is_inside_but_no_item(run: Start) -> None:
    one = run("approval_chain", approvers=["a"], due="2026-03-02T17:00:00Z")
    one.execution.set_variables({"level": 3, "approver": "nobody"})
    inside = one.execution.data(one.token("approve"))
    assert (inside["level"], inside["approver"]) == (3, "a")
    caller = run("caller", case="C-1")
    caller.execution.set_variables({"case": None, "level": 1})
    assert caller.execution.data(caller.token("inner")) == {"level": 1}


def test_a_correction_can_make_a_condition_true(run: Start) -> None:
    one = run("conditions")
    one.execution.set_variables({"level": 5})
    assert one.waiting() == ["fill", "urgent"]


def test_what_an_embedded_sub_process_has_computed_is_seen_while_it_runs(run: Start) -> None:
    one = run("subprocess_error", wrong=False)
    assert one.variables == {"wrong": False, "found": 7}


def test_a_data_object_hides_no_variable(run: Start) -> None:
    one = run("with_data_object", level=3)
    assert one.end == "high"


def test_a_condition_is_asked_after_every_step_over_all_branches(run: Start) -> None:
    one = run("conditions")
    assert one.waiting() == ["fill"]
    one.complete("fill", level=3)
    assert one.waiting() == ["fill_more", "urgent"]
    one.complete("fill_more", gone=True)
    assert (one.state, one.end) == ("completed", "end_withdrawn")


def test_a_parallel_block_behind_a_repeated_event_joins_each_time(run: Start) -> None:
    one = run("loop_of_handlers")
    for number in (1, 2, 3):
        one.receive("nudge", number=number)
        assert one.passed().count("count") == number
    one.complete("work")
    assert one.state == "completed"
    assert one.variables["nudges"] == 3


def test_running_changes_no_specification(time: MovableClock) -> None:
    for file, variables in (("approval_chain", {"approvers": ["a"], "due": "2026-03-04T09:00:00Z"}), ("event_gateway", {"case": "C"})):
        before = _shape(file)
        one = Run(file, variables, saving=True)
        one.fire(one.execution.waits().timers[0].element_id)
        execution.load(one.execution.dump(), CONTEXT).cancel()
        assert _shape(file) == before


def _shape(file: str) -> list[object]:
    found = specification(file)
    return [
        (name, list(task.inputs), list(task.outputs), task.completed_event.n_subscribers(), dict(task.data))
        for spec in (found.spec, *found.subs.values())
        for name, task in spec.task_specs.items()
    ]
