"""People of the house as they are looked for by whoever has to name one: by name or account, without knowing either by heart."""

import re
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from processes.account_fields import ID
from processes.tables.people import Account

LONGEST = 160  # a name with its account behind it
_NAMED = (Account.name, Account.name_zh)
_BEHIND = re.compile(rf"[(（]({ID.pattern})[)）]$")


def like(session: Session, text: str, *, limit: int) -> Sequence[Account]:
    """Active accounts that have this in their name or id, by name; at most `limit`, however many there are."""
    named = or_(*(column.icontains(text, autoescape=True) for column in (Account.id, *_NAMED)))
    return session.scalars(select(Account).where(Account.active, named).order_by(func.lower(Account.name), Account.id).limit(limit)).all()


def identified(session: Session, typed: str, *, pointer: str) -> str:
    """The account that is meant: by its id, by a name with the id behind it, `Wang Fang (u_lead1)`, or by a name only one has.

    What fits nobody is given back as it is: whoever needs the account says that there is none. Invalid, at `pointer`, when
    several people have this name.
    """
    typed = typed.strip()
    behind = _BEHIND.search(typed)
    if behind is not None:
        return behind[1]
    if not typed or session.get(Account, typed) is not None:
        return typed
    called = or_(*(func.lower(column) == typed.lower() for column in _NAMED))
    found = session.scalars(select(Account.id).where(Account.active, called).order_by(Account.id).limit(2)).all()
    if len(found) > 1:
        message = f"Several people are called '{typed}': choose one with the account behind the name."
        raise Invalid(problems=[Problem(code="SEVERAL", message=message, pointer=pointer)])
    return found[0] if found else typed
