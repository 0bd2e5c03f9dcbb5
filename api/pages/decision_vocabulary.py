"""How values of the delivered decision tables are called, by the name of their variable: codes, groups, amounts of money."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from api.pages import badges, classification_words, complaint_words, wording
from api.pages.form_words import FormWords
from api.pages.intake_words import AMOUNTS_OF_HARM, BUSINESS, MEDIA, SOURCES, TIERS
from api.pages.story_words import TRIGGERS
from api.pages.texts import gettext, lazy_gettext

Words = Callable[[Any], str]

# What of a decision stands beside its name, by the names of its outputs; of another table it is the first.
HEADLINES: Mapping[str, tuple[str, ...]] = {
    "classification": ("category", "sub_category"),
    "routing": ("owner_department", "handler_group"),
    "compensation_chain": ("approver_chain",),
    "escalation_ladder": ("action", "supervisor"),
    "escalation_tier_by_event": ("supervisor",),
    "mediation_eligibility": ("route", "provider"),
    "return_visit_plan": ("first_within", "methods"),
}
# Outputs that list who has something to do: an empty list says that nobody has.
DOERS = frozenset({"approver_chain", "approvers", "reviewers"})
ADMISSIONS: Mapping[str, Any] = {
    "accept": lazy_gettext("Yes, accepted"),
    "accept_no_reply": lazy_gettext("Yes, accepted; nobody to answer to"),
    "inadmissible": lazy_gettext("No, not admissible"),
    "merge": lazy_gettext("To be merged with an open case"),
    "need_info": lazy_gettext("Not yet: something is missing"),
    "OK": lazy_gettext("everything is there"),
    "ANONYMOUS": lazy_gettext("the customer is anonymous"),
    "ALREADY_DECIDED": lazy_gettext("it was decided finally before"),
    "LEGAL_PROCEEDING": lazy_gettext("a court or an authority has it"),
    "NOT_OUR_BUSINESS": lazy_gettext("it is none of our business"),
    "DUPLICATE": lazy_gettext("the same matter is open already"),
    "AUTHORISATION": lazy_gettext("the agent showed no authorisation"),
    "INCOMPLETE": lazy_gettext("fields are empty"),
}
WAYS: Mapping[str, Any] = {
    "internal": lazy_gettext("inside the house"),
    "external": lazy_gettext("outside the house"),
    "none": lazy_gettext("none"),
    "cash": lazy_gettext("money"),
    "voucher": lazy_gettext("voucher"),
    "repair": lazy_gettext("repair"),
    "replacement": lazy_gettext("replacement"),
    "apology": lazy_gettext("apology"),
    "survey_link": lazy_gettext("link to the survey"),
    "assignee": lazy_gettext("who does it"),
    "remind": lazy_gettext("remind"),
    "warn": lazy_gettext("warn"),
    "breach_supervise": lazy_gettext("supervise"),
    "supervise_reassign": lazy_gettext("supervise, and give it to somebody else"),
    "executive_list": lazy_gettext("on the list of the management"),
}
_AMOUNTS = ("claim_amount", "requested_amount", "disputed_amount", "standard_amount")
_GROUPS = (
    *("handler_group", "case_owner_group", "supervisor_role", "supervisor", "approver_chain", "approvers", "reviewers"),
    *("visitor_role", "notify"),
)


def vocabulary(words: FormWords) -> Mapping[str, Words]:
    """The words by the name of an input or output; what is none of them stands as it is."""

    def offered(form: str, field: str) -> Words:
        return lambda value: words(form, field, value)

    return {
        **{name: _chosen(classification_words.CATEGORIES) for name in ("category", "secondary_category")},
        **dict.fromkeys(("owner_department", "co_departments", "department"), offered("ut_triage", "involved_departments")),
        **dict.fromkeys(_GROUPS, _who),
        **dict.fromkeys(_AMOUNTS, _amount),
        **dict.fromkeys(("first_within", "second_visit_after", "pay_within", "supervise_within", "target"), _time),
        **dict.fromkeys(("decision",), _chosen(ADMISSIONS)),
        **dict.fromkeys(("route", "method", "action"), _chosen(WAYS)),
        "methods": lambda value: str(WAYS.get(value) or complaint_words.channel_name(str(value))),
        "level": lambda value: wording.level_name(int(value)),
        "reason": lambda value: str(ADMISSIONS.get(value) or complaint_words.level_reasons([str(value)])),
        "evidence_type": offered("ut_investigate", "evidence"),
        "remedy_case": offered("ut_propose_solution", "remedy_case"),
        "sub_category": classification_words.sub_category_name,
        "hints": classification_words.hint_name,
        "priority_band": classification_words.priority_name,
        "channel": complaint_words.channel_name,
        "clock": badges.name_of,
        "trigger": _chosen(TRIGGERS),
        "business_type": _chosen(BUSINESS),
        "safety": _chosen(AMOUNTS_OF_HARM),
        "media": _chosen(MEDIA),
        "source": _chosen(SOURCES),
        "severity_tier": _chosen(TIERS),
    }


def admission(decision: str, reason: str | None) -> str:
    """What DMN-01 said, and why."""
    return gettext("; ").join(str(ADMISSIONS.get(one, one)) for one in (decision, reason) if one)


def _chosen(words: Mapping[str, Any]) -> Words:
    return lambda value: str(words.get(str(value), value))


def _who(value: Any) -> str:
    return str(WAYS.get(value) or wording.group_name(str(value)))


def _amount(value: Any) -> str:
    return wording.money(Decimal(value)) if isinstance(value, int | Decimal) else str(value)


def _time(value: Any) -> str:
    try:
        return badges.target(str(value))
    except ValueError:  # a table of the house may say it in another way
        return str(value)
