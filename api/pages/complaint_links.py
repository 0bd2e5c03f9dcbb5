"""Cases beside a case: those somebody linked, those that may be about the same, and making two of them one."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import door, problems, wording
from api.pages.people_names import Names
from api.pages.texts import gettext, ngettext
from engine.errors import Conflict, Invalid, NotFound, RedressError, Refused
from processes import case_access, case_links, case_merging, cases, related_cases
from processes.case_merging import Plan
from processes.related_cases import Related
from processes.tables.cases import Complaint


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/complaints/<reference>/links/new", "link_complaint", link, methods=["GET", "POST"])
    pages.add_url_rule("/complaints/<reference>/links/<other>/removal", "unlink_complaint", unlink, methods=["POST"])
    pages.add_url_rule("/complaints/<reference>/merging", "merge_complaint", merge, methods=["GET", "POST"])


def parts(session: Session, row: Complaint, names: Names) -> dict[str, Any]:
    """What `complaints/_links.html` shows of a case."""
    actor, reads_all = door.actor(), door.who().may("complaint:read")
    linked = case_links.of_case(session, row, actor=actor)
    names.learn(one.link.by for one in linked)
    known = {one.complaint.id for one in linked}
    found = related_cases.of_case(session, row, actor=actor, reads_all=reads_all)
    refused = case_merging.refusal(session, row, actor=actor)
    return {
        "linked": [_case(one.complaint) | {"reason": one.link.reason, "by": names(one.link.by), "at": one.link.at} for one in linked],
        "related": related_rows([one for one in found if one.complaint.id not in known]),
        "lately": lately(session, row.product_code or "", but=row),
        "may_link": door.who().may("complaint:register"),
        "merge_refused": None if refused is None else wording.sentence(refused),
    }


def lately(session: Session, product_code: str, *, but: Complaint | None = None) -> str:
    """How many complaints about a product came in lately, as a sentence; nothing to say when there is none."""
    number = related_cases.lately_about(session, product_code, but=but)
    if not number:
        return ""
    sentence = ngettext(
        "%(num)d other complaint about this product in 30 days", "%(num)d other complaints about this product in 30 days", number
    )
    return sentence


def related_rows(found: Sequence[Related]) -> list[dict[str, Any]]:
    """Other cases with what they share; a link for those who may see one."""
    return [_case(one.complaint) | {"shares": one.shares, "duplicate": one.is_open_duplicate} for one in found]


def _case(row: Complaint) -> dict[str, Any]:
    seen = case_access.holds(door.actor(), row) or door.who().may("complaint:read")
    url = url_for("pages.complaint", reference=row.reference) if seen else None
    return {"reference": row.reference, "status": row.status, "received_at": row.received_at, "url": url}


def _seen(session: Session, reference: str) -> Complaint:
    row = cases.by_reference(session, reference.strip())
    permissions.require_complaint(session, door.actor(), row)
    return row


@door.demands("complaint:register")
def link(reference: str) -> Response:
    """Put another case beside this one; what is wrong is said at its field."""
    typed = {name: request.values.get(name, "").strip() for name in ("other", "reason")}
    if request.method == "GET":
        return _link_form(reference, typed)
    try:
        with door.writes() as session:
            complaint, other = _seen(session, reference), _seen(session, typed["other"])
            case_links.link(session, complaint, other, reason=typed["reason"], actor=door.actor())
    except Invalid as error:
        return _link_form(reference, typed, {"reason": problems.sentence(error.problems[0].message)})
    except (NotFound, Refused, Conflict) as error:
        return _link_form(reference, typed, {"other": _sentence(error, typed["other"])})
    flash(gettext("%(other)s now stands beside this case.", other=typed["other"]), "good")
    return redirect(url_for("pages.complaint", reference=reference, _anchor="links"), 303)


def _link_form(reference: str, typed: Mapping[str, str], errors: Mapping[str, str] | None = None) -> Response:
    with door.reads() as session:
        row = _seen(session, reference)
    html = render_template("complaints/link.html", complaint=row, typed=typed, errors=errors or {})
    return make_response(html, 422 if errors else 200)


@door.demands("complaint:register")
def unlink(reference: str, other: str) -> Response:
    """Take it away again."""
    with door.writes() as session:
        case_links.unlink(session, _seen(session, reference), _seen(session, other), actor=door.actor())
    flash(gettext("%(other)s no longer stands beside this case.", other=other), "good")
    return redirect(url_for("pages.complaint", reference=reference, _anchor="links"), 303)


def merge(reference: str) -> Response:
    """First which case goes on, then what will happen, then it happens."""
    typed = {name: request.values.get(name, "").strip() for name in ("into", "reason")}
    if request.method == "GET":
        return _merge_form(reference, typed)
    if not typed["reason"]:
        return _merge_form(reference, typed, {"reason": gettext("Say in a sentence why the two are one.")})
    with door.writes() as session:
        duplicate, into = _seen(session, reference), _seen(session, typed["into"])
        case_merging.by_hand(session, duplicate, into, reason=typed["reason"][: case_links.LONGEST_REASON], actor=door.actor())
    flash(gettext("%(reference)s was merged into this case.", reference=reference), "good")
    return redirect(url_for("pages.complaint", reference=typed["into"]), 303)


def _merge_form(reference: str, typed: Mapping[str, str], errors: Mapping[str, str] | None = None) -> Response:
    told, said = [], dict(errors or {})
    with door.reads() as session:
        row = _seen(session, reference)
        refused = case_merging.refusal(session, row, actor=door.actor())
        if typed["into"] and refused is None:
            try:
                told = _effects(session, case_merging.plan(session, row, _seen(session, typed["into"]), actor=door.actor()))
            except (NotFound, Refused, Conflict) as error:
                said["into"] = _sentence(error, typed["into"])
        found = related_cases.of_case(session, row, actor=door.actor(), reads_all=door.who().may("complaint:read"))
        choices = related_rows([one for one in found if one.is_open_duplicate])
    refusal = None if refused is None else wording.sentence(refused)
    html = render_template("complaints/merge.html", complaint=row, typed=typed, errors=said, told=told, choices=choices, refusal=refusal)
    return make_response(html, 422 if said else 200)


def _sentence(error: RedressError, reference: str) -> str:
    if isinstance(error, NotFound):
        return gettext("There is no case with the number %(reference)s.", reference=reference or "–")
    return wording.sentence(error)


def _effects(session: Session, plan: Plan) -> list[str]:
    """What merging will do, in sentences."""
    names = {"duplicate": plan.duplicate.reference, "into": plan.into.reference}
    told = [
        gettext("%(duplicate)s is closed as merged and archived.", **names),
        gettext("What was told there is added to %(into)s; its deadlines stay as they are.", **names),
    ]
    if plan.running:
        told.append(gettext("The process of %(duplicate)s ends, and its open tasks with it: %(tasks)s.", tasks=plan.tasks, **names))
    if plan.deadlines:
        told.append(gettext("Deadlines that end: %(deadlines)s.", deadlines=plan.deadlines))
    if plan.letter:
        told.append(gettext("The customer gets a letter that says in which case it goes on."))
    if plan.owner:
        told.append(gettext("%(owner)s, who handles %(into)s, is told.", owner=Names(session, [plan.owner])(plan.owner), **names))
    return [*told, gettext("This cannot be undone.")]
