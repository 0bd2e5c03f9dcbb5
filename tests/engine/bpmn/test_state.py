"""What is kept between two steps: the same run with and without it, exact values, no specification, its own version."""

import datetime
import sys
import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest
import zstandard

from engine.bpmn import execution
from engine.bpmn.execution import Waits
from engine.clock import MovableClock
from engine.errors import ExecutionFailed
from tests.engine.bpmn.running import CONTEXT, DIAGRAMS, Run

VARIABLES: dict[str, dict[str, Any]] = {
    "all_at_once": {"reviewers": ["a", "b", "c"]},
    "approval_chain": {"approvers": ["a", "b"], "due": "2026-03-04T09:00:00Z"},
    "boundary_reminder": {"due": "2026-03-04T09:00:00Z"},
    "caller_of_narrow": {"left": 1},
    "compensation": {"seats": [1, 2]},
    "counted": {"copies": 2},
    "declared_items": {"people": ["ann", "bob"]},
    "decision": {"remedy": "SORRY", "level": 2, "amount": 100, "hints": []},
    "each_in_turn": {"approvers": ["a", "b"]},
    "errors_in_instances": {"claims": [1, 2]},
    "escalations": {"late": 0},
    "event_sub_process_errors": {"caught": [], "rethrow": False},
    "event_sub_processes": {"raises": 0, "reminders": 0},
    "event_sub_processes_nested": {"people": ["ann", "bob"], "stopped": [], "heard": 0},
    "inclusive": {"amount": 500},
    "inclusive_ends": {"amount": 1},
    "long_loop": {"turns": 30},
    "nested": {"n": {"v": 1}, "items": []},
    "mappings": {"price": 5, "xs": ["a", "b"], "result": 1, "text": "t"},
    "mappings_called": {"n": 2},
    "mappings_of_call": {"n": 1},
    "no_way_out": {"amount": 100},
    "parallel_loop": {"a": 0, "b": 0, "list_of_b": []},
    "parallel_subprocesses": {"people": ["ann", "bob"]},
    "printing": {"name": "Li", "unknown": False},
    "recursion": {"depth": 0},
    "subprocess_error": {"wrong": False},
    "transaction": {"refunds": []},
    "with_data_object": {"level": 3},
}
COMMON = {"amount": 5, "case": "C-1", "question": "?"}
ANSWERS = {
    "vote": "approve",
    "word": "w",
    "opinion": 1,
    "ok": True,
    "good": True,
    "give_up": True,
    "refuse": True,
    "right": 1,
    "text": "t",
    "number": 1,
}
RUNNABLE = sorted(path.stem for path in DIAGRAMS.glob("*.bpmn") if path.stem != "caller_of_nothing")


def step(one: Run) -> bool:
    """Do something about the last thing waited for, timers first; False when nothing waits."""
    waits: Waits = one.execution.waits()
    if waits.timers:
        one.fire(waits.timers[-1].element_id)
    elif waits.messages:
        one.receive(waits.messages[-1].element_id, **ANSWERS)
    elif waits.service_tasks:
        one.finish(waits.service_tasks[-1].element_id, done=True, copies=2)
    elif waits.user_tasks:
        one.complete(waits.user_tasks[-1].element_id, -1, **ANSWERS)
    else:
        return False
    return True


def story(file: str, *, saving: bool) -> list[Any]:
    """Everything that can be told of a run to its end, or of its first thirty steps."""
    one = Run(file, {**COMMON, **VARIABLES.get(file, {})}, saving=saving)
    told: list[Any] = []
    for _ in range(30):
        told.append((one.waiting(), one.variables, one.state))
        if not step(one):
            break
    told += [(passage.element_id, passage.state, passage.flow_id, passage.scope_id is None, passage.ended_at) for passage in one.trail]
    told += [one.end, one.messages, sorted((called.element_id, called.state) for called in one.ended.values())]
    return told


@pytest.mark.parametrize("file", RUNNABLE)
def test_keeping_the_state_after_every_step_changes_nothing(file: str, time: MovableClock) -> None:
    told = story(file, saving=False)
    assert len(told) > 5
    assert story(file, saving=True) == told


