"""Event sub-processes: armed while their scope is open, started as sub-processes in its data.

The specification is never changed by a trigger: the armed start event is a node like others, and each start of the event
sub-process is one more token behind it. What waits here does not keep the scope from ending; what runs does.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.joins import StandsBy, runs_beside
from engine.bpmn.spec_events import Catching, ConditionDefinition, TimerDefinition
from engine.bpmn.spec_tasks import SubProcess
from engine.bpmn.specification import Definition
from engine.bpmn.token import Token, Values, is_open
from engine.bpmn.variables import share, variables_of

_HAPPENED = "happened"


class ArmedStart(StandsBy, Catching, BpmnSpecMixin):  # type: ignore[misc]  # Spiff is untyped
    """What an event sub-process waits for. Not interrupting, it goes on waiting after it was triggered.

    Of several things that all have to happen (`all_of`) each is one of these, and the last to happen triggers. When all of them
    can come again, all are waited for again.
    """

    def __init__(
        self, wf_spec: BpmnProcessSpec, bpmn_id: str, event_definition: EventDefinition, *, cancel_activity: bool, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition, **kwargs)
        self.cancel_activity = cancel_activity

    def _predict_hook(self, my_task: Token) -> None:
        """Nothing: what follows is known when it is triggered."""

    def _update_hook(self, my_task: Token) -> bool:
        """Armed at the beginning of the scope; a condition is asked again after each step, and counts when it becomes true."""
        if my_task.state != TaskState.WAITING:
            my_task._inherit_data()
            my_task._set_state(TaskState.WAITING)
            waiting_for = getattr(self.event_definition, "waiting_for", None)
            if waiting_for is not None:
                my_task.internal_data["waits"] = waiting_for(my_task)
        has_happened = _HAPPENED in my_task.internal_data
        if isinstance(self.event_definition, ConditionDefinition) and not has_happened and self.event_definition.comes_true(my_task):
            self.happen(my_task, {})
        return False

    def happen(self, event: Token, data: Values) -> None:
        """One of the things waited for."""
        if "all_of" not in self.redress:
            self._trigger(event, data)
            return
        event.internal_data[_HAPPENED] = data
        event.internal_data.pop("waits", None)
        parts = [token for token in event.parent.children if token.task_spec.name in self.redress["all_of"]]
        if all(_HAPPENED in part.internal_data for part in parts):
            self._trigger(event, {name: value for part in parts for name, value in part.internal_data[_HAPPENED].items()})
            if all(part.task_spec.comes_again for part in parts):
                for part in parts:
                    part.task_spec.wait_again(part)

    @property
    def comes_again(self) -> bool:
        """Whether it can happen as often as one likes: a time has passed when it has."""
        return not self.cancel_activity and not isinstance(self.event_definition, TimerDefinition)

    def wait_again(self, token: Token) -> None:
        """It has happened together with the others."""
        del token.internal_data[_HAPPENED]
        waiting_for = getattr(self.event_definition, "waiting_for", None)
        if waiting_for is not None:
            token.internal_data["waits"] = waiting_for(token)

    def _trigger(self, event: Token, data: Values) -> None:
        """End what else runs in the scope if so drawn, and start the event sub-process."""
        workflow = event.workflow
        if self.cancel_activity:
            event.data = {**variables_of(workflow), **data}
            end_rest(event)
            event._set_state(TaskState.COMPLETED)
        for spec in self.outputs:
            child = event._add_child(spec, TaskState.FUTURE)
            child.internal_data["received"] = data
            spec._update(child)


def end_rest(event: Token) -> None:
    """End everything in the scope of a token but itself; what had arrived at the end of the scope is part of its data by now."""
    workflow = event.workflow
    for token in list(workflow.tasks.values()):
        if token.joined:
            token.consumed = True
        if token is not event and is_open(token) and token.id in workflow.tasks:
            token.cancel()


class EventSubProcess(SubProcess):
    """One run of an event sub-process.

    Interrupting, it goes on with all variables of the scope. Not interrupting, it gets them as they are, and what it changes
    becomes part of the scope when it ends: its own token carries nothing, or what others did meanwhile would be undone.
    """

    def start_workflow(self, my_task: Token) -> None:
        """Start what is inside, with what the event brought."""
        definition: Definition = my_task.workflow.definition
        data = variables_of(my_task.workflow) if runs_beside(my_task) else dict(my_task.data)
        inside = self._start(my_task, definition.specification.subs[self.spec], definition, data=data)
        for start in inside.task_tree.children:  # its own event sub-processes know only what the scope knows
            start.data = {**start.data, **my_task.internal_data.get("received", {})}

    def update_data(self, my_task: Token, subworkflow: Any) -> None:
        """Its changes become those of the scope."""
        after = subworkflow.last_task.data
        if runs_beside(my_task):
            share(my_task.workflow, subworkflow.task_tree.data, after)
        else:
            my_task.data = dict(after)
