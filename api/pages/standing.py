"""Who is away and who stands in, as the frame of every page says it to those it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g, request

from api.pages import door, wording
from processes import deputies
from processes.tables.people import Account, Deputy

FRAMELESS = frozenset({"pages.bell"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somebody, as what (all: None), and until when."""

    who: str
    role: str | None
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`entry_id` and `until` say that the person is away; `for_me` stand in, `for_others` does the person."""

    entry_id: str | None
    until: datetime | None
    for_me: Sequence[Place]
    for_others: Sequence[Place]


def remember() -> None:
    """Before a page with a frame: asked only about those somebody's absence concerns now, which came with who they are."""
    person = door.known()
    if person is None or not person.concerned or "HX-Request" in request.headers or request.endpoint in FRAMELESS:
        return
    me = person.actor.id
    with door.reads() as session:
        rows = deputies.around(session, me)
        away = [row for row, _, _ in rows if row.account_id == me and row.absent]
        g.standing = Standing(
            entry_id=away[-1].id if away else None,
            until=away[-1].ends_at if away else None,
            for_me=[_place(other, row) for row, first, other in rows if first.id == me and other is not None],
            for_others=[_place(first, row) for row, first, _ in rows if row.deputy_id == me],
        )


def _place(who: Account, row: Deputy) -> Place:
    return Place(who=wording.name_of(who), role=row.role, until=row.ends_at)
