"""How many tasks each filter of the list would show: one statement for all of them, and none counts further than anybody reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from engine.extensions import Actor
from engine.tables import UserTask
from engine.task_lists import SCOPES, STANDINGS, Day, Scope, Wanted, counted, parameters

COUNTED = 999  # more are '999+': nobody works off an exact thousand, and 100,000 rows are not counted every two seconds
_ONE: ColumnElement[int] = literal_column("1")


def counts(session: Session, actor: Actor, wanted: Mapping[str, Wanted]) -> dict[str, int]:
    """By the same names; COUNTED + 1 stands for more."""
    if not wanted:
        return {}
    given: dict[str, Any] = {}
    for one in wanted.values():
        given |= parameters(actor, one)
    columns = (_capped(one).label(f"c{number}") for number, one in enumerate(wanted.values()))
    found = session.execute(select(*columns), given).one()
    return {name: min(number, COUNTED + 1) for name, number in zip(wanted, found, strict=True)}


def _capped(wanted: Wanted) -> ColumnElement[int]:
    parts = [select(_ONE).select_from(UserTask).where(*one).limit(COUNTED + 1).subquery() for one in counted(wanted)]
    found = [select(func.count()).select_from(part).scalar_subquery() for part in parts]
    return sum(found[1:], start=found[0])


def standard(
    session: Session,
    actor: Actor,
    *,
    scope: Scope,
    day: Day | None,
    scopes: Sequence[Scope] = SCOPES,
    more: Mapping[str, Wanted] | None = None,
) -> dict[str, int]:
    """The filters everybody has: these scopes, and within `scope` how tasks stand; with `more` of one's own. One statement.

    `groups` is `mine` and `unassigned`, which share no task. `day`: from and to of today.
    """
    wanted: dict[str, Wanted] = {one: Wanted(scope=one) for one in scopes if one != "groups"}
    wanted |= {one: Wanted(scope=scope, standing=one, day=day) for one in STANDINGS}
    found = counts(session, actor, wanted | dict(more or {}))
    return found | {"groups": min(found["mine"] + found["unassigned"], COUNTED + 1)}
