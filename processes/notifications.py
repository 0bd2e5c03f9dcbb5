"""What people are told: of a case and by role, and what they have read of it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.database import new_id
from engine.errors import NotFound
from engine.extensions import Candidates, Values
from engine.paging import Listing, Page, Query, page
from processes import candidates, letters, notice_letters, notices, people
from processes.notice_letters import About
from processes.notification_rules import Kind
from processes.tables.cases import Complaint
from processes.tables.notifications import Notification
from processes.tables.people import Account

MOST_COUNTED = 100  # more than a bell shows: 99+

# The kind of what a letter tells; the others are about the case.
_KINDS: Mapping[str, Kind] = {
    "N-SLA-REMIND": "deadline",
    "N-SLA-WARN": "deadline",
    "N-SLA-LATE": "breached",
    "N-SUPERVISE": "escalated",
    "N-INCIDENT": "incident",
}

LISTING = Listing(
    fields={
        "account_id": Notification.account_id,
        "complaint_id": Notification.complaint_id,
        "template": Notification.template,
        "kind": Notification.kind,
        "read_at": Notification.read_at,
    },
    sorts={"at": Notification.at},
    id=Notification.id,
    default_sort="-at",
)
_OWN = select(Notification).where(Notification.account_id == bindparam("account"), Notification.shown)


def write(session: Session, account: Account, *, key: str, template: str, complaint: Complaint, values: Values) -> letters.Letter:
    """Tell this person something that is mailed anyway, once per key; gives the letter as it was written."""
    about = About(complaint=complaint, values=values)
    writer = notice_letters.writer(session, template, about, {account.id: account})
    text = {locale: writer.to(account, locale) for locale in letters.LANGUAGES}
    if session.scalar(select(Notification.id).where(Notification.key == key)) is None:
        row = Notification(
            id=new_id(),
            key=key,
            account_id=account.id,
            kind="case",
            complaint_id=complaint.id,
            template=template,
            text=notice_letters.kept(text["en"]),
            text_zh=notice_letters.kept(text["zh"]),
            at=clock.now(),
        )
        session.add(row)
    return text["zh" if account.locale == "zh" else "en"]


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
    """Tell those in these roles of the case and these accounts, as their rules say; gives whom.

    `accounts` may say as what each is told (a mapping). Who has several reasons is told once, with all of them. A repetition
    with the same `key` is dropped. `values` are those of the template.
    """
    reasons = {one: ",".join(why) or None for one, why in audience(session, complaint, roles=roles, accounts=accounts).items()}
    kind = "assigned" if values.get("event") == "assigned" else _KINDS.get(template, "case")
    return notices.tell(session, reasons, kind=kind, key=key, complaint=complaint, template=template, mail=mail, **values)


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


def search(session: Session, account_id: str, query: Query) -> Page[Notification]:
    """What this person was told in Redress, newest first."""
    return page(session, _OWN, query, listing=LISTING, parameters={"account": account_id})


def get(session: Session, account_id: str, notification_id: str) -> Notification:
    """One of this person's; NotFound for those of others."""
    row = session.get(Notification, notification_id)
    if row is None or row.account_id != account_id or not row.shown:
        raise NotFound(kind="notification", id=notification_id)
    return row


def unread(session: Session, account_id: str) -> int:
    """How many this person has not read, up to `MOST_COUNTED`."""
    mine = select(Notification.id).where(Notification.account_id == account_id, Notification.read_at.is_(None)).limit(MOST_COUNTED)
    return session.scalar(select(func.count()).select_from(mine.subquery())) or 0


def unread_of(account_id: ColumnElement[str]) -> tuple[ScalarSelect[int], ScalarSelect[str]]:
    """The same count and the id of the newest, as columns beside a row of `account`: for whoever reads that row anyway."""
    mine = select(Notification.id).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    newest = mine.order_by(Notification.at.desc(), Notification.id.desc()).limit(1).scalar_subquery()
    counted = mine.limit(MOST_COUNTED).correlate(Account).subquery()
    return select(func.count()).select_from(counted).scalar_subquery(), newest


def popping(session: Session, account_id: str, *, after: str | None, limit: int = 5) -> list[Notification]:
    """The newest unread ones the browser is to say, the oldest first; those after the one with the id `after`."""
    mine = select(Notification).where(Notification.account_id == account_id, Notification.read_at.is_(None))
    if after is not None:
        seen = select(Notification.at).where(Notification.id == after, Notification.account_id == account_id).scalar_subquery()
        mine = mine.where(Notification.at >= seen, Notification.id != after)
    rows = session.scalars(mine.where(Notification.browser).order_by(Notification.at.desc(), Notification.id.desc()).limit(limit))
    return list(rows)[::-1]


def references(session: Session, rows: Collection[Notification]) -> Mapping[str, str]:
    """The numbers of the cases these are about, by the id of the case."""
    wanted = {one.complaint_id for one in rows if one.complaint_id}
    if not wanted:
        return {}
    found = session.execute(select(Complaint.id, Complaint.reference).where(Complaint.id.in_(wanted)))
    return {row.id: row.reference for row in found}


def mark(session: Session, account_id: str, notification_id: str, *, read: bool) -> Notification:
    """One is read, or is to be read again. Said twice, it stays as it was."""
    row = get(session, account_id, notification_id)
    if read != (row.read_at is not None):
        row.read_at = clock.now() if read else None
    return row


def mark_all(session: Session, account_id: str, *, until: datetime, read_at: datetime) -> int:
    """Everything told until then is read, all in the same instant `read_at`; says how much it was."""
    mine = update(Notification).where(Notification.account_id == account_id, Notification.read_at.is_(None), Notification.at <= until)
    return len(session.scalars(mine.values(read_at=read_at).returning(Notification.id)).all())


def unmark(session: Session, account_id: str, *, read_at: datetime) -> int:
    """What was read in that instant is to be read again: `mark_all` undone; says how much it was."""
    mine = update(Notification).where(Notification.account_id == account_id, Notification.read_at == read_at, Notification.shown)
    return len(session.scalars(mine.values(read_at=None).returning(Notification.id)).all())
