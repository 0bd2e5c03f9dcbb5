"""The same diagrams in SpiffWorkflow as it comes: in memory, nothing stored, nobody asked. The floor to compare with."""

import statistics
import time
from itertools import pairwise
from pathlib import Path

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

VARIABLES = {"amount": 1200, "vote": "approve", "reminders": 0}
CHAIN, CHAIN_SECONDS, CHAINS = 100, 0.035, 15  # script tasks in a row; what they take where the limits come from; how often tried
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


def slowness() -> float:
    """How many times as long as the machine the limits come from this one takes, for the same work of SpiffWorkflow as it comes."""
    parser = BpmnParser()
    parser.add_bpmn_str(_chain().encode())
    specification, taken = parser.get_spec("chain"), []
    for _ in range(CHAINS):
        workflow = BpmnWorkflow(specification)
        started = time.process_time()
        workflow.do_engine_steps()
        taken.append(time.process_time() - started)
    return statistics.median(taken) / CHAIN_SECONDS


def _chain() -> str:
    nodes = ["begin", *(f"script{number}" for number in range(CHAIN)), "end"]
    flows = "".join(f'<sequenceFlow id="to_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(nodes))
    scripts = "".join(
        f'<scriptTask id="{one}"><incoming>to_{one}</incoming><outgoing>to_{after}</outgoing><script>x = 1</script></scriptTask>'
        for one, after in pairwise(nodes[1:])
    )
    begin = f'<startEvent id="begin"><outgoing>to_{nodes[1]}</outgoing></startEvent>'
    end = '<endEvent id="end"><incoming>to_end</incoming></endEvent>'
    process = f'<process id="chain" isExecutable="true">{begin}{scripts}{end}{flows}</process>'
    return f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:bench">{process}</definitions>'


def _for_spiff(text: str) -> str:
    """Decisions are named by an element of Spiff's own there."""
    named = 'redress:decisionRef="grading"/>'
    inner = "><bpmn:extensionElements><spiffworkflow:calledDecisionId>grading</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
    return text.replace(named, f"{inner}</bpmn:businessRuleTask>").replace("<bpmn:definitions ", f"<bpmn:definitions {SPIFF} ")
