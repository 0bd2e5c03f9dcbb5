"""What an expectation asks for, read from the file of a case: key -> what is there now."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from api.scenarios.looks import PROCESSES
from api.scenarios.reader import minute
from engine.tables import ProcessInstance
from processes.whole_case import WholeCase

Reading = Callable[[WholeCase], Any]
RETURNED, AUTOMATICALLY = "returned", "approved automatically"


def _field(name: str) -> Reading:
    return lambda case: getattr(case.complaint, name)


def _minute(name: str) -> Reading:
    return lambda case: minute(getattr(case.complaint, name))


def _said(case: WholeCase, *tables: str) -> Mapping[str, Any]:
    record = case.decision(*tables)
    return record.result if record is not None else {}


def admission(case: WholeCase) -> str | None:
    """DMN-01 (a merge names the other case by its reference)."""
    record = case.decision("intake_validation")
    if record is None:
        return None
    if record.overruled is not None:
        return f"overruled: {record.overruled.get('decision')}"
    said = f"{record.result.get('decision')}/{record.result.get('reason')}"
    return f"{said} of {case.complaint.duplicate_of}" if record.result.get("decision") == "merge" else said


def classification(case: WholeCase) -> str:
    """DMN-02: what was suggested before anybody looked."""
    said = (one.result.get("suggestion") for one in case.decisions if one.decision == "classification")
    suggestion: Mapping[str, Any] = next((one for one in said if one), {})
    return f"{suggestion.get('category')}/{suggestion.get('sub_category')}"


def grading(case: WholeCase) -> str:
    """DMN-03: the level and the reasons of the rows with that level, in the order of the table."""
    return f"L{case.complaint.level} {'+'.join(str(one) for one in case.complaint.level_reasons)}"


def priority(case: WholeCase) -> str:
    """DMN-04."""
    return f"{case.complaint.priority_score}/{case.complaint.priority_band}"


def routing(case: WholeCase) -> str:
    """DMN-06."""
    found = case.complaint
    return f"{found.owner_department} / {found.handler_group} / supervisor {found.supervisor_role}"


def label(case: WholeCase) -> str | None:
    """DMN-09: the label of the current claim; before it is made, of the preview."""
    found: str | None = _preview(case, "label", "compensation_chain")
    return found


def chain(case: WholeCase) -> Any:
    """The approvers of the current claim."""
    return _preview(case, "approver_chain", "compensation_chain", of_claim="chain")


def _preview(case: WholeCase, name: str, table: str, *, of_claim: str | None = None) -> Any:
    claim = case.claim
    found = getattr(claim, of_claim or name) if claim is not None else None
    newer = case.decision(table)
    if claim is None or found is None or (newer is not None and newer.at > claim.created_at and claim.state == "paid"):
        return newer.result.get(name) if newer is not None else found
    return found


def standard(name: str) -> Reading:
    """DMN-08, of the newest claim or proposal."""

    def read(case: WholeCase) -> Any:
        proposal, claim = (case.proposals[-1] if case.proposals else None), case.claim
        sources = sorted((one for one in (proposal, claim) if one is not None), key=lambda one: one.created_at, reverse=True)
        return next((getattr(one, name) for one in sources if getattr(one, name) is not None), None)

    return read


def mediation(case: WholeCase) -> str:
    """DMN-13."""
    said = _said(case, "mediation_eligibility")
    return f"{said.get('route')} / {said.get('provider')}"


def disputed(case: WholeCase) -> Any:
    """The amount DMN-13 was asked about."""
    record = case.decision("mediation_eligibility")
    return record.inputs.get("disputed_amount") if record is not None else None


def reviewers(case: WholeCase) -> Any:
    """DMN-17 with the rules added to it."""
    return list(case.proposals[-1].reviewers) if case.proposals else None


def approver(case: WholeCase) -> str | None:
    """The role the open approval waits for."""
    open_ = [one for one in case.tasks if one.state == "open" and one.element_id == "ut_approve"]
    return str((open_[-1].item or {}).get("value")) if open_ else None


def costs(case: WholeCase) -> dict[str, Decimal]:
    """Posted cost by department."""
    found: dict[str, Decimal] = {}
    for claim in case.claims:
        for department, amount in claim.cost_by_department.items():
            found[department] = found.get(department, Decimal(0)) + Decimal(str(amount))
    return found


def _share(name: str) -> Reading:
    def read(case: WholeCase) -> Any:
        current = [one for one in case.shares if one.version == case.shares_version]
        return minute(getattr(current[0], name, None)) if current else None

    return read


def _visit(name: str) -> Reading:
    return lambda case: getattr(case.visits[-1], name) if case.visits else None


def _attempts(case: WholeCase) -> int:
    visit = case.visits[-1] if case.visits else None
    return len([one for one in case.attempts if visit is not None and one.visit_id == visit.id])


def instance_state(case: WholeCase) -> str | None:
    """Whether complaint_handling runs; every end is one."""
    state = next((one.state for one in case.instances if one.definition_key == PROCESSES["P1"]), None)
    return "completed" if state in ("completed", "terminated") else state


def end_of(case: WholeCase, process: str) -> str | None:
    """Where the latest instance of a process ended."""
    found: list[ProcessInstance] = [one for one in case.instances if one.definition_key == PROCESSES[process]]
    return found[-1].end_element_id if found else None


def approval_result(case: WholeCase) -> str | None:
    """P4 in the words of the files."""
    claim = case.claim
    votes = [one for one in case.approvals if claim is not None and one.compensation_id == claim.id and one.step == "ut_approve"]
    if any(one.state == "open" and one.element_id == "ut_revise_claim" for one in case.tasks) and votes and votes[-1].vote == "return":
        return RETURNED
    end = end_of(case, "P4")
    instance = [one for one in case.instances if one.definition_key == PROCESSES["P4"]][-1:]
    if end == "end_approved" and instance and not any(one.instance_id == instance[0].id for one in case.tasks):
        return AUTOMATICALLY
    return end


def waits_for(case: WholeCase) -> list[str]:
    """The messages the case waits for."""
    return [one.name for one in case.subscriptions]


READINGS: Mapping[str, Reading] = {
    **{
        name: _field(name)
        for name in (
            *("status", "close_code", "level", "case_owner", "first_inquiry_owner", "involved_departments", "excluded_users"),
            *("negotiation_round", "reopen_count", "evidence_pending", "payment_objection_open", "repeat_count", "retention_years"),
        )
    },
    "received_at": _minute("received_at"),
    "payment_received_at": _minute("payment_received_at"),
    "contacts": _field("contacts_count"),
    "content_additions": lambda case: len(case.additions),
    "DMN-01": admission,
    "DMN-02": classification,
    "DMN-03": grading,
    "DMN-04": priority,
    "DMN-06": routing,
    "DMN-08.standard_amount": standard("standard_amount"),
    "DMN-08.statutory": standard("statutory"),
    "over_standard": standard("over_standard"),
    "DMN-09": label,
    "approver_chain": chain,
    "DMN-13": mediation,
    "disputed_amount": disputed,
    "DMN-17.reviewers": reviewers,
    "approver": approver,
    "responsibility": lambda case: case.current_shares,
    "shares_version": lambda case: case.shares_version,
    "objection_until": _share("objection_until"),
    "appeal_until": _share("appeal_until"),
    "cost": costs,
    "failed_count": lambda case: len([one for one in case.payments if one.state == "failed"]),
    "supplement": lambda case: case.claim.requested_amount if case.claim is not None and case.claim.supplement_of else None,
    "attempts": _attempts,
    "visit_no": _visit("no"),
    "visitor": _visit("visitor_role"),
    "planned_from": lambda case: minute(case.visits[-1].planned_from) if case.visits else None,
    "effective": lambda case: case.improvements[-1].effective if case.improvements else None,
    "loop": lambda case: case.improvements[-1].loops if case.improvements else None,
    "instance": instance_state,
}
SETS = frozenset({"involved_departments", "excluded_users"})


def same(key: str, expected: Any, found: Any) -> bool:
    """Numbers are decimals, remarks in parentheses do not count, some lists are sets."""
    if isinstance(expected, list) and isinstance(found, list | tuple | set):
        wanted, there = [without_remark(one) for one in expected], [str(one) for one in found]
        return sorted(wanted) == sorted(there) if key in SETS else wanted == there
    if isinstance(expected, dict) and isinstance(found, dict):
        return set(expected) == set(found) and all(same(key, expected[name], found[name]) for name in expected)
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found
    if isinstance(expected, int | Decimal):
        return isinstance(found, int | Decimal | str) and Decimal(expected) == Decimal(found)
    return without_remark(str(expected)) == str(found)


def without_remark(text: str) -> str:
    """`X (why)` without what is in parentheses at the end."""
    return re.sub(r" \([^)]*\)$", "", text)
