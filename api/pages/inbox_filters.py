"""The left pane: filters everybody has and filters people keep, each with its count; and the fields to narrow the list down."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api import days
from api.pages import door, inbox_asked, inbox_words, language, wording
from api.pages.inbox_asked import Asked
from api.pages.people_names import Names
from engine import definitions, saved_filters, user_task_counts
from engine.saved_filters import COLOURS
from engine.tables import ProcessDefinition
from engine.task_lists import SCOPES, STANDINGS, Scope
from engine.task_tables import SavedFilter
from processes import task_texts


def parts(session: Session, asked: Asked, names: Names, live: Sequence[ProcessDefinition]) -> dict[str, Any]:
    """Everything of the pane."""
    declared = {name: kind for one in live for name, kind in definitions.diagram(session, one.id).search_attributes}
    return {
        **counted(session, asked, names),
        "chips": asked.chips,
        "processes": dict(sorted(((one.key, wording.name_of(one)) for one in live), key=lambda item: item[1])),
        "attributes": dict(sorted(((name, inbox_words.attribute(name)) for name in declared), key=lambda item: item[1])),
        "operators": inbox_words.OPERATORS,
        "sorts": inbox_words.SORTS,
        "attribute_sorts": inbox_words.attribute_sorts(declared),
        "levels": inbox_asked.LEVELS,
        **choices(),
    }


def choices() -> dict[str, Any]:
    """What a filter that is kept can have: colours, and the groups it can be shared with."""
    return {
        "colours": inbox_words.COLOURS,
        "my_groups": {one: wording.group_name(one) for one in sorted(door.actor().groups)},
        "most_saved": saved_filters.LONGEST_NAME,
    }


def counted(session: Session, asked: Asked, names: Names) -> dict[str, Any]:
    """The filters with how many tasks each has: two statements, and one for each kept filter by a text."""
    day, sees_all, actor = days.today(language.time_zone()), inbox_asked.sees_all(), door.actor()
    scopes = [one for one in SCOPES if one != "open" or sees_all]
    kept = saved_filters.visible(session, actor)
    keys = {row.id: task_texts.references(session, row.wanted.get("text", ""), actor=actor) for row in kept}
    more = {row.id: saved_filters.asked(row, sees_all=sees_all, day=day, keys=keys[row.id]) for row in kept}
    found = user_task_counts.standard(session, actor, scope=asked.scope, day=day, scopes=scopes, more=more)
    names.learn(row.owner for row in kept)
    return {
        "scopes": [_scope(one, asked, found) for one in sorted(scopes, key=list(inbox_words.SCOPES).index)],
        "standings": [_standing(one, asked, found) for one in STANDINGS],
        "saved": [_saved(row, asked, found, names) for row in kept],
    }


def _count(found: Mapping[str, int], name: str) -> dict[str, Any]:
    return {"count": inbox_words.count(found[name], user_task_counts.COUNTED), "none": found[name] == 0}


def _scope(one: Scope, asked: Asked, found: Mapping[str, int]) -> dict[str, Any]:
    label, icon = inbox_words.SCOPES[one]
    return {"label": label, "icon": icon, "url": asked.url(scope=one), "current": one == asked.scope, **_count(found, one)}


def _standing(one: Any, asked: Asked, found: Mapping[str, int]) -> dict[str, Any]:
    label, icon = inbox_words.STANDINGS[one]
    current = one == asked.standing
    url = asked.url(standing=None if current else one)
    return {"label": label, "icon": icon, "url": url, "current": current, "name": one, **_count(found, one)}


def _saved(row: SavedFilter, asked: Asked, found: Mapping[str, int], names: Names) -> dict[str, Any]:
    args = inbox_asked.of_saved(row.wanted)
    return {
        "id": row.id,
        "label": row.name,
        "colour": row.colour if row.colour in COLOURS else COLOURS[0],
        "shared_with": row.shared_with,
        "shared": wording.group_name(row.shared_with) if row.shared_with else "",
        "owner": names(row.owner),
        "mine": row.owner == door.actor().id,
        "revision": row.revision,
        "url": url_for("pages.tasks", **args),
        "current": _same(args, asked.args),
        **_count(found, row.id),
    }


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return {name: _plain(value) for name, value in one.items()} == {name: _plain(value) for name, value in other.items()}


def _plain(value: Any) -> Sequence[str] | str:
    return sorted(map(str, value)) if isinstance(value, list | tuple) else str(value)
