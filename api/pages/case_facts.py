"""The facts of a case up to its solution: customer, decisions, evidence, findings, proposal (processes.md 2.6.1)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.pages import decision_vocabulary, wording
from api.pages.classification_words import priority_name, sub_category_name
from api.pages.complaint_words import channel_name, level_reasons
from api.pages.facts import Section, Teller, department_name, fact, section, text
from api.pages.form_words import yes_no
from api.pages.texts import gettext, lazy_gettext
from processes.tables.cases import Complaint, Customer
from processes.tables.correspondence import Contact, DecisionRecord
from processes.tables.investigation import DepartmentInput, Investigation, ResponsibilityShare
from processes.task_sight import Proof, Solution

LETTERS_SHOWN = 5
BLANK_LINES = re.compile(r"\n\s*\n")
VOTES: Mapping[str, Any] = {
    "approve": lazy_gettext("approved"),
    "return": lazy_gettext("returned"),
    "reject": lazy_gettext("rejected"),
}


def customer(teller: Teller, found: Customer) -> Sequence[Section]:
    """Who complains, and how he or she is reached."""
    words = teller.words
    return [
        section(
            gettext("Customer"),
            fact(gettext("Name"), found.name),
            fact(gettext("Phone"), found.phone),
            fact(gettext("E-mail"), found.email),
            fact(gettext("Address"), found.address),
            fact(gettext("Prefers"), words("ut_register", "preferred_contact", found.preferred_contact)),
            fact(gettext("Reachable"), found.contact_hours),
            fact(gettext("Do not call"), yes_no(True) if found.do_not_call else None),
        )
    ]


def duplicate(teller: Teller, found: Complaint) -> Sequence[Section]:
    """The other case, side by side with this one."""
    return [
        section(
            gettext("Perhaps the same matter as"),
            fact(gettext("Complaint"), found.reference),
            fact(gettext("Customer"), found.customer_name),
            fact(gettext("Received"), found.received_at),
            fact(gettext("Order"), found.order_no),
            text(gettext("What happened"), found.content),
            text(gettext("What is asked for"), found.demand),
        )
    ]


def decisions(teller: Teller, found: Sequence[DecisionRecord]) -> Sequence[Section]:
    """The last answer of each decision table, with its reason."""
    said = {one.decision: one.result for one in found}
    words, grading, routing = teller.words, said.get("grading", {}), said.get("routing", {})
    suggestion, admission = said.get("classification", {}).get("suggestion", {}), said.get("intake_validation", {})
    priority, level = said.get("priority_score", {}), grading.get("decided_level")
    refused = admission.get("decision") not in (None, "accept", "accept_no_reply")
    return [
        section(
            gettext("What the decision tables say"),
            fact(gettext("Admission"), decision_vocabulary.admission(admission["decision"], admission.get("reason"))) if refused else None,
            fact(gettext("Category"), words("ut_triage", "category", suggestion.get("category"))),
            fact(gettext("Sub-category"), _with_code(suggestion.get("sub_category"))),
            fact(gettext("Level"), wording.level_name(int(level)) if level else None),
            fact(gettext("Because"), level_reasons([str(one) for one in grading.get("reason") or ()])),
            fact(gettext("Priority"), priority_name(priority.get("priority_band"))),
            fact(gettext("Department"), words("ut_triage", "involved_departments", routing.get("owner_department"))),
            fact(gettext("Supervised by"), wording.group_name(routing["supervisor_role"]) if routing.get("supervisor_role") else None),
            fact(gettext("Also involved"), words.all("ut_triage", "involved_departments", routing.get("co_departments"))),
        )
    ]


def _with_code(sub_category: str | None) -> str | None:
    """Its words, and the code: that is what one types to decide otherwise."""
    return f"{sub_category_name(sub_category)} ({sub_category})" if sub_category else None


def requested(teller: Teller, found: Investigation) -> Sequence[Section]:
    """What the customer was asked to send."""
    return [section(gettext("Asked of the customer"), text(wording.short_time(found.at), gettext(", ").join(found.info_items)))]


def question(teller: Teller, found: DepartmentInput) -> Sequence[Section]:
    """What this department is asked."""
    return questions(teller, [found])


def questions(teller: Teller, found: Sequence[DepartmentInput]) -> Sequence[Section]:
    """What departments were asked and said."""
    return [
        section(gettext("Asked of departments"), *(text(department_name(teller, one.department), _answer(teller, one)) for one in found))
    ]


def _answer(teller: Teller, one: DepartmentInput) -> str:
    answer = one.statement or (gettext("Waived: %(why)s", why=one.waive_reason or "–") if one.waived_by else gettext("No answer yet."))
    return f"{one.question}\n{answer}" if one.question else answer


def evidence(teller: Teller, found: Proof) -> Sequence[Section]:
    """What is there, and what has to be there."""
    there = {one.type for one in found.attachments}
    missing = [one for one in found.wanted if one not in there]
    lines = [fact(_evidence_name(teller, one.type), one.file_name or one.reference or gettext("there")) for one in found.attachments]
    return [
        section(
            gettext("Evidence"), fact(gettext("Still needed"), gettext(", ").join(_evidence_name(teller, one) for one in missing)), *lines
        )
    ]


def _evidence_name(teller: Teller, type_: str) -> str:
    return teller.words("ut_investigate", "evidence", type_)


def finding(teller: Teller, found: Investigation) -> Sequence[Section]:
    """The last investigation."""
    words = teller.words
    return [
        section(
            gettext("What was found out"),
            fact(gettext("Finding"), words("ut_investigate", "founded", found.founded)),
            fact(gettext("Cause"), words("ut_investigate", "root_cause", found.root_cause)),
            fact(gettext("Where it went wrong"), words("ut_investigate", "responsible_link", found.responsible_link)),
            fact(gettext("Key issue"), found.key_issue),
            fact(gettext("Evidence"), words.all("ut_investigate", "evidence", found.evidence)),
            fact(gettext("Investigated by"), teller.names(found.by)),
            text(gettext("Facts"), found.facts_found),
            text(gettext("The customer says"), found.complainant_statement),
            text(gettext("The other side says"), found.respondent_statement),
        )
    ]


def shares(teller: Teller, found: Sequence[ResponsibilityShare]) -> Sequence[Section]:
    """Who answers for how much."""
    return [section(gettext("Responsibility"), *(fact(department_name(teller, one.department), f"{one.share} %") for one in found))]


def proposal(teller: Teller, found: Solution) -> Sequence[Section]:
    """The last solution with what reviewers and customer said."""
    one, words = found.proposal, teller.words
    votes = [
        text(_voter(teller, vote.account, vote.role), f"{VOTES.get(vote.vote, vote.vote)} {vote.remark or ''}".strip())
        for vote in found.votes
    ]
    return [
        section(
            gettext("Solution, version %(n)s", n=one.version),
            fact(gettext("Measures"), words.all("ut_propose_solution", "measures", one.measures)),
            fact(gettext("Remedy"), words("ut_propose_solution", "remedy_case", one.remedy_case)),
            fact(gettext("Requested"), one.requested_amount),
            fact(gettext("Standard"), one.standard_amount),
            fact(gettext("Approved"), one.approved_amount),
            fact(gettext("Above the standard"), yes_no(one.over_standard) if one.over_standard else None),
            fact(gettext("Proposed by"), teller.names(one.created_by)),
            text(gettext("Grounds"), one.rationale),
            text(gettext("Reasons for the customer"), one.reasons),
            text(gettext("Offered as"), one.offer_text),
            fact(gettext("Answer until"), wording.short_day(one.answer_until) if one.answer_until else None),
            fact(gettext("Answer of the customer"), words("ut_record_decision", "decision", one.decision)),
            fact(gettext("The customer asks for"), one.counter_amount),
        ),
        section(gettext("Reviews"), *votes),
    ]


def _voter(teller: Teller, account: str, role: str | None) -> str:
    return f"{teller.names(account)} · {wording.group_name(role)}" if role else teller.names(account)


def letters(teller: Teller, found: Sequence[Contact]) -> Sequence[Section]:
    """The last words to and from the customer."""
    shown = reversed(list(found)[-LETTERS_SHOWN:])
    told = section(gettext("Said last"), *(text(_contact(one), BLANK_LINES.sub("\n", one.text)) for one in shown))
    return [replace(told, folded=True)]


def _contact(one: Contact) -> str:
    way = gettext("to the customer") if one.direction == "out" else gettext("from the customer")
    return f"{wording.short_time(one.at)} · {way} · {channel_name(one.channel)}"
