"""The registration form of the office: for who calls, comes, writes by mail or on social media."""

from collections.abc import Mapping
from typing import Any

from engine.errors import Invalid, Problem
from processes import intake_fields

CHANNELS = ("phone", "onsite", "email", "letter", "social", "wechat", "app", "platform", "regulator", "internal")
TEXTS = (
    *("channel", "received_at", "source", "external_no"),
    *("name", "phone", "email", "address", "preferred_contact", "contact_hours", "locale", "agent_name"),
    *("business_type", "complained_object", "complained_user", "order_no", "contract_no", "product_code", "event_date"),
    *("content", "demand", "claim_amount"),
    *("safety", "media", "severity_tier", "affected_customers"),
)
TICKS = (
    *("anonymous", "consent_data_use", "vulnerable", "injury", "time_critical", "legal_action", "in_legal_proceeding"),
    "previously_final",
)
FIELDS = (*TEXTS, "authorised", *TICKS)
NEEDED: Mapping[str, str] = {
    "channel": "Say how the complaint came in.",
    "content": "Write down what the customer tells, in his or her words.",
}
NO_WAY = "Give a mobile number or an e-mail address, or tick that the customer stays anonymous."
NO_NUMBER = "Write a whole number here, such as 12."


def read(typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields as `complaints.register` takes them; what is empty is left out. An agent is authorised only if somebody says so."""
    given: dict[str, Any] = {name: typed[name].strip() for name in TEXTS if typed.get(name, "").strip()}
    if "agent_name" in given:
        given["authorised"] = bool(typed.get("authorised"))
    affected = given.get("affected_customers")
    if affected is not None and affected.isdecimal() and affected.isascii():
        given["affected_customers"] = int(affected[:9])
    return given | {name: True for name in TICKS if typed.get(name)}


def check(given: Mapping[str, Any]) -> None:
    """Raise Invalid with everything that is missing or cannot be read, in the order of the form.

    Little is mandatory: what is missing beside it is asked for by the process, and nobody is sent away for it.
    """
    problems = [Problem(code="REQUIRED", pointer=f"/{name}", message=said) for name, said in NEEDED.items() if not given.get(name)]
    if not (given.get("phone") or given.get("email") or given.get("anonymous")):
        problems.append(Problem(code="REQUIRED", pointer="/phone", message=NO_WAY))
    try:
        intake_fields.read(given)
    except Invalid as unreadable:
        problems += [_plain(one) for one in unreadable.problems]
    if problems:
        raise Invalid(problems=sorted(problems, key=lambda one: FIELDS.index((one.pointer or "").lstrip("/"))))


def _plain(problem: Problem) -> Problem:
    if problem.pointer == "/affected_customers":
        return Problem(code=problem.code, pointer=problem.pointer, message=NO_NUMBER)
    return problem
