"""The words of scenario files: every form and key that exists, and what its value may look like. Anything else is refused."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

Holds = Callable[[Any], bool]

AT = r"\d{4}-\d\d-\d\dT\d\d:\d\d"
DURATION = r"[\d.]+(ch|cd|wh|wd)"
TASK = r"(P\d+\.)?ut_\w+(\[(\d+|\w+)\])?( \(u_\w+\))?"
REMARK = r"( \([^)]*\))?"
PROCESS = r"P\d+( trigger \w+)?( tier \d)?( supervisor \w+)?( within " + DURATION + r")?( level \d)?( source [\w-]+)?"
BY = re.compile(r"u_\w+|customer:\w+|agent:\w+|anonymous|payment|authority(:\w+)?|system|service:\w+")
DO = (
    r"POST /api/complaints",
    r"POST /api/ops/instances/\{id\}/(retry|skip|resend|reassign)",
    r"complete (P\d+\.)?ut_\w+",
    r"message [a-z_]+\.[a-z_]+",
    r"start P\d+ \w+",
    r"service (st_\w+)",
    r"incident",
    r"gw_\w+ calls P\d+",
)


def _text(pattern: str) -> Holds:
    return lambda value: re.fullmatch(pattern, str(value)) is not None


def _list(pattern: str) -> Holds:
    return lambda value: isinstance(value, list) and all(isinstance(one, str) and re.fullmatch(pattern, one) for one in value)


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(_number(one) for one in value.values())


def _words(value: Any) -> bool:
    return isinstance(value, str)


EXPECT: Mapping[str, Holds] = {
    "status": _text("[A-Z_]+"),
    "close_code": _text("CLOSED_[A-Z_]+"),
    "complaint_no": _text("allocated|[A-Z]"),
    "open": _list(TASK),
    "open_add": _list(TASK),
    "skipped": _list(r"(P\d+\.)?ut_\w+" + REMARK),
    "cancelled": _list(r"(P\d+\.)?ut_\w+" + REMARK),
    "cancelled_timers": _list(r"be_\w+ " + AT),
    "sent": _list(r"T-[A-Z-]+" + REMARK),
    "notified": _list(r"\w+"),
    "started": _list(PROCESS),
    "scheduled": _list(r"P\d+ [a-z ]+ \d{4}-\d\d-\d\d"),
    "waiting": _text(r"[a-z_]+\.[a-z_]+|effect window"),
    "service": _text(r"st_\w+( attempt \d+| same key)?"),
    "incident": _text("resolved|open"),
    "ops_list": _list(r"STUCK-[A-Z-]+"),
    "http": _whole,
    "error": _text(r"[A-Z_]+( .*)?"),
    "instance": _text("completed|running"),
    "audit": _text(r"\w[\w ]*"),
    "approver": _text(r"\w+"),
    "warnings": _list(r"W-\d+\w?( .*)?"),
    "DMN-01": _text(r"\w+/\w+( of [A-Z])?|overruled: \w+"),
    "DMN-02": _text(r"\w\w/[\w-]+"),
    "DMN-03": _text(r"L[1-4] G\d\d-\w+(\+G\d\d-\w+)*"),
    "DMN-04": _text(r"\d+/PR[1-4]"),
    "DMN-06": _text(r"\w+ / \w+ / supervisor \w+"),
    "DMN-08.standard_amount": _number,
    "DMN-08.statutory": _truth,
    "DMN-09": _text(r"BN no money|B0 automatic|B[1-5]"),
    "DMN-13": _text(r"(internal|external|none) / .+"),
    "DMN-17.reviewers": _list(r"\w+"),
    "disputed_amount": _number,
    "approver_chain": _list(r"\w+"),
    "responsibility": _numbers,
    "cost": _numbers,
    "excluded_users": _list(r"(staff:\w+|u_\w+)" + REMARK),
    "first_inquiry_owner": _text(r"u_\w+"),
    "case_owner": _text(r"u_\w+" + REMARK),
    "involved_departments": _list(r"\w+"),
    "note": _words,
    "supplement": _number,
    "clocks": lambda value: value == "unchanged" or _list(r"C-[A-Z0-9-]+")(value),
    "clocks_started": _list(r"C-[A-Z0-9-]+"),
    "visitor": _text(r"\w+"),
    **dict.fromkeys(("objection_until", "appeal_until", "payment_received_at", "received_at", "planned_from"), _text(AT)),
    **dict.fromkeys(("evidence_pending", "over_standard", "payment_objection_open", "effective", "within_30cd"), _truth),
    **dict.fromkeys(
        (
            *("level", "shares_version", "failed_count", "negotiation_round", "reopen_count", "retention_years", "attempts", "loop"),
            *("contacts", "content_additions", "repeat_count", "visit_no"),
        ),
        _whole,
    ),
    **{f"P{number}": _text(r"end_\w+|approved automatically|returned") for number in range(2, 12) if number != 9},
}
KPI: Mapping[str, Holds] = {
    "handling_working_days": _number,
    "overdue_clocks": _list(r"C-[A-Z0-9-]+(/\w+)?"),
    "note": _words,
    **dict.fromkeys(
        ("first_response_minutes", "reopened", "satisfaction_process", "satisfaction_result", "regraded", "complaints_counted"), _whole
    ),
    **dict.fromkeys(("counted_in_volume", "excluded_from_response", "excluded_from_closing_rate"), _list(r"\w")),
    **dict.fromkeys(
        (
            *("response_24h", "ack_12h", "prelim_48h", "fcr", "data_complete", "satisfied", "overdue_any", "case_overdue"),
            *("regulatory_met", "mediation_settled", "in_satisfaction_population", "counts_as_closed", "b_in_any_kpi"),
            *("capa_on_time", "capa_effective_first_time", "return_visit_done"),
        ),
        _truth,
    ),
}
FINAL = frozenset(
    {
        *("status", "close_code", "level", "compensation_paid", "shares", "cost", "payment_attempts", "procedure_ended_at"),
        *("negotiation_rounds", "mediation_sessions", "reopen_count", "contacts", "review_outcome", "loops", "reworks"),
        *("warnings_open", "P8"),
    }
)
CLOCK_ROW = frozenset({"clock", "level", "target", "start", "due", "stop", "result", "fired"})
SLA_TIMER = re.compile(r"(?P<clock>C-[A-Z0-9-]+(/\w+)?) (?P<percent>50|80|100|150|200) %(?P<retroactive> retroactive)?")
SLA_EFFECT = re.compile(
    r"(?P<action>remind|warn|breach_supervise|supervise_reassign|executive_list|breach); notify (?P<notify>\w+(, \w+)*)"
    r"(; P2 tier (?P<tier>[1-5])( supervisor (?P<supervisor>\w+))?)?"
)
TIMER = re.compile(r"be_\w+( [\w ]+)?|P7 (second|settlement) visit|P6 appeal window|P8 effect window")
TOP = frozenset({"id", "profile", "calendar", "steps", "clocks", "timers_fired", "final", "kpi", "users", "outages"})
STEP = frozenset({"n", "at", "by", "do", "data", "expect"})
PORTS = ("payment", "mail")


def split_letter(key: str) -> tuple[str | None, str]:
    """`A.status` speaks of case A."""
    found = re.fullmatch(r"([A-Z])\.(.+)", key)
    return (found[1], found[2]) if found else (None, key)


def problems(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything in a file that is not of the language: place and what is there."""
    found = [("file", f"unknown part {key}") for key in content if key not in TOP]
    last = ""
    for step in content.get("steps", ()):
        found += _step(step, last)
        last = str(step.get("at", ""))
    for row in content.get("clocks", ()):
        found += _clock(row)
    for timer in content.get("timers_fired", ()):
        found += _timer(timer)
    found += _final(content.get("final", {}))
    found += [("kpi", f"{key}: {value!r}") for key, value in content.get("kpi", {}).items() if key not in KPI or not KPI[key](value)]
    found += [
        ("outages", f"{one!r}") for one in content.get("outages", ()) if set(one) != {"port", "from", "to"} or one["port"] not in PORTS
    ]
    return found


