"""The accounts of the house: found by name, filtered, page by page, and as CSV."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from api.pages import administration_frame, csv_export, door, wording
from api.pages.texts import gettext, local
from engine import clock, operations, paging
from engine.paging import Query
from processes import account_list, deputies, people
from processes.account_list import Wanted
from processes.tables.people import Account, Deputy

ROWS = 25
LONGEST_TEXT = 60
STATES = ("active", "inactive", "all")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One account in the list."""

    url: str
    id: str
    name: str
    email: str
    department: str
    groups: list[str]
    active: bool
    away: Deputy | None


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/administration/accounts", "accounts", listed)
    pages.add_url_rule("/administration/accounts/export", "export_accounts", export, methods=["POST"])


@door.demands("account:manage")
def listed() -> str:
    """One page of them."""
    filters = _filters(request.args)
    query = Query(cursor=request.args.get("cursor") or None, limit=ROWS)
    with door.reads() as session:
        departments = {one.code: wording.name_of(one) for one in account_list.departments(session)}
        found = account_list.search(session, _wanted(filters), query)
        away = deputies.absent(session, [one.id for one in found.items])
        rows = [_row(one, departments, away.get(one.id)) for one in found.items]
        groups = [one.code for one in account_list.groups(session)]
    return render_template(
        "administration/accounts.html",
        tabs=administration_frame.tabs(),
        rows=rows,
        filters=filters,
        departments=departments,
        groups=groups,
        first_url=url_for("pages.accounts", **filters) if query.cursor else None,
        next_url=url_for("pages.accounts", **filters, cursor=found.next) if found.next else None,
    )


def _filters(given: Mapping[str, str]) -> dict[str, Any]:
    """The filters of the URL; what is usual, or none of ours, is left out."""
    found = {name: given.get(name, "").strip()[:LONGEST_TEXT] for name in ("q", "group", "department")}
    state = given.get("state", "")
    found["state"] = state if state in STATES and state != STATES[0] else ""
    return {name: value for name, value in found.items() if value}


def _wanted(filters: Mapping[str, str]) -> Wanted:
    active = {"inactive": False, "all": None}.get(filters.get("state", ""), True)
    return Wanted(text=filters.get("q", ""), active=active, group=filters.get("group"), department=filters.get("department"))


def _row(account: Account, departments: Mapping[str, str], away: Deputy | None) -> Row:
    return Row(
        url=url_for("pages.account", account_id=account.id),
        id=account.id,
        name=wording.name_of(account),
        email=account.email or "",
        department=departments.get(account.department or "", account.department or ""),
        groups=[row.group for row in account.memberships],
        active=account.active,
        away=away,
    )


@door.demands("account:manage")
def export() -> Response:
    """The filtered list as CSV; that somebody took it out of the house is written down first."""
    filters, actor = _filters(request.form), door.actor()
    with door.writes() as session:
        operations.record(session, "export", actor=actor, subject=people.get(session, actor.id), table="account", **filters)
    head = [gettext("Account"), gettext("Name"), gettext("E-mail"), gettext("Department"), gettext("Groups"), gettext("Active")]
    return csv_export.response(f"accounts-{local(clock.now()):%Y%m%d-%H%M}", head, _lines(_wanted(filters)))


def _lines(wanted: Wanted) -> Iterator[list[Any]]:
    with door.reads() as session:
        departments = {one.code: wording.name_of(one) for one in account_list.departments(session)}
        for accounts in paging.pages(session, lambda query: account_list.search(session, wanted, query), Query()):
            for one in accounts:
                row = _row(one, departments, None)
                groups = gettext(", ").join(map(wording.group_name, row.groups))
                yield [row.id, row.name, row.email, row.department, groups, wording.plain(row.active)]
