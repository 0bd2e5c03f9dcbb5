"""What a solution may say, wherever it is typed in: the facts of its remedy, its amount, its actions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine import decisions
from engine.errors import Problem
from engine.extensions import Values
from processes import money, proposals, remedies
from processes.form_rules.answers import account_problems, problem
from processes.tables.cases import Complaint

STANDARD = "compensation_standard"


def problems(session: Session, complaint: Complaint, values: Values) -> Sequence[Problem]:
    """Facts, amount and actions: what is missing or cannot be."""
    remedy = str(values.get("remedy_case"))
    if remedy not in remedies.REMEDIES:
        return (problem("UNKNOWN", "remedy_case", f"There is no remedy case '{remedy}'."),)
    _, wrong = remedies.read_inputs(remedy, proposals.facts(session, complaint, values))
    found = [replace(one, pointer=(one.pointer or "").replace("/inputs", "")) for one in wrong]
    amount = money.read(values.get("requested_amount"), pointer="/requested_amount")
    if isinstance(amount, Problem):
        found.append(amount)
    found += _action_problems(session, complaint, values)
    return found or _floor(session, complaint, values, amount)


def _action_problems(session: Session, complaint: Complaint, values: Values) -> list[Problem]:
    found: list[Problem] = []
    for number, action in enumerate(values.get("actions") or []):
        name = f"actions/{number}"
        found += account_problems(session, complaint, str(action.get("owner")), f"{name}/owner")
        try:
            proposals.instant(action.get("due"))
        except ValueError:
            found.append(problem("NOT_DATE_TIME", f"{name}/due", "Say until when, as 2026-03-14T18:00."))
    return found


def standard(session: Session, complaint: Complaint, values: Values) -> dict[str, Any]:
    """What DMN-08 says for these facts."""
    inputs, _ = remedies.read_inputs(str(values["remedy_case"]), proposals.facts(session, complaint, values))
    asked = {**inputs, "remedy_case": values["remedy_case"], "level": complaint.level}
    return decisions.evaluate(session, STANDARD, asked).result


def _floor(session: Session, complaint: Complaint, values: Values, amount: Decimal | Problem) -> Sequence[Problem]:
    """What the law gives the customer cannot be proposed away."""
    said = standard(session, complaint, values)
    least = money.rounded(Decimal(said["standard_amount"]))
    if isinstance(amount, Problem) or not said["statutory"] or amount >= least:
        return ()
    message = f"The law ({said['legal_basis']}) gives the customer {money.shown(least)}; no less can be proposed."
    return (problem("STATUTORY_FLOOR", "requested_amount", message),)


def within(session: Session, complaint: Complaint, values: Values, *, at_most: Decimal) -> Sequence[Problem]:
    """A case owner alone gives no more than this, and nothing above the standard."""
    amount = Decimal(values["requested_amount"])
    limit = min(at_most, money.rounded(Decimal(standard(session, complaint, values)["standard_amount"])))
    if amount <= limit:
        return ()
    message = f"On the first contact at most {money.shown(limit)} can be given; propose a solution for more."
    return (problem("ABOVE_LIMIT", "requested_amount", message),)


def day(value: Any) -> date | None:
    """A date as a form gives it."""
    return date.fromisoformat(str(value)[:10]) if value else None
