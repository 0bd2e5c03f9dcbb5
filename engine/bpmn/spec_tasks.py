"""Activities: tasks, decisions, sub-processes and calls."""

from typing import Any

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec, defaults
from SpiffWorkflow.bpmn.specs.data_spec import BpmnDataSpecification
from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin

from engine.bpmn import mappings
from engine.bpmn.decision_shapes import in_shape
from engine.bpmn.decisions import Decision, decide
from engine.bpmn.specification import CalledRef, Definition
from engine.bpmn.token import Token, Values
from engine.errors import BudgetExceeded, ExecutionFailed, RedressError

MAX_DEPTH = 100


def variable_of(reference: BpmnDataSpecification) -> str:
    """The variable a data reference of the diagram means: its name, else its id (which is unique in a file)."""
    return str(reference.bpmn_name or reference.bpmn_id)


class PlainTask(defaults.NoneTask):  # type: ignore[misc]  # Spiff is untyped
    """A task without a type: nothing is to be done, so the token passes."""

    def __init__(self, wf_spec: BpmnProcessSpec, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = False


class ServiceTask(defaults.ServiceTask):  # type: ignore[misc]
    """Work of a handler: started here, done by a job, finished by `Execution.finish_service_task`."""

    redress: Values

    def _run_hook(self, my_task: Token) -> None:
        return None  # for Spiff: it has started and is not over


class DecisionTask(BpmnSpecMixin):  # type: ignore[misc]
    """A business rule task. The decision is that of its deployment."""

    redress: Values
    decision: Decision

    def _run_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        outcome = decide(self.decision, my_task, top.engine)
        top.history.decided(my_task, outcome)
        result = outcome.result
        variable = self.redress.get("result_variable")
        if variable is not None:
            result = {variable: in_shape(result, self.redress.get("result_shape"), collects=self.decision.collects)}
        my_task.data = {**my_task.data, **result}
        return True


class SubProcess(defaults.SubWorkflowTask):  # type: ignore[misc]
    """An embedded sub-process: a workflow of its own over all variables, which come back when it ends."""

    redress: Values

    def start_workflow(self, my_task: Token) -> None:
        """Start what is inside."""
        definition: Definition = my_task.workflow.definition
        self._start(my_task, definition.specification.subs[self.spec], definition, data=dict(my_task.data))

    def _start(self, my_task: Token, spec: BpmnProcessSpec, definition: Definition, *, data: Values) -> Any:
        child = self._inside(my_task, spec, definition)
        child.task_tree.data = data
        child.task_tree.run()
        return child

    def _inside(self, my_task: Token, spec: BpmnProcessSpec, definition: Definition) -> Any:
        child = my_task.workflow.top_workflow.call(my_task, spec, definition)
        if child.depth > MAX_DEPTH:
            reason = f"Processes and sub-processes are nested more than {MAX_DEPTH} deep; this one may be calling itself for ever."
            raise BudgetExceeded(element=my_task.task_spec.bpmn_id, reason=reason, line=None)
        child.completed_event.connect(self._on_subworkflow_completed, my_task)
        return child

    def update_data(self, my_task: Token, subworkflow: Any) -> None:
        """Take the variables over when it has ended."""
        my_task.data = dict(subworkflow.last_task.data)
        if subworkflow.terminated:
            my_task.internal_data["terminated"] = True

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        inside = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)  # or a loop would keep every round of it
        compensating = my_task.workflow.spec.compensating
        if compensating is not None and inside is not None:
            compensating.remember_inside(my_task, inside)

    def _on_cancel(self, my_task: Token) -> None:
        super()._on_cancel(my_task)
        my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)


class CallActivity(SubProcess, defaults.CallActivity):  # type: ignore[misc]
    """A call: the version is chosen when it happens. All variables go in and come back, unless the called process says which."""

    def start_workflow(self, my_task: Token) -> None:
        """Ask which definition is meant and start it."""
        caller: Definition = my_task.workflow.definition
        reference = CalledRef(
            key=self.spec,
            binding=self.redress.get("binding", "latest"),
            version=self.redress.get("version"),
            caller_definition_id=caller.id,
        )
        try:
            definition_id, specification = my_task.workflow.top_workflow.context.resolve(reference)
        except RedressError as error:
            reason = f"The process {self.spec} cannot be called. {error}"
            raise ExecutionFailed(element=self.bpmn_id, reason=reason, line=None) from error
        called = Definition(id=definition_id, specification=specification)
        given = {} if self.redress.get("passes") == "inputs" else my_task.data
        given = {**given, **mappings.evaluated(my_task, "inputs")}
        self._start(my_task, specification.spec, called, data=self._chosen(my_task, specification.spec, given, "data_inputs"))

    def update_data(self, my_task: Token, subworkflow: Any) -> None:
        """Take over what the called process gives back."""
        names = _names(subworkflow.spec, "data_outputs")
        result = self._chosen(my_task, subworkflow.spec, subworkflow.last_task.data, "data_outputs")
        if any(self.redress.get(name) for name in ("inputs", "outputs", "passes", "returns")):
            my_task.data = {**my_task.data, **self._mapped(my_task, result)}
        else:
            my_task.data = {**my_task.data, **result} if names else dict(result)

    def _mapped(self, my_task: Token, result: Values) -> Values:
        """What of the result the caller learns: nothing that only the called process was to see."""
        handed = mappings.evaluated(my_task, "inputs")
        back = {} if self.redress.get("returns") == "outputs" else {name: result[name] for name in result if name not in handed}
        return {**back, **mappings.evaluated(my_task, "outputs", result)}

    def _chosen(self, my_task: Token, spec: BpmnProcessSpec, data: Values, side: str) -> Values:
        names = _names(spec, side)
        missing = [name for name in names if name not in data]
        if missing:
            direction = "needs" if side == "data_inputs" else "should give back"
            reason = f"The called process {self.spec} {direction} the variable {missing[0]}, which is not there."
            raise ExecutionFailed(element=my_task.task_spec.bpmn_id, reason=reason, line=None)
        return {name: data[name] for name in names} if names else dict(data)

    def _on_complete_hook(self, my_task: Token) -> None:
        self._report(my_task)
        super()._on_complete_hook(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self._report(my_task)
        super()._on_cancel(my_task)

    def _report(self, my_task: Token) -> None:
        """Keep the called workflow for `waits().called`, which tells the mirror how it ended."""
        top = my_task.workflow.top_workflow
        if my_task.id in top.subprocesses:
            top.ended_calls.append(top.subprocesses[my_task.id])


def _names(spec: BpmnProcessSpec, side: str) -> list[str]:
    return [variable_of(reference) for reference in getattr(spec.io_specification, side, ())]
