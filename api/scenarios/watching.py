"""The steps that only look: a service task ran, an incident is open, a process was called."""

from collections.abc import Mapping
from typing import Any

from api.scenarios.comparing import PAYMENT_TASK, Window, service_ran
from api.scenarios.looks import PROCESSES, fresh_instances, split_task
from api.scenarios.readings import same
from processes.whole_case import WholeCase


def look_at(form: str, data: Mapping[str, Any], window: Window, case: WholeCase) -> list[tuple[str, Any, Any]]:
    """The differences between what such a step says and what happened."""
    verb = form.split()[0]
    if verb == "service":
        return _ran(form.split()[1], data, window, case)
    if verb == "incident":
        return _is_open_incident(data, window)
    if verb.startswith("gw_"):
        return _was_called(form.split()[-1], data, window, case)
    return []


def _ran(element: str, data: Mapping[str, Any], window: Window, case: WholeCase) -> list[tuple[str, Any, Any]]:
    if element != PAYMENT_TASK:
        holds, there = service_ran(element, window, case)
        return [] if holds else [(element, "ran once", there)]
    calls = [one for one in window.payments if one.order.reference == case.reference and one.at >= window.since.at]
    facts = [{"amount": one.order.amount, "attempt": int(one.order.key.rpartition("/")[2])} for one in calls]
    if any(all(same(name, value, fact.get(name)) for name, value in data.items() if name != "case") for fact in facts):
        return []
    return [(element, dict(data), facts)]


def _is_open_incident(data: Mapping[str, Any], window: Window) -> list[tuple[str, Any, Any]]:
    _, element = split_task(str(data.get("element", "")))
    there = [one for one in window.after.incidents if one.state == "open" and one.element_id == element]
    wanted = data.get("error")
    if any(wanted is None or wanted in (one.code, one.message) or str(wanted) in one.message for one in there):
        return []
    return [("incident", dict(data), [(one.element_id, one.code, one.message) for one in window.after.incidents])]


def _was_called(process: str, data: Mapping[str, Any], window: Window, case: WholeCase) -> list[tuple[str, Any, Any]]:
    fresh = [one for one in fresh_instances(window.since.cases.get(case.reference), case) if one.definition_key == PROCESSES[process]]
    if not fresh:
        return [(process, "called", "not called")]
    known = dict(fresh[-1].variables)
    claim = case.claim
    there = {name: known.get(name, getattr(claim, name, None)) for name in data if name != "case"}
    return [(name, data[name], value) for name, value in there.items() if not same(name, data[name], value)]
