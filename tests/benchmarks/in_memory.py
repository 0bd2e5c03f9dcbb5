"""The same diagrams in SpiffWorkflow as it comes: in memory, nothing stored, nobody asked. The floor to compare with."""

import time
from pathlib import Path

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

VARIABLES = {"amount": 1200, "vote": "approve", "reminders": 0}
SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'


def cpu_per_case(diagrams: Path, key: str, *, cases: int) -> float:
    """Seconds of CPU a case of this process takes, from its creation to its end."""
    parser = SpiffBpmnParser()
    for path in sorted(diagrams.iterdir()):
        if path.suffix == ".bpmn":
            parser.add_bpmn_str(_for_spiff(path.read_text()).encode(), filename=path.name)
        elif path.suffix == ".dmn":
            parser.add_dmn_str(path.read_bytes(), filename=path.name)
    specification, called = parser.get_spec(key), parser.get_subprocess_specs(key)
    started = time.process_time()
    for _ in range(cases):
        workflow = BpmnWorkflow(specification, called)
        workflow.task_tree.data.update(VARIABLES)
        workflow.do_engine_steps()
        while not workflow.completed:
            for task in workflow.get_tasks(state=TaskState.READY, manual=True):
                task.run()
            workflow.do_engine_steps()
    return (time.process_time() - started) / cases


def _for_spiff(text: str) -> str:
    """Decisions are named by an element of Spiff's own there."""
    named = 'redress:decisionRef="grading"/>'
    inner = "><bpmn:extensionElements><spiffworkflow:calledDecisionId>grading</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
    return text.replace(named, f"{inner}</bpmn:businessRuleTask>").replace("<bpmn:definitions ", f"<bpmn:definitions {SPIFF} ")
