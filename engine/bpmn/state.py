"""The state of an execution as bytes, and back.

Two JSON documents in one zstd frame: the structure (tokens in order of creation, each naming its parent), and the data,
which is opaque to it: `values` keeps its types, and no key of a user can pose as structure. Of a token's data only what
differs from its parent's is kept. The specification is not in it: definitions are named by id. Behind the frame come the
instances of multi-instance activities that sleep (`asleep`), in frames of their own.

The format and the library version are in it; another one is refused, because Spiff's meaning of a task tree changes.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from importlib.metadata import version
from itertools import accumulate
from typing import Any
from uuid import UUID

import orjson
import zstandard
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import values
from engine.bpmn.asleep import MANY, Asleep, SleepyTable, buckets_for, can_sleep
from engine.bpmn.joins import ThreeWayJoin
from engine.bpmn.pruning import prune
from engine.bpmn.scripting import changes
from engine.bpmn.specification import Context, Definition
from engine.bpmn.token import Token, Values
from engine.bpmn.workflow import FlatSubWorkflow, FlatWorkflow

FORMAT = 1
LIBRARY = version("SpiffWorkflow")
_TRIGGERED, _JOINED, _CONSUMED, _FAILED = 1, 2, 4, 8
_MAX_SIZE = 64 * 1024 * 1024  # of a state when unpacked; a larger one was not written by this module

Row = list[Any]
_CHANGED = 4  # where a row has the number of the token's last change
Workflow = FlatWorkflow | FlatSubWorkflow


def dump(workflow: FlatWorkflow) -> bytes:
    """The state of a workflow in which nothing is ready but what is `left`. What cannot be reached any more is forgotten before."""
    for one in workflow.workflows():
        prune(one)
    data: list[Values] = []
    sleeping = [_buckets(one) for one in workflow.workflows()]
    place = {id(one): number for number, one in enumerate(workflow.workflows())}
    structure = {
        "format": FORMAT,
        "library": LIBRARY,
        "sequence": workflow.sequence,
        "workflows": [_dump_workflow(one, data, slept) for one, slept in zip(workflow.workflows(), sleeping, strict=True)],
        "left": [[place[id(token.workflow)], token.id.hex] for token in workflow.left],
        "spent": workflow.spent,
    }
    return _packed(structure, data) + b"".join(content for buckets in sleeping for content in buckets)


def _packed(structure: Any, data: list[Values]) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(orjson.dumps(structure) + b"\n" + values.dumps(data).encode())


def load(blob: bytes, context: Context) -> FlatWorkflow:
    """The inverse of `dump`; a ValueError says that another version of the program wrote the state."""
    structure, data_text, sleeping = _unpacked(blob)
    if structure["format"] != FORMAT or structure["library"] != LIBRARY:
        found = f"format {structure['format']}, SpiffWorkflow {structure['library']}"
        raise ValueError(f"the state has {found}; this program reads format {FORMAT}, SpiffWorkflow {LIBRARY}")
    data = values.loads(data_text)
    first, *others = structure["workflows"]
    workflow = FlatWorkflow(_definition(first["definition"], context), context, deserializing=True)
    sleeping = _load_workflow(workflow, first, data, sleeping)
    for record in others:
        sleeping = _load_workflow(_sub(workflow, record, context), record, data, sleeping)
    workflow.sequence = structure["sequence"]
    workflows = workflow.workflows()
    workflow.left.extend(workflows[number].tasks[UUID(hex=id_)] for number, id_ in structure.get("left", ()))
    workflow.spent = structure.get("spent", 0)
    return workflow


def _unpacked(blob: bytes) -> tuple[Any, str, bytes]:
    """Structure, data and what comes behind."""
    try:
        if zstandard.get_frame_parameters(blob).content_size > _MAX_SIZE:
            raise ValueError("it is larger than any state")
        frame = zstandard.ZstdDecompressor().decompressobj()
        structure, _, data = frame.decompress(blob).partition(b"\n")
    except zstandard.ZstdError as error:
        raise ValueError("it is no state of this program") from error
    return orjson.loads(structure), data.decode(), frame.unused_data


def _definition(definition_id: str, context: Context) -> Definition:
    return Definition(id=definition_id, specification=context.specification(definition_id))


def _sub(top: FlatWorkflow, record: Values, context: Context) -> FlatSubWorkflow:
    parent = top.get_task_from_id(UUID(hex=record["parent"]))
    definition = _definition(record["definition"], context)
    embedded: str | None = record["embedded"]
    spec: BpmnProcessSpec = definition.specification.subs[embedded] if embedded else definition.specification.spec
    workflow = FlatSubWorkflow(spec, parent, definition, deserializing=True)
    workflow.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    top.subprocesses[parent.id] = workflow
    return workflow


def _buckets(workflow: Workflow) -> list[bytes]:
    """What sleeps, as it will be kept: as it was, and what is awake and can sleep again."""
    table = workflow.tasks
    tired = [token for token in table.present() if can_sleep(token)]
    if isinstance(table, SleepyTable) and not table.asleep.is_empty:
        table.asleep.open(*{table.asleep.number(token.id) for token in tired})  # a new one may belong into a closed bucket
        tired = [token for token in table.present() if can_sleep(token)]
        found, number = list(table.asleep.buckets), table.asleep.number
    elif len(tired) < MANY:
        return []
    else:
        asleep = Asleep([b""] * buckets_for(len(tired)), partial(_awaken, workflow))
        found, number = asleep.buckets, asleep.number
    together: dict[int, list[Token]] = {}
    for token in tired:
        together.setdefault(number(token.id), []).append(token)
    return [_bucket(together[place]) if place in together else content for place, content in enumerate(found)]


def _bucket(tokens: list[Token]) -> bytes:
    """What an instance knows is compared with what was known before the activity: that does not change any more."""
    data: list[Values] = []
    rows = [_dump_token(token, token.parent.id.hex, token.parent.parent.data, data) for token in tokens]
    return _packed(rows, data)


def _dump_workflow(workflow: Workflow, data: list[Values], sleeping: list[bytes]) -> Values:
    awake = [token for token in workflow.tasks.present() if not sleeping or not can_sleep(token)]
    index = {token.id: number for number, token in enumerate(awake)}
    called = workflow.spec is workflow.definition.specification.spec
    return {
        "definition": workflow.definition.id,
        "embedded": None if called else workflow.spec.name,
        "parent": None if workflow.parent_task_id is None else workflow.parent_task_id.hex,
        "tokens": [_dump_token(token, _place_of(token.parent, index), _base(token), data) for token in awake],
        "asleep": [len(content) for content in sleeping],
        "last": None if workflow.last_task is None else index.get(workflow.last_task.id),
        "ended_by": None if workflow.ended_by is None else index.get(workflow.ended_by.id),
        "completed": workflow.completed,
        "success": workflow.success,
        "terminated": workflow.terminated,
        "data": _keep(workflow.data, data),
        "completions": _keep({"list": workflow.completions} if workflow.completions else {}, data),
    }


def _keep(value: Values, data: list[Values]) -> int | None:
    """Put data aside; what is returned stands for it in the structure."""
    if not value:
        return None
    data.append(value)
    return len(data) - 1


def _place_of(token: Token | None, index: dict[UUID, int]) -> int | None:
    return None if token is None else index[token.id]


def _dump_token(token: Token, parent: int | str | None, base: Values, data: list[Values]) -> Row:
    """Predictions are short: their ids and data do not matter until they come true."""
    row: Row = [token.task_spec.name, token.state, parent]
    if token.state <= TaskState.FUTURE and not token.internal_data:
        return row
    updates, gone = changes(base, token.data)
    flags = _TRIGGERED * token.triggered | _JOINED * token.joined | _CONSUMED * token.consumed | _FAILED * token.failed
    began = token.began.isoformat() if token.began is not None and token.state & TaskState.NOT_FINISHED_MASK else None
    row += [token.id.hex, token.last_state_change, flags, began, _keep(updates, data), gone, _keep(token.internal_data, data)]
    return row


def _base(token: Token) -> Values:
    """The data a token's own is a change of: its parent's, at the start of a sub-process that of the activity around it."""
    before = token.parent if token.parent is not None else getattr(token.workflow, "parent_token", None)
    return {} if before is None else before.data


def _load_workflow(workflow: Workflow, record: Values, data: list[Values], sleeping: bytes) -> bytes:
    """What comes behind is given back without what sleeps in this workflow."""
    tokens: list[Token] = []
    sizes = record.get("asleep", ())
    if sizes:
        ends = list(accumulate(sizes))
        contents = [sleeping[end - size : end] for end, size in zip(ends, sizes, strict=True)]
        workflow.tasks = SleepyTable()
        workflow.tasks.asleep = Asleep(contents, partial(_awaken, workflow))
        sleeping = sleeping[ends[-1] :]
    for row in record["tokens"]:
        parent = None if row[2] is None else tokens[row[2]]
        token = _load_token(workflow, row, parent, data)
        tokens.append(token)
    workflow.task_tree = tokens[0]
    workflow.last_task = None if record["last"] is None else tokens[record["last"]]
    workflow.ended_by = None if record["ended_by"] is None else tokens[record["ended_by"]]
    workflow.completed, workflow.success = record["completed"], record["success"]
    workflow.terminated = record["terminated"]
    workflow.data = {} if record["data"] is None else data[record["data"]]
    completions = record.get("completions")  # states of before there were any stay readable
    workflow.completions = [] if completions is None else data[completions]["list"]
    return sleeping


def _awaken(workflow: Workflow, contents: Sequence[bytes]) -> None:
    found: list[tuple[Row, list[Values]]] = []
    for content in contents:
        rows, data, _ = _unpacked(content)
        kept = values.loads(data)
        found.extend((row, kept) for row in rows)
    for row, kept in sorted(found, key=lambda one: one[0][_CHANGED]):
        loop = workflow.tasks[UUID(hex=row[2])]
        _load_token(workflow, row, loop, kept, base=loop.parent.data)


def _load_token(workflow: Workflow, row: Row, parent: Token | None, data: list[Values], *, base: Values | None = None) -> Token:
    name, state, _, *rest = row
    token: Token = Token(workflow, workflow.spec.task_specs[name], parent, state, UUID(hex=rest[0]) if rest else None)
    token.last_state_change = 0
    if not rest:
        return token
    _, token.last_state_change, flags, began, updates, gone, internal = rest
    token.triggered = bool(flags & _TRIGGERED)
    token.joined, token.consumed, token.failed = bool(flags & _JOINED), bool(flags & _CONSUMED), bool(flags & _FAILED)
    token.began = None if began is None else datetime.fromisoformat(began)
    workflow.top_workflow.known.add(token.key)
    token.data = dict(_base(token) if base is None else base)
    for key in gone:
        del token.data[key]
    if updates is not None:
        token.data.update(data[updates])
    if internal is not None:
        token.internal_data = data[internal]
        _completed(token)
    _resume(workflow, token)
    return token


def _completed(token: Token) -> None:
    """What states written by the walking skeleton do not count of loops: terminated instances, and rounds, which they listed."""
    counts = token.internal_data
    if "started" in counts:
        counts.setdefault("terminated", [])
    elif "merged" in counts:
        counts.setdefault("rounds", len(counts.pop("merged")))


def _resume(workflow: Workflow, token: Token) -> None:
    """Tell the workflow what waits, as `Flat.changed` had done."""
    if token.joined and not token.consumed and isinstance(token.task_spec, ThreeWayJoin):
        workflow.has_arrived(token)
    if token.state == TaskState.WAITING:
        workflow.watch(token)
        if isinstance(token.task_spec, CatchingEvent):
            workflow.top_workflow.event_manager.add_task(token)
