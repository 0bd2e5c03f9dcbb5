"""Multi-instance activities, sub-processes, called processes, service tasks, decisions."""

import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from engine.clock import MovableClock
from engine.errors import BudgetExceeded, ExecutionFailed
from tests.engine.bpmn import running
from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def items(one: Run) -> list[Any]:
    return [wait.item and wait.item["value"] for wait in one.execution.waits().user_tasks]


def test_sequential_instances_see_their_item_one_after_the_other(run: Start) -> None:
    one = run("each_in_turn", approvers=["team_lead", "dept_manager"])
    assert items(one) == ["team_lead"]
    assert one.execution.data(one.token("approve"))["approver"] == "team_lead"
    one.complete("approve", vote="approve", approved_amount=Decimal("90"))
    assert items(one) == ["dept_manager"]
    assert one.execution.data(one.token("approve"))["approved_amount"] == Decimal("90")
    one.complete("approve", vote="approve")
    assert one.state == "completed"
    assert one.variables == {
        "approvers": ["team_lead", "dept_manager"],
        "votes": ["approve", "approve"],
        "vote": "approve",
        "approved_amount": Decimal("90"),
    }


def test_a_completion_condition_ends_the_sequence_early(run: Start) -> None:
    one = run("each_in_turn", approvers=["a", "b", "c"])
    one.complete("approve", vote="reject", reason="too much")
    assert one.state == "completed"
    assert (one.variables["votes"], one.variables["reason"]) == (["reject"], "too much")


def test_an_instance_without_an_output_is_tolerated(run: Start) -> None:
    one = run("each_in_turn", approvers=["a", "b"])
    with pytest.raises(ExecutionFailed, match="vote"):
        one.complete("approve")
    parallel = run("all_at_once", reviewers=["a", None])
    assert items(parallel) == ["a", None]


@pytest.mark.parametrize("nobody", [[], {}])
def test_no_items_are_no_instances(run: Start, nobody: object) -> None:
    one = run("each_in_turn", approvers=nobody)
    assert one.state == "completed"
    assert one.variables["votes"] == []
    assert "approve" not in one.passed()


@pytest.mark.parametrize("wrong", ["team_lead", 3, None])
def test_items_that_are_no_list_fail_with_a_sentence(run: Start, wrong: object) -> None:
    with pytest.raises(ExecutionFailed, match="approvers must be a list"):
        run("each_in_turn", approvers=wrong)


def test_parallel_instances_collect_in_the_order_of_the_items(run: Start) -> None:
    one = run("parallel_subprocesses", people=["ann", "bob", "cyn"])
    for number, word in ((2, "three"), (0, "one"), (0, "two")):
        one.complete("do", number, word=word)
    assert one.state == "completed"
    assert one.variables["notes"] == ["ann one", "bob two", "cyn three"]
    assert "person" not in one.variables


def test_enough_parallel_instances_cancel_the_rest(run: Start) -> None:
    one = run("all_at_once", reviewers=["a", "b", "c"])
    one.complete("review", 0, first=1)
    one.complete("review", 1, last=2)
    assert one.waiting() == ["after"]
    assert one.passed("cancelled") == ["review"]
    assert (one.variables["first"], one.variables["last"]) == (1, 2)


def test_an_interrupted_multi_instance_activity_cancels_all_that_is_inside(run: Start, time: MovableClock) -> None:
    one = run("parallel_subprocesses", people=["ann", "bob"])
    time.advance(hours=10)
    one.fire("stop")
    assert (one.state, one.end) == ("completed", "end_stopped")
    assert sorted(one.passed("cancelled")) == ["do", "do", "each", "each"]


def test_a_cardinality_may_be_computed(run: Start) -> None:
    one = run("counted")
    one.finish("send", copies=Decimal("2"))
    assert items(one) == [0, 1]


