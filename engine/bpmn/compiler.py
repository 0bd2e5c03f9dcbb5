"""Files into what is executed: BPMN and DMN checked, parsed and written down, one specification for each process."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.bpmn import checks, diagram, loop_behaviour
from engine.bpmn.decision_languages import spell_out as spell_out_decisions
from engine.bpmn.decision_parser import parse_decisions
from engine.bpmn.form_files import keys_of
from engine.bpmn.lowering import Lowered, lower
from engine.bpmn.lowering.multiple_events import ALL_OF, SEPARATOR
from engine.bpmn.parser import parse
from engine.bpmn.registry import Plain, dump_specification, load_specification
from engine.bpmn.spec_starts import Start, starts_of
from engine.bpmn.specification import Specification
from engine.bpmn.spelled_out import spell_out
from engine.bpmn.xml import children, extension, safe_root, text_of
from engine.errors import InvalidDeployment, Problem

__all__ = ["Called", "Compiled", "CompiledProcess", "Specification", "Start", "compile_files", "load_specification"]

Decisions = Mapping[str, tuple[frozenset[str], Plain]]


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call activity: which process it calls, in which version (`binding`: latest, deployment or version)."""

    element_id: str
    key: str
    binding: str
    version: int | None


@dataclass(frozen=True, kw_only=True)
class CompiledProcess:
    """One executable process.

    `uses`: the names of the files it depends on: its own, its decision tables and its forms. `starts`: the messages,
    signals and timers that start it.
    """

    key: str
    name: str
    name_zh: str | None
    resource_name: str
    uses: frozenset[str]
    specification: bytes
    calls: tuple[Called, ...]
    starts: tuple[Start, ...]


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """What a set of files gives, and what is worth a warning."""

    processes: tuple[CompiledProcess, ...]
    warnings: tuple[Problem, ...]


def compile_files(files: Mapping[str, bytes], *, functions: frozenset[str] = frozenset(), topics: frozenset[str] | None = None) -> Compiled:
    """Check and compile `files` (by path). Raises InvalidDeployment with all problems found.

    `functions`: what expressions may call beyond the language; `topics`: those that have a handler (None: not checked).
    """
    problems = list(checks.run(files, functions=functions, topics=topics))
    _refuse(problems)
    decisions = _decisions(files, problems)
    processes = [process for file in sorted(files) if file.endswith(".bpmn") for process in _file(file, files, decisions, problems)]
    _refuse(problems)
    return Compiled(processes=tuple(processes), warnings=tuple(problems))


