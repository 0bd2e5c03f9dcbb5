"""What people decide about their own account: language, time zone, theme, keys."""

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from engine import operations
from engine.errors import Invalid, Problem
from engine.extensions import Actor
from processes import account_fields, people
from processes.tables.people import Account


@dataclass(frozen=True, kw_only=True)
class Taste:
    """How somebody reads Redress. `time_zone` None: that of the house; `theme` None: as the device; `keyboard`: do single keys act?"""

    locale: str
    time_zone: str | None = None
    theme: str | None = None
    keyboard: bool = True


def of(account: Account) -> Taste:
    """As it is kept."""
    return Taste(locale=account.locale, time_zone=account.time_zone, theme=account.theme, keyboard=account.keyboard)


def keep(session: Session, taste: Taste, *, actor: Actor) -> Account:
    """Write down what somebody wants; Invalid for what there is not."""
    account_fields.demand_zone(taste.time_zone)
    if taste.locale not in account_fields.LOCALES:
        raise Invalid(problems=[Problem(code="INVALID", message="The languages are en and zh.", pointer="/locale")])
    if taste.theme is not None and taste.theme not in account_fields.THEMES:
        raise Invalid(problems=[Problem(code="INVALID", message="The themes are light and dark.", pointer="/theme")])
    account = people.get(session, actor.id)
    before = of(account)
    if taste != before:
        account.locale, account.time_zone, account.theme = taste.locale, taste.time_zone, taste.theme
        account.keyboard = taste.keyboard
        account.revision += 1
        operations.record(session, "settings_change", actor=actor, subject=account, before=asdict(before), after=asdict(taste))
    return account
