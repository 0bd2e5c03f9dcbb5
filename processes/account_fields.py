"""What may be written about an account: its shape, and what has to exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from processes.tables.people import Account, Department

LOCALES = ("en", "zh")
THEMES = ("light", "dark")
RESERVED = frozenset({"me", "system", "public", "customer", "command_line", "installer"})  # actors that are no accounts, and a path
LONGEST_NAME = 100
LONGEST_ADDRESS = 254  # RFC 5321
ID = re.compile(r"[a-z][a-z0-9_.-]{1,39}")
GROUP = re.compile(r"[a-z][a-z0-9_]{1,59}")
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


@dataclass(frozen=True, kw_only=True)
class Person:
    """What an administrator says about an account."""

    name: str
    name_zh: str | None = None
    email: str | None = None
    locale: str = "zh"
    department: str | None = None
    manager_id: str | None = None
    groups: frozenset[str] = frozenset()

    def plain(self) -> dict[str, Any]:
        """For the audit trail, and to compare with what was."""
        return {one.name: getattr(self, one.name) for one in fields(self)} | {"groups": sorted(self.groups)}


def of(account: Account) -> Person:
    """What is written about an account now; its memberships must be loaded."""
    groups = frozenset(row.group for row in account.memberships)
    return Person(**{one.name: getattr(account, one.name) for one in fields(Person) if one.name != "groups"}, groups=groups)


def demand_id(session: Session, account_id: str) -> None:
    """Refuse an id that is none, or taken."""
    if not ID.fullmatch(account_id) or account_id in RESERVED:
        _refuse("/id", "An account begins with a letter and has 2 to 40 small letters, digits, dots, hyphens or underscores.")
    if session.get(Account, account_id) is not None:
        _refuse("/id", f"There is already an account '{account_id}'.", code="TAKEN")


def demand(session: Session, account_id: str, person: Person) -> None:
    """Refuse what cannot be written about this account, naming every place."""
    problems = [*_of_texts(person), *_of_others(session, account_id, person)]
    if problems:
        raise Invalid(problems=problems)


def _of_texts(person: Person) -> Iterator[Problem]:
    if not 1 <= len(person.name.strip()) <= LONGEST_NAME:
        yield _problem("/name", f"A name has 1 to {LONGEST_NAME} characters.")
    if person.name_zh is not None and not 1 <= len(person.name_zh.strip()) <= LONGEST_NAME:
        yield _problem("/name_zh", f"A name has 1 to {LONGEST_NAME} characters.")
    if person.email is not None and (len(person.email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(person.email)):
        yield _problem("/email", "This is not an e-mail address such as name@example.com.")
    if person.locale not in LOCALES:
        yield _problem("/locale", "The languages are en and zh.")
    for group in sorted(person.groups):
        if not GROUP.fullmatch(group):
            yield _problem("/groups", f"'{group[:60]}' cannot be the name of a group: small letters, digits and underscores.")


def _of_others(session: Session, account_id: str, person: Person) -> Iterator[Problem]:
    if person.department is not None and session.get(Department, person.department) is None:
        yield _problem("/department", f"There is no department '{person.department[:60]}'.", code="UNKNOWN")
    if person.manager_id is None:
        return
    managers = dict(session.execute(select(Account.id, Account.manager_id)).all())
    if person.manager_id not in managers:
        yield _problem("/manager_id", f"There is no account '{person.manager_id[:60]}'.", code="UNKNOWN")
        return
    above: str | None = person.manager_id
    seen: set[str] = set()
    while above is not None and above not in seen:
        if above == account_id:
            yield _problem("/manager_id", "Nobody is his or her own manager, nor that of somebody above.")
            return
        seen.add(above)
        above = managers.get(above)


def demand_zone(zone: str | None) -> None:
    """Refuse a time zone that does not exist."""
    if zone is not None and zone not in zones():
        _refuse("/time_zone", f"There is no time zone '{zone[:60]}'; it is written like Asia/Shanghai.", code="UNKNOWN")


@cache
def zones() -> tuple[str, ...]:
    """The time zones people live in, by name."""
    places = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return tuple(sorted(one for one in available_timezones() if one.startswith(places) or one == "UTC"))


def _problem(pointer: str, message: str, *, code: str = "INVALID") -> Problem:
    return Problem(code=code, message=message, pointer=pointer)


def _refuse(pointer: str, message: str, *, code: str = "INVALID") -> None:
    raise Invalid(problems=[_problem(pointer, message, code=code)])
