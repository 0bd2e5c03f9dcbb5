"""Multi-instance activities and loops.

Each instance sees the variables of the process and its item. What it changes goes back to the process when it completes
(the item itself does not), and the output item of every instance is collected in the order of the instances. How the
instances stand can be read by the names of `loop_counters`, what they throw is said in `loop_behaviour`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import expressions, loop_behaviour
from engine.bpmn.loop_counters import LOOP_COUNTER, counted
from engine.bpmn.scripting import changes
from engine.bpmn.spec_tasks import variable_of
from engine.bpmn.token import Token, Values, is_active
from engine.errors import BudgetExceeded, ExecutionFailed

MAX_INSTANCES = 10_000


class MultiInstance(MultiInstanceTask):  # type: ignore[misc]  # Spiff is untyped
    """The container of the instances. Its `internal_data` counts them; `collected` holds their outputs by index."""

    redress: Values
    sequential: bool

    def _update_hook(self, my_task: Token) -> bool:
        BpmnTaskSpec._update_hook(self, my_task)
        items = self._items(my_task)
        counts = {"items": items, "instances": len(items), "started": 0, "completed": [], "terminated": []}
        my_task.internal_data.update(counts, collected=[None] * len(items))
        self._collect(my_task)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        for _ in items[:1] if self.sequential else items:
            self._start_next(my_task)
        return False

    def _items(self, my_task: Token) -> list[Any]:
        engine = my_task.workflow.top_workflow.engine
        if self.data_input is None:
            count = engine.evaluate(my_task, self.cardinality)
            if isinstance(count, bool) or not isinstance(count, int | Decimal) or count != int(count) or count < 0:
                raise self._failed(my_task, "The number of instances must be a whole number that is not negative.")
            self._check_number(my_task, int(count))
            return list(range(int(count)))
        found = engine.evaluate(my_task, variable_of(self.data_input))
        if isinstance(found, Mapping):
            found = list(found.values())
        if not isinstance(found, list | set | tuple):
            raise self._failed(my_task, f"{variable_of(self.data_input)} must be a list: there is one instance for each item of it.")
        self._check_number(my_task, len(found))
        return list(found)

    def _check_number(self, my_task: Token, count: int) -> None:
        if count > MAX_INSTANCES:
            reason = f"It would have {count:,} instances; at most {MAX_INSTANCES:,} are run."
            raise BudgetExceeded(element=my_task.task_spec.bpmn_id, reason=reason, line=None)

    def _failed(self, my_task: Token, reason: str) -> ExecutionFailed:
        return ExecutionFailed(element=my_task.task_spec.bpmn_id, reason=reason, line=None)

    def _start_next(self, my_task: Token) -> None:
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        child = my_task._add_child(spec, TaskState.FUTURE)
        child.triggered = True
        index = my_task.internal_data["started"]
        my_task.internal_data["started"] += 1
        item = my_task.internal_data["items"][index]
        child.internal_data["index"] = index
        child.internal_data["item"] = item
        if self.input_item is not None:
            child.internal_data["own"] = {variable_of(self.input_item): item}
        spec._update(child)

    def merge_child(self, workflow: Any, child: Token) -> None:
        """An instance has completed (called by Spiff through the event that `load_specification` connects)."""
        my_task = child.parent
        counts = my_task.internal_data
        # Sequential instances build on each other; parallel ones all started from what was there before the activity.
        base = my_task.data if self.sequential else my_task.parent.data
        self._take_over(my_task, child, base)
        counts["terminated" if child.internal_data.get("terminated") else "completed"].append(child.internal_data["index"])
        if self.output_item is not None:
            counts["collected"][child.internal_data["index"]] = self._output(child)
        all_ended = len(counts["completed"]) + len(counts["terminated"]) == counts["instances"]
        if all_ended or self.sequential or self._reads_the_list():
            self._collect(my_task)
        loop_behaviour.throw(my_task, child)
        if not is_active(my_task):
            return  # what was thrown has interrupted the activity
        if all_ended or self._is_enough(my_task, child):
            self._collect(my_task)
            if not all_ended:
                my_task.workflow.tasks.wake()
            for other in self._instances(my_task):
                if is_active(other) and other is not child:
                    other.cancel()
            my_task._set_state(TaskState.READY)
        elif self.sequential:
            self._start_next(my_task)

    def _output(self, child: Token) -> Any:
        """A variable of the instance, None where it has none; other tools write an expression."""
        said = variable_of(self.output_item)
        return child.data.get(said) if said.isidentifier() else child.workflow.top_workflow.engine.evaluate(child, said)

    def _take_over(self, my_task: Token, child: Token, base: Values) -> None:
        own = child.internal_data.get("own", {})
        collection = variable_of(self.data_output) if self.data_output is not None else None
        updates, gone = changes(base, child.data)
        data = {**my_task.data, **{name: value for name, value in updates.items() if name not in own and name != collection}}
        for name in gone:
            if name not in own:
                data.pop(name, None)
        my_task.data = data

    def _collect(self, my_task: Token) -> None:
        if self.data_output is not None:
            counts = my_task.internal_data
            if self.sequential:  # in order, and what comes later is not there yet
                collected = counts["collected"][: len(counts["completed"]) + len(counts["terminated"])]
            else:
                collected = [counts["collected"][index] for index in sorted([*counts["completed"], *counts["terminated"]])]
            my_task.data = {**my_task.data, variable_of(self.data_output): collected}

    def _is_enough(self, my_task: Token, child: Token) -> bool:
        if not (self.condition or "").strip():
            return False
        names = counted(my_task)
        if self.data_output is not None:
            names[variable_of(self.data_output)] = my_task.data[variable_of(self.data_output)]
        return bool(my_task.workflow.top_workflow.engine.evaluate(child, self.condition, names))

    def _reads_the_list(self) -> bool:
        """Whether the condition asks for the results so far: putting them together for each instance takes its time."""
        if self.data_output is None or not (self.condition or "").strip():
            return False
        return variable_of(self.data_output) in expressions.names(self.condition).variables


class SequentialMultiInstance(MultiInstance, defaults.SequentialMultiInstanceTask):  # type: ignore[misc]
    """One instance after the other."""

    sequential = True


class ParallelMultiInstance(MultiInstance, defaults.ParallelMultiInstanceTask):  # type: ignore[misc]
    """All instances at once."""

    sequential = False


class StandardLoop(defaults.StandardLoopTask):  # type: ignore[misc]
    """The activity again and again while its condition holds; each round goes on with the data of the one before."""

    redress: Values

    def create_child(self, my_task: Token) -> None:
        """Begin a round."""
        rounds = my_task.internal_data.setdefault("rounds", 0)
        my_task.internal_data["instances"] = rounds + 1
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        child = my_task._add_child(spec, TaskState.FUTURE)
        child.triggered = True
        child.internal_data["index"] = rounds
        spec._update(child)

    def merge_child(self, workflow: Any, child: Token) -> None:
        """A round has ended."""
        my_task = child.parent
        my_task.data = child.data
        my_task.internal_data["rounds"] += 1
        if self.loop_complete(my_task):
            my_task._set_state(TaskState.READY)
        else:
            self.create_child(my_task)

    def loop_complete(self, my_task: Token) -> bool:
        """Whether no further round follows; the condition sees how many there were."""
        rounds = my_task.internal_data.get("rounds", 0)
        if self.maximum is not None and rounds >= self.maximum:
            return True
        if not (self.condition or "").strip():
            return False
        return not my_task.workflow.top_workflow.engine.evaluate(my_task, self.condition, {LOOP_COUNTER: rounds})
