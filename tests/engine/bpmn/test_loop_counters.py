"""What a loop knows of itself can be read inside it, in conditions and scripts, and is no variable."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_a_loop_counts_its_rounds(run: Start) -> None:
    one = run("loop_counters", give_up=False)
    assert one.variables["rounds"] == [1, 2, 3]


def test_an_instance_knows_its_number_and_how_the_others_stand(run: Start) -> None:
    one = run("loop_counters", give_up=False)
    one.complete("decide", 2)
    assert one.variables["seen"] == [[3, 4, 4, 0, 0]]
    one.complete("decide", 0)
    assert one.variables["seen"] == [[1, 4, 3, 1, 0]]


def test_the_condition_counts_those_that_were_terminated_apart(run: Start) -> None:
    one = run("loop_counters", give_up=False)
    one.complete("decide", give_up=True)
    one.complete("decide")
    one.complete("decide")
    assert one.state == "completed"
    assert one.variables["seen"][-1][3:] == [1, 1]
    assert set(one.passed("cancelled")) == {"decide", "each"}


def test_the_names_are_gone_outside(run: Start) -> None:
    one = run("loop_counters", give_up=False)
    one.complete("decide")
    assert not {"loopCounter", "nrOfInstances", "numberOfInstances"} & one.variables.keys()
