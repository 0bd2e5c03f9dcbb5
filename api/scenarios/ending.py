"""What is compared when the last step is done: deadlines, timers, the final state, what the case adds to the KPIs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.scenarios.looks import Look
from api.scenarios.reader import minute
from api.scenarios.readings import costs, end_of, same
from api.scenarios.report import Report
from api.scenarios.vocabulary import SLA_EFFECT, SLA_TIMER, split_letter
from engine.calendars import WorkingCalendar
from processes import case_measures
from processes.case_measures import label
from processes.tables.supervision import SlaClock
from processes.whole_case import WholeCase

PARTS = ("level", "target", "due", "stop", "result", "fired")


def clocks(report: Report, file: str, expected: Sequence[Mapping[str, Any]], case: WholeCase, *, complete: bool) -> None:
    """Every row of the deadlines of the case."""
    left = list(case.own_clocks)
    for row in expected:
        name, start = str(row["clock"]), row["start"]
        found = next((one for one in left if label(one) == name and minute(one.start) == start), None)
        found = found or next((one for one in left if label(one) == name), None)
        if found is None:
            report.add(file, "clocks", name, expected=f"started {start}", found="no such clock")
            continue
        left.remove(found)
        there = _clock(found)
        for part in ("start", *PARTS):
            if str(row[part]) != str(there[part]):
                report.add(file, "clocks", f"{name}.{part}", expected=row[part], found=there[part])
    for one in left if complete else ():
        report.add(file, "clocks", label(one), expected="no such clock", found=_clock(one))


def _clock(row: SlaClock) -> dict[str, Any]:
    fired = [f"{one['percent']}@{minute(one['at'])}{'R' if one['retroactive'] else ''}" for one in row.fired]
    return {
        "level": row.level,
        "target": row.target,
        "start": minute(row.start),
        "due": minute(row.due),
        "stop": minute(row.stop),
        "result": row.result,
        "fired": fired,
    }


def timers(report: Report, file: str, expected: Sequence[Mapping[str, Any]], case: WholeCase, look: Look, *, complete: bool) -> None:
    """Which timers fired when. What others than deadlines effect is compared at their own instant."""
    left = _fired(case, look)
    for timer in expected:
        name, at = str(timer["timer"]), timer["at"]
        found = next((one for one in left if one["at"] == at and _same_timer(name, one)), None)
        if found is None:
            report.add(
                file, f"timers_fired {name}", "at", expected=at, found=[one["at"] for one in left if _same_timer(name, one)] or "not fired"
            )
            continue
        left.remove(found)
        if isinstance(timer["effect"], str):
            _effect(report, file, name, timer["effect"], found)
    for one in left if complete else ():
        report.add(file, f"timers_fired {one['timer']}", "at", expected="not fired", found=one["at"])


def _same_timer(name: str, fired: Mapping[str, Any]) -> bool:
    return name == fired["timer"] or (not SLA_TIMER.fullmatch(name) and name.partition(" ")[0] == fired["timer"])


def _fired(case: WholeCase, look: Look) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in case.own_clocks:
        for one in row.fired:
            retroactive = " retroactive" if one["retroactive"] else ""
            found.append({"at": minute(one["at"]), "timer": f"{label(row)} {one['percent']} %{retroactive}", "effect": one})
    found += [{"at": minute(one.at), "timer": one.element_id} for one in look.timers.get(case.reference, ())]
    for visit in case.visits:
        name = "P7 settlement visit" if visit.type == "settlement" else "P7 second visit" if visit.no == 2 else None
        if name is not None:
            found.append({"at": minute(visit.opened_at), "timer": name})
    return sorted(found, key=lambda one: str(one["at"]))


def _effect(report: Report, file: str, name: str, text: str, fired: Mapping[str, Any]) -> None:
    wanted, there = SLA_EFFECT.fullmatch(text), fired["effect"]
    if wanted is None:
        return
    shown = f"{there['action']}; notify {', '.join(there['notify'])}"
    if there.get("tier"):
        shown += f"; P2 tier {there['tier']} supervisor {there.get('supervisor')}"
    holds = wanted["action"] == there["action"] and set(wanted["notify"].split(", ")) == set(there["notify"])
    holds = holds and str(wanted["tier"] or "") == str(there.get("tier") or "")
    holds = holds and wanted["supervisor"] in (None, there.get("supervisor"))
    if not holds:
        report.add(file, f"timers_fired {name}", "effect", expected=text, found=shown)


def final(report: Report, file: str, expected: Mapping[str, Any], look: Look, *, letters: Mapping[str, str], reference: str) -> None:
    """The fields at the end; with letters a map (or just a status or close code) for each case."""
    for key, value in expected.items():
        if re.fullmatch(r"[A-Za-z]", key):
            case = look.cases.get(letters.get(key, ""))
            parts = value if isinstance(value, dict) else {"close_code" if str(value).startswith("CLOSED_") else "status": value}
        else:
            case, parts = look.cases.get(reference), {key: value}
        for name, wanted in parts.items():
            there = _final(case, name) if case is not None else "no such case"
            if not same(name, wanted, there):
                report.add(file, "final", name if parts is not value else f"{key}.{name}", expected=wanted, found=there)


def _final(case: WholeCase, name: str) -> Any:
    complaint = case.complaint
    if name in ("status", "close_code", "level", "reopen_count"):
        return getattr(complaint, name)
    facts: dict[str, Any] = {
        "contacts": complaint.contacts_count,
        "compensation_paid": case.paid,
        "shares": case.current_shares,
        "cost": costs(case),
        "payment_attempts": len(case.payments),
        "negotiation_rounds": complaint.negotiation_round,
        "mediation_sessions": len([one for one in case.sessions if one.held_at is not None]),
        "procedure_ended_at": minute(complaint.procedure_ended_at),
        "reworks": complaint.rework_count,
        "loops": case.improvements[-1].loops if case.improvements else 0,
        "P8": end_of(case, "P8"),
    }
    return facts.get(name)


def kpi(report: Report, file: str, expected: Mapping[str, Any], look: Look, *, letters: Mapping[str, str], reference: str) -> None:
    """What the case counts for."""
    case = look.cases.get(reference)
    if case is None:
        return
    figures = case_measures.of(case, calendar=WorkingCalendar())
    cases = list(look.cases.values())
    figures["complaints_counted"] = len(case_measures.received(cases))
    other = look.cases.get(letters.get("B", ""))
    figures["b_in_any_kpi"] = other is not None and other in case_measures.received(cases)
    names = {reference: letter for letter, reference in letters.items()}
    figures["counted_in_volume"] = sorted(names.get(one.reference, "?") for one in case_measures.received(cases))
    outside = [one for one in case_measures.received(cases) if one not in case_measures.answerable(cases)]
    figures["excluded_from_response"] = figures["excluded_from_closing_rate"] = sorted(names.get(one.reference, "?") for one in outside)
    for key, wanted in expected.items():
        if key != "note" and not same(split_letter(key)[1], wanted, figures.get(key)):
            report.add(file, "kpi", key, expected=wanted, found=figures.get(key))
