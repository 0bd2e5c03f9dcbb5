"""What an execution runs on: the compiled process, and what it is told by the engine around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.specs import BpmnProcessSpec


@dataclass(frozen=True, kw_only=True)
class Specification:
    """One compiled process, ready to be executed by any number of threads: nothing changes it after `load_specification`.

    `subs`: the specifications of its embedded sub-processes by id. `elements`: the type of every drawn element by id.
    `flows`: the id of the sequence flow from one element to another.
    """

    key: str
    spec: BpmnProcessSpec
    subs: Mapping[str, BpmnProcessSpec]
    elements: Mapping[str, str]
    flows: Mapping[tuple[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A specification under the id of the process definition it belongs to: states name it by this id."""

    id: str
    specification: Specification


@dataclass(frozen=True, kw_only=True)
class CalledRef:
    """What a call activity asks for: `binding` is latest, deployment or version (then `version` is the number)."""

    key: str
    binding: str
    version: int | None
    caller_definition_id: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the engine gives to an execution.

    `functions`: what expressions and scripts may call. `resolve` chooses the definition a call activity calls, when it
    calls. `specification` finds a definition again when a state is loaded.
    """

    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    resolve: Callable[[CalledRef], tuple[str, Specification]]
    specification: Callable[[str], Specification]
