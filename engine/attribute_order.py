"""Lists of tasks in the order of a search attribute: `attributes.level`, `-attributes.status`.

What has the attribute comes first. The index of the attributes of instances that have not ended is walked in its order, and each
instance is asked for its open tasks: a page costs the same over 100,000 tasks. What has none follows, by due time. A cursor is
one of the first part, or, made for the order by due time, one of the second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, false, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from engine import definitions, paging
from engine.paging import Listing, Page, Query
from engine.tables import SearchAttribute, UserTask

PREFIX = "attributes."
AFTERWARDS = "due_at"  # the order of what has no such attribute
_MINE = SearchAttribute.instance_id == UserTask.root_id
_TYPES: Mapping[str, tuple[type, ...]] = {"text": (str,), "number": (int, float), "instant": (datetime,)}  # of values in a cursor
COLUMNS: Mapping[str, Any] = {"text": SearchAttribute.text, "number": SearchAttribute.number, "instant": SearchAttribute.instant}


@dataclass(frozen=True, kw_only=True)
class Order:
    """An attribute to sort by. `walked`: its index is, for open tasks; a few tasks, or closed ones, are each asked for its value."""

    name: str
    kind: str
    descending: bool
    walked: bool

    @property
    def key(self) -> tuple[Any, Any, Any]:
        """Equal values in the order of their instances, as the index has them; then of the tasks."""
        column = COLUMNS[self.kind]
        if self.walked:
            return column, SearchAttribute.instance_id, UserTask.id
        mine = select(column).where(_MINE, *_named(self))
        return mine.scalar_subquery(), UserTask.root_id, UserTask.id


def is_asked(sort: str) -> bool:
    """Whether this order is one of an attribute."""
    return sort.removeprefix("-").startswith(PREFIX)


def name(sort: str) -> str:
    """The attribute of such an order."""
    return sort.removeprefix("-").removeprefix(PREFIX)


def page(
    session: Session, statement: Select[UserTask], query: Query, *, listing: Listing, parameters: Mapping[str, Any], walked: bool
) -> Page[UserTask]:
    """One page of `statement`, in at most three statements. Invalid for an attribute that no live process declares."""
    order, limit = _order(session, query.sort, walked=walked), max(1, min(query.limit, paging.MAX_LIMIT))
    given = {**parameters, "attribute": order.name}
    if query.filter:
        statement = statement.where(*paging.conditions(query.filter, listing=listing))
    last = paging.read_cursor(query.cursor, query.sort, AFTERWARDS) if query.cursor else None
    rows = _first(session, statement, order, last, limit, given) if last is None or last[0] == query.sort else []
    items = [row[0] for row in rows[:limit]]
    if len(rows) > limit:
        return Page(items=items, next=_cursor(query.sort, rows[limit - 1]), limit=limit)
    rest = Query(sort=AFTERWARDS, cursor=query.cursor if not rows and last and last[0] == AFTERWARDS else None, limit=limit - len(items))
    others = paging.page(session, _without(statement, order), rest, listing=listing, parameters=given)
    if rest.limit == 0:  # a full page of the first part: whether more follows was asked
        return Page(items=items, next=_cursor(query.sort, rows[-1]) if others.items else None, limit=limit)
    return Page(items=[*items, *others.items], next=others.next, limit=limit)


def _order(session: Session, sort: str, *, walked: bool) -> Order:
    wanted, declared = name(sort), definitions.search_attributes(session)
    if wanted not in declared:
        known = ", ".join(sorted(declared)) or "none"
        raise paging.invalid("/sort", f"There is no order by the attribute '{wanted}'; those of the processes are {known}.")
    return Order(name=wanted, kind=declared[wanted], descending=sort.startswith("-"), walked=walked)


def _first(
    session: Session, statement: Select[UserTask], order: Order, last: tuple[str, Any, Any] | None, limit: int, given: Mapping[str, Any]
) -> Sequence[Any]:
    asked = _with(statement, order)
    if last is not None:
        asked = asked.where(_after(order, last[1], last[2]))
    return session.execute(asked, {**given, "rows": limit + 1}).unique().all()


@lru_cache(maxsize=200)
def _with(statement: Select[UserTask], order: Order) -> Select[Any]:
    listed = statement.join(SearchAttribute, _MINE).where(*_named(order)) if order.walked else statement.where(_has(order))
    ordered = listed.add_columns(*order.key).order_by(*(one.desc() if order.descending else one for one in order.key))
    return ordered.limit(bindparam("rows", type_=Integer))


@lru_cache(maxsize=200)
def _without(statement: Select[UserTask], order: Order) -> Select[UserTask]:
    return statement.where(~_has(order))


def _has(order: Order) -> ColumnElement[bool]:
    return exists().where(_MINE, *_named(order))


def _named(order: Order) -> Sequence[ColumnElement[bool]]:
    """Its rows; where the index is walked, those of ended instances are passed by."""
    alive = (SearchAttribute.ended == false(),) if order.walked else ()
    return (SearchAttribute.name == bindparam("attribute"), COLUMNS[order.kind].is_not(None), *alive)


def _after(order: Order, value: Any, ids: Any) -> ColumnElement[bool]:
    """Said of the instance first: that much the index answers."""
    root_id, _, task_id = str(ids).partition(" ")
    key, instance, task = order.key
    here, last = tuple_(key, instance), tuple_(literal(_value(order, value), key.type), literal(root_id))
    if order.descending:
        return and_(here <= last, or_(here < last, task < task_id))
    return and_(here >= last, or_(here > last, task > task_id))


def _value(order: Order, value: Any) -> Any:
    if not isinstance(value, _TYPES[order.kind]):
        raise paging.invalid("/cursor", "This cursor was made for another order.")
    return value


def _cursor(sort: str, row: Any) -> str:
    *_, value, root_id, task_id = row
    return paging.write_cursor(sort, value, f"{root_id} {task_id}")
