"""Telling people: a row in Redress, a word from the browser, a mail, each as the person's rules say.

Who is away is told, too, and so is whoever stands in, where the rule of the person says so. Nobody is told of a case that
concerns him or her, and nothing twice: a repetition with the same `key` is dropped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.extensions import SYSTEM, Actor
from engine.tables import UserTask
from processes import case_viewers, deputies, notice_letters, notice_mail, notification_rules, notification_schedules
from processes.notice_letters import LETTERS, About
from processes.notification_rules import Kind, Rule
from processes.notification_schedules import Schedule
from processes.tables.cases import Complaint
from processes.tables.notifications import Notification
from processes.tables.people import Account

# What comes with reading a case and not with working on it: a deputy has to see the case himself.
OF_READERS = frozenset({"mention", "watched"})

# How a task was given -> the kind of the notice and the word of its letter; what is undone is not told again.
_GIVEN: Mapping[str, tuple[Kind, str]] = {
    "open": ("assigned", "opened"),
    "assign": ("assigned", "assigned"),
    "delegate": ("delegated", "delegated"),
    "return": ("returned", "returned"),
}


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Somebody who is told: why, in whose place, and how."""

    account: Account
    why: str | None
    instead_of: str | None
    rule: Rule
    schedule: Schedule

    def quiet_end(self, now: datetime) -> datetime | None:
        return notification_schedules.quiet_end(self.schedule, notification_schedules.zone_of(self.account), now)

    def mail_at(self, now: datetime) -> datetime | None:
        """When the digest takes it along; None for what goes at once or not at all."""
        if self.account.email is None or self.rule.mail == "off":
            return None
        if self.rule.mail == "now":
            return self.quiet_end(now)
        return notification_schedules.digest_due(self.schedule, notification_schedules.zone_of(self.account), now)


def tell(
    session: Session,
    account_ids: Iterable[str],
    *,
    kind: Kind,
    key: str,
    complaint: Complaint | None = None,
    task: UserTask | None = None,
    by: Actor | None = None,
    template: str | None = None,
    mail: bool = True,
    **values: Any,
) -> list[Account]:
    """Tell these people; gives whom.

    `account_ids` may say why each is told (a mapping). `key` names what happened. `by` did it, and is not told of it.
    Kinds without a letter of their own need a `template`; `values` are what it names besides name, case, task and `by`,
    a pair being English and Chinese. For `assigned`, `delegated`, `returned`: `task`, and a note as `text`; `mention`:
    `text`; `watched`: `event` (comment | file | letter | status | task | linked) and perhaps `text`. `mail=False`: never mailed, whatever
    the rules say.
    """
    wanted = dict(account_ids) if isinstance(account_ids, Mapping) else dict.fromkeys(account_ids)
    if by is not None:
        wanted.pop(by.id, None)
    readers = _readers(session, wanted, kind=kind, complaint=complaint)
    known = set(session.scalars(select(Notification.key).where(Notification.key.in_([f"{key}-{one.account.id}" for one in readers]))))
    fresh = [one for one in readers if f"{key}-{one.account.id}" not in known]
    if not fresh:
        return []
    about = About(complaint=complaint, task=task, by=by, values={"event": kind, **values})
    named = {one.account.id: one.account for one in fresh} | _named(session, by)
    writer = notice_letters.writer(session, template or LETTERS[kind], about, named)
    for reader in fresh:
        _write(session, reader, writer, kind=kind, key=f"{key}-{reader.account.id}", mail=mail)
    return [one.account for one in fresh]


def _readers(session: Session, wanted: Mapping[str, str | None], *, kind: Kind, complaint: Complaint | None) -> list[_Reader]:
    barred = complaint.excluded_users if complaint is not None else ()
    rules = dict(notification_rules.of_kind(session, list(wanted), kind)) if wanted else {}
    places = dict.fromkeys(wanted)
    passing_on = [one for one in wanted if rules[one].deputy]
    standing = deputies.instead_of(session, passing_on, barred=barred)
    if complaint is not None and kind in OF_READERS and standing:
        seen = case_viewers.among(session, complaint, standing)
        standing = {deputy: away for deputy, away in standing.items() if deputy in seen}
    for deputy, away in standing.items():
        places.setdefault(deputy, away)
    new = [one for one in places if one not in rules]
    rules |= notification_rules.of_kind(session, new, kind) if new else {}
    schedules = notification_schedules.of_all(session, list(places)) if places else {}
    chosen = select(Account).where(Account.id.in_([one for one in places if one not in barred]), Account.active).order_by(Account.id)
    return [
        _Reader(
            account=account,
            why=wanted.get(account.id),
            instead_of=places[account.id],
            rule=rules[account.id],
            schedule=schedules[account.id],
        )
        for account in (session.scalars(chosen) if places else ())
    ]


def _named(session: Session, by: Actor | None) -> dict[str, Account]:
    if by is None or by.id == SYSTEM.id:
        return {}
    account = session.get(Account, by.id)
    return {} if account is None else {account.id: account}


def _write(session: Session, reader: _Reader, writer: notice_letters.Writer, *, kind: Kind, key: str, mail: bool) -> None:
    now, about, account = clock.now(), writer.about, reader.account
    text = {locale: writer.to(account, locale) for locale in writer.sources}
    mail_at = reader.mail_at(now) if mail else None
    row = Notification(
        id=new_id(),
        key=key,
        account_id=account.id,
        role=reader.why,
        instead_of=reader.instead_of,
        kind=kind,
        complaint_id=about.complaint.id if about.complaint is not None else None,
        user_task_id=about.task.id if about.task is not None else None,
        template=writer.template,
        text=notice_letters.kept(text["en"]),
        text_zh=notice_letters.kept(text["zh"]),
        at=now,
        shown=reader.rule.screen,
        browser=reader.rule.browser and reader.quiet_end(now) is None,
        read_at=None if reader.rule.screen else now,
        mail_at=mail_at,
    )
    session.add(row)
    if mail_at is not None:
        notice_mail.digest_later(session, account.id, due_at=mail_at)
    elif mail and reader.rule.mail == "now":
        letter = text["zh" if account.locale == "zh" else "en"]
        notice_mail.later(session, account, letter, key=key, path=notice_letters.path_of(kind, about))


def task_given(session: Session, task: UserTask, by: Actor, how: str, note: str | None) -> None:
    """Somebody else, or the process, has given this task to exactly one person (`Extensions.task_given`)."""
    if task.assignee is None or how not in _GIVEN:
        return
    complaint = None
    if task.business_key is not None:
        complaint = session.scalar(select(Complaint).where(Complaint.reference == task.business_key))
    kind, event = _GIVEN[how]
    key = f"{task.id}-{task.revision}"
    tell(session, [task.assignee], kind=kind, key=key, complaint=complaint, task=task, by=by, event=event, text=note)
