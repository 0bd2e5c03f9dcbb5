"""Running fixture diagrams without a database, addressed by element ids."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.bpmn import execution
from engine.bpmn.compiler import CompiledProcess, Specification, compile_files, load_specification
from engine.bpmn.execution import CalledRef, Context, Passage, Sent
from engine.errors import NotFound

DIAGRAMS = Path(__file__).parent / "executed"


@cache
def compiled(file: str) -> CompiledProcess:
    """The first process of a fixture diagram, with all fixture decision tables at hand."""
    files = {f"{file}.bpmn": (DIAGRAMS / f"{file}.bpmn").read_bytes()}
    tables = {path.name: path.read_bytes() for path in DIAGRAMS.glob("*.dmn")}
    return compile_files({**files, **tables}).processes[0]


@cache
def specification(definition_id: str) -> Specification:
    """Definition ids in these tests are file names, `name@2` being another version of the process `name`."""
    return load_specification(compiled(definition_id.replace("@", "_")).specification)


def resolve(reference: CalledRef) -> tuple[str, Specification]:
    """A called process is the fixture diagram of its name, in the version that `live` says."""
    if not (DIAGRAMS / f"{reference.key}.bpmn").exists():
        raise NotFound(kind="process", id=reference.key)
    definition_id = live.get(reference.key, reference.key)
    return definition_id, specification(definition_id)


live: dict[str, str] = {}
CONTEXT = Context(functions={"twice": lambda number: number * 2}, resolve=resolve, specification=specification)


class Run:
    """One execution, addressed by element ids; `saving` dumps and loads it after every step."""

    def __init__(self, file: str, variables: dict[str, Any], *, saving: bool) -> None:
        self.saving = saving
        self.trail: list[Passage] = []
        self.messages: list[Sent] = []
        self.execution = execution.start(file, variables, CONTEXT)
        self.ended: dict[str, execution.Called] = {}
        self._settle()

    def _settle(self) -> None:
        self._collect()
        while self.execution.waits().rest:
            self.execution.go_on()
            self._collect()

    def _collect(self) -> None:
        self.trail += self.execution.passages()
        self.messages += self.execution.sent()
        self.ended |= {called.token_id: called for called in self.execution.waits().called if called.state != "running"}
        if self.saving:
            self.execution = execution.load(self.execution.dump(), CONTEXT)

    def token(self, element_id: str, number: int = 0) -> str:
        """The token that waits at an element; `number` chooses among several."""
        return [token_id for found, token_id in self._everything() if found == element_id][number]

    def complete(self, element_id: str, number: int = 0, /, **values: Any) -> None:
        self._do(lambda: self.execution.complete(self.token(element_id, number), values))

    def finish(self, element_id: str, **result: Any) -> None:
        self._do(lambda: self.execution.finish_service_task(self.token(element_id), result))

    def fire(self, element_id: str) -> None:
        self._do(lambda: self.execution.fire_timer(self.token(element_id)))

    def receive(self, element_id: str, **payload: Any) -> None:
        self._do(lambda: self.execution.receive_message(self.token(element_id), payload))

    def hear(self, name: str) -> None:
        self._do(lambda: self.execution.receive_signal(name))

    def throw(self, element_id: str, code: str) -> bool:
        caught: list[bool] = []
        self._do(lambda: caught.append(self.execution.throw_error(self.token(element_id), code, "it went wrong")))
        return caught[0]

    def _do(self, action: Callable[[], object]) -> None:
        action()
        self._settle()

    def waiting(self) -> list[str]:
        """The ids of the elements that wait, timers and messages too, sorted."""
        return sorted(element_id for element_id, _ in self._everything())

    def _everything(self) -> list[tuple[str, str]]:
        waits = self.execution.waits()
        found: list[Any] = [*waits.user_tasks, *waits.service_tasks, *waits.timers, *waits.messages]
        return [(wait.element_id, wait.token_id) for wait in found]

    def due(self, element_id: str) -> datetime:
        return next(wait.due for wait in self.execution.waits().timers if wait.element_id == element_id)

    def passed(self, state: str = "completed") -> list[str]:
        """The ids of the elements passed so far."""
        return [passage.element_id for passage in self.trail if passage.state == state]

    @property
    def variables(self) -> dict[str, Any]:
        return self.execution.variables()

    @property
    def state(self) -> str:
        return self.execution.state

    @property
    def end(self) -> str | None:
        return self.execution.end_element_id
