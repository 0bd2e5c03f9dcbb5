"""Filters of the list of tasks that people keep under a name and a colour, for themselves or for a group they are in."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, NotFound, Problem, Refused, RevisionChanged
from engine.extensions import Actor
from engine.paging import conditions
from engine.task_lists import LISTING, SCOPES, STANDINGS, Day, Wanted
from engine.task_tables import SavedFilter

COLOURS = ("grey", "blue", "teal", "green", "amber", "red", "purple")
LONGEST_NAME = 60
MOST = 20  # of one person: each is counted whenever the list is looked at
MOST_SHOWN = 40  # with those of others
NAMES = frozenset({"scope", "standing", "process", "text", "filter", "sort"})


class TooMany(Conflict):
    """You keep {most} filters already; delete one first."""

    code = "TOO_MANY_FILTERS"


class NotYours(Refused):
    """This filter belongs to {who}, who alone can change it; you can keep one of your own like it."""

    code = "NOT_YOURS"


def visible(session: Session, actor: Actor) -> Sequence[SavedFilter]:
    """The person's own and those shared with his or her groups, by name; of the shared, as many as can be counted at each look."""
    mine = select(SavedFilter).where(or_(SavedFilter.owner == actor.id, SavedFilter.shared_with.in_(sorted(actor.groups))))
    found = session.scalars(mine.order_by(SavedFilter.owner != actor.id, SavedFilter.name, SavedFilter.id).limit(MOST_SHOWN))
    return sorted(found, key=lambda row: (row.name, row.id))


def get(session: Session, filter_id: str, *, actor: Actor) -> SavedFilter:
    """One of those; what is neither the person's own nor shared is not there."""
    found = session.get(SavedFilter, filter_id)
    if found is None or (found.owner != actor.id and found.shared_with not in actor.groups):
        raise NotFound(kind="saved filter", id=filter_id)
    return found


def add(session: Session, *, actor: Actor, name: str, colour: str, shared_with: str | None, wanted: Mapping[str, Any]) -> SavedFilter:
    """Keep a filter. `wanted` has (some of) the NAMES; Invalid names what is wrong with it."""
    _check(actor, name=name, colour=colour, shared_with=shared_with, wanted=wanted)
    own = session.scalars(select(SavedFilter.id).where(SavedFilter.owner == actor.id)).all()
    if len(own) >= MOST:
        raise TooMany(most=MOST)
    row = SavedFilter(owner=actor.id, name=name.strip(), colour=colour, shared_with=shared_with, wanted=dict(wanted))
    row.created_at = clock.now()
    session.add(row)
    session.flush()  # its id is answered
    return row


def change(session: Session, filter_id: str, *, actor: Actor, revision: int | None, **changes: Any) -> SavedFilter:
    """Rename, recolour, share, or filter by something else: only its owner."""
    row = own(session, filter_id, actor=actor)
    if revision is not None and revision != row.revision:
        raise RevisionChanged()
    now: dict[str, Any] = {name: getattr(row, name) for name in ("name", "colour", "shared_with", "wanted")} | changes
    _check(actor, **now)
    for name, value in now.items():
        setattr(row, name, value.strip() if name == "name" else value)
    row.revision += 1
    return row


def remove(session: Session, filter_id: str, *, actor: Actor) -> None:
    """Forget it: only its owner."""
    session.delete(own(session, filter_id, actor=actor))


def own(session: Session, filter_id: str, *, actor: Actor) -> SavedFilter:
    """A filter this person may change."""
    row = get(session, filter_id, actor=actor)
    refusal = refusal_to_change(row, actor=actor)
    if refusal is not None:
        raise refusal
    # Read again and held: what is compared and changed from here on is what there is; in another window it may have been deleted.
    held = select(SavedFilter).where(SavedFilter.id == filter_id).with_for_update().execution_options(populate_existing=True)
    now = session.scalar(held)
    if now is None:
        raise NotFound(kind="saved filter", id=filter_id)
    return now


def refusal_to_change(row: SavedFilter, *, actor: Actor) -> Refused | None:
    """Why this person may not change it."""
    return None if row.owner == actor.id else NotYours(who=row.owner, who_can=[row.owner])


def asked(row: SavedFilter, *, sees_all: bool, day: Day, keys: Sequence[str]) -> Wanted:
    """What it asks for, for a person: who may not see all tasks is shown those of the groups. `keys` as in `Wanted`."""
    kept = row.wanted
    scope = kept.get("scope", "groups")
    return Wanted(
        scope=scope if scope != "open" or sees_all else "groups",
        standing=kept.get("standing"),
        day=day,
        process=kept.get("process"),
        text=kept.get("text", ""),
        keys=keys,
        filter=kept.get("filter", {}),
    )


def _check(actor: Actor, *, name: str, colour: str, shared_with: str | None, wanted: Mapping[str, Any]) -> None:
    problems = []
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problems.append(_problem("name", f"Give the filter a name of at most {LONGEST_NAME} characters."))
    if colour not in COLOURS:
        problems.append(_problem("colour", "Choose one of the colours."))
    if shared_with is not None and shared_with not in actor.groups:
        problems.append(_problem("shared_with", "A filter is shared with a group you are in."))
    if not wanted.keys() <= NAMES or wanted.get("scope", "groups") not in SCOPES or wanted.get("standing") not in (None, *STANDINGS):
        problems.append(_problem("wanted", "Such a filter of tasks is not known."))
    if problems:
        raise Invalid(problems=problems)
    conditions(wanted.get("filter", {}), listing=LISTING, pointer="/wanted/filter")


def _problem(field: str, message: str) -> Problem:
    return Problem(code="INVALID", message=message, pointer=f"/{field}")
