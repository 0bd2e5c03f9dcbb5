"""Lists of tasks: whose, how they stand, of which process, with which text or attributes; over 100,000 as over ten.

A list walks an index of the open tasks in its order and asks each entry two things the index answers: who has the task, and to
whom it is offered (its audience, `offers.py`). Only of what passes is asked whether the person is excluded from it.

Whoever has few tasks would wait until those of everybody else are passed. So some are looked for by who has them and by audience
first: when these few are all, the list is made of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, joinedload

from engine import attribute_order, clock, paging
from engine.database import Instant
from engine.extensions import Actor
from engine.paging import Listing, Page, Query, conditions, page
from engine.tables import NEVER, TASK_IS_OPEN, ProcessDefinition, UserTask, UserTaskCandidate
from engine.task_tables import AudienceMember

Scope = Literal["mine", "groups", "unassigned", "open", "delegated"]
Standing = Literal["due_today", "at_risk", "breached", "follow_up"]
Day = tuple[datetime, datetime]
SCOPES: tuple[Scope, ...] = get_args(Scope)
STANDINGS: tuple[Standing, ...] = get_args(Standing)
FEW = 200  # fetched and put in order in a few milliseconds; whoever has more of 100,000 has a page of them early in the walk

_NEVER: ColumnElement[Any] = literal_column(NEVER, Instant())  # in words, so that it is the expression of the index
_DUE = func.coalesce(UserTask.due_at, _NEVER, type_=Instant())
LISTING = Listing(
    fields={
        "id": UserTask.id,
        "state": UserTask.state,
        "assignee": UserTask.assignee,
        "owner": UserTask.owner,
        "element_id": UserTask.element_id,
        "definition_id": UserTask.definition_id,
        "instance_id": UserTask.instance_id,
        "root_id": UserTask.root_id,
        "business_key": UserTask.business_key,
        "priority": UserTask.priority,
        "due_at": UserTask.due_at,
        "follow_up_at": UserTask.follow_up_at,
        "created_at": UserTask.created_at,
    },
    sorts={
        "due_at": _DUE,
        # Working time grows with the instant, so the least working time left is the earliest due time; what is paused is in no hurry.
        "slack": case((UserTask.paused, _NEVER), else_=_DUE),
        "created_at": UserTask.created_at,
        "priority": UserTask.priority,
        "follow_up_at": func.coalesce(UserTask.follow_up_at, _NEVER, type_=Instant()),
    },
    id=UserTask.id,
    default_sort="due_at",
    attributes_of=UserTask.root_id,
)

_ONE_CASE = frozenset({"id", "root_id", "business_key"})  # whose few tasks have an index of their own


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which tasks are asked for.

    `scope`: `mine`: assigned to the person; `groups`: mine, and what the person may take; `unassigned`: of these, what nobody
    has; `delegated`: what the person gave to somebody and waits for; `open`: all but what the person is excluded from.
    `standing`: `due_today` within `day` (from, to), `at_risk`, `breached`, `follow_up` (its day has come).
    `process`: key of a definition. `text`: part of the business key; `keys`: those the product found by the same text.
    `filter`: as `paging.conditions` takes it.
    """

    scope: Scope = "groups"
    standing: Standing | None = None
    day: Day | None = None
    process: str | None = None
    text: str = ""
    keys: Sequence[str] = ()
    filter: Mapping[str, Any] = field(default_factory=dict)


def search(session: Session, actor: Actor, query: Query, *, wanted: Wanted) -> Page[UserTask]:
    """One page of them, by due time unless the query has another order, which may be that of an attribute (`-attributes.level`);
    `query.filter` is asked for beside `wanted`."""
    given = parameters(actor, wanted)
    few = None if _of_any_state(wanted, query) or _ONE_CASE & query.filter.keys() else _few(session, actor, wanted.scope)
    if few is not None:
        given["few"] = few
    if attribute_order.is_asked(query.sort):
        walked = few is None and not _of_any_state(wanted, query) and not _ONE_CASE & query.filter.keys()
        listed = _listed(wanted, query, few=few is not None)
        return attribute_order.page(session, listed, query, listing=LISTING, parameters=given, walked=walked)
    return page(session, _listed(wanted, query, few=few is not None), query, listing=LISTING, parameters=given)


def _few(session: Session, actor: Actor, scope: Scope) -> Sequence[str] | None:
    """The open tasks of this scope, and maybe some the person is excluded from; None where there are more than a few."""
    if scope not in _APART:
        return None
    found = session.scalars(_first(scope), parameters(actor, Wanted(scope=scope))).all()
    return found if len(found) <= FEW else None


@cache
def _first(scope: Scope) -> CompoundSelect[Any]:
    parts = (select(UserTask.id).where(TASK_IS_OPEN, whose).limit(FEW + 1).subquery() for whose in _APART[scope])
    return union_all(*(select(part.c.id) for part in parts))


def pages(session: Session, actor: Actor, query: Query, *, wanted: Wanted) -> Iterator[Sequence[UserTask]]:
    """All of them, for an export."""
    return paging.pages(session, lambda query: search(session, actor, query, wanted=wanted), query)


