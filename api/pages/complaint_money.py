"""The money of a case at a glance: what was asked for, what the standard gives, what was approved, what arrived."""

from dataclasses import dataclass
from decimal import Decimal

from api.pages import wording
from api.pages.texts import gettext
from processes.case_file import CaseFile


@dataclass(frozen=True, kw_only=True)
class Step:
    """One figure on the way; `reached`: there is one."""

    name: str
    amount: str
    reached: bool


def steps(case: CaseFile) -> list[Step]:
    """From what the customer asks to what was paid; nothing for a case that never was about money."""
    claim, proposal = case.claim, case.proposals[-1] if case.proposals else None
    last = claim or proposal
    figures = [
        (gettext("Asked by the customer"), case.complaint.claim_amount),
        (gettext("Standard"), last.standard_amount if last else None),
        (gettext("Proposed"), last.requested_amount if last else None),
        (gettext("Approved"), last.approved_amount if last else None),
        (gettext("Paid"), case.paid or None),
    ]
    if not any(amount for _, amount in figures):
        return []
    return [_step(name, amount) for name, amount in figures]


def _step(name: str, amount: Decimal | None) -> Step:
    return Step(name=name, amount=wording.money(amount), reached=amount is not None)
