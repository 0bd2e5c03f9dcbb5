"""Compares what a step expects with what is there, and with what happened between two looks."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.scenarios.looks import PROCESSES, Look, belongs, fresh_instances, open_tasks, own_open_tasks, split_task
from api.scenarios.reader import minute
from api.scenarios.readings import READINGS, approval_result, end_of, same, waits_for, without_remark
from api.scenarios.vocabulary import split_letter
from api.scenarios.world import Call
from engine.tables import UserTask
from processes.case_measures import label as clock_label
from processes.sla_time import ZONE
from processes.whole_case import WholeCase

TASK = re.compile(r"(?P<task>(P\d+\.)?ut_\w+)(\[(?P<which>\w+)\])?( \((?P<who>u_\w+)\))?")
STARTED = re.compile(
    r"(?P<process>P\d+)( trigger (?P<trigger>\w+))?( tier (?P<tier>\d))?( supervisor (?P<supervisor>\w+))?"
    r"( within (?P<within>[\d.]+\w+))?( level (?P<level>\d))?( source (?P<source>[\w-]+))?"
)
PAYMENT_TASK = "st_pay"
IGNORED = frozenset({"note", "http", "error", "complaint_no"})
Answer = tuple[bool, Any]


@dataclass(frozen=True, kw_only=True)
class Window:
    """What a step is compared with: before it, after it, and since when `notified` and `service` count."""

    before: Look
    after: Look
    since: Look
    payments: Sequence[Call]
    letters: Mapping[str, str]
    incident_id: str | None = None


def compare(expected: Mapping[str, Any], window: Window, reference: str | None) -> list[tuple[str, Any, Any]]:
    """The differences: key, expected, found."""
    found: list[tuple[str, Any, Any]] = []
    for key, wanted in expected.items():
        letter, base = split_letter(key)
        of = window.letters.get(letter) if letter else reference
        case = window.after.cases.get(of or "")
        if base in IGNORED:
            continue
        if case is None:
            found.append((key, wanted, "no such case"))
            continue
        holds, there = _holds(base, wanted, window, case)
        if not holds:
            found.append((key, wanted, there))
    return found


def _holds(key: str, wanted: Any, window: Window, case: WholeCase) -> Answer:
    if key == "DMN-01":
        return _admission(wanted, window, case)
    if key in READINGS:
        there = READINGS[key](case)
        return same(key, wanted, there), there
    if re.fullmatch(r"P\d+", key):
        there = approval_result(case) if key == "P4" else end_of(case, key)
        return there == wanted or (key == "P4" and wanted == "end_approved" and there == "approved automatically"), there
    return CHECKS[key](wanted, window, case)


def _admission(wanted: str, window: Window, case: WholeCase) -> Answer:
    there = READINGS["DMN-01"](case)
    for letter, reference in window.letters.items():
        other = window.after.cases.get(reference)
        if other is not None and there is not None:
            there = str(there).replace(f" of {other.complaint.id}", f" of {letter}").replace(f" of {reference}", f" of {letter}")
    return there == wanted, there


def _before(window: Window, case: WholeCase) -> WholeCase | None:
    return window.before.cases.get(case.reference)


def _open(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    there = [_shown(one, case) for one in case.tasks if one.state == "open"]
    if not wanted:
        left = [_shown(one, case) for one in own_open_tasks(case)]
        return not left, left
    return all(_is_open(one, case) for one in wanted), there


def _is_open(text: str, case: WholeCase) -> bool:
    parts = TASK.fullmatch(text)
    if parts is None:
        return False
    process, element = split_task(parts["task"])
    found = open_tasks(case, element, process)
    which, who = parts["which"], parts["who"]
    if which is not None and not which.isdigit():
        found = [one for one in found if (one.item or {}).get("value") == which]
    if who is not None:
        found = [one for one in found if _is_of(one, who)]
    return len(found) == int(which) if which is not None and which.isdigit() else bool(found)


def _is_of(task: UserTask, who: str) -> bool:
    return task.assignee == who


def _shown(task: UserTask, case: WholeCase) -> str:
    names = {process: name for name, process in PROCESSES.items()}
    prefix = names.get(case.process_of(task), "")
    value = (task.item or {}).get("value")
    text = (f"{prefix}." if prefix not in ("", "P1", "P7") else "") + task.element_id
    return text + (f"[{value}]" if isinstance(value, str) else "") + (f" ({task.assignee})" if task.assignee else "")


def _open_add(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    known = {one.id for one in (_before(window, case) or case).tasks if one.state == "open"} if _before(window, case) else set()
    fresh = [_shown(one, case) for one in case.tasks if one.state == "open" and one.id not in known]
    holds = all(
        _is_open(one, case) and any(_named(one, task, case) and task.id not in known for task in case.tasks if task.state == "open")
        for one in wanted
    )
    return holds, fresh


def _named(text: str, task: UserTask, case: WholeCase) -> bool:
    parts = TASK.match(text)
    if parts is None:
        return False
    process, element = split_task(parts["task"])
    return task.element_id == element and belongs(case, task, process)


def _skipped(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    since = case.complaint.reopened_at
    made = [one for one in case.tasks if since is None or one.created_at >= since]
    there = [one for one in wanted if any(_named(without_remark(one), task, case) for task in made)]
    return not there, f"created: {', '.join(there)}"


def _cancelled(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    before = _before(window, case)
    was_open = {one.id for one in before.tasks if one.state == "open"} if before else set()
    gone = [one for one in case.tasks if one.id in was_open and one.state == "cancelled"]
    holds = all(any(_named(without_remark(one), task, case) for task in gone) for one in wanted)
    return holds, [one.element_id for one in gone]


def _cancelled_timers(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    before = _before(window, case)
    were = {f"{one.element_id} {minute(one.due_at)}" for one in before.jobs if one.kind == "timer"} if before else set()
    are = {f"{one.element_id} {minute(one.due_at)}" for one in case.jobs if one.kind == "timer"}
    fired = {f"{one.element_id} {minute(one.at)}" for one in window.after.timers.get(case.reference, ())}
    gone = were - are - fired
    return set(wanted) <= gone, sorted(gone) or f"waiting: {sorted(are)}"


def _sent(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    before = _before(window, case)
    known = {one.id for one in before.contacts} if before else set()
    there = [one.template for one in case.contacts if one.id not in known and one.template is not None]
    return set(map(without_remark, wanted)) <= set(there) if wanted else not there, there


def _notified(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    before = window.since.cases.get(case.reference)
    known = {one.id for one in before.notifications} if before else set()
    fresh = [one for one in case.notifications if one.id not in known]
    told = {one.account_id for one in fresh} | {role for one in fresh for role in (one.role or "").split(",") if role}
    told |= {group for one in fresh for group in window.after.groups.get(one.account_id, ())}
    return set(wanted) <= told, sorted({one.account_id for one in fresh})


def _started(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    names = {process: name for name, process in PROCESSES.items()}
    fresh = [names.get(one.definition_key, one.definition_key) for one in fresh_instances(_before(window, case), case)]
    shown = [one for one in fresh if one != "P9"]
    if not wanted:
        return not [one for one in shown if not one.startswith("esp_")], shown
    return all(_was_started(STARTED.fullmatch(one), fresh, case) for one in wanted), shown or "nothing"


def _was_started(parts: re.Match[str] | None, fresh: list[str], case: WholeCase) -> bool:
    if parts is None or parts["process"] not in fresh:
        return False
    given = {name: value for name, value in parts.groupdict().items() if value is not None and name != "process"}
    if parts["process"] == "P2" and case.escalations:
        row = case.escalations[-1]
        there = {"trigger": row.trigger, "tier": row.tier, "supervisor": row.supervisor, "within": row.supervise_within}
    elif parts["process"] == "P8" and case.improvements:
        there = {"level": case.improvements[-1].level, "source": case.improvements[-1].source}
    else:
        return not given
    return all(str(there.get(name)) == value for name, value in given.items())


def _scheduled(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    names = {process: name for name, process in PROCESSES.items()}
    there = []
    for job in case.jobs:
        if job.kind != "start":
            continue
        variables = job.payload.get("variables", {})
        what = "second visit" if variables.get("visit_no") == 2 else f"{variables.get('visit_type', '')} visit"
        there.append(f"{names.get(job.payload.get('key', ''), '?')} {what} {job.due_at.astimezone(ZONE):%Y-%m-%d}")
    return set(wanted) <= set(there), there


def _waiting(wanted: str, window: Window, case: WholeCase) -> Answer:
    there = waits_for(case)
    return wanted in there, there


def service_ran(wanted: str, window: Window, case: WholeCase) -> Answer:
    element, _, how = wanted.partition(" ")
    if element != PAYMENT_TASK:
        since = window.since.cases.get(case.reference)
        known = {one.id for one in since.passages} if since else set()
        ran = [one for one in case.passages if one.element_id == element and one.id not in known and one.state == "completed"]
        return len(ran) == 1, f"ran {len(ran)} times"
    calls = [one for one in window.payments if one.order.reference == case.reference]
    fresh = [one for one in calls if one.at >= window.before.at] if window.since is window.before else _since(calls, window)
    keys = [one.order.key for one in fresh]
    if how.startswith("attempt"):
        return len(fresh) == 1 and keys[0].endswith(f"/{how.split()[1]}"), keys
    if how == "same key":
        failed = {one.order.key for one in calls if not one.taken}
        return len(fresh) == 1 and keys[0] in failed, keys
    return len(fresh) == 1, keys


def _since(calls: Sequence[Call], window: Window) -> list[Call]:
    return [one for one in calls if one.at > window.since.at]


def _incident(wanted: str, window: Window, case: WholeCase) -> Answer:
    mine = [one for one in window.after.incidents if window.incident_id is None or one.id == window.incident_id]
    there = mine[-1].state if mine else None
    return there == wanted, there


def _ops_list(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    there = sorted({code for reference, code in window.after.stuck if reference == case.reference})
    return set(wanted) <= set(there), there


def _audit(wanted: str, window: Window, case: WholeCase) -> Answer:
    known = {one.id for one in window.before.operations}
    there = [one.kind for one in window.after.operations if one.id not in known]
    return wanted.split()[0] in there, there


def _clocks(wanted: Any, window: Window, case: WholeCase) -> Answer:
    if wanted == "unchanged":
        before = _before(window, case)
        old = [_clock_facts(one) for one in before.clocks] if before else []
        return old == [_clock_facts(one) for one in case.clocks], "changed"
    there = [clock_label(one) for one in case.own_clocks if one.stop is None]
    return sorted(wanted) == sorted(one.partition("/")[0] for one in there), there


def _clock_facts(row: Any) -> tuple[Any, ...]:
    return (row.id, row.level, row.target, row.start, row.due, row.stop, row.result, len(row.fired))


def _clocks_started(wanted: list[str], window: Window, case: WholeCase) -> Answer:
    before = _before(window, case)
    known = {one.id for one in before.clocks} if before else set()
    there = [one.clock for one in case.clocks if one.id not in known]
    return set(wanted) <= set(there), there


def _not_yet(wanted: Any, window: Window, case: WholeCase) -> Answer:
    return False, "this version has no early warnings and no case review"


CHECKS: Mapping[str, Callable[[Any, Window, WholeCase], Answer]] = {
    "open": _open,
    "open_add": _open_add,
    "skipped": _skipped,
    "cancelled": _cancelled,
    "cancelled_timers": _cancelled_timers,
    "sent": _sent,
    "notified": _notified,
    "started": _started,
    "scheduled": _scheduled,
    "waiting": _waiting,
    "service": service_ran,
    "incident": _incident,
    "ops_list": _ops_list,
    "audit": _audit,
    "clocks": _clocks,
    "clocks_started": _clocks_started,
    "warnings": _not_yet,
    "within_30cd": _not_yet,
}
