"""Telling people: a row they see in Redress, and a mail in their language."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import clock, job_rows
from engine.errors import HandlerFailed
from engine.extensions import Candidates, Handler, ServiceTask, Values
from engine.paging import Listing, Page, Query, page
from engine.tables import ProcessInstance
from processes import candidates, letters, people
from processes.ports import Mail, MailFailed, MailPort
from processes.tables.cases import Complaint, Notification
from processes.tables.people import Account

MAIL_TOPIC = "notification.mail"

LISTING = Listing(
    fields={"account_id": Notification.account_id, "complaint_id": Notification.complaint_id, "template": Notification.template},
    sorts={"at": Notification.at},
    id=Notification.id,
    default_sort="-at",
)
_OWN = select(Notification).where(Notification.account_id == bindparam("account"))


def write(
    session: Session, account: Account, *, key: str, template: str, complaint: Complaint, role: str | None = None, values: Values
) -> letters.Letter:
    """Tell this person, once per key; gives the letter as it was written."""
    letter = letters.render(session, template, account.locale, name=shown_name(account, account.locale), **values)
    if session.scalar(select(Notification.id).where(Notification.key == key)) is None:
        row = Notification(
            key=key,
            account_id=account.id,
            role=role,
            complaint_id=complaint.id,
            template=template,
            text=f"{letter.subject}\n\n{letter.text}",
            at=clock.now(),
        )
        session.add(row)
    return letter


def shown_name(account: Account, locale: str) -> str:
    """The person's name in that language."""
    return (account.name_zh if locale == "zh" else None) or account.name


def search(session: Session, account_id: str, query: Query) -> Page[Notification]:
    """What this person was told, newest first."""
    return page(session, _OWN, query, listing=LISTING, parameters={"account": account_id})


def notify(
    session: Session,
    complaint: Complaint,
    *,
    template: str,
    key: str,
    roles: Iterable[str] = (),
    accounts: Iterable[str] = (),
    mail: bool = True,
    **values: Any,
) -> list[Account]:
    """Tell those in these roles of the case and these accounts, in Redress and by mail; gives whom.

    `accounts` may say as what each is told (a mapping). Who has several reasons is told once, with all of them. Who may not
    see the case is told nothing of it. A repetition with the same `key` is dropped. `values` are those of the template.
    """
    told = []
    reasons = audience(session, complaint, roles=roles, accounts=accounts)
    for account in session.scalars(select(Account).where(Account.id.in_(reasons), Account.active).order_by(Account.id)):
        own = f"{key}-{account.id}"
        if session.scalar(select(Notification.id).where(Notification.key == own)) is not None:
            continue
        why = ",".join(reasons[account.id]) or None
        given = {**_of_case(complaint), **values}
        letter = write(session, account, key=own, template=template, complaint=complaint, role=why, values=given)
        if mail:
            mail_later(session, account, letter, key=own)
        told.append(account)
    return told


def audience(session: Session, complaint: Complaint, *, roles: Iterable[str], accounts: Iterable[str]) -> dict[str, list[str]]:
    """Account id -> why; `dept_manager` means those of the departments of the case."""
    found: dict[str, list[str]] = {}
    for account_id in accounts:
        why = accounts[account_id] if isinstance(accounts, Mapping) else None
        found.setdefault(account_id, []).extend([why] if why else [])
    for role in roles:
        offered = candidates.of_departments(session, complaint, Candidates(groups=[role]))
        for account_id in (*offered.users, *people.members(session, offered.groups).get(role, ())):
            if role not in found.setdefault(account_id, []):
                found[account_id].append(role)
    return {account_id: why for account_id, why in found.items() if account_id not in complaint.excluded_users}


def _of_case(complaint: Complaint) -> Values:
    return {"reference": complaint.reference, "level": complaint.level, "customer": complaint.customer_name}


def mail_later(session: Session, account: Account, letter: letters.Letter, *, key: str, root_id: str | None = None) -> None:
    """Mail it once this transaction is committed; who has no address has the row."""
    if account.email is not None:
        mail = Mail(key=key, to=account.email, subject=letter.subject, text=letter.text)
        job_rows.add_effect(session, MAIL_TOPIC, asdict(mail), root=session.get(ProcessInstance, root_id) if root_id else None)


def send(port: MailPort, task: ServiceTask, mail: dict[str, Any]) -> None:
    """Hand the letter to the port; an incident says in words why it was not taken."""
    try:
        port.send(Mail(**mail))
    except MailFailed as error:
        raise HandlerFailed(topic=task.topic, reason=str(error)) from error


def handler(port: MailPort) -> Handler:
    """The effect behind `mail_later`."""

    def outside(task: ServiceTask) -> Values:
        send(port, task, task.variables)
        return {}

    return Handler(topic=MAIL_TOPIC, kind="note", outside=outside)
