"""Compensation and transactions: what is completed is undone by its handlers, the last one first (BPMN 2.0, 10.7, 13.4.5).

Every scope remembers what completed in it and can be compensated, with the variables as they were then. A sub-process keeps
what completed inside it; compensating it means to compensate that, in a workflow made for nothing else. Each completion is
compensated once. What handlers change goes on with the event that asked for it.
"""

from typing import Any, Literal

from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.serializer.helpers import EventDefinitionConverter
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.lowering.compensation import WHOLE
from engine.bpmn.scripting import changes
from engine.bpmn.spec_event_sub_processes import EventSubProcess, end_rest
from engine.bpmn.spec_events import deliver
from engine.bpmn.spec_tasks import SubProcess
from engine.bpmn.specification import Definition
from engine.bpmn.token import Token, Values, is_active
from engine.bpmn.variables import share

Completion = Values  # {"of": activity, "data": variables as they were, "inside": what completed in it, if it is a sub-process}
Then = Literal["tell", "leave", "end"]  # tell who asked; leave the transaction; end the workflow made for it
_INSTANCE = " [child]"


class CompensationDefinition(EventDefinition):  # type: ignore[misc]  # Spiff is untyped
    """Thrown: undo what completed in this scope, or one activity of it; the event waits for that, unless it says otherwise."""

    def __init__(self, name: str | None = None, *, activity: str | None = None, waits: bool = True, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.activity = activity
        self.waits = waits

    def begin(self, my_task: Token) -> bool | None:
        """Whether the event is done already: when there is nothing to wait for."""
        found = [(workflow, _taken(workflow, self.activity)) for workflow in _scopes(my_task)]
        started = [(workflow, completions) for workflow, completions in found if completions]
        for workflow, completions in started:
            compensator: Compensating = workflow.spec.compensating
            compensator.begin(workflow, completions, asked_by=my_task.key if self.waits else None, data=my_task.data)
        return None if started and self.waits else True

    def throw(self, my_task: Token) -> None:
        """Nothing: all is done when the event completes."""


def _scopes(thrower: Token) -> list[Any]:
    """The scope of an event, and of one in an event sub-process that of the scope around it, too."""
    scopes = [thrower.workflow]
    while (around := getattr(scopes[-1], "parent_token", None)) is not None and isinstance(around.task_spec, EventSubProcess):
        scopes.append(around.workflow)
    return [workflow for workflow in scopes if workflow.spec.compensating is not None]


def _taken(workflow: Any, activity: str | None) -> list[Completion]:
    """What is to be compensated, in order of completion; it is forgotten by the scope."""
    taken = [one for one in workflow.completions if activity in (None, one["of"])]
    workflow.completions = [one for one in workflow.completions if one not in taken]
    return taken


class CancelDefinition(EventDefinition):  # type: ignore[misc]
    """Ends a transaction: what is open in it is cancelled, what completed is compensated, then its cancel event happens."""

    def throw(self, my_task: Token) -> None:
        """From the end event inside of the transaction."""
        workflow = my_task.workflow
        end_rest(my_task)
        workflow.ended_by = my_task
        completions = _taken(workflow, None)
        if completions:
            workflow.spec.compensating.begin(workflow, completions, then="leave", data=my_task.data)
        else:
            _leave(workflow, my_task.data)


def _leave(workflow: Any, data: Values) -> None:
    """Go on behind the cancel event of a transaction."""
    main = workflow.parent_token
    if isinstance(main.parent.task_spec, LoopTask):
        main = main.parent
    hidden = workflow.parent_token.internal_data.get("own", ())
    for event in main.parent.children:
        if isinstance(event.task_spec, BoundaryEvent) and isinstance(event.task_spec.event_definition, CancelDefinition):
            deliver(event, {name: value for name, value in data.items() if name not in hidden})


class Compensating(BpmnTaskSpec):  # type: ignore[misc]
    """Beside the flow of a scope: runs handlers one after the other. Its token is there only while it does.

    `handlers`: the node to start by the activity it compensates; by `WHOLE` the event sub-process that compensates the scope.
    """

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, *, handlers: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.handlers = handlers or {}

    def test(self) -> None:
        """Nothing leads here."""

    def _predict_hook(self, my_task: Token) -> None:
        """Nothing: handlers are started one by one."""

    def remember(self, token: Token) -> None:
        """A token of the scope has completed."""
        activity = token.task_spec.name
        if activity in self.handlers and not self._stands_for_inside(token, activity):
            token.workflow.completions.append({"of": activity, "data": dict(token.data), "inside": []})

    def remember_inside(self, token: Token, inside: Any) -> None:
        """A sub-process, or an instance of one, is about to complete: keep what can be compensated in it, if not as a whole."""
        activity = token.task_spec.name.removesuffix(_INSTANCE)
        if activity not in self.handlers or not self._stands_for_inside(token, activity):
            return
        if inside.completions or WHOLE in inside.spec.compensating.handlers:
            token.workflow.completions.append({"of": activity, "data": dict(token.data), "inside": inside.completions})

    def _stands_for_inside(self, token: Token, activity: str) -> bool:
        return isinstance(token.workflow.spec.task_specs[self.handlers[activity]], CompensatedSubProcess)

    def begin(
        self, workflow: Any, completions: list[Completion], *, data: Values, then: Then = "tell", asked_by: str | None = None
    ) -> None:
        """Start to compensate, the last completion first; `then` says what comes of it."""
        token = workflow.task_tree._add_child(self, TaskState.FUTURE)
        token.triggered = True
        token.data = dict(data)
        token.internal_data.update(compensates=None, left=completions, before=dict(data), asked_by=asked_by, then=then)
        token._set_state(TaskState.STARTED)
        self.go_on(token)

    def go_on(self, my_task: Token) -> None:
        """Start the next handler; after the last one tell who asked."""
        left: list[Completion] = my_task.internal_data["left"]
        if not left:
            self._finish(my_task)
            return
        completion = left.pop()
        spec = my_task.workflow.spec.task_specs[self.handlers[completion["of"]]]
        handler = my_task._add_child(spec, TaskState.FUTURE)
        handler.triggered = True
        handler.internal_data.update(compensates=completion["of"], own=completion["data"], inside=completion["inside"])
        spec._update(handler)

    def _finish(self, my_task: Token) -> None:
        my_task._set_state(TaskState.COMPLETED)
        then: Then = my_task.internal_data["then"]
        if then == "leave":
            _leave(my_task.workflow, my_task.data)
        elif then == "end":
            _end(my_task)
        else:
            _tell(my_task)


def _tell(compensator: Token) -> None:
    """Let the event that asked go on with what the handlers changed; nobody waits: it becomes part of the scope."""
    top, asked_by = compensator.workflow.top_workflow, compensator.internal_data["asked_by"]
    before, after = compensator.internal_data["before"], compensator.data
    thrower = None if asked_by is None else top.find(asked_by)
    if thrower is None or not is_active(thrower):
        share(compensator.workflow, before, after)
        return
    updates, gone = changes(before, after)
    thrower.data = {name: value for name, value in {**thrower.data, **updates}.items() if name not in gone}
    if not any(_works_for(thrower, token) for workflow in top.workflows() for token in workflow.tasks.values()):
        thrower.complete()


def _works_for(thrower: Token, token: Token) -> bool:
    return isinstance(token.task_spec, Compensating) and is_active(token) and token.internal_data["asked_by"] == thrower.key


def _end(last: Token) -> None:
    """End a workflow that was made to compensate."""
    workflow = last.workflow
    workflow.last_task = last
    workflow._mark_complete(last)
    workflow.completed_event(workflow)


class Compensated(BpmnTaskSpec):  # type: ignore[misc]
    """Behind every handler: it is done."""

    def _predict_hook(self, my_task: Token) -> None:
        """Nothing follows."""

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        handler = my_task.parent
        while not isinstance(handler.parent.task_spec, Compensating):
            handler = handler.parent
        compensator = handler.parent
        updates, gone = changes({**compensator.data, **handler.internal_data["own"]}, my_task.data)
        data = {**compensator.data, **updates}
        compensator.data = {name: value for name, value in data.items() if name not in gone}
        compensator.task_spec.go_on(compensator)


class CompensatedSubProcess(SubProcess):
    """Stands for a completed sub-process while what completed in it is compensated."""

    def start_workflow(self, my_task: Token) -> None:
        """Make the workflow of the sub-process again, with nothing in it but what is to be undone."""
        definition: Definition = my_task.workflow.definition
        inside = self._inside(my_task, definition.specification.subs[self.spec], definition)
        root = inside.task_tree
        root.data = dict(my_task.data)
        root._set_state(TaskState.COMPLETED)
        for prediction in root.children:
            inside._remove_task(prediction.id)
        inside.completions = my_task.internal_data.pop("inside")
        compensator: Compensating = inside.spec.compensating
        own = compensator.handlers.get(WHOLE)
        if own is None:
            compensator.begin(inside, _taken(inside, None), then="end", data=root.data)
        else:
            spec = inside.spec.task_specs[own]
            event = root._add_child(spec, TaskState.FUTURE)
            event.triggered = True
            spec._update(event)


class CompensatingConverter(BpmnTaskSpecConverter):  # type: ignore[misc]
    """For the serializer of specifications."""

    def to_dict(self, spec: Compensating) -> Values:
        """With its handlers."""
        return {**super().to_dict(spec), "handlers": spec.handlers}


class CompensationConverter(EventDefinitionConverter):  # type: ignore[misc]
    """For the serializer of specifications."""

    def to_dict(self, event_definition: CompensationDefinition) -> Values:
        """With what it compensates."""
        plain: Values = super().to_dict(event_definition)
        return {**plain, "activity": event_definition.activity, "waits": event_definition.waits}