def _step(step: Mapping[str, Any], last: str) -> list[tuple[str, str]]:
    where = f"step {step.get('n')}"
    found = [(where, f"unknown key {key}") for key in step if key not in STEP]
    at = str(step.get("at", ""))
    if not re.fullmatch(AT, at) or at < last:
        found.append((where, f"at {at!r} is no minute, or before the step above"))
    if not BY.fullmatch(str(step.get("by", ""))):
        found.append((where, f"by {step.get('by')!r}"))
    if not any(re.fullmatch(form, str(step.get("do", ""))) for form in DO):
        found.append((where, f"do {step.get('do')!r}"))
    return found + _expect(where, step.get("expect") or {})


def _expect(where: str, expected: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for key, value in expected.items():
        _, base = split_letter(key)
        if base not in EXPECT:
            found.append((where, f"unknown expectation {key}"))
        elif not EXPECT[base](value):
            found.append((where, f"{key}: {value!r}"))
    return found


def _clock(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    fits = (
        set(row) == CLOCK_ROW
        and re.fullmatch(DURATION, str(row["target"]))
        and row["result"] in ("met", "breached", "cancelled", "running")
        and all(re.fullmatch(r"(50|80|100|150|200)@" + AT + "R?", one) for one in row["fired"])
    )
    return [] if fits else [("clocks", f"{dict(row)!r}")]


def _timer(timer: Mapping[str, Any]) -> list[tuple[str, str]]:
    name, effect = str(timer.get("timer")), timer.get("effect")
    if set(timer) == {"at", "timer", "effect"} and re.fullmatch(AT, str(timer["at"])):
        if SLA_TIMER.fullmatch(name):
            return [] if isinstance(effect, str) and SLA_EFFECT.fullmatch(effect) else [("timers_fired", f"{name}: {effect!r}")]
        if TIMER.fullmatch(name) and isinstance(effect, dict):
            return _expect(f"timers_fired {name}", effect)
    return [("timers_fired", f"{dict(timer)!r}")]


def _final(final: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for key, value in final.items():
        inner = (
            value if re.fullmatch(r"[A-Za-z]", key) and isinstance(value, dict) else {} if re.fullmatch(r"[A-Za-z]", key) else {key: value}
        )
        found += [("final", f"unknown key {one}") for one in inner if one not in FINAL]
    return found
