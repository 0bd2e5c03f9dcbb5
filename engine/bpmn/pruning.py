"""Tokens nothing can reach any more are forgotten: an instance that goes round for years keeps what it stands at.

What was passed is in the history table. Of the past a workflow needs only where branches that are still under way parted
(`meeting.merged` compares them with it), and close by what a token looks back at: its parent, the activity it is attached to, the
drawn element it came from. Between them a branch is shortened to nothing.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from engine.bpmn.joins import EndJoin, runs_beside
from engine.bpmn.scripting import changes
from engine.bpmn.token import Token, is_open

_NEAR = 3  # so far up tokens are asked who their ancestors are: `joins.runs_beside`, `joins.BoundaryEventJoin`
_HOLDING = {"index", "compensates", "awaits"}  # instances, compensation and rounds of complex gateways are looked up by position


def prune(workflow: Any) -> None:
    """Forget what cannot be reached any more in one workflow; what is inside of its sub-processes is theirs."""
    tokens: list[Token] = list(workflow.tasks.present())
    needed = _needed(workflow, tokens)
    if len(needed) == len(tokens):
        return
    kept: dict[UUID, list[UUID]] = {}  # children that stay, by parent
    gone: list[Token] = []
    for token in reversed(tokens):  # children come after their parents
        below = kept.get(token.id, [])
        if token.id not in needed and len(below) <= 1 and (not below or _may_be_left_out(token)):
            gone.append(token)
            stays = below
        else:
            stays = [token.id]
        if token._parent is not None and stays:
            kept.setdefault(token._parent, []).extend(stays)
    for token in gone:
        del workflow.tasks[token.id]
        workflow.forget(token)
    for token in workflow.tasks.present():
        children = kept.get(token.id, [])
        token._children = children[::-1]
        for child in children:
            workflow.tasks[child]._parent = token.id


def _needed(workflow: Any, tokens: list[Token]) -> set[UUID]:
    needed = {one.id for one in (workflow.task_tree, workflow.last_task, workflow.ended_by) if one is not None}
    asked: set[UUID | None] = set()
    for token in tokens:
        if is_open(token) or _is_awaited(token) or token.internal_data.get("awaits"):
            needed.add(token.id)
            if token._parent not in asked:  # of ten thousand instances, once
                asked.add(token._parent)
                needed.update(_looked_back_at(token))
    return needed


def _is_awaited(token: Token) -> bool:
    """Whether it stands at a join that has not gone on; at the end of a scope only as far as it brings something."""
    if not token.joined or token.consumed:
        return False
    return not isinstance(token.task_spec, EndJoin) or not (runs_beside(token) or _brings_nothing(token))


def _brings_nothing(token: Token) -> bool:
    """Whether this is the end of what a boundary event started beside its activity, with the variables as they were."""
    event = token.parent
    while event is not None and not isinstance(event.task_spec, BoundaryEvent):
        event = event.parent
    if event is None or event.task_spec.cancel_activity or event.parent is None:
        return False
    return changes(event.parent.data, token.parent.data) == ({}, [])


def _looked_back_at(token: Token) -> Iterator[UUID]:
    """The nearest ancestors, as far as the nearest one that is drawn; with an activity, what is attached to it."""
    ancestor, distance = token.parent, 1
    while ancestor is not None:
        yield ancestor.id
        spec = ancestor.task_spec
        if isinstance(spec, BoundaryEventSplit):
            yield from ancestor._children
        drawn = spec.bpmn_id is not None and not spec.helper and not isinstance(spec, LoopTask)
        if distance >= _NEAR and drawn:
            return
        ancestor, distance = ancestor.parent, distance + 1


def _may_be_left_out(token: Token) -> bool:
    """Whether what follows a token may follow what came before it instead: the children of an open one are its business."""
    parent = token.parent
    return parent is not None and not is_open(parent) and _HOLDING.isdisjoint(token.internal_data)