@pytest.mark.parametrize("file", RUNNABLE)
def test_token_ids_outlive_saving(file: str, time: MovableClock) -> None:
    one = Run(file, {**COMMON, **VARIABLES.get(file, {})}, saving=False)
    for _ in range(4):
        assert execution.load(one.execution.dump(), CONTEXT).waits() == _without_ended(one.execution.waits())
        if not step(one):
            break


def _without_ended(waits: Waits) -> Waits:
    running = tuple(called for called in waits.called if called.state == "running")
    return replace(waits, called=running)


EXACT = {
    "money": Decimal("44.50"),
    "moment": datetime.datetime(2026, 3, 1, 9, 0, 0, 5, tzinfo=datetime.UTC),
    "day": datetime.date(2026, 3, 1),
    "span": datetime.timedelta(days=1, microseconds=3),
    "flag": True,
    "one": 1,
    "names": {"b", "a"},
    "typename": "BpmnWorkflow",
    "$t": {"$t": "n", "v": "not a number"},
    "deep": {"typename": "Task", "list": [1, [Decimal("0.10"), None]]},
    "赔付": "投诉\n处理",
}


def test_values_come_back_exactly_and_pose_as_nothing_else(time: MovableClock) -> None:
    one = Run("exclusive", {"amount": 1, **EXACT}, saving=True)
    assert one.variables == {"amount": 1, "total": 2, **EXACT}
    assert str(one.variables["money"]) == "44.50"
    assert one.variables["flag"] is True


def test_a_change_that_only_python_calls_equal_is_kept(time: MovableClock) -> None:
    one = Run("exclusive", {"amount": 1, "flag": 1, "price": Decimal("44.5")}, saving=True)
    one.complete("decide", flag=True, price=Decimal("44.50"), vote="return")
    assert one.variables["flag"] is True
    assert str(one.variables["price"]) == "44.50"


def test_a_type_that_cannot_be_kept_is_refused_with_a_sentence(time: MovableClock) -> None:
    one = Run("exclusive", {"amount": 1}, saving=False)
    one.complete("decide", vote="return", wrong=object())
    with pytest.raises(ExecutionFailed, match="object cannot be process data"):
        one.execution.dump()


def test_a_state_holds_no_specification_and_is_small(time: MovableClock) -> None:
    one = Run("exclusive", {"amount": 1}, saving=False)
    blob = one.execution.dump()
    assert len(blob) < 700
    assert b"accepted = True" not in zstandard.ZstdDecompressor().decompress(blob)


@pytest.mark.parametrize("change", [{"format": 0}, {"library": "3.1.0"}])
def test_the_state_of_another_version_is_refused(change: dict[str, Any], time: MovableClock) -> None:
    blob = Run("exclusive", {"amount": 1}, saving=False).execution.dump()
    structure, _, data = zstandard.ZstdDecompressor().decompress(blob).partition(b"\n")
    other = zstandard.ZstdCompressor().compress(orjson.dumps({**orjson.loads(structure), **change}) + b"\n" + data)
    with pytest.raises(ExecutionFailed, match="this program reads format 1"):
        execution.load(other, CONTEXT)


def test_a_broken_state_is_refused(time: MovableClock) -> None:
    with pytest.raises(ExecutionFailed, match="cannot be read"):
        execution.load(b"nothing of ours", CONTEXT)


def test_finished_sub_processes_are_not_kept(time: MovableClock) -> None:
    one = Run("approval_chain", {"approvers": [f"a{n}" for n in range(40)], "due": "2026-03-04T09:00:00Z"}, saving=False)
    early = len(one.execution.dump())
    for _ in range(38):
        one.complete("approve", vote="approve")
    assert len(one.execution.dump()) < early + 4_000


def test_one_specification_serves_many_threads(time: MovableClock) -> None:
    stories: list[list[Any]] = []

    def tell() -> None:
        stories.append([story(file, saving=True)[:10] for file in ("parallel_subprocesses", "approval_chain", "event_gateway")])

    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.00001)
    try:
        threads = [threading.Thread(target=tell) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(stories) == 4