@pytest.mark.parametrize(("copies", "kind"), [(-1, ExecutionFailed), ("two", ExecutionFailed), (10**6, BudgetExceeded)])
def test_a_cardinality_that_is_none_fails(run: Start, copies: object, kind: type[ExecutionFailed]) -> None:
    one = run("counted")
    with pytest.raises(kind) as failure:
        one.finish("send", copies=copies)
    assert failure.value.details["element"] == "count"


def test_a_chain_of_approvals_with_reminders(run: Start) -> None:
    one = run("approval_chain", approvers=["team_lead", "executive"], due="2026-03-02T17:00:00Z")
    one.fire("late")
    assert one.waiting() == ["approve", "remind"]
    one.finish("remind", sent=True)
    one.complete("approve", vote="approve", approved_amount=Decimal("80.00"))
    assert items(one) == ["executive"]
    one.complete("approve", vote="reject")
    assert (one.state, one.end) == ("terminated", "end_rejected")
    assert one.variables["votes"] == ["approve", "reject"]
    assert one.variables["sent"] is True


def test_a_loop_repeats_while_its_condition_holds(run: Start) -> None:
    one = run("standard_loop")
    one.complete("try_it", good=False)
    one.complete("try_it", good=False)
    one.complete("try_it", good=True)
    assert one.state == "completed"
    assert one.passed().count("try_it") == 3


def test_a_called_process_takes_and_gives_back_all_variables(run: Start) -> None:
    one = run("caller", case="C-1")
    (called,) = one.execution.waits().called
    assert (called.element_id, called.definition_id, called.state, called.scope_id) == ("call", "called", "running", None)
    assert called.variables == {"case": "C-1"}
    assert one.execution.waits().user_tasks[0].scope_id == called.token_id
    one.complete("inner", seen=True)
    assert one.ended[called.token_id].state == "completed"
    assert one.ended[called.token_id].end_element_id == "finish"
    assert one.ended[called.token_id].variables == {"case": "C-1", "seen": True, "answer": "one"}
    one.complete("inner")
    assert one.variables == {"case": "C-1", "seen": True, "answer": "one"}


def test_two_calls_in_one_instance_may_run_two_versions(run: Start) -> None:
    one = run("caller")
    running.live["called"] = "called@2"
    one.complete("inner")
    assert one.waiting() == ["inner_two"]
    assert one.variables["answer"] == "one"
    one.complete("inner_two")
    assert one.variables["answer"] == "two"
    assert {called.definition_id for called in one.ended.values()} == {"called", "called@2"}


def test_what_runs_keeps_its_version_when_a_new_one_goes_live(run: Start) -> None:
    one = run("caller")
    running.live["called"] = "called@2"
    assert one.waiting() == ["inner"]
    one.complete("inner")
    assert one.variables["answer"] == "one"


def test_passages_of_a_called_process_carry_its_scope(run: Start) -> None:
    one = run("caller")
    call = one.execution.waits().called[0].token_id
    one.complete("inner")
    scopes = {passage.element_id: passage.scope_id for passage in one.trail}
    assert (scopes["inner"], scopes["call"]) == (call, None)


def test_a_called_process_may_say_what_it_takes_and_gives(run: Start) -> None:
    one = run("caller_of_narrow", case="C-1", secret="s", left=20)
    assert one.execution.data(one.token("inner")) == {"left": 20}
    one.complete("inner", noise=1, right=22)
    assert one.variables == {"case": "C-1", "secret": "s", "left": 20, "right": 22}


def test_a_missing_input_of_a_called_process_is_named(run: Start) -> None:
    with pytest.raises(ExecutionFailed, match="needs the variable left") as failure:
        run("caller_of_narrow", case="C-1")
    assert failure.value.details["element"] == "call"


def test_a_called_process_that_does_not_exist_fails_at_the_call(run: Start) -> None:
    with pytest.raises(ExecutionFailed, match="nowhere cannot be called") as failure:
        run("caller_of_nothing")
    assert failure.value.details["element"] == "call"


