"""SpiffWorkflow's parser behind our hardened XML, and what it says, in sentences with element and line.

It is given what `lowering` makes of a file.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity, SubWorkflowTask

from engine.bpmn.lowering import Lowered
from engine.bpmn.scope_parsers import SCOPE_PARSERS, add_beside_the_flow
from engine.bpmn.spec_ad_hoc import AD_HOC_PARSERS
from engine.bpmn.spec_complex_gateway import DrawnComplexGateway
from engine.bpmn.spec_quantities import QUANTITY_PARSERS
from engine.bpmn.spec_tasks import DecisionTask
from engine.bpmn.stepwise import StepwiseParser, stepwise
from engine.bpmn.xml import line_of
from engine.errors import InvalidDeployment, Problem

_AS_DRAWN: Mapping[str, str] = {}


class Parser(StepwiseParser):
    """Core BPMN, and business rule tasks. Nothing of Spiff's own namespaces: their scripts would not be checked."""

    OVERRIDE_PARSER_CLASSES: ClassVar = stepwise(
        {
            full_tag("businessRuleTask"): (TaskParser, DecisionTask),
            full_tag("complexGateway"): (ConditionalGatewayParser, DrawnComplexGateway),
            **SCOPE_PARSERS,
            **QUANTITY_PARSERS,
            **AD_HOC_PARSERS,
        }
    )

    def add_beside_the_flow(self, process: Any) -> None:
        """Event sub-processes and compensation."""
        add_beside_the_flow(process)


def parse(lowered: Lowered, process_id: str, file: str) -> tuple[BpmnProcessSpec, dict[str, BpmnProcessSpec]]:
    """The specification of one process and those of its embedded sub-processes. Raises InvalidDeployment.

    The nodes of both are named by the ids of the rewritten file; their `bpmn_id` is that of the drawing.
    """
    root = lowered.root
    try:
        _prepare(root)
        parser = Parser()
        parser.add_bpmn_xml(root, filename=file)
        spec = parser.get_spec(process_id)
        subs: dict[str, BpmnProcessSpec] = {}
        _embedded(parser, spec, subs)
        for one in (spec, *subs.values()):
            one.data_objects = {}  # drawn for people; to conditions they would hide the variables of the same name
            for task_spec in one.task_specs.values():
                task_spec.bpmn_id = lowered.drawn.get(task_spec.bpmn_id, task_spec.bpmn_id)
    except ValidationException as error:
        raise InvalidDeployment(problems=[_problem(file, root, error, lowered.drawn)]) from error
    except (ValueError, TypeError, KeyError, AttributeError, etree.XPathError, RecursionError) as error:
        # Spiff's parser checks little of what it reads; whatever it stumbles over is the file's fault, in a place it cannot name.
        message = f"The process {process_id} cannot be read. Open the file in the editor, save it again, and compare."
        raise InvalidDeployment(problems=[_refusal(file, message)]) from error
    return spec, subs


def _embedded(parser: Parser, spec: BpmnProcessSpec, found: dict[str, BpmnProcessSpec]) -> None:
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, SubWorkflowTask) and not isinstance(task_spec, CallActivity) and task_spec.spec not in found:
            found[task_spec.spec] = parser.get_spec(task_spec.spec)
            _embedded(parser, found[task_spec.spec], found)


def _prepare(root: etree._Element) -> None:
    """A drawing whose numbers are none says nothing about the order from top to bottom."""
    for box in root.iter("{*}Bounds"):
        try:
            float(box.get("x", "0")), float(box.get("y", "0"))
        except ValueError:
            box.set("x", "0")
            box.set("y", "0")


def _problem(file: str, root: etree._Element, error: ValidationException, drawn: Mapping[str, str] = _AS_DRAWN) -> Problem:
    element = next((one for one in root.iter("*") if error.id and one.get("id") == error.id), None)
    said = str(error.args[0]) if error.args else ""
    # Inside the library, exceptions of all kinds are wrapped into one whose text is their repr: not for the reader.
    plain = said.rstrip(".") if said and "(" not in said.split(" ", 1)[0] else "The engine cannot execute this element"
    problem = _refusal(file, f"{plain}. Change the element or remove it.", element)
    return replace(problem, element=drawn.get(problem.element or "", problem.element))


def _refusal(file: str, message: str, element: etree._Element | None = None) -> Problem:
    return Problem(
        code="INVALID_DIAGRAM",
        message=message,
        file=file,
        element=None if element is None else element.get("id"),
        name=None if element is None else element.get("name"),
        line=None if element is None else line_of(element),
        rule="executable",
    )
