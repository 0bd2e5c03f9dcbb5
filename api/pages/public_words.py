"""The words of the pages for customers: plain, without the office's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask

from api.errors import TooManyAttempts
from api.pages.language import language
from api.pages.texts import format_date, format_datetime, format_time, gettext, lazy_gettext, ngettext
from engine import clock
from processes import sla_time
from processes.letters.words import STAGES
from processes.public_case import Promise, Said
from processes.tables.cases import Complaint

KINDS: Mapping[str, Any] = {
    "goods": lazy_gettext("Something I bought"),
    "delivery": lazy_gettext("A delivery"),
    "service": lazy_gettext("A service, or how I was treated"),
    "finance": lazy_gettext("A bill, a payment or a contract"),
    "other": lazy_gettext("Something else"),
}
WAYS: Mapping[str, Any] = {
    "phone": lazy_gettext("Phone call"),
    "sms": lazy_gettext("Text message"),
    "email": lazy_gettext("E-mail"),
}
METHODS: Mapping[str, Any] = {
    "original payment route": lazy_gettext("The way I paid"),
    "alipay": lazy_gettext("Alipay"),
    "wechat": lazy_gettext("WeChat Pay"),
    "bank": lazy_gettext("Bank transfer"),
}
PROMISES: Mapping[str, Any] = {
    "C-FIRST": lazy_gettext("Somebody who takes care of your complaint contacts you"),
    "C-PRELIM": lazy_gettext("You hear from us what we have found so far"),
    "C-RESOLVE": lazy_gettext("The matter is settled"),
    "C-FEEDBACK": lazy_gettext("You get the result in writing"),
}
THANKS: Mapping[str, Any] = {
    "information": lazy_gettext("Thank you, we have what you sent and go on with your complaint."),
    "decision": lazy_gettext("Thank you, we have your answer."),
    "mediation": lazy_gettext("Thank you, we have your answer about the mediation."),
    "payee": lazy_gettext("Thank you, we know now how to pay you."),
    "survey": lazy_gettext("Thank you for your rating."),
    "evidence": lazy_gettext("Thank you, we have added it to your complaint and look at it."),
    "withdrawal": lazy_gettext("You have withdrawn your complaint. We confirm it in writing."),
}
ANSWERED: Mapping[str, Any] = {
    "accept": lazy_gettext("You accepted our proposal."),
    "counter": lazy_gettext("You made a proposal of your own."),
    "reject": lazy_gettext("You refused our proposal."),
}
ENDINGS: Mapping[str, Any] = {
    "CLOSED_SATISFIED": lazy_gettext("It was settled, and you told us that you are content."),
    "CLOSED_UNSATISFIED": lazy_gettext("It was settled, and you told us that you are not content."),
    "CLOSED_SETTLED": lazy_gettext("It was settled by an agreement in mediation."),
    "CLOSED_FINAL_RESPONSE": lazy_gettext("You have our final answer. It says where you can turn to if you do not agree."),
    "CLOSED_REFERRED_EXTERNAL": lazy_gettext("It is decided outside our house now."),
    "CLOSED_NO_RESPONSE": lazy_gettext("We did not get an answer to our proposal."),
    "CLOSED_UNREACHABLE": lazy_gettext("It was settled. We could not reach you to ask how content you are."),
    "CLOSED_WITHDRAWN": lazy_gettext("You withdrew it."),
    "CLOSED_MERGED": lazy_gettext("It was put together with an earlier complaint of yours about the same matter."),
    "CLOSED_INADMISSIBLE": lazy_gettext("We could not take it up. Our letter says why, and where you can turn to."),
    "CLOSED_INFO_NOT_PROVIDED": lazy_gettext("We did not get what we asked you for."),
    "CLOSED_NO_REPLY_POSSIBLE": lazy_gettext("We looked into it; there was no way to answer you."),
}
REFUSALS: Mapping[str, Any] = {
    "TOO_MANY_FILES": lazy_gettext("Your complaint holds as many files as it can. Tell us in words what else there is."),
    "PAYMENT_IN_PROGRESS": lazy_gettext("The money is on its way to you already, so the complaint can no longer be withdrawn."),
}
FIELDS = {"suggestions": "survey_text", "payload": "evidence_text"}  # of the message -> of the page
STEPS: tuple[tuple[Any, frozenset[str]], ...] = (
    (lazy_gettext("Received by us"), frozenset({"NEW", "NEED_INFO", "TRIAGE"})),
    (lazy_gettext("Looked into"), frozenset({"ASSIGNED", "ACCEPTED", "INVESTIGATING", "WAITING_CUSTOMER_INFO", "DETERMINING", "REOPENED"})),
    (
        lazy_gettext("Our answer"),
        frozenset({"PROPOSING", "IN_REVIEW", "COMP_APPROVAL", "COMMUNICATING", "WAITING_CUSTOMER_DECISION", "MEDIATION"}),
    ),
    (lazy_gettext("Carried out"), frozenset({"EXECUTING", "RESOLVED"})),
    (lazy_gettext("All done"), frozenset({"FEEDBACK_SENT", "RETURN_VISIT", "CLOSING", "CLOSED"})),
)
UNITS: Mapping[str, Any] = {
    "ch": lambda n: ngettext("%(num)s hour", "%(num)s hours", n),
    "cd": lambda n: ngettext("%(num)s day", "%(num)s days", n),
    "wh": lambda n: ngettext("%(num)s working hour", "%(num)s working hours", n),
    "wd": lambda n: ngettext("%(num)s working day", "%(num)s working days", n),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One of five steps on the way; `state` is done, now or next."""

    name: str
    state: str