def test_an_error_of_a_called_process_is_caught_once_by_the_event_of_its_code(run: Start) -> None:
    one = run("caller_of_error")
    one.complete("ask", refuse=True)
    assert one.waiting() == ["handle"]
    assert one.variables["problem"] == {"code": "REFUSED", "message": "Refused"}
    assert [called.state for called in one.ended.values()] == ["cancelled"]
    assert one.passed("failed") == ["call"]


def test_a_decision_gives_its_outputs_exactly(run: Start) -> None:
    one = run("decision", remedy="RETURN", level=1, price=Decimal("44.85"), freight=Decimal("5"), amount=200, hints=["FOOD", "FEE"])
    assert one.variables["standard_amount"] == Decimal("49.85")
    assert (one.variables["method"], one.variables["base_band"]) == ("refund", 0)
    assert one.variables["category"] == ["SF", "FN", "OT"]
    assert one.variables["weight"] == [95, 70, 10]


def test_cells_are_compared_with_or_without_their_input(run: Start) -> None:
    one = run("decision", remedy="SORRY", level=3, amount=0, hints=[])
    assert (one.variables["standard_amount"], one.variables["base_band"]) == (150, -1)


@pytest.mark.parametrize(
    ("values", "element", "said"),
    [
        ({"remedy": "SORRY", "level": 1, "amount": 1500}, "band", "rows 3, 4 hold at the same time"),
        ({"remedy": "OTHER", "level": 1, "amount": 0}, "standard", "no row holds for these values of remedy, level"),
        ({"remedy": "SORRY", "level": 1, "amount": "many"}, "band", "decision table band"),
        ({"remedy": "RETURN", "level": 1, "amount": 0}, "standard", "price"),
    ],
)
def test_a_decision_that_is_not_unique_or_cannot_be_computed_names_table_and_rows(
    run: Start, values: dict[str, Any], element: str, said: str
) -> None:
    with pytest.raises(ExecutionFailed, match=said) as failure:
        run("decision", hints=[], **values)
    assert failure.value.details["element"] == element


def test_a_script_that_fails_names_element_and_line_and_changes_nothing(run: Start) -> None:
    with pytest.raises(ExecutionFailed, match="amount") as failure:
        run("exclusive")
    assert (failure.value.details["element"], failure.value.details["line"]) == ("prepare", 1)


def test_what_a_script_prints_is_in_the_log_with_names_instead_of_values(run: Start, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="redress.script"):
        run("printing", name="Li", unknown=False)
    assert [record.getMessage() for record in caplog.records] == ["say: the script prints: name is {name}"]
    with caplog.at_level(logging.INFO, logger="redress.script"), pytest.raises(ExecutionFailed, match="Li is unknown"):
        run("printing", name="Li", unknown=True)
    assert len(caplog.records) == 2, "a script that fails has printed, too"


def test_a_script_shares_nothing_with_what_was_before(run: Start) -> None:
    given: dict[str, Any] = {"n": {"v": 1}, "items": [1]}
    one = run("nested", **given)
    one.complete("look", more=given["items"])
    given["items"].append(9)
    assert given["n"] == {"v": 1}
    assert one.variables["n"] == {"v": 2}
    assert one.variables["before"] == {"v": 1}
    assert one.variables["more"] == [1]


def test_functions_of_the_engine_can_be_called(run: Start) -> None:
    one = run("exclusive", amount=3)
    assert one.execution.evaluate(one.token("decide"), "twice(total)") == 12
    with pytest.raises(ExecutionFailed, match="nobody_knows"):
        one.execution.evaluate(one.token("decide"), "nobody_knows + 1")


def test_what_does_not_wait_cannot_be_completed(run: Start) -> None:
    one = run("exclusive", amount=3)
    token = one.token("decide")
    one.complete("decide", vote="accept")
    with pytest.raises(ExecutionFailed, match="finished or cancelled"):
        one.execution.complete(token, {})
    with pytest.raises(ExecutionFailed, match="finished or cancelled"):
        one.execution.complete("no id at all", {})
    other = run("service")
    with pytest.raises(ExecutionFailed, match="waits for no person"):
        other.execution.complete(other.token("record"), {})
