"""The complex gateway: starts by its condition, resets when the others have come, and begins anew."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_it_goes_on_when_its_condition_holds(run: Start) -> None:
    one = run("complex_gateway", amount=1)
    one.complete("third")
    one.complete("second")
    assert "go_on" not in one.passed()  # two have come, but not the first
    one.complete("first")
    assert one.passed().count("go_on") == 1
    assert one.state == "completed"


def test_a_late_one_resets_it_and_leaves_by_flows_that_ask_for_it(run: Start) -> None:
    one = run("complex_gateway", amount=1)
    one.complete("third")
    one.complete("first")
    assert (one.passed().count("go_on"), one.state) == (1, "running")
    one.complete("second")
    assert one.passed().count("go_on") == 1
    assert "late" in one.passed()
    assert one.state == "completed"


def test_a_condition_chooses_the_way_the_default_is_the_other(run: Start) -> None:
    one = run("complex_gateway", amount=101)
    one.complete("third")
    one.complete("first")
    assert "thorough" in one.passed()
    assert "go_on" not in one.passed()


def test_what_comes_before_the_reset_waits_for_the_next_round(run: Start) -> None:
    one = run("complex_gateway", amount=7)
    one.complete("third")
    one.complete("first")
    one.complete("first")  # came round again: the second has not come yet
    assert one.passed().count("go_on") == 1
    assert one.waiting() == ["second"]
    one.complete("second")
    assert one.passed().count("late") == 1
    assert one.passed().count("go_on") == 1  # alone it is not enough for a second round, and nothing else comes
    assert one.waiting() == []
