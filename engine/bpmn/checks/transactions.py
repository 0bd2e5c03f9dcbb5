"""Transactions: left by a cancel event when a cancel end event inside of them is reached (BPMN 2.0, 10.3.5, 10.5.4)."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Scope, Source, problem, warning
from engine.bpmn.lowering.tree import definitions_of
from engine.bpmn.xml import children, local
from engine.errors import Problem

RULE = "transactions"


def check(given: Given) -> Iterator[Problem]:
    """Every transaction."""
    for source, scope in given.scopes():
        for transaction in scope.of("transaction"):
            yield from _transaction(source, scope, transaction)


def _transaction(source: Source, scope: Scope, transaction: Node) -> Iterator[Problem]:
    ends = [end for end in children(transaction, "endEvent") if _cancels(end)]
    events = [one for one in scope.of("boundaryEvent") if one.get("attachedToRef") == transaction.get("id") and _cancels(one)]
    if ends and not events:
        message = "This end event cancels the transaction, and nothing says where to go then; draw a cancel event at its border."
        yield problem(RULE, source, ends[0], message)
    if events and not ends:
        yield warning(RULE, source, events[0], "No end event cancels this transaction, so this event never happens.")
    for event in events[1:]:
        yield problem(RULE, source, event, "This transaction has a cancel event already; keep one of them.")
    for event in events:
        if event.get("cancelActivity") == "false":
            yield problem(RULE, source, event, "A cancelled transaction has ended; draw this event as interrupting.")


def _cancels(event: Node) -> bool:
    return any(local(definition) == "cancelEventDefinition" for definition in definitions_of(event))
