"""Compensation and transactions: what completed is undone, the last first, once, as it was then."""

from collections.abc import Callable

from tests.engine.bpmn.running import Run

Start = Callable[..., Run]


def until_decided(run: Start) -> Run:
    one = run("compensation", seats=[1, 2])
    one.complete("book", place=1)
    one.complete("book", place=2)
    return one


def test_one_activity_is_undone_with_the_variables_of_its_time(run: Start) -> None:
    one = until_decided(run)
    one.complete("decide")
    assert one.waiting() == ["refund"]
    assert one.execution.data(one.token("refund"))["charged"] == 10
    assert one.variables["charged"] == 20
    one.finish("refund", refunded=10)
    assert one.waiting() == ["think"]
    assert (one.variables["charged"], one.variables["refunded"]) == (20, 10)


def test_all_that_is_left_is_undone_the_last_first_and_nothing_twice(run: Start) -> None:
    one = until_decided(run)
    one.complete("decide")
    one.finish("refund")
    one.complete("think")
    assert one.waiting() == ["unbook"]
    assert one.passed()[-1] == "withdraw"
    one.complete("unbook", unbooked=True)
    assert one.state == "completed"
    assert one.passed()[-6:] == ["think", "withdraw", "unbook", "undo_all", "undo_again", "finish"]
    assert (one.variables["undone"], one.variables["letter"], one.variables["unbooked"]) == (["sent"], "changed", True)


def test_an_event_need_not_wait_for_what_it_asks_for(run: Start) -> None:
    one = run("compensation_unawaited")
    assert one.waiting() == ["refund", "work"]
    one.complete("refund", refunded=True)
    one.complete("work")
    assert (one.state, one.variables) == ("completed", {"refunded": True})


def test_the_scope_does_not_end_before_it_is_compensated(run: Start) -> None:
    one = run("compensation_unawaited")
    one.complete("work")
    assert one.state == "running"
    one.complete("refund", refunded=True)
    assert (one.state, one.variables) == ("completed", {"refunded": True})


def test_an_event_sub_process_undoes_what_completed_around_it(run: Start) -> None:
    one = run("compensation_after_error")
    assert one.throw("ship", "BROKEN")
    assert one.waiting() == ["refund"]
    one.complete("refund")
    assert one.state == "completed"
    assert one.passed()[-7:] == ["is_broken", "refund", "undo", "repaired", "repairing", "inner", "finish"]


def transaction(run: Start) -> Run:
    one = run("transaction", amount=5, refunds=[], give_up=False)
    one.complete("reserve")
    return one


def test_a_transaction_that_succeeds_is_a_sub_process(run: Start) -> None:
    one = transaction(run)
    one.complete("pay")
    one.complete("wait")
    assert one.waiting() == ["celebrate"]


def test_a_cancelled_transaction_ends_what_is_open_undoes_the_rest_and_leaves_by_its_cancel_event(run: Start) -> None:
    one = transaction(run)
    one.complete("pay", give_up=True)
    assert one.waiting() == ["release"]
    assert one.passed("cancelled") == ["wait"]
    assert one.passed()[-2:] == ["give_up", "refund"]
    one.complete("release", released=True)
    assert one.waiting() == ["apologise"]
    assert (one.variables["refunds"], one.variables["released"]) == ([5], True)
    assert one.passed("cancelled") == ["wait", "booking"]


def test_what_is_not_completed_is_not_undone(run: Start) -> None:
    one = run("transaction", amount=5, refunds=[], give_up=True)
    one.complete("reserve")
    one.complete("pay")
    one.complete("release")
    assert one.waiting() == ["apologise"]


def test_after_a_cancelled_transaction_the_process_goes_on(run: Start) -> None:
    one = transaction(run)
    one.complete("pay", give_up=True)
    one.complete("release")
    one.complete("apologise")
    assert (one.state, one.end) == ("completed", "finish")