def steps(complaint: Complaint) -> list[Step]:
    """How far it is, in five steps."""
    status = (complaint.status_before if complaint.status == "SUSPENDED" else complaint.status) or complaint.status
    here = next((number for number, (_, inside) in enumerate(STEPS) if status in inside), 0)
    over = complaint.status == "CLOSED"
    return [
        Step(name=str(name), state="done" if number < here or over else "now" if number == here else "next")
        for number, (name, _) in enumerate(STEPS)
    ]


def throttled(error: TooManyAttempts) -> str:
    """When one may try again: the time of day, for nobody counts 3,412 seconds."""
    again = clock.elapsed() + timedelta(seconds=error.details["seconds"])
    return gettext(
        "There were too many wrong codes. Try again after %(time)s; until then no code opens the page.", time=format_time(again, "short")
    )


def too_many_complaints(error: TooManyAttempts) -> str:
    """Nothing is lost: the form keeps what was typed."""
    again = clock.elapsed() + timedelta(seconds=error.details["seconds"])
    return gettext(
        "Too many complaints came from this connection within an hour. Send yours after %(time)s; what you typed is kept here.",
        time=format_time(again, "short"),
    )


def too_many_files(error: TooManyAttempts) -> str:
    """What was typed is kept; the files were not."""
    again = clock.elapsed() + timedelta(seconds=error.details["seconds"])
    return gettext(
        "Too many files came from this connection within an hour. Send yours after %(time)s; what you typed is kept here.",
        time=format_time(again, "short"),
    )


def stage(status: str) -> str:
    """The stage of a case in the reader's language."""
    en, zh = STAGES.get(status, (status, status))
    return zh if language() == "zh" else en


def day_and_time(value: datetime) -> str:
    """An instant as one says it to somebody: `Tuesday, 15 September 2026, 09:00`."""
    return format_datetime(value, "y年M月d日EEEE HH:mm" if language() == "zh" else "EEEE, d MMMM y, HH:mm")


def day_only(value: date) -> str:
    """A day as one says it."""
    return format_date(value, "y年M月d日EEEE" if language() == "zh" else "EEEE, d MMMM y")


def within(target: str) -> str:
    """How long a deadline is, in the time it is counted in: `5 working days`."""
    read = sla_time.read(target)
    return str(UNITS[read.unit](int(read.amount))) if read.amount == int(read.amount) else ""


def promised(promise: Promise) -> str:
    """What will have happened."""
    return str(PROMISES[promise.clock])


def ending(code: str | None) -> str:
    """How a case ended."""
    return str(ENDINGS.get(code or "", ""))


def spoken(said: Said) -> str:
    """What was said; answers that are one word for the process are a sentence here."""
    if not said.mine:
        return said.text
    if said.channel == "survey":
        process, _, result = said.text.partition(" / ")
        return gettext("Your rating: handling %(process)s of 5, result %(result)s of 5.", process=process, result=result)
    return str(ANSWERED.get(said.text, said.text))


def register(app: Flask) -> None:
    """Make these words filters of the templates."""
    for function in (stage, day_and_time, day_only, within, promised, ending, spoken):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["now"] = clock.now