def parameters(actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """The values statements are built without."""
    begins, ends = wanted.day or (clock.now(), clock.now())
    known = {"actor": actor.id, "groups": sorted(actor.groups), "now": clock.now(), "begins": begins, "ends": ends}
    used = _PARAMETERS[wanted.scope] | _MOMENTS.get(wanted.standing or "", frozenset())
    return {name: value for name, value in known.items() if name in used}


_PARAMETERS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("mine", "delegated", "open"), frozenset({"actor"})),
    **dict.fromkeys(("groups", "unassigned"), frozenset({"actor", "groups"})),
}
_MOMENTS: Mapping[str, frozenset[str]] = {
    "due_today": frozenset({"begins", "ends"}),
    **dict.fromkeys(("at_risk", "breached", "follow_up"), frozenset({"now"})),
}


def _of_any_state(wanted: Wanted, query: Query) -> bool:
    return "state" in query.filter or "state" in wanted.filter


def _listed(wanted: Wanted, query: Query, *, few: bool) -> Select[UserTask]:
    statement = _within(wanted.scope, wanted.standing, any_state=_of_any_state(wanted, query), few=few)
    return statement.where(*more) if (more := list(_rest(wanted))) else statement


@cache
def _within(scope: Scope, standing: Standing | None, *, any_state: bool, few: bool) -> Select[UserTask]:
    """Built once: making a statement costs more than running it."""
    wanted = _conditions(_SCOPES[scope], standing)[1 if any_state else 0 :]
    these = (UserTask.id.in_(bindparam("few", expanding=True)),) if few else ()
    return select(UserTask).options(joinedload(UserTask.candidates)).where(*wanted, *these)


def counted(wanted: Wanted) -> list[list[ColumnElement[bool]]]:
    """What is asked for, as conditions on open tasks that share none: to be counted one after the other."""
    apart = wanted.scope == "groups" and wanted.standing != "follow_up"  # of those there are few: their own index is the way
    scopes: Sequence[Scope] = ("mine", "unassigned") if apart else (wanted.scope,)
    rest = list(_rest(wanted))
    return [[*_within_to_count(scope, wanted.standing), *rest] for scope in scopes]


@cache
def _within_to_count(scope: Scope, standing: Standing | None) -> Sequence[ColumnElement[bool]]:
    whose = _FREE_TO_COUNT if scope == "unassigned" and standing != "follow_up" else _SCOPES[scope]
    return _conditions(whose, standing)


def _conditions(whose: Sequence[ColumnElement[bool]], standing: Standing | None) -> Sequence[ColumnElement[bool]]:
    """Of open tasks in this standing; what excludes somebody is asked last."""
    return (TASK_IS_OPEN, *whose, *([_STANDINGS[standing]] if standing else []), ~_excluded())


def _excluded() -> ColumnElement[bool]:
    row = UserTaskCandidate
    return exists().where(row.user_task_id == UserTask.id, row.kind == "excluded", row.name == bindparam("actor"))


def offered_to_me(audience: Any) -> ColumnElement[bool]:
    """Whether `:actor` or one of `:groups` is in this audience."""
    row = AudienceMember
    groups = and_(row.kind == "group", row.name.in_(bindparam("groups", expanding=True)))
    mine = select(row.audience).where(or_(groups, and_(row.kind == "user", row.name == bindparam("actor"))))
    return audience.in_(mine)  # type: ignore[no-any-return]  # of a column, which is typed as anything here


_MINE = UserTask.assignee == bindparam("actor")
_FREE = and_(UserTask.assignee.is_(None), offered_to_me(UserTask.audience))
_OURS = case((UserTask.assignee.is_(None), offered_to_me(UserTask.audience)), else_=_MINE)
_SCOPES: Mapping[Scope, Sequence[ColumnElement[bool]]] = {
    "mine": (_MINE,),
    # As a question about each entry of the index that has the order of the list. Said with OR, all that is found is sorted first.
    "groups": (_OURS,),
    "unassigned": (case((UserTask.assignee.is_(None), offered_to_me(UserTask.audience)), else_=false()),),
    "open": (),
    "delegated": (UserTask.owner == bindparam("actor"),),
}
# Where only counting is asked for, the index of audiences is the shorter way.
_FREE_TO_COUNT: Sequence[ColumnElement[bool]] = (_FREE,)
_APART: Mapping[Scope, Sequence[ColumnElement[bool]]] = {"groups": (_MINE, _FREE), "unassigned": (_FREE,)}  # each has its index


def _moment(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=Instant())


_STANDINGS: Mapping[Standing, ColumnElement[bool]] = {
    "due_today": and_(_moment("begins") <= _DUE, _moment("ends") > _DUE),
    "at_risk": and_(UserTask.warn_at <= _moment("now"), _moment("now") <= _DUE, UserTask.paused.is_(False)),
    "breached": and_(_moment("now") > _DUE, UserTask.paused.is_(False)),
    "follow_up": UserTask.follow_up_at <= _moment("now"),
}


def _rest(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.process:
        yield UserTask.definition_id.in_(select(ProcessDefinition.id).where(ProcessDefinition.key == wanted.process))
    if wanted.text:
        holds = UserTask.business_key.icontains(wanted.text, autoescape=True)
        yield or_(holds, UserTask.business_key.in_(wanted.keys)) if wanted.keys else holds
    yield from conditions(wanted.filter, listing=LISTING)
