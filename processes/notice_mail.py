"""Mail: one at once, and the digest, which is one for all that waited. Both leave as jobs of the scheduler.

Somebody's digest is one effect with a due time, made with the first notice that waits for it. It takes along whatever waits
by then; a second one that finds nothing sends nothing.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import job_rows
from engine.errors import HandlerFailed
from engine.extensions import Handler, ServiceTask, Values
from engine.tables import Job
from processes import letters, notice_letters
from processes.letters import Letter
from processes.ports import Mail, MailFailed, MailPort
from processes.tables.cases import Complaint
from processes.tables.notifications import Notification
from processes.tables.people import Account

MAIL_TOPIC = "notification.mail"
DIGEST_TOPIC = "notification.digest"
DIGEST = "N-DIGEST"
MOST_LINES = 50  # of a digest; who has more waiting reads it in Redress


def later(session: Session, account: Account, letter: Letter, *, key: str, path: str) -> None:
    """Mail it once this transaction is committed, with the address of the page it is about; who has no address has the row."""
    if account.email is not None:
        mail = Mail(key=key, to=account.email, subject=letter.subject, text=letter.text)
        job_rows.add_effect(session, MAIL_TOPIC, asdict(mail) | {"path": path})


def digest_later(session: Session, account_id: str, *, due_at: datetime) -> None:
    """Let this person's digest come then; the same one is asked for once."""
    key = f"digest-{account_id}-{due_at:%Y%m%dT%H%M}"
    if session.scalar(select(Job.id).where(Job.run_at == due_at, Job.key == key).limit(1)) is None:
        job_rows.add_effect(session, DIGEST_TOPIC, {"account_id": account_id}, due_at=due_at, key=key)


def send(port: MailPort, task: ServiceTask, mail: dict[str, Any]) -> None:
    """Hand the letter to the port; an incident says in words why it was not taken."""
    try:
        port.send(Mail(**mail))
    except MailFailed as error:
        raise HandlerFailed(topic=task.topic, reason=str(error)) from error


def handlers(port: MailPort, *, site: str) -> Sequence[Handler]:
    """The effects behind `later` and `digest_later`. `site` is the address people reach Redress at; without one mails have no links."""

    def outside(task: ServiceTask) -> Values:
        mail = dict(task.variables)
        path = mail.pop("path", None)
        if path is not None and site:
            mail["text"] = f"{mail['text']}\n{site}{path}\n"
        send(port, task, mail)
        return {}

    def digest(session: Session, task: ServiceTask) -> Values:
        send_digest(session, task.variables["account_id"], key=task.key, site=site)
        return {}

    return (
        Handler(topic=MAIL_TOPIC, kind="note", outside=outside),
        Handler(topic=DIGEST_TOPIC, kind="note", record=digest),
    )


def send_digest(session: Session, account_id: str, *, key: str, site: str) -> None:
    """One mail for all that waits; nothing when nothing does, or it was read meanwhile."""
    mine = select(Notification, Complaint.reference).outerjoin(Complaint, Complaint.id == Notification.complaint_id)
    mine = mine.where(Notification.account_id == account_id, Notification.mail_at.is_not(None))
    rows = session.execute(mine.order_by(Notification.at, Notification.id).with_for_update(of=Notification)).all()
    news = [(row, reference) for row, reference in rows if row.read_at is None or not row.shown]
    for row, _ in rows:
        row.mail_at = None
    account = session.get_one(Account, account_id)
    if not news or not account.active:
        return
    locale = "zh" if account.locale == "zh" else "en"
    lines = [_line(row, reference, locale=locale, site=site) for row, reference in news[:MOST_LINES]]
    values = {"name": notice_letters.shown_name(account, locale), "count": len(news), "news": lines, "more": len(news) - len(lines)}
    link = f"{site}{notice_letters.SETTINGS}" if site else None
    letter = letters.render(session, DIGEST, locale, link=link, **values)
    later(session, account, letter, key=key, path="/notifications")


def _line(row: Notification, reference: str | None, *, locale: str, site: str) -> str:
    said = notice_letters.title((row.text_zh if locale == "zh" else None) or row.text)
    path = notice_letters.path(row.kind, task_id=row.user_task_id, reference=reference)
    return f"{said}\n  {site}{path}" if site else said
