"""What becomes of a set of files: refused with sentences, or deployed and exercised; anything else is a fault."""

import logging
import re
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lxml import etree
from sqlalchemy import select

from engine import clock, definitions, forms, instances
from engine.bpmn import checks, decision_files
from engine.bpmn.diagram import FLOW_NODES
from engine.bpmn.xml import local
from engine.database import reading, unit_of_work
from engine.errors import Problem, RedressError
from engine.tables import ProcessInstance, UserTask
from tests.conformance.adaptor import SUITE, DeployError, Redress

LONGEST = 60  # seconds of processor time: what takes longer hangs
VALUES: tuple[Any, ...] = (None, 0, 1, -3, 10**20, True, "", "x", "2026-03-01", [], [1, "x"], {"x": 1})
INTERNAL = re.compile(
    r"Traceback|\w+Error\b|NoneType|\bException\b|SpiffWorkflow|Bpmn[A-Z]\w+|TaskSpec|Workflow[A-Z]\w+|\blxml\b|\.py\b|<class |object at 0x"
    r"|engine\.\w+|sqlalchemy|\bself\b|\bnode=|subscriptable|has no attribute|positional argument|not iterable|\{http|unhashable"
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`kind` is refused, ran or fault; `said` the sentences a user read, or what is wrong."""

    kind: str
    said: str


class Hangs(BaseException):
    """Nothing in the product may catch this."""


def exercise(redress: Redress, files: Mapping[str, bytes]) -> Outcome:
    """Deploy; when that is refused look at the sentences, else start, complete, wait, and read everything a user could."""
    return _watched(lambda: _exercised(redress, files))


def exercise_form(content: bytes) -> Outcome:
    """Read a form and check answers against it: none, and odd ones."""
    return _watched(lambda: _form(content))


def exercise_table(name: str, content: bytes) -> Outcome:
    """Read a decision table and ask it with values of all kinds."""
    return _watched(lambda: _table(name, content))


def _watched(work: Callable[[], Outcome]) -> Outcome:
    try:
        with _at_most(LONGEST), _unnoticed_failures() as noticed:
            outcome = work()
    except Hangs:
        return Outcome(kind="fault", said=f"hangs: more than {LONGEST} s")
    except Exception as error:  # noqa: BLE001  the search is for any of them
        return Outcome(kind="fault", said=f"traceback: {error!r} at {_where(error)}")
    return Outcome(kind="fault", said=f"logged: {noticed[0]}") if noticed else outcome


def _form(content: bytes) -> Outcome:
    found = forms.problems(content, file="asked.form")
    if any(one.severity == "error" for one in found):
        return _refused(found)
    form = forms.parse(content)
    said = [one.message for one in found]
    for value in VALUES:
        answers = {field.key: value for field in form.fields}
        said += [one.message for one in forms.check(form, answers, variables=answers)[1]]
    return _told(said)


def _table(name: str, content: bytes) -> Outcome:
    found = checks.run({name: content})
    if any(one.severity == "error" for one in found):
        return _refused(found)
    table = decision_files.read(name, content)
    said = [one.message for one in found]
    names = {word for text in etree.fromstring(content).itertext() for word in re.findall(r"[^\W\d]\w*", str(text))}
    for value in VALUES:
        try:
            decision_files.evaluate(table, dict.fromkeys(names, value), {})
        except RedressError as refusal:
            said.append(str(refusal))
    return _told(said)


def _told(said: list[str]) -> Outcome:
    internal = next((one for one in said if INTERNAL.search(one)), None)
    return Outcome(kind="ran", said="") if internal is None else Outcome(kind="fault", said=f"internal: {internal}")


def _refused(problems: Sequence[Problem]) -> Outcome:
    """What was refused is refused in sentences that a person can read."""
    said = [one.message for one in problems if one.severity == "error"]
    bad = next((one for one in said if INTERNAL.search(one) or not one.strip().endswith((".", "?", "!"))), None)
    return Outcome(kind="refused", said="\n".join(said)) if said and bad is None else Outcome(kind="fault", said=f"no sentence: {bad}")


def _exercised(redress: Redress, files: Mapping[str, bytes]) -> Outcome:
    try:
        deployment = redress.deploy(files)
    except DeployError as refusal:
        return _refused(refusal.problems)
    missing = list(_cut(redress, deployment, files))
    if missing:
        return Outcome(kind="fault", said=f"cut: {missing}")
    _run(redress, deployment)
    seen = redress.exposed_text(deployment)
    _clear(redress)
    internal = INTERNAL.search(seen)
    if internal:
        return Outcome(kind="fault", said=f"internal: ...{seen[max(0, internal.start() - 200) : internal.end() + 200]}...")
    return Outcome(kind="ran", said="")


def _run(redress: Redress, deployment: str) -> None:
    """Every process is started, the first tasks are completed, messages are sent, a day goes by."""
    with reading(redress._database) as session:
        keys = [definitions.get(session, one).key for one in redress._deployed[deployment].definition_ids]
    for key in keys[:4]:
        redress.start(deployment, {"n": 2, "x": 1, "xs": [1, 2], "items": ["a"]}, key)
    for _ in range(3):
        for instance, element in _open_tasks(redress)[:4]:
            try:
                redress.complete(instance, element, _answers(redress, instance, element))
            except (LookupError, RedressError) as refusal:
                if isinstance(refusal, RedressError) and INTERNAL.search(str(refusal)):
                    raise
    for name in ("hey", "go", "stop"):
        redress.send(name, {"x": 2})
    for seconds in (1, 3600, 86400):
        redress.advance_time(seconds)
    for instance in redress.instances(deployment):
        redress.status(instance)
        redress.trace(instance)


def _answers(redress: Redress, instance: str, element: str) -> dict[str, Any]:
    """What fits the form of a task, as far as its fields say it; and what a page shows of the task."""
    with reading(redress._database) as session:
        task = session.scalars(select(UserTask).where(UserTask.root_id == instance, UserTask.element_id == element)).first()
        if task is None or task.form_key is None:
            return {"n": 1}
        definition = instances.get(session, task.instance_id).definition_id
        definitions.form(session, definition, task.form_key)
        form = definitions.parsed_form(session, definition, task.form_key)
        return {field.key: _answer(field) for field in form.fields if not field.read_only}


def _answer(field: forms.Field) -> Any:
    if field.choices:
        return field.choices[0]
    return {"checkbox": True, "number": 1, "datetime": "2026-03-01", "dynamiclist": [], "textarea": "x", "textfield": "x"}.get(field.type)


def _open_tasks(redress: Redress) -> list[tuple[str, str]]:
    with reading(redress._database) as session:
        return [(one.root_id, one.element_id) for one in session.scalars(select(UserTask).where(UserTask.state == "open"))]


def _clear(redress: Redress) -> None:
    """End what still runs, so that it does not run beside the next one, and let nothing start by itself."""
    with clock.use(redress._clock):
        with reading(redress._database) as session:
            running = select(ProcessInstance.id).where(ProcessInstance.state == "running", ProcessInstance.parent_id.is_(None))
            found = list(session.scalars(running))
        for one in found:
            with unit_of_work(redress._database) as session:
                instances.cancel(session, one, actor=SUITE, reason="the next one")


def _cut(redress: Redress, deployment: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Nodes and flows that are drawn in an executable process and are not in what was compiled."""
    known: dict[str, tuple[set[str], set[tuple[str, str]]]] = {}
    with reading(redress._database) as session:
        for one in redress._deployed[deployment].definition_ids:
            definition = definitions.get(session, one)
            known[definition.key] = _compiled(definitions.specification(session, one))
    for name, content in files.items():
        if name.endswith(".bpmn"):
            for process in etree.fromstring(content).iter("{*}process"):
                if process.get("isExecutable", "true").strip() in ("true", "1"):
                    yield from _lost(process, *known.get(process.get("id", ""), (set(), set())))


def _lost(process: etree._Element, nodes: set[str], ways: set[tuple[str, str]]) -> Iterator[str]:
    for element in process.iter("*"):
        if any(local(one) == "extensionElements" for one in element.iterancestors()):
            continue
        id_ = element.get("id", "")
        stands_by = local(element) == "boundaryEvent" and any(local(one) == "compensateEventDefinition" for one in element)
        if local(element) in FLOW_NODES and id_ not in nodes and not stands_by:  # a compensation handler is reached without its event
            yield f"{local(element)} {id_}"
        if local(element) == "sequenceFlow" and (element.get("sourceRef", ""), element.get("targetRef", "")) not in ways:
            yield f"flow {element.get('sourceRef')} -> {element.get('targetRef')}"


def _compiled(specification: Any) -> tuple[set[str], set[tuple[str, str]]]:
    """The drawn ids in a compiled process, and from which one goes to which other, helpers left out."""
    nodes: set[str] = set()
    ways: set[tuple[str, str]] = set()
    for spec in (specification.spec, *specification.subs.values()):
        for task in spec.task_specs.values():
            if task.bpmn_id is not None:
                nodes.add(task.bpmn_id)
                ways |= {(task.bpmn_id, target) for target in _next(task)}
    return nodes, ways


def _next(task: Any) -> set[str]:
    """The drawn nodes that can be reached over nodes nobody drew, or that stand for the same one."""
    found: set[str] = set()
    seen: set[int] = set()
    to_visit = list(task.outputs)
    while to_visit:
        one = to_visit.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if one.bpmn_id is not None:
            found.add(one.bpmn_id)
        if one.bpmn_id is None or one.helper or one.bpmn_id == task.bpmn_id:
            to_visit.extend(one.outputs)
    return found


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Hangs

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _unnoticed_failures() -> Iterator[list[str]]:
    """What `jobs.run` had to log because it was no error of our own tree."""
    found: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            found.append(f"{record.getMessage()}: {error!r} at {_where(error)}")

    collector = Collector(logging.ERROR)
    logger = logging.getLogger("redress")
    logger.addHandler(collector)
    try:
        yield found
    finally:
        logger.removeHandler(collector)


def _where(error: BaseException | None) -> str:
    frame = error.__traceback__ if error is not None else None
    places = []
    while frame is not None:
        places.append(f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}")
        frame = frame.tb_next
    return " < ".join(reversed(places[-5:]))
