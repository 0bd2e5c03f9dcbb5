"""The facts beside a form: the records of the case that this task is decided by, in words (processes.md 2.6.1)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.pages import case_facts, settling_facts
from api.pages.facts import Section, Teller
from processes.task_sight import Sight

_TELL: Mapping[str, Callable[[Teller, Any], Sequence[Section]]] = {
    "customer": case_facts.customer,
    "duplicate": case_facts.duplicate,
    "decisions": case_facts.decisions,
    "requested": case_facts.requested,
    "question": case_facts.question,
    "questions": case_facts.questions,
    "evidence": case_facts.evidence,
    "finding": case_facts.finding,
    "shares": case_facts.shares,
    "proposal": case_facts.proposal,
    "letters": case_facts.letters,
    "actions": settling_facts.actions,
    "action": settling_facts.action,
    "payment": settling_facts.payment,
    "mediation": settling_facts.mediation,
    "escalation": settling_facts.escalation,
    "visit": settling_facts.visit,
}


def sections(sight: Sight, teller: Teller) -> list[Section]:
    """What this task shows beside the complaint itself; what is not there yet is left out."""
    told = ((part, sight.found[part]) for part in sight.parts)
    return [section for part, found in told if found for section in _TELL[part](teller, found) if section.facts]
