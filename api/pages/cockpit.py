"""Operations: what does not move, why, and the one button that helps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from api import permissions
from api.pages import csv_export, door, drawings, parts_of_pages, wording
from api.pages.people_names import Names
from api.pages.texts import gettext, local
from engine import clock, definitions, instances, jobs, operations, stuck
from engine.errors import NotFound
from engine.paging import MAX_LIMIT, Query
from engine.stuck import Stuck
from engine.tables import Operation
from processes import people

REPAIRS_SHOWN = 10
STUCK_SHOWN = 50  # the page asks again every second, and nobody repairs more than this by hand
REPAIRS = ["retry", "assign", "reschedule", "fire"]


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/operations", "operations", overview)
    pages.add_url_rule("/operations/stuck", "stuck", live_part)
    pages.add_url_rule("/operations/export", "export_stuck", export, methods=["POST"])


@door.demands("incident:read")
def overview() -> str:
    """The page; its live part asks again every second, so that an incident is seen within two."""
    with door.reads() as session:
        names = {one.key: wording.name_of(one) for one in definitions.live_ones(session)}
        processes = dict(sorted(names.items(), key=lambda item: item[1]))
        return render_template("operations/overview.html", processes=processes, **_parts(session))


@door.demands("incident:read")
def live_part() -> Response:
    """Only the part that changes; 304 when it has not."""
    with door.reads() as session:
        return parts_of_pages.conditional(render_template("operations/_stuck.html", **_parts(session)))


def _wanted(given: MultiDict[str, str]) -> dict[str, Any]:
    """The filters of the address; what is no filter is left out."""
    code = given.get("reason", "")
    wanted = {"reason": code if code in stuck.REASONS else "", "process": given.get("process", "")}
    return {name: value for name, value in wanted.items() if value}


def _search(session: Session, wanted: Mapping[str, Any], *, cursor: str | None, limit: int) -> tuple[list[Stuck], str | None]:
    """One page of it, without cases that concern the reader."""
    codes = [wanted["reason"]] if "reason" in wanted else []
    page = stuck.search(session, codes=codes, process=wanted.get("process"), cursor=cursor, limit=limit)
    barred = permissions.without_conflicts(session, door.actor(), [one.root_id for one in page.items])
    return [one for one in page.items if one.root_id not in barred], page.next


def _parts(session: Session) -> dict[str, Any]:
    wanted, cursor, names = _wanted(request.args), request.args.get("cursor") or None, Names(session)
    found, following = _search(session, wanted, cursor=cursor, limit=STUCK_SHOWN)
    counts = stuck.counts(session, process=wanted.get("process"))
    here = wanted | ({"cursor": cursor} if cursor else {})
    return {
        "groups": _groups(_rows(session, found, names)),
        "total": counts[wanted["reason"]] if "reason" in wanted else sum(counts.values()) if following or cursor else len(found),
        "counted": stuck.COUNTED,
        "filters": wanted,
        "reasons": _reasons(counts, wanted),
        "back_url": url_for("pages.operations", **here),
        "live_url": url_for("pages.stuck", **here),
        "first_url": url_for("pages.operations", **wanted) if cursor else None,
        "next_url": url_for("pages.operations", **wanted, cursor=following) if following else None,
        "repairs": _repairs(session, names),
        "may": {name: door.who().may(permission) for name, permission in HELP.items()},
        "who_can": {name: permissions.who_can(permission) for name, permission in HELP.items()},
    }


HELP = {"retry": "job:retry", "fire": "job:reschedule", "assign": "task:assign"}


def _reasons(counts: Mapping[str, int], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What can be filtered by: each reason with how many there are."""
    rest = {name: value for name, value in wanted.items() if name != "reason"}
    everything = {"url": url_for("pages.operations", **rest), "label": gettext("All"), "count": sum(counts.values())}
    entries = [everything | {"current": "reason" not in wanted}]
    for code, count in counts.items():
        url = url_for("pages.operations", **rest, reason=code)
        entries.append({"url": url, "label": wording.stuck_name(code), "count": count, "current": wanted.get("reason") == code})
    return entries


