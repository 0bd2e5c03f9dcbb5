"""Asking for a compensation, and seeing what became of one's requests."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import idempotency, permissions
from api.errors import IdempotencyKeyReused
from api.pages import csv_export, door, problems, wording
from api.pages.people_names import Names
from api.pages.texts import gettext, lazy_gettext, local
from engine import clock, operations
from engine.errors import Invalid
from engine.paging import Query
from processes import case_access, case_contact_data, compensations, people, remedies
from processes.tables.cases import Compensation

ROWS = 25
FACTS: Mapping[str, Any] = {
    "price": lazy_gettext("Price (¥)"),
    "freight": lazy_gettext("Freight (¥)"),
    "loss": lazy_gettext("Loss (¥)"),
    "medical": lazy_gettext("Medical costs (¥)"),
    "care": lazy_gettext("Care (¥)"),
    "lost_income": lazy_gettext("Lost income (¥)"),
    "overcharge": lazy_gettext("Overcharged (¥)"),
    "fee": lazy_gettext("Fee (¥)"),
    "repair_days": lazy_gettext("Days in repair"),
    "days_late": lazy_gettext("Days late"),
    "days": lazy_gettext("Days since the fee"),
    "overdue_wd": lazy_gettext("Working days overdue"),
}


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/compensations", "compensations", listed)
    pages.add_url_rule("/compensations/export", "export_compensations", export, methods=["POST"])
    pages.add_url_rule("/compensations/new", "new_compensation", new, methods=["GET", "POST"])


def listed() -> str:
    """My own requests; those who may read all see all, unless they ask for their own."""
    everybody = _everybody(request.args)
    query = Query(filter=_filter(everybody), cursor=request.args.get("cursor") or None, limit=ROWS)
    with door.reads() as session:
        found = compensations.search(session, query)
        rows = _rows(session, found.items)
    whose = "all" if everybody else None
    return render_template(
        "compensations/list.html",
        rows=rows,
        first_url=url_for("pages.compensations", whose=whose) if query.cursor else None,
        next_url=url_for("pages.compensations", whose=whose, cursor=found.next) if found.next else None,
        everybody=everybody,
        reads_all=_reads_all(),
        may_request=door.who().may("compensation:request"),
    )


def _reads_all() -> bool:
    return door.who().may("compensation:read")


def _everybody(given: Mapping[str, str]) -> bool:
    """Whether everybody's are asked for, by who may read them; who may neither read nor ask is refused."""
    if not _reads_all():
        permissions.require(door.actor(), "compensation:request")
    return _reads_all() and given.get("whose") == "all"


def _filter(everybody: bool) -> dict[str, Any]:
    return {} if everybody else {"requester": door.actor().id}


def _rows(session: Session, found: Sequence[Compensation]) -> list[dict[str, Any]]:
    """Without those of cases that concern whoever looks."""
    names = Names(session, [one.requester for one in found])
    return [_row(one, names) for one in found if not case_access.concerns(door.actor(), one.complaint)]


def _row(one: Compensation, names: Names) -> dict[str, Any]:
    remedy = remedies.REMEDIES.get(one.remedy_case)
    return {
        "reference": one.complaint.reference,
        "customer": case_contact_data.customer_name(one.complaint, actor=door.actor()) or gettext("anonymous"),
        "remedy": wording.name_of(remedy) if remedy else one.remedy_case,
        "requested": one.requested_amount,
        "standard": one.standard_amount,
        "approved": one.approved_amount,
        "state": one.state,
        "requester": names(one.requester),
        "created_at": one.created_at,
        "url": url_for("pages.instance", instance_id=one.instance_id) if one.instance_id else None,
    }


def export() -> Response:
    """The list as CSV, mine or everybody's; that somebody took it out of the house is written down first."""
    everybody, actor = _everybody(request.form), door.actor()
    with door.writes() as session:
        subject, whose = people.get(session, actor.id), "all" if everybody else "mine"
        operations.record(session, "export", actor=actor, subject=subject, table="compensation", whose=whose)
    head = [
        *(gettext("Complaint"), gettext("Customer"), gettext("Remedy"), gettext("Requested"), gettext("Standard")),
        *(gettext("Approved"), gettext("State"), gettext("Requested by"), gettext("When")),
    ]
    return csv_export.response(f"compensations-{local(clock.now()):%Y%m%d-%H%M}", head, _lines(_filter(everybody)))


def _lines(filter_: Mapping[str, Any]) -> Iterator[list[Any]]:
    with door.reads() as session:
        for found in compensations.pages(session, filter_):
            for row in _rows(session, found):
                amounts = [row["requested"], row["standard"], row["approved"]]
                when = f"{local(row['created_at']):%Y-%m-%d %H:%M}"
                state = wording.state_name(row["state"])
                yield [row["reference"], row["customer"], row["remedy"], *amounts, state, row["requester"], when]


@door.demands("compensation:request")
def new() -> Response:
    """The form of a request; what is wrong is said at its field, nothing typed is lost, and sent twice it is one request."""
    if request.method == "GET":
        asked = {"complaint_reference": request.args.get("complaint", ""), "remedy_case": request.args.get("remedy_case", "")}
        return _form(asked, {}, key=idempotency.fresh())
    typed = request.form
    body = {name: value for name, value in typed.items() if name not in ("csrf_token", idempotency.FIELD)}
    key = idempotency.key_in_form(request, body, account_id=door.actor().id)
    try:
        response = idempotency.once(door.database(), key, _request)
    except Invalid as error:
        return _form(typed, _errors(error), key=key.key, status=422)
    except IdempotencyKeyReused:
        said = gettext("This form was sent before with other values; that request is on its way. Send it again to ask for this one, too.")
        return _form(typed, {"": [said]}, key=idempotency.fresh(), status=409)
    flash(gettext("The request is on its way."), "good")
    return response


def _request(session: Session) -> FlaskResponse:
    """Ask, and lead to what decides it."""
    typed = request.form
    remedy_case = typed.get("remedy_case", "")
    needs = remedies.REMEDIES[remedy_case].needs if remedy_case in remedies.REMEDIES else ()
    inputs = {name: typed[f"inputs.{name}"].strip() for name in needs if typed.get(f"inputs.{name}", "").strip()}
    made = compensations.request(
        session,
        complaint_reference=typed.get("complaint_reference", "").strip(),
        remedy_case=remedy_case,
        requested_amount=typed.get("requested_amount", "").strip(),
        inputs=inputs,
        actor=door.actor(),
    )
    target = url_for("pages.instance", instance_id=made.instance_id) if made.instance_id else url_for("pages.compensations")
    return make_response(redirect(target, 303))


def _errors(error: Invalid) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for problem in error.problems:
        field = (problem.pointer or "").lstrip("/").replace("/", ".")
        fact = FACTS.get(field.removeprefix("inputs."))
        said = problems.sentence(problem.message, name=str(fact)) if fact is not None else problems.sentence(problem.message)
        found.setdefault(field, []).append(said)
    return found


def _form(typed: Mapping[str, str], errors: Mapping[str, list[str]], *, key: str, status: int = 200) -> Response:
    choices = [{"id": key, "name": wording.name_of(one), "needs": one.needs} for key, one in remedies.REMEDIES.items()]
    html = render_template("compensations/new.html", typed=typed, errors=errors, remedies=choices, facts=FACTS, key=key)
    return make_response(html, status)
