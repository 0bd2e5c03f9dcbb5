"""The notifications of a person: the list, reading one and all of them, and what the bell asks every few seconds."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from api.accounts import SignedIn
from api.errors import BadRequest
from api.pages import door, language, notification_words, security, toasts
from api.pages.people_names import Names
from api.pages.texts import format_date, gettext, local, ngettext
from engine import clock
from engine.paging import Query
from processes import notice_keeping, notice_letters, notifications
from processes.notification_rules import KINDS
from processes.tables.notifications import Notification

ROWS = 30
LONGEST_SNIPPET = 240


def register(pages: Blueprint) -> None:
    """Add the routes."""
    pages.add_url_rule("/notifications", "notifications", listed)
    pages.add_url_rule("/notifications/bell", "bell", bell)
    pages.add_url_rule("/notifications/reading", "read_all", read_all, methods=["POST"])
    pages.add_url_rule("/notifications/unreading", "unread_all", unread_all, methods=["POST"])
    pages.add_url_rule("/notifications/<notification_id>/reading", "read_one", read_one, methods=["POST"])


def listed() -> str:
    """What I was told, newest first, day by day; `?unread=1` what I have not read, `?kind=` one kind."""
    cursor, kind = request.args.get("cursor") or None, request.args.get("kind", "")
    unread, kind = request.args.get("unread") == "1", kind if kind in KINDS else ""
    wanted: dict[str, Any] = {"kind": kind} if kind else {}
    if unread:
        wanted["read_at"] = {"$exists": False}
    with door.reads() as session:
        found = notifications.search(session, door.actor().id, Query(filter=wanted, cursor=cursor, limit=ROWS))
        known = notifications.references(session, found.items)
        names = Names(session, [row.instead_of for row in found.items])
        rows = [_row(row, known.get(row.complaint_id or ""), names) for row in found.items]
    kept: dict[str, Any] = {"unread": "1" if unread else None, "kind": kind or None}
    return render_template(
        "notifications/list.html",
        days=_by_day(rows),
        unread=unread,
        kind=kind,
        kinds=notification_words.SHORT,
        until=clock.now().isoformat(),
        read_kept=notice_keeping.READ_KEPT.days,
        unread_kept=notice_keeping.UNREAD_KEPT.days,
        first_url=url_for("pages.notifications", **kept) if cursor else None,
        next_url=url_for("pages.notifications", **kept, cursor=found.next) if found.next else None,
    )


def _row(row: Notification, reference: str | None, names: Names) -> dict[str, Any]:
    title, _, body = said(row).partition("\n\n")
    return {
        "id": row.id,
        "title": title,
        "snippet": _snippet(body),
        "kind": notification_words.SHORT[row.kind],
        "icon": notification_words.ICONS[row.kind],
        "state": {"breached": "bad", "incident": "bad", "escalated": "warn", "deadline": "warn"}.get(row.kind, ""),
        "at": row.at,
        "unread": row.read_at is None,
        "reference": reference,
        "instead_of": names(row.instead_of) if row.instead_of else None,
        "url": notice_letters.path(row.kind, task_id=row.user_task_id, reference=reference),
    }


def said(row: Notification) -> str:
    """The letter in the reader's language."""
    return (row.text_zh if language.language() == "zh" else None) or row.text


def _snippet(body: str) -> str:
    """The letter without its greeting, in one line."""
    parts = [" ".join(part.split()) for part in body.split("\n\n")]
    text = " ".join(part for part in parts[1:] if part)
    return text if len(text) <= LONGEST_SNIPPET else f"{text[:LONGEST_SNIPPET].rstrip()}…"


def _by_day(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    days: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        days.setdefault(_day(row["at"]), []).append(row)
    return list(days.items())


def _day(at: datetime) -> str:
    today, day = local(clock.now()).date(), local(at).date()
    if day == today:
        return gettext("Today")
    if day == today - timedelta(days=1):
        return gettext("Yesterday")
    return format_date(day, "full")


def bell() -> Response:
    """How much is unread, and what the browser is to say; 304 while nothing has changed.

    Who is signed in is one indexed read that counts along, so that a bell that has not changed costs nothing else. `after`
    is the newest one this page knew of.
    """
    person, after = door.who(), request.args.get("after") or None
    response = make_response("", 304)
    if etag(person) not in request.if_none_match:
        response = jsonify(unread=person.unread, label=label(person.unread), newest=person.newest, pop=_popping(person.actor.id, after))
    response.set_etag(etag(person))
    response.headers["Cache-Control"] = "no-store"
    return response


def etag(person: SignedIn) -> str:
    """The state of the bell in a word."""
    return f"{person.unread}-{person.newest or ''}-{language.language()}"


def _popping(account_id: str, after: str | None) -> list[dict[str, str]]:
    if "after" not in request.args:  # a page that has just been opened: what is old is not said again
        return []
    with door.reads() as session:
        rows = notifications.popping(session, account_id, after=after)
        known = notifications.references(session, rows)
    return [_pop(row, known.get(row.complaint_id or "")) for row in rows]


def _pop(row: Notification, reference: str | None) -> dict[str, str]:
    title, _, body = said(row).partition("\n\n")
    return {
        "id": row.id,
        "title": title,
        "text": _snippet(body),
        "url": notice_letters.path(row.kind, task_id=row.user_task_id, reference=reference),
    }


def label(unread: int) -> str:
    """What the bell is called."""
    if not unread:
        return gettext("Notifications")
    if unread >= notifications.MOST_COUNTED:
        return gettext("Notifications, %(n)s+ unread", n=notifications.MOST_COUNTED - 1)
    return ngettext("Notifications, 1 unread", "Notifications, %(num)s unread", unread)


def read_one(notification_id: str) -> Response:
    """It is read, or is to be read again (`read=0`); a script that follows its link wants no answer."""
    with door.writes() as session:
        notifications.mark(session, door.actor().id, notification_id, read=request.form.get("read") != "0")
    if request.headers.get("X-Requested-With"):
        return make_response("", 204)
    return redirect(_back(), 303)


def read_all() -> Response:
    """Everything that was there when the page was shown is read; there is a way back."""
    with door.writes() as session:
        read_at = clock.now()
        marked = notifications.mark_all(session, door.actor().id, until=_instant("until"), read_at=read_at)
    if marked:
        text = ngettext("One notification is marked as read.", "%(num)s notifications are marked as read.", marked)
        toasts.say(text, undo_url=url_for("pages.unread_all"), read_at=read_at.isoformat(), next=_back())
    return redirect(_back(), 303)


def unread_all() -> Response:
    """What was marked as read a moment ago is unread again."""
    with door.writes() as session:
        notifications.unmark(session, door.actor().id, read_at=_instant("read_at"))
    return redirect(_back(), 303)


def _instant(name: str) -> datetime:
    try:
        given = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError as error:
        raise BadRequest(reason=f"'{name}' is no instant") from error
    if given.tzinfo is None:
        raise BadRequest(reason=f"'{name}' has no time zone")
    return given


def _back() -> str:
    return security.own_path(request.form.get("next"), url_for("pages.notifications"))
