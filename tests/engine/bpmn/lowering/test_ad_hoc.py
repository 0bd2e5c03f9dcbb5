"""Ad-hoc sub-processes: what can be done, until it is enough."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def test_everything_that_nothing_leads_to_begins_at_once(lowered: Start) -> None:
    assert lowered("ad_hoc").waiting() == ["ask", "call", "measure"]


def test_what_has_a_flow_comes_after_the_other(lowered: Start) -> None:
    one = lowered("ad_hoc")
    one.complete("measure", measured=False)
    assert one.waiting() == ["ask", "call", "compare"]


def test_when_it_is_enough_the_rest_is_taken_back(lowered: Start) -> None:
    one = lowered("ad_hoc")
    one.complete("ask", asked=True)
    assert one.state == "running"  # the other variable is not there yet
    one.complete("measure", measured=True)
    assert (one.state, one.passed()[-3:]) == ("completed", ["measure", "hoc", "end"])
    assert one.passed("cancelled") == ["call"]
    assert (one.variables["asked"], one.variables["measured"]) == (True, True)


def test_when_nothing_is_left_to_be_done_it_ends_too(lowered: Start) -> None:
    one = lowered("ad_hoc")
    for task in ("ask", "measure", "compare", "call"):
        one.complete(task, asked=False)
    assert one.state == "completed"


def test_what_has_begun_is_finished_where_the_sub_process_says_so(lowered: Start) -> None:
    one = lowered("ad_hoc_to_the_end")
    one.complete("ask", asked=True)
    one.complete("measure", measured=True)
    assert one.waiting() == ["call"]  # nothing new begins
    one.complete("call")
    assert (one.state, one.passed("cancelled")) == ("completed", [])


def test_one_after_the_other_in_the_order_of_the_file(lowered: Start) -> None:
    one = lowered("ad_hoc_in_turn")
    for task in ("ask", "measure", "compare"):
        assert one.waiting() == [task]
        one.complete(task, asked=True)
    assert one.waiting() == ["call"]
    one.complete("call", measured=True)
    assert one.state == "completed"


def test_nobody_sees_the_decisions(lowered: Start) -> None:
    one = lowered("ad_hoc_in_turn")
    one.complete("ask", asked=True)
    one.complete("measure", measured=True)
    assert one.passed() == ["begin", "ask", "measure", "hoc", "end"]
