"""The boundary event that waits for all of several things: one node for each, of which the last to happen is the event.

The others (`lowering.multiple_events`) have happened and stand there until the activity ends. What each has learnt goes on
with the last one.
"""

from SpiffWorkflow.util.task import TaskState

from engine.bpmn import spec_events
from engine.bpmn.spec_events import ConditionDefinition
from engine.bpmn.token import Token, Values

_HAPPENED = "happened"


class BoundaryEvent(spec_events.BoundaryEvent):
    """A boundary event, be it a part of one."""

    def repeats(self) -> bool:
        """All of several things happen once."""
        return "all_of" not in self.redress and super().repeats()

    def happen(self, event: Token, data: Values) -> None:
        """Unless others are still to come."""
        if "all_of" not in self.redress:
            super().happen(event, data)
            return
        event.internal_data[_HAPPENED] = data
        event.internal_data.pop("waits", None)
        parts = [token for token in event.parent.children if token.task_spec.name in self.redress["all_of"]]
        if all(_HAPPENED in part.internal_data for part in parts):
            learnt = {name: value for part in parts for name, value in part.internal_data[_HAPPENED].items()}
            super().happen(event, learnt)

    def _update_hook(self, my_task: Token) -> bool:
        if "all_of" not in self.redress or "event_fired" in my_task.internal_data:
            return super()._update_hook(my_task)
        if _HAPPENED in my_task.internal_data:
            return False
        if not isinstance(self.event_definition, ConditionDefinition):
            return super()._update_hook(my_task)
        my_task._inherit_data()
        my_task._set_state(TaskState.WAITING)
        if self.event_definition.has_fired(my_task):
            self.happen(my_task, {})
        return False