def _groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows under the name of their reason; they come in its order."""
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = row["stuck"].code
        groups.setdefault(code, {"code": code, "name": wording.stuck_name(code), "rows": []})["rows"].append(row)
    return list(groups.values())


def _rows(session: Session, found: Sequence[Stuck], names: Names) -> list[dict[str, Any]]:
    levels = instances.attributes(session, [one.root_id for one in found if one.root_id])
    return [_row(session, one, names, level=levels.get(one.root_id or "", {}).get("level")) for one in found]


def _row(session: Session, one: Stuck, names: Names, *, level: int | None) -> dict[str, Any]:
    """The reference and the level, and nothing else of the case: who repairs needs no more."""
    known = definitions.get(session, one.instance.definition_id) if one.instance else None
    definition = known or (definitions.live_or_none(session, one.process) if one.process else None)
    element = drawings.element_name(definitions.diagram(session, definition.id), one.element_id) if definition else ""
    return {
        "stuck": one,
        "reason": wording.reason(one.reason, {**one.details, **({"task": element} if element else {})}, names),
        "reference": one.reference or (one.instance.id[:8] if one.instance else gettext("no case")),
        "level": wording.level_name(level) if level is not None else "",
        "process": wording.name_of(definition) if definition else one.process or "",
        "version": known.version if known else None,
        "element": element,
        "url": url_for("pages.instance", instance_id=one.instance.id) if one.instance else None,
    }


def _repairs(session: Session, names: Names) -> Sequence[dict[str, Any]]:
    """What was repaired by hand lately, and what came of it."""
    found = operations.search(session, Query(filter={"kind": {"$in": REPAIRS}}, limit=REPAIRS_SHOWN))
    tasks = operations.tasks_of(session, found.items)
    return [
        {
            "at": one.at,
            "by": names(one.by),
            "kind": wording.operation_name(one.kind),
            "what": wording.name_of(tasks[one.subject_id]) if one.subject_id in tasks else "",
            "reason": one.reason,
            "reference": _reference(session, one),
            "url": url_for("pages.instance", instance_id=one.root_id) if one.root_id else None,
            "outcome": _outcome(session, one),
        }
        for one in found.items
    ]


def _reference(session: Session, one: Operation) -> str:
    return (instances.get(session, one.root_id).business_key or one.root_id[:8]) if one.root_id else "–"


def _outcome(session: Session, one: Operation) -> dict[str, str]:
    """A retried job that is gone went through; one that failed again is an incident again."""
    if one.kind == "assign":
        return {"tone": "live", "icon": "check", "text": gettext("done")}
    try:
        job = jobs.get(session, one.subject_id)
    except NotFound:
        return {"tone": "live", "icon": "check", "text": gettext("went through")}
    if job.state == "failed":
        return {"tone": "failed", "icon": "stop", "text": gettext("failed again")}
    if job.run_at > clock.now():
        return {"tone": "live", "icon": "check", "text": gettext("done")}
    return {"tone": "info", "icon": "clock", "text": gettext("being tried")}


@door.demands("incident:read")
def export() -> Response:
    """The filtered list as CSV; that somebody took it out of the house is written down first."""
    wanted, actor = _wanted(request.form), door.actor()
    with door.writes() as session:
        operations.record(session, "export", actor=actor, subject=people.get(session, actor.id), table="stuck", **wanted)
    head = [
        *(
            gettext("Complaint"),
            gettext("Level"),
            gettext("Process"),
            gettext("Version"),
            gettext("Element"),
            gettext("What is the matter"),
        ),
        *(gettext("Reason"), gettext("Since")),
    ]
    return csv_export.response(f"operations-{local(clock.now()):%Y%m%d-%H%M}", head, _lines(wanted))


def _lines(wanted: Mapping[str, Any]) -> Iterator[list[object]]:
    cursor: str | None = None
    with door.reads() as session:
        names = Names(session)
        while True:
            found, cursor = _search(session, wanted, cursor=cursor, limit=MAX_LIMIT)
            yield from (_cells(row) for row in _rows(session, found, names))
            session.expunge_all()  # a long list is not held in memory
            if cursor is None:
                return


def _cells(row: Mapping[str, Any]) -> list[object]:
    one: Stuck = row["stuck"]
    since = f"{local(one.since):%Y-%m-%d %H:%M}"
    about = [row[name] for name in ("reference", "level", "process", "version", "element")]
    return [*about, wording.stuck_name(one.code), row["reason"], since]
