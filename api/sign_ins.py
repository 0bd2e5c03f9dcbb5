"""What somebody is signed in with: browser sessions and tokens, seen and ended; and what goes with it when an account is closed."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api import accounts
from api.accounts import Issued
from api.tables import ApiToken, BrowserSession, Credential, PasswordLink
from engine import clock, operations
from engine.errors import Conflict, NotFound
from engine.extensions import Actor
from processes import account_changes, people
from processes.tables.people import Account

MOST_TOKENS = 50
LONGEST_HOURS = 24 * 366


def browsers(session: Session, account_id: str) -> int:
    """How many browsers somebody is signed in with."""
    live = BrowserSession.account_id == account_id, BrowserSession.expires_at > clock.elapsed()
    return session.scalar(select(func.count()).where(*live)) or 0


def tokens(session: Session, account_id: str) -> Sequence[ApiToken]:
    """The live tokens of an account, the newest first."""
    live = select(ApiToken).where(ApiToken.account_id == account_id, ApiToken.expires_at > clock.elapsed())
    return session.scalars(live.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())).all()


def has_password(session: Session, account_id: str) -> bool:
    """Whether somebody can sign in with a password."""
    return session.get(Credential, account_id) is not None


def link_of(session: Session, account_id: str) -> PasswordLink | None:
    """The link by which somebody may choose a password now, without its secret."""
    live = select(PasswordLink).where(PasswordLink.account_id == account_id, PasswordLink.expires_at > clock.elapsed())
    return session.scalar(live)


def issue_token(session: Session, account_id: str, *, name: str, hours: int, actor: Actor) -> Issued:
    """A token somebody makes for himself (`passwords.prove` comes before); Conflict when there are too many."""
    if len(tokens(session, account_id)) >= MOST_TOKENS:
        raise Conflict(reason=f"there are {MOST_TOKENS} tokens already; revoke some of them")
    issued = accounts.issue_token(session, account_id, name=name, hours=hours)
    operations.record(session, "token_create", actor=actor, subject=people.get(session, account_id), after={"name": name, "hours": hours})
    return issued


def revoke_token(session: Session, account_id: str, token_id: str, *, actor: Actor) -> None:
    """End one token; NotFound for one that is not of this account."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id:
        raise NotFound(kind="token", id=token_id)
    session.delete(token)
    operations.record(session, "token_revoke", actor=actor, subject=people.get(session, account_id), before={"name": token.name})


def end_all(session: Session, account_id: str, *, actor: Actor) -> None:
    """Sign somebody out everywhere."""
    account = people.get(session, account_id)
    accounts.sign_out_everywhere(session, account_id)
    operations.record(session, "sign_out_everywhere", actor=actor, subject=account)


def set_active(session: Session, account_id: str, *, active: bool, reason: str | None, actor: Actor) -> Account:
    """Let somebody in again, or no longer: then nothing he or she was signed in with comes back with the account."""
    account = account_changes.set_active(session, account_id, active=active, reason=reason, actor=actor)
    if not active:
        accounts.sign_out_everywhere(session, account_id)
        link = session.get(PasswordLink, account_id)
        if link is not None:
            session.delete(link)
    return account
