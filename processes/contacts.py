"""What is said to and by the customer: every letter and call is a record with its text; letters are mailed after the commit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock, job_rows
from engine.database import new_id
from engine.extensions import SYSTEM
from processes import cases, letters, notice_letters, search, sla_rows
from processes.notice_mail import MAIL_TOPIC
from processes.ports import Mail
from processes.tables.cases import Complaint, Customer
from processes.tables.correspondence import Contact
from processes.tables.people import Account

# Names every template may use; a letter that is sent without one of them says less, not nothing.
OPTIONAL = (
    *("items", "answer_until", "reason", "remedies", "into", "text", "next_date", "new_date", "provider", "agreement_no", "obligations"),
    *("amount", "performance_due", "voucher_no", "method", "process", "result", "improvement", "external_no"),
)
# What a letter is about: sending it without is a mistake.
NEEDED: Mapping[str, Sequence[str]] = {
    "T-MERGED": ("into",),
    "T-PRELIM": ("text",),
    "T-HOLDING": ("text",),
    "T-PROPOSAL": ("text",),
    "T-FINAL": ("text",),
    "T-SETTLEMENT": ("agreement_no",),
    "T-PAID": ("amount",),
    "T-RESULT": ("process", "result", "improvement"),
    "T-REG-REPLY": ("external_no", "text"),
}
ANONYMOUS = {"en": "Sir or Madam", "zh": "尊敬的客户"}


def send(
    session: Session,
    complaint: Complaint,
    template: str,
    *,
    key: str | None = None,
    by: str = SYSTEM.id,
    channel: str | None = None,
    to: str | None = None,
    **context: Any,
) -> Contact:
    """Write to the customer (or, with `to`, to another address) in his or her language: the contact record, and a mail job.

    `key` makes it one letter however often it is asked for (a service task gives its own). Who has no e-mail address has the
    record: it is read to him or her, or sent by post, as `channel` says.
    """
    name = f"{template}-{key or new_id()}"
    known = session.scalar(select(Contact).where(Contact.key == name))
    if known is not None:
        return known
    customer = cases.customer_of(session, complaint)
    address = to or (customer.email if customer is not None else None)
    letter = letters.render(session, template, complaint.locale, **_context(session, complaint, customer, template, context))
    row = Contact(
        id=new_id(),
        key=name,
        complaint_id=complaint.id,
        direction="out",
        channel=channel or ("email" if address else _channel(complaint, customer)),
        at=clock.now(),
        by=by,
        template=template,
        locale=complaint.locale,
        address=address,
        subject=letter.subject,
        text=letter.text,
    )
    session.add(row)
    search.index_contact(session, complaint, row)
    if address:
        job_rows.add_effect(session, MAIL_TOPIC, asdict(Mail(key=name, to=address, subject=letter.subject, text=letter.text)))
    return row


def record(
    session: Session,
    complaint: Complaint,
    text: str,
    *,
    direction: str,
    channel: str,
    by: str,
    at: datetime | None = None,
    reached: bool | None = None,
    key: str | None = None,
) -> Contact:
    """A call, a visit or something that came in (`direction`: in, out)."""
    row = Contact(
        id=new_id(),
        key=key or new_id(),
        complaint_id=complaint.id,
        direction=direction,
        channel=channel,
        at=at or clock.now(),
        by=by,
        text=text,
        reached=reached,
    )
    session.add(row)
    search.index_contact(session, complaint, row)
    return row


def of_case(session: Session, complaint: Complaint, *, template: str | None = None) -> Sequence[Contact]:
    """Everything said in a case (or the letters of one template), in order."""
    mine = select(Contact).where(Contact.complaint_id == complaint.id)
    if template is not None:
        mine = mine.where(Contact.template == template)
    return session.scalars(mine.order_by(Contact.at, Contact.id)).all()


def _channel(complaint: Complaint, customer: Customer | None) -> str:
    return (customer.preferred_contact if customer is not None else None) or complaint.channel


def _context(session: Session, complaint: Complaint, customer: Customer | None, template: str, given: dict[str, Any]) -> dict[str, Any]:
    due = {row.clock: row.due for row in sla_rows.running(session, complaint)}
    owner = session.get(Account, complaint.case_owner) if complaint.case_owner else None
    resolve_by = due.get("C-RESOLVE")
    return {
        **{name: None for name in OPTIONAL if name not in NEEDED.get(template, ())},
        "reference": complaint.reference,
        "name": (customer.name if customer is not None else complaint.customer_name) or ANONYMOUS[complaint.locale],
        "owner": notice_letters.shown_name(owner, complaint.locale) if owner is not None else None,
        "status": complaint.status,
        "first_by": due.get("C-FIRST"),
        "resolve_by": resolve_by,
        "resolve_late": resolve_by is not None and resolve_by < clock.now(),
        **given,
    }