def _refuse(problems: list[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise InvalidDeployment(problems=problems)


def _decisions(files: Mapping[str, bytes], problems: list[Problem]) -> Decisions:
    """The files it needs, and the decision, by its id."""
    try:
        tables = {file: spell_out_decisions(safe_root(file, files[file])) for file in files if file.endswith(".dmn")}
        return parse_decisions(tables)
    except InvalidDeployment as error:
        problems.extend(error.problems)
        return {}


def _file(file: str, files: Mapping[str, bytes], decisions: Decisions, problems: list[Problem]) -> Iterator[CompiledProcess]:
    try:
        root = spell_out(safe_root(file, files[file]))
        lowered = lower(root)
        for process in diagram.read(file, files[file]):
            if process.executable:
                yield _process(process, root, lowered, files=files, decisions=decisions)
    except InvalidDeployment as error:
        problems.extend(error.problems)


def _process(
    process: diagram.Process, root: etree._Element, lowered: Lowered, *, files: Mapping[str, bytes], decisions: Decisions
) -> CompiledProcess:
    asking = (element for element in process.elements.values() if element.type == "businessRuleTask" and not element.topic)
    rules = {element.id: element.decision_ref or "" for element in asking}
    _check_decisions(process, rules, decisions)
    spec, subs = parse(lowered, process.id, process.file)
    attributes = _attributes(process, root, lowered)
    return CompiledProcess(
        key=process.id,
        name=process.name or process.id,
        name_zh=process.name_zh or None,
        resource_name=process.file,
        uses=frozenset({process.file, *(name for ref in rules.values() for name in decisions[ref][0]), *_forms(process, files)}),
        specification=dump_specification(
            process.id,
            spec,
            subs,
            helpers=lowered.helpers,
            elements={element.id: element.type for element in process.elements.values()},
            flows=[(flow.source, flow.target, flow.id) for flow in process.flows.values()],
            attributes=attributes,
            tables={element_id: decisions[ref][1] for element_id, ref in rules.items()},
        ),
        calls=tuple(_calls(process)),
        starts=starts_of(spec, attributes),
    )


def _check_decisions(process: diagram.Process, rules: Mapping[str, str], decisions: Decisions) -> None:
    problems = [
        Problem(
            code="INVALID_DIAGRAM",
            message=f"There is no decision table {ref or 'named'} among the files; add it or correct the reference.",
            file=process.file,
            element=element_id,
            name=process.elements[element_id].name,
            line=process.elements[element_id].line,
            rule="decision",
        )
        for element_id, ref in rules.items()
        if ref not in decisions
    ]
    if problems:
        raise InvalidDeployment(problems=problems)


def _forms(process: diagram.Process, files: Mapping[str, bytes]) -> Iterator[str]:
    keys = {element.form_key for element in process.elements.values() if element.form_key}
    return (file for file in files if file.endswith(".form") and not keys.isdisjoint(keys_of(file, files[file])))


def _calls(process: diagram.Process) -> Iterator[Called]:
    for element in process.elements.values():
        if element.type == "callActivity" and element.called_element:
            yield Called(element_id=element.id, key=element.called_element, binding=element.binding, version=element.version)


def _attributes(process: diagram.Process, root: etree._Element, lowered: Lowered) -> dict[str, Plain]:
    """What the execution has to know of the `redress:` attributes, by element, and by node where several stand for one."""
    found: dict[str, Plain] = {}
    nodes = {node.get("id"): node for node in root.iter("{*}*")}
    for element in process.elements.values():
        found[element.id] = {
            "topic": element.topic,
            "binding": element.binding if element.type == "callActivity" else None,
            "version": element.version,
            "missed": extension(nodes[element.id], "missed"),
            "activation": text_of(nodes[element.id], "activationCondition"),
            "behaviour": _behaviour(nodes[element.id], root),
            **_of_messages(nodes[element.id], root),
            **_mapped(nodes[element.id]),
        }
    for node in lowered.root.iter("{*}*"):
        if lowered.drawn.get(node.get("id", "")) in process.elements:
            of_message = next(children(node, "messageEventDefinition"), None) is not None
            if of_message or node.get(ALL_OF):
                said = _of_messages(node, lowered.root) if of_message else {}
                found[node.get("id", "")] = {**_mapped(node), **said, "all_of": _all_of(node)}
    plain = {key: {name: value for name, value in one.items() if value is not None} for key, one in found.items()}
    return {key: one for key, one in plain.items() if one}


def _mapped(node: etree._Element) -> Plain:
    """What an element hands over and takes back, and the shape of a decision's result."""
    names = {"inputs": "inputs", "outputs": "outputs", "passes": "passes", "returns": "returns", "result_shape": "resultShape"}
    return {ours: extension(node, name) for ours, name in names.items()}


def _all_of(node: etree._Element) -> list[str] | None:
    return node.get(ALL_OF, "").split(SEPARATOR) if node.get(ALL_OF) else None


def _behaviour(node: etree._Element, root: etree._Element) -> list[Plain] | None:
    found = [event for loop in children(node, "multiInstanceLoopCharacteristics") for event in loop_behaviour.thrown(loop, root)]
    return found or None


def _of_messages(node: etree._Element, root: etree._Element) -> Plain:
    names = {"result_variable": "resultVariable", "correlation_key": "correlationKey", "payload": "payload"}
    return {ours: _of_message(node, root, name) for ours, name in names.items()}


def _of_message(node: etree._Element, root: etree._Element, name: str) -> str | None:
    """A `redress:` attribute of the element, of its message event definition or of the message itself."""
    definitions = list(children(node, "messageEventDefinition"))
    reference = next((one.get("messageRef") for one in (node, *definitions) if one.get("messageRef")), None)
    messages = [message for message in children(root, "message") if message.get("id") == reference]
    return next((value for one in (node, *definitions, *messages) if (value := extension(one, name)) is not None), None)
