"""Lists: filters, one sort key, and a keyset cursor, so that page 400 costs what page 1 costs.

A filter is `{"state": "open", "due_at": {"$lt": instant}, "$or": [{...}, {...}], "attributes.level": {"$gte": 3}}`.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, false, literal, or_, tuple_
from sqlalchemy.orm import Session

from engine.bpmn import values
from engine.errors import Invalid, Problem
from engine.tables import SearchAttribute

R = TypeVar("R")
DEFAULT_LIMIT = 50
MAX_LIMIT = 200

_OPERATORS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "$eq": lambda column, value: column == value,
    "$neq": lambda column, value: column != value,
    "$gt": lambda column, value: column > value,
    "$gte": lambda column, value: column >= value,
    "$lt": lambda column, value: column < value,
    "$lte": lambda column, value: column <= value,
    "$in": lambda column, value: column.in_(value),
    "$like": lambda column, value: column.like(value),
    "$exists": lambda column, value: column.is_not(None) if value else column.is_(None),
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """What a list is asked for. `sort` is a field name, with `-` in front for descending."""

    filter: Mapping[str, Any] = field(default_factory=dict)
    sort: str = ""
    cursor: str | None = None
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, kw_only=True)
class Page(Generic[R]):
    """One page; `next` is the cursor of the following one, None at the end."""

    items: Sequence[R]
    next: str | None
    limit: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Listing:
    """How one kind of row may be filtered and sorted; made once. Sort columns must not be NULL (wrap them in coalesce).

    `attributes_of` is the column holding the instance id, where `attributes.<name>` may be filtered.
    """

    fields: Mapping[str, Any]
    sorts: Mapping[str, Any]
    id: Any
    default_sort: str
    attributes_of: Any = None


def page(session: Session, statement: Select[R], query: Query, *, listing: Listing, parameters: Mapping[str, Any] | None = None) -> Page[R]:
    """Read one page of `statement` (made once, not with every call); an unknown field, operator, sort or cursor is Invalid.

    `parameters` are the values the statement was built without.
    """
    limit = max(1, min(query.limit, MAX_LIMIT))
    name = (query.sort or listing.default_sort).lstrip("-")
    descending = (query.sort or listing.default_sort).startswith("-")
    if name not in listing.sorts:
        raise invalid("/sort", f"There is no order by '{name}'; known are {', '.join(sorted(listing.sorts))}.")
    equal = {field: value for field, value in query.filter.items() if field in listing.fields and isinstance(value, str)}
    prepared = _prepared(statement, listing, name, descending, tuple(equal))
    if others := {field: value for field, value in query.filter.items() if field not in equal}:
        prepared = prepared.where(*conditions(others, listing=listing))
    if query.cursor:
        prepared = prepared.where(_after(query.cursor, listing, name, descending))
    given = {**(parameters or {}), **{f"equal_{field}": value for field, value in equal.items()}, "rows": limit + 1}
    rows = session.execute(prepared, given).unique().all()
    more = len(rows) > limit
    items = [row[0] for row in rows[:limit]]
    last = rows[limit - 1] if more else None
    return Page(items=items, next=write_cursor(name, last[-2], last[-1]) if last else None, limit=limit)


def pages(session: Session, search: Callable[[Query], Page[R]], query: Query) -> Iterator[Sequence[R]]:
    """All of a list, some hundred at a time: what an export streams. `search` reads one page with this session."""
    query = replace(query, limit=MAX_LIMIT)
    while True:
        found = search(query)
        yield found.items
        if found.next is None:
            return
        session.expunge_all()  # what was written to the wire is not kept
        query = replace(query, cursor=found.next)


@lru_cache(maxsize=500)
def _prepared(statement: Select[R], listing: Listing, sort: str, descending: bool, equal: tuple[str, ...]) -> Select[Any]:
    """The list in its order, of rows in which these fields have a given value: building a statement costs more than running it."""
    key = listing.sorts[sort]
    wanted = (listing.fields[field] == bindparam(f"equal_{field}") for field in equal)
    order = (key.desc(), listing.id.desc()) if descending else (key, listing.id)
    return statement.where(*wanted).add_columns(key, listing.id).order_by(*order).limit(bindparam("rows", type_=Integer))


def _after(cursor: str, listing: Listing, sort: str, descending: bool) -> ColumnElement[bool]:
    _, key_value, id_value = read_cursor(cursor, sort)
    key = listing.sorts[sort]
    last = tuple_(literal(key_value, key.type), literal(id_value, listing.id.type))  # typed: an Instant is stored as text on SQLite
    return tuple_(key, listing.id) < last if descending else tuple_(key, listing.id) > last


def conditions(filter_: Mapping[str, Any], *, listing: Listing, pointer: str = "/filter") -> list[ColumnElement[bool]]:
    """A filter as SQL conditions, all of which must hold."""
    found: list[ColumnElement[bool]] = []
    for name, wanted in filter_.items():
        here = f"{pointer}/{name}"
        if name == "$or":
            found.append(_any_of(wanted, listing=listing, pointer=here))
            continue
        if name.startswith("attributes.") and listing.attributes_of is not None:
            found.append(_attribute(name.removeprefix("attributes."), wanted, listing=listing, pointer=here))
            continue
        if name not in listing.fields:
            raise invalid(here, f"There is no field '{name}' to filter by; known are {', '.join(sorted(listing.fields))}.")
        found.extend(_compare(listing.fields[name], wanted, pointer=here))
    return found


def _any_of(alternatives: Any, *, listing: Listing, pointer: str) -> ColumnElement[bool]:
    if not isinstance(alternatives, list) or not all(isinstance(one, dict) for one in alternatives):
        raise invalid(pointer, "'$or' takes a list of filters.")
    parts = [and_(*conditions(one, listing=listing, pointer=f"{pointer}/{n}")) for n, one in enumerate(alternatives) if one]
    return or_(*parts) if parts else false()


def _compare(column: Any, wanted: Any, *, pointer: str) -> list[ColumnElement[bool]]:
    if not isinstance(wanted, dict):
        return [column == wanted if wanted is not None else column.is_(None)]
    found = []
    for operator, value in wanted.items():
        if operator not in _OPERATORS:
            raise invalid(f"{pointer}/{operator}", f"There is no operator '{operator}'; known are {', '.join(_OPERATORS)}.")
        if operator == "$in" and not isinstance(value, list):
            raise invalid(f"{pointer}/$in", "'$in' takes a list.")
        found.append(_OPERATORS[operator](column, value))
    return found


def _attribute(name: str, wanted: Any, *, listing: Listing, pointer: str) -> ColumnElement[bool]:
    sample = next(iter(wanted.values()), None) if isinstance(wanted, dict) else wanted
    sample = sample[0] if isinstance(sample, list) and sample else sample
    column = SearchAttribute.number if isinstance(sample, int | float | Decimal) else SearchAttribute.text
    if isinstance(sample, Decimal):
        wanted = {op: float(v) for op, v in wanted.items()} if isinstance(wanted, dict) else float(wanted)
    return exists().where(
        SearchAttribute.instance_id == listing.attributes_of, SearchAttribute.name == name, *_compare(column, wanted, pointer=pointer)
    )


def write_cursor(sort: str, key: Any, id_: Any) -> str:
    """Where a page ended, for `read_cursor`."""
    return base64.urlsafe_b64encode(values.dumps([sort, key, id_]).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *sorts: str) -> tuple[str, Any, Any]:
    """The order it was made for, the value and the id it ended with. Invalid when it was made for none of these orders."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, key, id_ = values.loads(base64.urlsafe_b64decode(padded.encode()).decode())
    except (ValueError, binascii.Error, TypeError, KeyError) as error:
        raise invalid("/cursor", "This cursor was not made by this list.") from error
    if made_for not in sorts or isinstance(key, dict | list) or isinstance(id_, dict | list):
        raise invalid("/cursor", "This cursor was made for another order.")
    return made_for, key, id_


def invalid(pointer: str, message: str) -> Invalid:
    """A list that was asked for something it does not have."""
    return Invalid(problems=[Problem(code="QUERY", message=message, pointer=pointer)])
