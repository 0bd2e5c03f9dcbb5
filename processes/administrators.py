"""There is always an administrator: whoever takes the role or the account away from the last one is refused."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import Conflict, Refused
from processes.tables.people import Account, Membership

ADMIN = "admin"
_ADMINISTRATORS = (
    select(Account.id)
    .join(Membership, Membership.account_id == Account.id)
    .where(Membership.group == ADMIN, Account.active)
    .order_by(Account.id)
)


class LastAdministrator(Conflict):
    """{who} is the last administrator; make somebody else one first."""

    code = "LAST_ADMINISTRATOR"


class OwnRoles(Refused):
    """Nobody gives roles to himself; ask another administrator."""

    code = "OWN_ROLES"


def lock(session: Session) -> None:
    """Two administrators who remove each other at once wait here for one another: the second sees what the first did."""
    session.execute(_ADMINISTRATORS.with_for_update()).all()


def demand_one_left(session: Session, *, but_for: str) -> None:
    """Refuse a change after which nobody would be left; `but_for` is whom it was about. `lock` comes before the change."""
    session.flush()  # what is counted is what the change made of it
    if not session.scalar(select(func.count()).select_from(_ADMINISTRATORS.order_by(None).subquery())):
        raise LastAdministrator(who=but_for)
