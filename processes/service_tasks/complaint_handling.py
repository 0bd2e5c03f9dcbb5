"""The service tasks of complaint_handling (P1) and of the listeners beside it, by topic."""

from collections.abc import Sequence

from engine.extensions import Handler
from processes.service_tasks import (
    complaint_handling_closing,
    complaint_handling_decision,
    complaint_handling_execution,
    complaint_handling_intake,
    complaint_handling_investigation,
    complaint_handling_proposal,
    complaint_handling_triage,
    dept_input,
    evidence,
)


def handlers() -> Sequence[Handler]:
    """A handler per topic."""
    return (
        *complaint_handling_intake.handlers(),
        *complaint_handling_triage.handlers(),
        *complaint_handling_investigation.handlers(),
        *complaint_handling_proposal.handlers(),
        *complaint_handling_decision.handlers(),
        *complaint_handling_execution.handlers(),
        *complaint_handling_closing.handlers(),
        *evidence.handlers(),
        *dept_input.handlers(),
    )
