"""Groups and their members; and the roles, with what each may do."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from api import permissions
from api.pages import administration_frame, door, people_choices, permission_words, problems, wording
from api.pages.texts import gettext
from engine.errors import Conflict, Invalid, NotFound, Refused
from engine.paging import Query
from processes import account_changes, account_fields, account_list, case_messages, person_search

ROWS = 50


def register(pages: Blueprint) -> None:
    """Add the routes."""
    base = "/administration/groups/<group>"
    pages.add_url_rule("/administration/groups", "groups", listed)
    pages.add_url_rule(base, "group", group)
    pages.add_url_rule(f"{base}/members", "add_member", add, methods=["POST"])
    pages.add_url_rule(f"{base}/members/<account_id>/removal", "remove_member", remove, methods=["POST"])
    pages.add_url_rule("/administration/roles", "roles", roles)


@door.demands("account:manage")
def listed() -> Response | str:
    """Every group with how many are in it; `?code=` opens one that nobody is in yet."""
    wanted = request.args.get("code", "").strip()
    if account_fields.GROUP.fullmatch(wanted):
        return redirect(url_for("pages.group", group=wanted))
    with door.reads() as session:
        found = account_list.groups(session)
    return render_template(
        "administration/groups.html",
        tabs=administration_frame.tabs(),
        roles=[one for one in found if one.code in permissions.ROLES],
        teams=[one for one in found if one.code not in permissions.ROLES],
        wrong=wanted,
    )


@door.demands("account:manage")
def group(group: str) -> str:
    """Who is in a group, and a field to put somebody into it."""
    if not account_fields.GROUP.fullmatch(group):
        raise NotFound(kind="group", id=group)
    cursor = request.args.get("cursor") or None
    with door.reads() as session:
        found = account_list.members(session, group, Query(cursor=cursor, limit=ROWS))
        people = people_choices.first(session)
    return render_template(
        "administration/group.html",
        tabs=administration_frame.tabs(),
        group=group,
        members=found.items,
        people=people,
        may=[permission_words.shown(one) for one in sorted(permissions.granted([group]))],
        himself=door.actor().id,
        first_url=url_for("pages.group", group=group) if cursor else None,
        next_url=url_for("pages.group", group=group, cursor=found.next) if found.next else None,
    )


@door.demands("account:manage")
def add(group: str) -> Response:
    """Put somebody into a group."""
    try:
        with door.writes() as session:
            account_id = person_search.identified(session, request.form.get("account", ""), pointer="/account")
            account = account_changes.add_member(session, group, account_id, actor=door.actor())
            name = wording.name_of(account)
    except (NotFound, Conflict, Refused) as error:
        flash(wording.sentence(error), "bad")
    except Invalid as error:
        flash(" ".join(problems.sentence(one.message) for one in error.problems), "bad")
    else:
        flash(gettext("%(name)s is in the group now.", name=name), "good")
    return redirect(url_for("pages.group", group=group), 303)


@door.demands("account:manage")
def remove(group: str, account_id: str) -> Response:
    """Take somebody out of a group."""
    try:
        with door.writes() as session:
            account = account_changes.remove_member(session, group, account_id, actor=door.actor())
            name = wording.name_of(account)
    except (NotFound, Conflict) as error:
        flash(wording.sentence(error), "bad")
    else:
        flash(gettext("%(name)s is not in the group any more.", name=name), "good")
    return redirect(url_for("pages.group", group=group), 303)


@door.demands("account:manage")
def roles() -> str:
    """What each role may do, in words."""
    with door.reads() as session:
        rows = role_rows(session)
    return render_template("administration/roles.html", tabs=administration_frame.tabs(), rows=rows, areas=permission_words.AREAS)


def role_rows(session: Session) -> list[dict[str, Any]]:
    """Each role with how many have it, and what it may in words."""
    sizes = {one.code: one.members for one in account_list.groups(session)}
    return [_role(code, sizes.get(code, 0)) for code in permissions.ROLES]


def _role(code: str, members: int) -> dict[str, Any]:
    granted = permissions.granted([code])
    return {
        "code": code,
        "members": members,
        "may": {area: [permission_words.shown(one) for one in names if one in granted] for area, names in permission_words.BY_AREA.items()},
        "tells": [str(words) for name, words in permission_words.MESSAGES.items() if code in case_messages.SENDERS[name]],
    }
