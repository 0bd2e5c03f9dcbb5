"""The lists of the administration as CSV; that somebody took one out of the house is written down first."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from api import permissions
from api.pages import administration_deputies, administration_groups, administration_letters, csv_export, door, permission_words, wording
from api.pages.people_names import Names
from api.pages.texts import gettext, local
from engine import clock, operations
from engine.paging import MAX_LIMIT, Query
from processes import account_list, deputy_entries, letter_texts, people

_BASE = "/administration"


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule(f"{_BASE}/groups/export", "export_groups", groups, methods=["POST"])
    pages.add_url_rule(f"{_BASE}/roles/export", "export_roles", roles, methods=["POST"])
    pages.add_url_rule(f"{_BASE}/deputies/export", "export_deputies", deputies, methods=["POST"])
    pages.add_url_rule(f"{_BASE}/letters/export", "export_letters", letters, methods=["POST"])


def _written_down(table: str, **told: Any) -> str:
    """The name of the file."""
    actor = door.actor()
    with door.writes() as session:
        operations.record(session, "export", actor=actor, subject=people.get(session, actor.id), table=table, **told)
    return f"{table}-{local(clock.now()):%Y%m%d-%H%M}"


@door.demands("account:manage")
def groups() -> Response:
    """Every group with how many are in it."""
    head = [gettext("Code"), gettext("Group"), gettext("Kind"), gettext("People")]
    return csv_export.response(_written_down("groups"), head, _group_lines())


def _group_lines() -> Iterator[list[Any]]:
    with door.reads() as session:
        found = account_list.groups(session)
    for one in found:
        kind = gettext("Role") if one.code in permissions.ROLES else gettext("Team")
        yield [one.code, wording.group_name(one.code), kind, one.members]


@door.demands("account:manage")
def roles() -> Response:
    """What each role may do: a column for each area, as the page has them."""
    head = [gettext("Code"), gettext("Role"), gettext("People"), *map(str, permission_words.AREAS.values()), gettext("May tell a case")]
    return csv_export.response(_written_down("roles"), head, _role_lines())


def _role_lines() -> Iterator[list[Any]]:
    with door.reads() as session:
        rows = administration_groups.role_rows(session)
    comma = gettext("; ")
    for row in rows:
        areas = [comma.join(row["may"][area]) for area in permission_words.AREAS]
        yield [row["code"], wording.group_name(row["code"]), row["members"], *areas, comma.join(row["tells"])]


@door.demands("account:manage")
def deputies() -> Response:
    """The entries that are looked at: now and to come, or over."""
    past = request.form.get("scope") == "past"
    name = _written_down("deputies", scope="past" if past else "now")
    head = [
        *(gettext("For"), gettext("Account"), gettext("Stands in"), gettext("As"), gettext("From"), gettext("Until")),
        *(gettext("Away"), gettext("Note"), gettext("Entered by")),
    ]
    return csv_export.response(name, head, _deputy_lines(past=past))


def _deputy_lines(*, past: bool) -> Iterator[list[Any]]:
    query, now = Query(filter=administration_deputies.ends(past=past), limit=MAX_LIMIT), clock.now()
    with door.reads() as session:
        for found in deputy_entries.pages(session, query):
            names = Names(session, [one for row in found for one in (row.account_id, row.deputy_id, row.created_by)])
            for entry in found:
                row = administration_deputies.row_of(entry, names, now)
                role = wording.group_name(row["role"]) if row["role"] else gettext("everything")
                when = [f"{local(row[name]):%Y-%m-%d %H:%M}" for name in ("starts", "ends")]
                stands_in = row["deputy"] or gettext("nobody")
                yield [row["account"], entry.account_id, stands_in, role, *when, wording.plain(row["absent"]), row["note"], row["by"]]


@door.demands("letter:manage")
def letters() -> Response:
    """Every letter in both languages, with who changed it last."""
    head = [
        *(gettext("Letter"), gettext("Language"), gettext("For whom"), gettext("Subject"), gettext("Version")),
        *(gettext("Changed by"), gettext("When")),
    ]
    return csv_export.response(_written_down("letters"), head, _letter_lines())


def _letter_lines() -> Iterator[list[Any]]:
    with door.reads() as session:
        found = letter_texts.overview(session)
        names = Names(session, [one.by for one in found])
        for one in found:
            to = gettext("To customers") if administration_letters.goes_out(one.template) else gettext("To colleagues")
            when = f"{local(one.at):%Y-%m-%d %H:%M}" if one.at else ""
            yield [one.template, one.locale, to, administration_letters.subject(one), one.version or "", names(one.by), when]
