"""How people want to be told: per kind of event in the bell, by the browser, by mail at once or in the digest; or not at all."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.tables.notifications import NotificationRule

Kind = Literal[
    "assigned",  # a task is given to somebody by another person, or opens for exactly this person
    "delegated",  # somebody asks for help with a task
    "returned",  # what was delegated comes back
    "mention",  # somebody writes @name
    "watched",  # something happens in a case somebody watches
    "case",  # something happens in a case somebody has a part in
    "deadline",  # a deadline comes near
    "breached",  # a deadline is missed
    "escalated",  # a supervisor is called
    "absence",  # standing in for somebody begins or ends
    "incident",  # a case does not go on, for those who repair
]
Mail = Literal["off", "now", "digest"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAILS: tuple[Mail, ...] = get_args(Mail)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one is told of one kind of event. `deputy`: whoever stands in is told, too, while one is away."""

    screen: bool = True
    browser: bool = False
    mail: Mail = "off"
    deputy: bool = True


# What waits for oneself is mailed at once, what one may want to know comes with the digest. What is meant for the person
# and not for the work (a mention, an absence) does not go to the deputy.
USUAL: Mapping[Kind, Rule] = {
    "assigned": Rule(browser=True, mail="now"),
    "delegated": Rule(browser=True, mail="now"),
    "returned": Rule(browser=True, mail="now"),
    "mention": Rule(browser=True, mail="now", deputy=False),
    "watched": Rule(mail="digest", deputy=False),
    "case": Rule(mail="now"),
    "deadline": Rule(browser=True, mail="digest"),
    "breached": Rule(browser=True, mail="now"),
    "escalated": Rule(browser=True, mail="now"),
    "absence": Rule(mail="now", deputy=False),
    "incident": Rule(browser=True, mail="now"),
}


def of(session: Session, account_id: str) -> Mapping[Kind, Rule]:
    """This person's rule for every kind of event, in the order of `KINDS`."""
    rows = session.scalars(select(NotificationRule).where(NotificationRule.account_id == account_id))
    own = {row.kind: _rule(row) for row in rows}
    return {kind: own.get(kind, USUAL[kind]) for kind in KINDS}


def of_kind(session: Session, account_ids: Collection[str], kind: Kind) -> Mapping[str, Rule]:
    """The rules of these people for one kind, by account, in one statement."""
    rows = session.scalars(select(NotificationRule).where(NotificationRule.account_id.in_(account_ids), NotificationRule.kind == kind))
    own = {row.account_id: _rule(row) for row in rows}
    return {account_id: own.get(account_id, USUAL[kind]) for account_id in account_ids}


def _rule(row: NotificationRule) -> Rule:
    mail: Mail = next((one for one in MAILS if one == row.mail), "off")
    return Rule(screen=row.screen, browser=row.browser, mail=mail, deputy=row.deputy)


def keep(session: Session, account_id: str, rules: Mapping[Kind, Rule]) -> None:
    """Write down how somebody wants to be told; kinds that are not named stay as they are."""
    for kind, rule in rules.items():
        session.merge(NotificationRule(account_id=account_id, kind=kind, **asdict(rule)))
