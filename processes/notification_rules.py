"""How people want to be told: per kind of event on the screen, by the browser, by mail at once or in the daily digest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.tables.people import NotificationRule

Event = Literal["task_assigned", "task_offered", "deadline_near", "deadline_missed", "mentioned", "case_watched", "escalated"]
Mail = Literal["off", "now", "digest"]
EVENTS: tuple[Event, ...] = get_args(Event)
MAILS: tuple[Mail, ...] = get_args(Mail)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one is told of one kind of event."""

    screen: bool = True
    browser: bool = False
    mail: Mail = "off"


# What concerns oneself is mailed at once; what concerns a group is seen on the screen; escalations are never silent.
USUAL: Mapping[Event, Rule] = {
    "task_assigned": Rule(browser=True, mail="now"),
    "task_offered": Rule(),
    "deadline_near": Rule(browser=True, mail="digest"),
    "deadline_missed": Rule(browser=True, mail="now"),
    "mentioned": Rule(browser=True, mail="now"),
    "case_watched": Rule(mail="digest"),
    "escalated": Rule(browser=True, mail="now"),
}


def of(session: Session, account_id: str) -> Mapping[Event, Rule]:
    """This person's rule for every kind of event, in the order of `EVENTS`."""
    rows = session.scalars(select(NotificationRule).where(NotificationRule.account_id == account_id))
    own = {row.event: Rule(screen=row.screen, browser=row.browser, mail=_mail(row.mail)) for row in rows}
    return {event: own.get(event, USUAL[event]) for event in EVENTS}


def _mail(kept: str) -> Mail:
    return next((one for one in MAILS if one == kept), "off")


def keep(session: Session, account_id: str, rules: Mapping[Event, Rule]) -> None:
    """Write down how somebody wants to be told; kinds that are not named stay as they are."""
    for event, rule in rules.items():
        row = NotificationRule(account_id=account_id, event=event, screen=rule.screen, browser=rule.browser, mail=rule.mail)
        session.merge(row)
