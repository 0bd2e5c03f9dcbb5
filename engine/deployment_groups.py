"""Tasks drawn for a group that does not exist: nobody would ever see them, and a misspelt name looks like any other."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn import diagram
from engine.bpmn.checks.given import hint
from engine.deployments import Prepared
from engine.errors import Problem
from engine.extensions import of

RULE = "user_tasks"
OF_PEOPLE = ("userTask", "manualTask")


def judged(session: Session, prepared: Prepared) -> Prepared:
    """The same, with a warning for each group of a task that the product does not know."""
    drawn = {process.resource_name for process in prepared.compiled.processes}
    found = unknown(session, {name: prepared.files[name] for name in sorted(drawn)})
    return replace(prepared, warnings=[*found, *prepared.warnings])


def unknown(session: Session, diagrams: Mapping[str, bytes]) -> list[Problem]:
    """A warning for each such group in these BPMN files, which can be deployed; none where the product names no groups."""
    known = of(session).groups(session)
    return [problem for name, content in diagrams.items() for problem in _in_file(name, content, known)] if known else []


def _in_file(name: str, content: bytes, known: Collection[str]) -> Iterator[Problem]:
    for process in diagram.read(name, content):
        for element in process.elements.values():
            for group in _literal(element) if element.type in OF_PEOPLE else ():
                if group not in known:
                    yield _warning(name, element, group, known)


def _literal(element: diagram.Element) -> tuple[str, ...]:
    """The groups as they stand. Those of an expression are known when it runs, and a lane only counts where nothing else is said."""
    by_lane = (element.lane,) if element.lane and not (element.candidate_users or element.assignee) else ()
    return tuple(group for group in element.candidate_groups or by_lane if not group.startswith("="))


def _warning(file: str, element: diagram.Element, group: str, known: Collection[str]) -> Problem:
    message = f"There is no group '{group}', so nobody would be offered this task.{hint(group, frozenset(known))}"
    place: dict[str, Any] = {"file": file, "element": element.id, "name": element.name, "line": element.line}
    return Problem(code=RULE.upper(), message=message, rule=RULE, severity="warning", **place)
