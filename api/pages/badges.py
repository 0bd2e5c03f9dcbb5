"""SLA badges: a deadline in the units it is counted in, with an icon and words beside the colour (pages.md 2)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from api.pages import wording
from api.pages.due import Due, working_words
from api.pages.texts import format_datetime, format_decimal, gettext, lazy_gettext
from processes import sla_time
from processes.sla_standing import Standing

CLOCKS: Mapping[str, Any] = {
    "C-ACK": lazy_gettext("Acknowledgement"),
    "C-TRIAGE": lazy_gettext("Triage"),
    "C-ACCEPT": lazy_gettext("Acceptance"),
    "C-FIRST": lazy_gettext("First response"),
    "C-ENGAGE": lazy_gettext("Management involved"),
    "C-PRELIM": lazy_gettext("Preliminary reply"),
    "C-INVEST": lazy_gettext("Investigation"),
    "C-REVIEW": lazy_gettext("Review"),
    "C-RESOLVE": lazy_gettext("Resolution"),
    "C-FEEDBACK": lazy_gettext("Feedback of the result"),
    "C-VISIT": lazy_gettext("Return visit"),
    "C-CLOSE": lazy_gettext("Closing"),
    "C-APPROVE": lazy_gettext("Approval"),
    "C-FINCHK": lazy_gettext("Finance check"),
    "C-PAY": lazy_gettext("Payment"),
    "C-MED-OPEN": lazy_gettext("First mediation session"),
    "C-MEDIATE": lazy_gettext("Mediation"),
    "C-SIGN": lazy_gettext("Signing of the agreement"),
    "C-ARB": lazy_gettext("Arbitration"),
    "C-CAPA-PLAN": lazy_gettext("Improvement plan"),
    "C-REVIEW2": lazy_gettext("Second review"),
    "C-DISC": lazy_gettext("Disclosure"),
    "C-REG": lazy_gettext("Statutory limit"),
}
KEYS: Mapping[str, Any] = {
    "manager": lazy_gettext("manager"),
    "kickoff": lazy_gettext("kick-off across departments"),
    "exec": lazy_gettext("executive"),
    "external": lazy_gettext("external"),
}
WAITS: Mapping[str, Any] = {
    "NEED_INFO": lazy_gettext("waiting for customer"),
    "WAITING_CUSTOMER_INFO": lazy_gettext("waiting for customer"),
    "WAITING_CUSTOMER_DECISION": lazy_gettext("waiting for the customer's answer"),
    "MEDIATION": lazy_gettext("in mediation"),
    "SUSPENDED": lazy_gettext("case suspended"),
}
ICONS = {
    "on-track": "clock",
    "at-risk": "alert",
    "breached": "stop",
    "paused": "pause",
    "met": "check",
    "missed": "stop",
    "cancelled": "minus",
    "done": "check",
    "none": "none",
}
DAY = timedelta(days=1)


def of(standing: Standing | None, *, closed: bool = False) -> Due:
    """The badge of a deadline; without one: a grey tick for a closed case, a dash for an open one."""
    if standing is None and closed:
        return Due(state="done", icon="check", text=gettext("Closed"))
    if standing is None:
        return Due(state="none", icon="none", text=gettext("No deadline"))
    short = gettext("Paused") if standing.state == "paused" else ""
    return Due(state=standing.state, icon=ICONS[standing.state], text=_text(standing), title=title(standing), short=short)


def _text(standing: Standing) -> str:
    if standing.state == "paused":
        return gettext("Paused: %(why)s", why=waits(standing)) if standing.reasons else gettext("Paused")
    if standing.state == "met":
        return gettext("Met")
    if standing.state == "cancelled":
        return gettext("Not needed any more")
    time = duration(abs(standing.left), working=standing.working)
    if standing.state == "missed":
        return gettext("Missed by %(time)s", time=time)
    return gettext("%(time)s over", time=time) if standing.state == "breached" else gettext("%(time)s left", time=time)


def waits(standing: Standing) -> str:
    """What a paused deadline waits for."""
    return gettext(", ").join(str(WAITS.get(reason, reason)) for reason in standing.reasons)


def title(standing: Standing) -> str:
    """The tooltip: which deadline, its instant on the wall, and the calendar it is counted in."""
    name = name_of(standing.clock, standing.key)
    when = format_datetime(standing.due, "full")
    if standing.state == "paused":
        return gettext("%(deadline)s: paused; its due time moves on until the pause ends", deadline=name)
    if not standing.working:
        return gettext("%(deadline)s: due %(when)s, every hour counts", deadline=name, when=when)
    if standing.provisional:
        return gettext(
            "%(deadline)s: due %(when)s, counted in working time; the calendar of that year is not official yet", deadline=name, when=when
        )
    return gettext("%(deadline)s: due %(when)s, counted in working time", deadline=name, when=when)


def duration(time: timedelta, *, working: bool) -> str:
    """A duration in the units it is counted in: working days of eight hours, or days of 24."""
    if working:
        return working_words(time)
    minutes = int(time.total_seconds() // 60)
    if time >= 2 * DAY:
        return gettext("%(n)s d", n=time // DAY)
    return gettext("%(n)s h", n=minutes // 60) if minutes >= 60 else gettext("%(n)s min", n=max(minutes, 0))


def name_of(clock: str, key: str = "") -> str:
    """A deadline in words, with what tells it apart from others of its kind."""
    name = str(CLOCKS.get(clock, clock))
    return f"{name} · {KEYS[key] if key in KEYS else wording.group_name(key)}" if key else name


def target(text: str) -> str:
    """How long something may take, in words: `5wd` is 5 working days."""
    found = sla_time.read(text)
    amount = format_decimal(found.amount)
    if found.unit == "wd":
        return gettext("%(n)s working days", n=amount)
    if found.unit == "wh":
        return gettext("%(n)s working hours", n=amount)
    return gettext("%(n)s days", n=amount) if found.unit == "cd" else gettext("%(n)s hours", n=amount)
