"""A deployment without a fault, and what the checks say when one word of it is changed."""

from pathlib import Path

from engine.bpmn import checks
from engine.errors import Problem

HERE = Path(__file__).parent
GOOD = {path.name: path.read_bytes() for path in sorted(HERE.iterdir()) if path.suffix in (".bpmn", ".dmn", ".form")}
FUNCTIONS = frozenset({"working_time"})
TOPICS = frozenset({"good.remind", "good.pay"})


def run(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """What the checks say, without the names that the fixtures do not have in Chinese."""
    found = checks.run(files, functions=FUNCTIONS, topics=TOPICS)
    return tuple(problem for problem in found if problem.rule != "names")


def changed(old: str, new: str, *, file: str = "good.bpmn") -> tuple[Problem, ...]:
    """What they say when `old` (which is there once) reads `new`."""
    text = GOOD[file].decode()
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return run({**GOOD, file: text.replace(old, new).encode()})


def line_of(text: str, *, file: str = "good.bpmn") -> int:
    """The line of the good file on which this text begins."""
    before, found, _ = GOOD[file].decode().partition(text)
    assert found
    return before.count("\n") + 1
