"""The fields a complaint comes in with (F.ut_register and the inputs of DMN-01 and DMN-03): read, check, and which are mandatory."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from engine.errors import Invalid, Problem
from processes import money
from processes.sla_time import ZONE
from processes.tables.cases import Complaint, Customer

Reader = Callable[[str, Any], Any]
PHONE = re.compile(r"1\d{10}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CHANNELS = ("phone", "web", "app", "wechat", "email", "letter", "onsite", "social", "chatbot", "platform", "regulator", "internal")
BY_NUMBER = ("goods", "finance")  # kinds of business whose matter is found by an order or contract


@dataclass(frozen=True, kw_only=True)
class Clean:
    """What was read, by the record it belongs to."""

    complaint: dict[str, Any] = field(default_factory=dict)
    customer: dict[str, Any] = field(default_factory=dict)


class _Wrong(ValueError):
    """The sentence says what to do."""


def _text(longest: int) -> Reader:
    def read_text(name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise _Wrong("Write a text here.")
        if len(value) > longest:
            raise _Wrong(f"At most {longest} characters fit here; this has {len(value)}.")
        return value.strip()

    return read_text


def _one_of(*choices: str) -> Reader:
    def read_choice(name: str, value: Any) -> str:
        if value not in choices:
            raise _Wrong(f"Choose one of {', '.join(choices)}.")
        return str(value)

    return read_choice


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("Say true or false.")
    return value


def _names(name: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value) or len(value) > 5:
        raise _Wrong("Give a list of at most five names.")
    return list(value)


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Wrong("Give a whole number, at least 1.")
    return value


def _money(name: str, value: Any) -> Any:
    amount = money.read(str(value) if isinstance(value, float) else value, pointer=f"/{name}")
    if isinstance(amount, Problem):
        raise _Wrong(amount.message)
    return amount


def _instant(name: str, value: Any) -> datetime:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise _Wrong("Write date and time as 2026-03-10T14:05+08:00.") from error
    return (found if found.tzinfo else found.replace(tzinfo=ZONE)).astimezone(UTC)


def _day(name: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value))
    except ValueError as error:
        raise _Wrong("Write the date as 2026-03-10.") from error


def _phone(name: str, value: Any) -> str:
    found = re.sub(r"[\s-]", "", str(value)).removeprefix("+86")
    if not PHONE.fullmatch(found):
        raise _Wrong("A mobile number has eleven digits and begins with 1.")
    return found


def _email(name: str, value: Any) -> str:
    found = str(value).strip()
    if not EMAIL.fullmatch(found) or len(found) > 254:
        raise _Wrong("Write an e-mail address like name@example.cn.")
    return found


COMPLAINT: Mapping[str, Reader] = {
    "channel": _one_of(*CHANNELS),
    "source": _one_of("customer", "internal", "third_party", "regulator"),
    "received_at": _instant,
    "anonymous": _flag,
    "agent_name": _text(60),
    "representatives": _names,
    "business_type": _one_of("goods", "service", "finance", "delivery", "other"),
    **{name: _text(40) for name in ("product_code", "order_no", "contract_no", "batch_no", "serial_no", "external_no")},
    "complained_object": _text(120),
    "complained_user": _text(60),
    "content": _text(5000),
    "demand": _text(1000),
    "claim_amount": _money,
    "event_date": _day,
    "safety": _one_of("none", "potential", "actual"),
    "media": _one_of("none", "threatened", "published"),
    "severity_tier": _one_of("serious", "urgent"),
    "affected_customers": _count,
    "profile": _text(20),
    **dict.fromkeys(
        (
            *("injury", "vulnerable", "legal_action", "time_critical", "consent_data_use", "in_legal_proceeding", "our_business"),
            *("previously_final", "authorised", "source_regulator"),
        ),
        _flag,
    ),
}
CUSTOMER: Mapping[str, Reader] = {
    "name": _text(60),
    "gender": _one_of("F", "M", "X"),
    "phone": _phone,
    "email": _email,
    "address": _text(200),
    "preferred_contact": _one_of("phone", "sms", "email", "app", "wechat", "letter"),
    "contact_hours": _text(60),
    "marketing_consent": _flag,
    "locale": _one_of("en", "zh"),
}
NOT_KEPT = frozenset({"comment", "attachments", "files", "complete", "is_agent", "authorisation"})  # of the form; kept elsewhere


def read(values: Mapping[str, Any]) -> Clean:
    """What was sent, as the tables keep it. Empty fields are left out. Raises Invalid with every problem."""
    clean, problems = Clean(), []
    for name, value in values.items():
        if value is None or value == "" or name in NOT_KEPT:
            continue
        reader, record = (COMPLAINT.get(name), clean.complaint) if name in COMPLAINT else (CUSTOMER.get(name), clean.customer)
        if reader is None:
            problems.append(Problem(code="UNKNOWN", pointer=f"/{name}", message=f"A complaint has no field '{name}'."))
            continue
        try:
            record[name] = reader(name, value)
        except _Wrong as wrong:
            problems.append(Problem(code="INVALID", pointer=f"/{name}", message=str(wrong)))
    if problems:
        raise Invalid(problems=problems)
    if clean.complaint.get("source") == "regulator":
        clean.complaint["source_regulator"] = True
    return clean


def missing(complaint: Complaint, customer: Customer | None) -> list[str]:
    """Mandatory fields that are empty."""
    wanted = {name: bool(getattr(complaint, name)) for name in ("channel", "business_type", "complained_object", "content", "demand")}
    wanted["consent_data_use"] = complaint.consent_data_use
    if not complaint.anonymous:
        wanted["name"] = bool(customer and customer.name)
        wanted["phone"] = bool(customer and (customer.phone or customer.email))
        wanted["preferred_contact"] = bool(customer and customer.preferred_contact)
    if complaint.business_type in BY_NUMBER:
        wanted["order_no"] = bool(complaint.order_no or complaint.contract_no)
    if complaint.source == "regulator":
        wanted["external_no"] = bool(complaint.external_no)
    if complaint.agent_name and not complaint.authorised:
        wanted["authorised"] = True  # DMN-01 has a row of its own for it
    return [name for name, filled in wanted.items() if not filled]


def completeness(complaint: Complaint, customer: Customer | None) -> int:
    """Percent of the mandatory fields that are filled."""
    empty = missing(complaint, customer)
    total = 6 + 3 * (not complaint.anonymous) + (complaint.business_type in BY_NUMBER) + (complaint.source == "regulator")
    return round(100 * (total - len(empty)) / total)
