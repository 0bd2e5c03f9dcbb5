"""What an earlier version has written goes on: `kept/` holds a specification and a state of revision 76dfa6b, as bytes.

They were compiled from `kept/kept.bpmn` with three people; one of them is done, and one round of the loop.
"""

from pathlib import Path
from typing import Any

from engine.bpmn import execution
from engine.bpmn.compiler import Specification, load_specification
from engine.bpmn.execution import CalledRef, Context, Execution
from engine.errors import NotFound

KEPT = Path(__file__).parent / "kept"


def loaded() -> Execution:
    """The execution, as it was saved."""
    specification = load_specification((KEPT / "specification").read_bytes())

    def resolve(reference: CalledRef) -> tuple[str, Specification]:
        raise NotFound(kind="process", id=reference.key)

    return execution.load((KEPT / "state").read_bytes(), Context(functions={}, resolve=resolve, specification=lambda _id: specification))


def complete(one: Execution, element: str) -> None:
    """Complete the first task of this element."""
    values: dict[str, Any] = {}
    one.complete(next(wait.token_id for wait in one.waits().user_tasks if wait.element_id == element), values)


def tasks(one: Execution) -> list[str]:
    """The open tasks."""
    return sorted(wait.element_id for wait in one.waits().user_tasks)


def test_instances_of_an_activity_that_were_open_can_be_completed() -> None:
    one = loaded()
    assert tasks(one) == ["again", "each", "each", "say"]
    complete(one, "each")
    complete(one, "each")
    assert tasks(one) == ["again", "say"]


def test_a_loop_remembers_the_rounds_it_had() -> None:
    one = loaded()
    complete(one, "again")
    assert "again" in tasks(one)
    complete(one, "again")
    assert "again" not in tasks(one)


def test_signals_of_then_stay_in_their_instance() -> None:
    one = loaded()
    assert [(wait.name, wait.inside) for wait in one.waits().signals] == [("told", True)]
    complete(one, "say")
    assert one.waits().signals == ()
    assert one.signals() == ()
