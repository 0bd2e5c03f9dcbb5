"""What a process calls has to be there when it is deployed: an instance that reaches the call cannot wait for it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.compiler import Compiled
from engine.errors import InvalidDeployment, Problem
from engine.tables import ProcessDefinition


def keys(*compiled: Compiled) -> frozenset[str]:
    """The processes of several sets of files that are deployed in one transaction, each `beside` the others."""
    return frozenset(process.key for one in compiled for process in one.processes)


def refuse_unknown(session: Session, compiled: Compiled, *, beside: frozenset[str]) -> None:
    """Raises InvalidDeployment when a call means a process that is neither live, nor of these files, nor `beside` them."""
    known = keys(compiled) | beside
    calls = [(process.resource_name, call) for process in compiled.processes for call in process.calls if call.key not in known]
    if not calls:
        return
    wanted = {call.key for _, call in calls}
    there = set(session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.key.in_(wanted), ProcessDefinition.live)))
    problems = [
        Problem(
            code="CALLS",
            message=f"The process '{call.key}' that is called here does not exist; deploy it first or together, or correct calledElement.",
            file=file,
            element=call.element_id,
            rule="calls",
        )
        for file, call in calls
        if call.key not in there
    ]
    if problems:
        raise InvalidDeployment(problems=problems)
