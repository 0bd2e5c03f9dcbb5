"""What permissions allow, as people say it: the rights of a role in one look."""

from collections.abc import Mapping
from typing import Any

from api.pages.texts import lazy_gettext

AREAS: Mapping[str, Any] = {
    "cases": lazy_gettext("Cases"),
    "work": lazy_gettext("Running processes"),
    "processes": lazy_gettext("Diagrams"),
    "house": lazy_gettext("The house"),
}
BY_AREA: Mapping[str, tuple[str, ...]] = {
    "cases": (
        *("complaint:read", "task:read", "compensation:read", "complaint:register", "compensation:request", "message:send", "task:assign"),
        *("report:read", "report:department"),
    ),
    "work": (
        *("instance:read", "job:read", "incident:read", "process:start", "instance:cancel", "variable:write", "job:retry"),
        "job:reschedule",
    ),
    "processes": ("process:read", "process:deploy", "deploy:money"),
    "house": ("operation:read", "account:manage", "calendar:manage", "letter:manage"),
}
WORDS: Mapping[str, Any] = {
    "complaint:read": lazy_gettext("read every case"),
    "task:read": lazy_gettext("read every task"),
    "compensation:read": lazy_gettext("read every compensation"),
    "complaint:register": lazy_gettext("register complaints"),
    "compensation:request": lazy_gettext("ask for compensations"),
    "message:send": lazy_gettext("tell a case what happened"),
    "task:assign": lazy_gettext("give tasks to people"),
    "report:read": lazy_gettext("read reports of every department"),
    "report:department": lazy_gettext("read reports of the own department"),
    "instance:read": lazy_gettext("read every instance"),
    "job:read": lazy_gettext("see what is due"),
    "incident:read": lazy_gettext("see incidents"),
    "process:start": lazy_gettext("start processes"),
    "instance:cancel": lazy_gettext("cancel instances"),
    "variable:write": lazy_gettext("correct data of instances"),
    "job:retry": lazy_gettext("try failed work again"),
    "job:reschedule": lazy_gettext("move due times"),
    "process:read": lazy_gettext("read diagrams"),
    "process:deploy": lazy_gettext("deploy diagrams"),
    "deploy:money": lazy_gettext("deploy diagrams that move money"),
    "operation:read": lazy_gettext("read the audit trail"),
    "account:manage": lazy_gettext("look after accounts, groups and deputies"),
    "calendar:manage": lazy_gettext("change calendars"),
    "letter:manage": lazy_gettext("change the texts of letters"),
}
# The beginnings of message names in `case_messages.SENDERS`.
MESSAGES: Mapping[str, Any] = {
    "customer.": lazy_gettext("what the customer says"),
    "evidence.added": lazy_gettext("new evidence"),
    "survey.submitted": lazy_gettext("an answered survey"),
    "payment.": lazy_gettext("how a payment went"),
    "mediation.external_result": lazy_gettext("the result of an external mediation"),
    "regulator.referral": lazy_gettext("a referral by the authority"),
    "case.escalate": lazy_gettext("that somebody higher is needed"),
    "case.regrade": lazy_gettext("another level"),
    "case.extension_request": lazy_gettext("that more time is needed"),
    "case.request_input": lazy_gettext("that a department has to say something"),
    "case.suspend": lazy_gettext("that it is suspended"),
    "case.resume": lazy_gettext("that it goes on"),
    "responsibility.": lazy_gettext("an objection to the shares of responsibility"),
    "external.proceeding_started": lazy_gettext("that a proceeding has begun"),
}


def shown(permission: str) -> str:
    """What it allows."""
    return str(WORDS.get(permission, permission))
