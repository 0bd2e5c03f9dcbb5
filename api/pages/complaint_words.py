"""The words of a case: its statuses, channels and findings, and why it has its level."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Flask

from api.pages.classification_words import CATEGORIES, priority_name
from api.pages.story_words import RESULTS
from api.pages.texts import format_time, gettext, lazy_gettext

STATUSES: Mapping[str, Any] = {
    "NEW": lazy_gettext("New"),
    "NEED_INFO": lazy_gettext("Information needed"),
    "TRIAGE": lazy_gettext("Triage"),
    "ASSIGNED": lazy_gettext("Assigned"),
    "ACCEPTED": lazy_gettext("Accepted"),
    "INVESTIGATING": lazy_gettext("Investigating"),
    "WAITING_CUSTOMER_INFO": lazy_gettext("Waiting for information"),
    "DETERMINING": lazy_gettext("Finding responsibility"),
    "PROPOSING": lazy_gettext("Preparing a solution"),
    "IN_REVIEW": lazy_gettext("Solution in review"),
    "COMP_APPROVAL": lazy_gettext("Compensation in approval"),
    "COMMUNICATING": lazy_gettext("Telling the customer"),
    "WAITING_CUSTOMER_DECISION": lazy_gettext("Waiting for the customer's decision"),
    "MEDIATION": lazy_gettext("In mediation"),
    "EXECUTING": lazy_gettext("Carrying out"),
    "RESOLVED": lazy_gettext("Resolved"),
    "FEEDBACK_SENT": lazy_gettext("Result sent"),
    "RETURN_VISIT": lazy_gettext("In return visit"),
    "CLOSING": lazy_gettext("Being closed"),
    "REOPENED": lazy_gettext("Reopened"),
    "SUSPENDED": lazy_gettext("Suspended"),
    "CLOSED": lazy_gettext("Closed"),
}
CLOSE_CODES: Mapping[str, Any] = {
    "CLOSED_SATISFIED": lazy_gettext("the customer is satisfied"),
    "CLOSED_UNSATISFIED": lazy_gettext("the customer is not satisfied"),
    "CLOSED_SETTLED": lazy_gettext("settled in mediation"),
    "CLOSED_FINAL_RESPONSE": lazy_gettext("with a final response"),
    "CLOSED_REFERRED_EXTERNAL": lazy_gettext("referred to others"),
    "CLOSED_NO_RESPONSE": lazy_gettext("the customer did not answer"),
    "CLOSED_UNREACHABLE": lazy_gettext("the customer was not reached"),
    "CLOSED_WITHDRAWN": lazy_gettext("withdrawn"),
    "CLOSED_MERGED": lazy_gettext("merged into another case"),
    "CLOSED_INADMISSIBLE": lazy_gettext("not admissible"),
    "CLOSED_INFO_NOT_PROVIDED": lazy_gettext("what was missing did not come"),
    "CLOSED_NO_REPLY_POSSIBLE": lazy_gettext("nobody to answer to"),
}
CHANNELS: Mapping[str, Any] = {
    "phone": lazy_gettext("Phone"),
    "onsite": lazy_gettext("In person"),
    "email": lazy_gettext("E-mail"),
    "letter": lazy_gettext("Letter"),
    "social": lazy_gettext("Social media"),
    "wechat": lazy_gettext("WeChat"),
    "app": lazy_gettext("App"),
    "web": lazy_gettext("Website"),
    "chatbot": lazy_gettext("Chatbot"),
    "platform": lazy_gettext("Platform"),
    "regulator": lazy_gettext("Authority"),
    "internal": lazy_gettext("Internal"),
    "sms": lazy_gettext("Text message"),
}
# DMN-03: why a case has its level, by the reason the row gives.
LEVEL_REASONS: Mapping[str, Any] = {
    "G00-BASE": lazy_gettext("no special circumstance"),
    "G01-AMOUNT": lazy_gettext("¥2,000 or more are claimed"),
    "G02-AMOUNT": lazy_gettext("¥50,000 or more are claimed"),
    "G03-AMOUNT": lazy_gettext("¥200,000 or more are claimed"),
    "G04-SCOPE": lazy_gettext("2 to 9 customers are affected"),
    "G05-SCOPE": lazy_gettext("10 to 49 customers are affected"),
    "G06-SCOPE": lazy_gettext("50 customers or more are affected"),
    "G07-SAFETY": lazy_gettext("somebody's safety may be in danger"),
    "G08-SAFETY": lazy_gettext("somebody's safety is in danger"),
    "G09-TIME": lazy_gettext("time is critical"),
    "G10-REPEAT": lazy_gettext("second complaint about the same matter within 90 days"),
    "G11-REPEAT": lazy_gettext("third or later complaint about the same matter within 90 days"),
    "G12-MEDIA": lazy_gettext("the customer announces to go to the media"),
    "G13-MEDIA": lazy_gettext("it is in the media"),
    "G14-REGULATOR": lazy_gettext("it came from an authority or an association"),
    "G15-VULNERABLE": lazy_gettext("the customer is vulnerable"),
    "G16-TYPE": lazy_gettext("it is of a kind that is always urgent"),
    "G17-LEGAL": lazy_gettext("the customer announces legal action"),
    "G18-TIER": lazy_gettext("the customer desk calls it serious"),
    "G19-TIER": lazy_gettext("the customer desk calls it urgent"),
    "200 % of the time was used": lazy_gettext("twice the time for it has passed"),
}
DECISIONS: Mapping[str, Any] = {
    "intake_validation": lazy_gettext("Admissible?"),
    "classification": lazy_gettext("Category"),
    "grading": lazy_gettext("Level"),
    "priority_score": lazy_gettext("Priority"),
    "routing": lazy_gettext("Department and group"),
    "evidence_checklist": lazy_gettext("Evidence"),
    "solution_review_route": lazy_gettext("Who reviews the solution"),
    "regulatory_overlay": lazy_gettext("Statutory limits"),
    "mediation_eligibility": lazy_gettext("Fit for mediation?"),
    "compensation_standard": lazy_gettext("Standard amount"),
    "compensation_band": lazy_gettext("Approval band"),
    "compensation_chain": lazy_gettext("Who approves"),
    "escalation_ladder": lazy_gettext("Escalation by time"),
    "escalation_tier_by_event": lazy_gettext("Escalation by event"),
    "return_visit_plan": lazy_gettext("Plan of the return visit"),
    "retention": lazy_gettext("Retention"),
}
PAYMENT_STATES: Mapping[str, Any] = {
    "prepared": lazy_gettext("prepared"),
    "released": lazy_gettext("released"),
    "sent": lazy_gettext("on its way"),
    "confirmed": lazy_gettext("paid"),
    "failed": lazy_gettext("failed"),
    "unknown": lazy_gettext("unknown, being asked for"),
}


def status_name(status: str) -> str:
    """A status in words."""
    return str(STATUSES.get(status, status))


def close_code_name(code: str) -> str:
    """How it was closed."""
    return str(CLOSE_CODES.get(code, code))


def channel_name(channel: str) -> str:
    """The way it came in."""
    return str(CHANNELS.get(channel, channel))


def category_name(category: str | None) -> str:
    """What it is about."""
    return str(CATEGORIES.get(category, category)) if category else "–"


def level_reasons(reasons: Sequence[str]) -> str:
    """Why it has its level, as the end of a sentence."""
    return gettext("; ").join(str(LEVEL_REASONS.get(one, one)) for one in reasons)


def decision_name(decision: str) -> str:
    """What a decision table answers."""
    return str(DECISIONS.get(decision, decision))


def payment_state(state: str) -> str:
    """How far a payment is."""
    return str(PAYMENT_STATES.get(state, state))


def mediation_result(result: str) -> str:
    """How a mediation ended."""
    return str(RESULTS.get(result, result))


def time_of_day(at: datetime) -> str:
    """The time alone, where the day is said beside it."""
    return format_time(at, "short")


def register(app: Flask) -> None:
    """Make these words filters of the templates."""
    of_cases = (status_name, close_code_name, channel_name, category_name, level_reasons, priority_name)
    for function in (*of_cases, decision_name, payment_state, mediation_result, time_of_day):
        app.jinja_env.filters[function.__name__] = function
