"""Who a case is about: people named in it never see it, nor do their managers (X-27)."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.tables.cases import Complaint
from processes.tables.people import Account

STAFF_NUMBER = re.compile(r"工号\s*[::]?\s*([A-Za-z0-9-]+)|\bstaff\s*(?:no\.?|number)\s*:?\s*([A-Za-z0-9-]+)", re.IGNORECASE)


def named_in(session: Session, complaint: Complaint) -> list[str]:
    """`staff:A117` for a staff number in what is complained about, accounts it or `complained_user` means, and their managers."""
    found: list[str] = []
    wanted = [complaint.complained_user] if complaint.complained_user else []
    for one in STAFF_NUMBER.finditer(complaint.complained_object or ""):
        number = one[1] or one[2]
        found.append(f"staff:{number}")
        wanted += [number, f"u_{number.lower()}"]
    accounts = session.scalars(select(Account).where(Account.id.in_(wanted)).order_by(Account.id)) if wanted else ()
    for account in accounts:
        found += [account.id, *([account.manager_id] if account.manager_id else [])]
    return list(dict.fromkeys(found))
