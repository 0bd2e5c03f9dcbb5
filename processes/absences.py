"""When an absence or a deputyship begins and ends, those concerned are told: by jobs at these instants."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from engine import clock, job_rows
from engine.extensions import Handler, ServiceTask, Values
from processes import notices, people
from processes.letters import words
from processes.notice_letters import shown_name
from processes.tables.people import Account, Deputy

TOPIC = "absence.tell"
Event = Literal["begins", "ends"]


def handlers() -> Sequence[Handler]:
    """The effect behind `tell_later`."""
    return (Handler(topic=TOPIC, kind="note", record=tell),)


def tell_later(session: Session, entry: Deputy, event: Event) -> None:
    """Let those concerned be told when it begins, or when it ends: now, if it does now."""
    due_at = max(entry.starts_at if event == "begins" else entry.ends_at, clock.now())
    job_rows.add_effect(session, TOPIC, {"entry_id": entry.id, "event": event}, due_at=due_at)


def tell(session: Session, task: ServiceTask) -> Values:
    """Tell the deputy; and the person, if somebody else has entered it. What was taken back before it began is no news."""
    entry, event = session.get_one(Deputy, task.variables["entry_id"]), task.variables["event"]
    lasts = entry.starts_at <= clock.now() < entry.ends_at
    if entry.starts_at >= entry.ends_at or lasts != (event == "begins"):
        return {}
    known = people.named(session, [one for one in (entry.account_id, entry.deputy_id) if one is not None])
    said: Values = {
        "person": _names(known[entry.account_id]),
        "deputy": _names(known[entry.deputy_id]) if entry.deputy_id is not None else None,
        "until": _until(entry.ends_at),
        "role": entry.role,
        "text": entry.note,
    }
    key = f"{event}-{entry.id}"
    if entry.deputy_id is not None:
        notices.tell(session, [entry.deputy_id], kind="absence", key=key, **{**said, "event": event})
    if entry.absent and entry.created_by != entry.account_id:
        notices.tell(session, [entry.account_id], kind="absence", key=key, **{**said, "event": "away" if event == "begins" else "back"})
    return {}


def _names(account: Account) -> tuple[str, str]:
    return shown_name(account, "en"), shown_name(account, "zh")


def _until(ends_at: datetime) -> date | datetime:
    """The last day where it ends with a day, as people enter it; else the instant."""
    local = ends_at.astimezone(words.ZONE)
    return local.date() - timedelta(days=1) if local.time() == time() else ends_at
