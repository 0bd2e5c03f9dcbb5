"""`@Lin Mei` in a comment: people are named as they are called, and kept by their account."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import Invalid, Problem
from processes import case_viewers
from processes.tables.cases import Complaint
from processes.tables.people import Account

LONGEST_NAME = 60
MOST = 20
MOST_LOOKED_UP = 100  # signs @ of a text; each may begin as many names as LONGEST_NAME, and a statement takes so many values only
_AT = re.compile(r"(?<![\w.@-])@(?=\S)")  # not the one of an e-mail address
MAY_NOT_SEE = "{name} may not see this case and cannot be mentioned here."
SEVERAL = "Several people are called {name}; write one of {ids} instead."
TOO_MANY = "Mention at most {most} people at once."


def read(session: Session, complaint: Complaint, text: str) -> tuple[str, list[str]]:
    """The text with `@` and the id of each account that is named (by id or name), and those ids. Raises Invalid for whom it may not be."""
    said, found, end = [], [], 0
    known = _named(session, text)
    for at in _AT.finditer(text):
        name = next((one for one in _beginnings(text, at.end()) if one in known), None)
        if name is None or at.start() < end:
            continue  # an @ that means nobody here stays what it is
        account = _one(name, known[name])
        said += [text[end : at.start()], "@", account.id]
        found.append(account)
        end = at.end() + len(name)
    people = {account.id: account for account in found}
    _demand_sight(session, complaint, people)
    return "".join([*said, text[end:]]), list(people)


def parts(text: str, account_ids: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """The text in pieces, each with the account it names or None."""
    if not account_ids:
        yield text, None
        return
    people = "|".join(re.escape(one) for one in sorted(account_ids, key=len, reverse=True))
    for number, piece in enumerate(re.split(rf"(?<![\w.@-])@({people})(?![A-Za-z0-9_-])", text)):
        if piece:
            yield piece, piece if number % 2 else None


def _beginnings(text: str, start: int) -> list[str]:
    """What may be a name there, the longest first."""
    rest = text[start : start + LONGEST_NAME].split("\n")[0]
    return [rest[:length] for length in range(len(rest), 0, -1) if _ends_there(rest, length)]


def _ends_there(rest: str, length: int) -> bool:
    """A Latin name or an id does not end in the middle of a word; a Chinese one may, for words are not parted."""
    return length == len(rest) or not (rest[length - 1].isascii() and re.match(r"[A-Za-z0-9_]", rest[length]))


def _named(session: Session, text: str) -> Mapping[str, Sequence[Account]]:
    """The active accounts that something behind an @ may mean, by what they are called; one statement, none without an @.

    Whoever is named for the first time behind `MOST_LOOKED_UP` of them is not: what is pasted may be full of them.
    """
    wanted = {one for at in islice(_AT.finditer(text), MOST_LOOKED_UP) for one in _beginnings(text, at.end())}
    if not wanted:
        return {}
    called = or_(Account.id.in_(wanted), Account.name.in_(wanted), Account.name_zh.in_(wanted))
    found: dict[str, dict[str, Account]] = {}
    for account in session.scalars(select(Account).where(Account.active, called).order_by(Account.id)):
        for name in (account.id, account.name, account.name_zh):
            if name:
                found.setdefault(name, {})[account.id] = account
    return {name: list(accounts.values()) for name, accounts in found.items()}


def _one(name: str, accounts: Sequence[Account]) -> Account:
    exact = next((one for one in accounts if one.id == name), None)
    if exact is None and len(accounts) > 1:
        ids = ", ".join(f"@{one.id}" for one in accounts)
        raise Invalid(problems=[Problem(code="MENTION", pointer="/text", message=SEVERAL.format(name=name, ids=ids))])
    return exact or accounts[0]


def _demand_sight(session: Session, complaint: Complaint, people: Mapping[str, Account]) -> None:
    if len(people) > MOST:
        raise Invalid(problems=[Problem(code="MENTION", pointer="/text", message=TOO_MANY.format(most=MOST))])
    seen = case_viewers.among(session, complaint, list(people)) if people else frozenset()
    barred = [account for account in people.values() if account.id not in seen]
    if barred:
        said = [Problem(code="MENTION", pointer="/text", message=MAY_NOT_SEE.format(name=account.name)) for account in barred]
        raise Invalid(problems=said)
