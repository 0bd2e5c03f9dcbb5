"""The case above the form of a task: the complaint in its customer's words, its deadlines, the facts to decide by."""

from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from api import permissions
from api.pages import door, task_facts, task_strip, wording
from api.pages.complaint_words import channel_name, status_name
from api.pages.facts import Fact, Teller, fact
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine import task_rights
from engine.errors import RedressError
from engine.tables import UserTask
from processes import case_contact_data, remedies
from processes.tables.cases import Approval, Compensation, Complaint
from processes.task_sight import Sight

TONES = {"approve": "good", "support": "good", "ok": "good", "reject": "bad", "oppose": "bad", "return": "bad"}
CASE_PAGE = "pages.complaint"


def parts(session: Session, found: UserTask, sight: Sight | None, teller: Teller) -> dict[str, Any]:
    """Everything the task page says about the case; nothing of it for a task that belongs to none."""
    if sight is None:
        return {"claim": None, "approvals": [], "case": None, "strip": None, "sections": []}
    names = teller.names
    return {
        "claim": _claim(sight.claim, names) if sight.claim is not None else None,
        "approvals": [_said(one, names) for one in sight.approvals],
        "case": _case(sight, names),
        "strip": task_strip.parts(session, found, sight),
        "sections": task_facts.sections(sight, teller),
    }


def people(sight: Sight) -> set[str | None]:
    """Everybody these parts name, as far as that is known before they are told."""
    claimed = {sight.claim.requester} if sight.claim is not None else set()
    return {sight.complaint.case_owner, *claimed, *(one.account for one in sight.approvals), *(one.by for one in sight.additions)}


def may_see(session: Session, complaint: Complaint) -> bool:
    """Whether the reader may see the whole case: who only does one task of it need not."""
    try:
        permissions.require_complaint(session, door.actor(), complaint)
    except RedressError:
        return False
    return True


def may_open(task: UserTask) -> bool:
    """Whether the reader sees this task, so that a link to it leads somewhere."""
    if task_rights.exclusion(task, actor=door.actor()) is not None:
        return False
    try:
        permissions.require_task(door.actor(), task)
    except RedressError:
        return False
    return True


def _case(sight: Sight, names: Names) -> dict[str, Any]:
    one = sight.complaint
    return {
        "reference": one.reference,
        "url": url_for(CASE_PAGE, reference=one.reference) if CASE_PAGE in current_app.view_functions else None,
        "customer": case_contact_data.customer_name(one, actor=door.actor()),
        "level": one.level,
        "status": status_name(one.status),
        "owner": names(one.case_owner),
        "vulnerable": one.vulnerable,
        "about": _about(one),
        "content": one.content,
        "demand": one.demand,
        "claim_amount": one.claim_amount,
        "additions": [{"at": added.at, "by": _who(added.by, names), "text": added.text} for added in sight.additions],
        "beside": [{"name": wording.name_of(each), "url": url_for("pages.task", task_id=each.id)} for each in sight.beside],
    }


def _who(by: str, names: Names) -> str:
    return gettext("the customer") if by in ("customer", "complainant") else names(by)


def _about(one: Complaint) -> list[Fact]:
    lines = (
        fact(gettext("Received"), one.received_at),
        fact(gettext("Channel"), channel_name(one.channel)),
        fact(gettext("Complained about"), one.complained_object),
        fact(gettext("Product"), one.product_code),
        fact(gettext("Order"), one.order_no),
        fact(gettext("Contract"), one.contract_no),
        fact(gettext("Happened on"), one.event_date),
        fact(gettext("Customers affected"), one.affected_customers if one.affected_customers > 1 else None),
        fact(gettext("Number of the authority"), one.external_no),
        fact(gettext("Acts through"), one.agent_name),
    )
    return [line for line in lines if line is not None]


def _claim(claim: Compensation, names: Names) -> dict[str, Any]:
    remedy = remedies.REMEDIES.get(claim.remedy_case)
    return {
        "requested": claim.requested_amount,
        "standard": claim.standard_amount,
        "band": claim.label,
        "remedy": wording.name_of(remedy) if remedy else claim.remedy_case,
        "requester": names(claim.requester),
        "over_standard": claim.over_standard,
        "statutory": claim.statutory,
    }


def _said(one: Approval, names: Names) -> dict[str, Any]:
    return {
        "who": gettext("The system") if one.account == "system" else names(one.account),
        "role": one.role,
        "vote": one.vote,
        "amount": one.approved_amount,
        "reason": one.reason,
        "at": one.at,
        "tone": TONES.get(one.vote, ""),
    }
