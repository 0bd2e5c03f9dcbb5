"""What the library raises while something happens, as our errors: with the element, a sentence, and what was passed before it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.bpmn.token import Token
from engine.bpmn.workflow import FlatWorkflow
from engine.errors import ExecutionFailed

log = logging.getLogger("redress.execution")


@contextmanager
def failures(workflow: FlatWorkflow, token: Token | None = None) -> Iterator[None]:
    """A failure knows what was passed before it; the workflow is thrown away by the caller."""
    try:
        with _as_failed(workflow, token):
            yield
    except ExecutionFailed as error:
        error.passed = workflow.history.take()
        raise


@contextmanager
def _as_failed(workflow: FlatWorkflow, token: Token | None) -> Iterator[None]:
    """What the library raises, as ExecutionFailed with the element and a sentence; never a half state (see the module)."""
    try:
        yield
    except SpiffWorkflowException as error:
        spec = error.task.task_spec if isinstance(error, WorkflowTaskException) else getattr(error, "task_spec", None)
        element = getattr(spec, "bpmn_id", None) or _element(workflow, token)
        raise ExecutionFailed(element=element, reason=f"The engine cannot go on here: {error.args[0]}.", line=None) from error
    except (RecursionError, MemoryError) as error:
        raise ExecutionFailed(element=_element(workflow, token), reason="The instance has become too large to go on.", line=None) from error
    except (ArithmeticError, LookupError, TypeError, AttributeError, ValueError) as error:
        # Spiff's error paths have errors of their own (field guide 8-14): whatever comes out, the step has failed here.
        log.exception("a step failed at %s", _element(workflow, token))
        raise ExecutionFailed(element=_element(workflow, token), reason="The engine cannot go on here.", line=None) from error


def _element(workflow: FlatWorkflow, token: Token | None) -> str:
    """The element somebody did something to; without one the process."""
    return workflow.definition.specification.key if token is None else str(token.task_spec.bpmn_id or token.task_spec.name)
