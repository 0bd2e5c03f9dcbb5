"""An example case, for looking at letters before they are sent: every value a letter may name."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from jinja2 import meta

from processes import contacts, letters

_WITH_LANGUAGE: Mapping[str, Mapping[str, Any]] = {
    "en": {
        "name": "Wang Min",
        "owner": "Lin Mei",
        "customer": "Wang Min",
        "items": ["a photo of the serial number", "the invoice"],
        "text": "The carrier lost the parcel. We refund price and freight, CNY 1,498.00, within two working days.",
        "obligations": ["Redress pays CNY 1,498.00 by 20 March", "the customer withdraws the complaint"],
        "process": "We asked the carrier and looked at the delivery record.",
        "result": "The price and the freight were refunded.",
        "improvement": "Parcels above CNY 1,000 are insured from now on.",
        "remedy": "Lost in delivery",
        "legal_basis": "Consumer Protection Act, article 52",
        "element": "Send the letter",
        "why": "The mail server did not answer.",
        "task": "Investigate",
        "by": "Li Jun",
        "person": "Li Jun",
        "deputy": "Hao Yue",
        "news": ["Investigate is assigned to you: TS-20260310-00042", "TS-20260310-00042 has a new comment"],
    },
    "zh": {
        "name": "王敏",
        "owner": "林梅",
        "customer": "王敏",
        "items": ["序列号照片", "发票"],
        "text": "经核实,包裹在运输途中遗失。我们将在两个工作日内退还货款及运费共计 1,498.00 元。",
        "obligations": ["公司于 3 月 20 日前支付 1,498.00 元", "客户撤回投诉"],
        "process": "我们向承运人核实并查看了签收记录。",
        "result": "货款及运费已退还。",
        "improvement": "今后 1,000 元以上的包裹一律保价。",
        "remedy": "配送丢失",
        "legal_basis": "《消费者权益保护法》第五十二条",
        "element": "发送信函",
        "why": "邮件服务器没有响应。",
        "task": "调查核实",
        "by": "李军",
        "person": "李军",
        "deputy": "郝悦",
        "news": ["TS-20260310-00042：任务“调查核实”已分派给您", "TS-20260310-00042 有新的备注"],
    },
}
_NOON = datetime(2026, 3, 13, 10, tzinfo=UTC)
_ANY: Mapping[str, Any] = {
    "reference": "TS-20260310-00042",
    "status": "INVESTIGATING",
    "level": 2,
    "first_by": _NOON,
    "resolve_by": _NOON,
    "resolve_late": False,
    "answer_until": _NOON,
    "reason": "NOT_OUR_BUSINESS",
    "remedies": ["regulator", "mediation", "court"],
    "into": "TS-20260309-00007",
    "next_date": date(2026, 3, 12),
    "new_date": _NOON,
    "provider": "company mediator",
    "agreement_no": "SA-20260313-00001",
    "amount": Decimal("1498.00"),
    "performance_due": date(2026, 3, 20),
    "voucher_no": "PV-20260313-0001",
    "method": "bank",
    "external_no": "12315-2026-0310",
    "event": "assigned",
    "clock": "C-RESOLVE",
    "clock_key": "",
    "due": _NOON,
    "percent": 100,
    "supervisor": "team_lead",
    "tier": 1,
    "hours": 4,
    "trigger": "sla",
    "state": "approved",
    "requested": "1498.00",
    "approved": "1498.00",
    "pay_within": "2 wd",
    "until": _NOON,
    "role": "team_lead",
    "count": 2,
    "more": 0,
    "link": "https://redress.example/settings",
}


@cache
def names(template: str) -> frozenset[str]:
    """The values a letter is given: those its delivered texts use, and those every letter of its kind may."""
    used = {name for one in letters.LANGUAGES for name in _used(letters.delivered(template, one))}
    if not template.startswith("T-"):
        return frozenset(used | {"name", "reference", "level", "customer"})
    return frozenset(used | {"name", "reference", "owner", "status", "first_by", "resolve_by", "resolve_late", *contacts.OPTIONAL})


def _used(source: str) -> set[str]:
    return meta.find_undeclared_variables(letters.ENVIRONMENT.parse(source)) - {"locale"}


def full(template: str, locale: str) -> dict[str, Any]:
    """Every value of a letter."""
    known = {**_ANY, **_WITH_LANGUAGE[locale]}
    return {name: known[name] for name in names(template)}


def bare(template: str, locale: str) -> dict[str, Any]:
    """The same case where little is known: what a letter to a customer can do without is None."""
    found = full(template, locale)
    if not template.startswith("T-"):
        return found
    without = {*contacts.OPTIONAL, "owner", "first_by", "resolve_by"} - {*contacts.NEEDED.get(template, ())}
    return {name: None if name in without and not _always(template, name) else value for name, value in found.items()}


def _always(template: str, name: str) -> bool:
    """The result of a claim always comes with all of it."""
    return template == "T-COMP-RESULT" and name in _used(letters.delivered(template, "en"))
