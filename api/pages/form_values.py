"""What was typed into a form, as people read it: choices by their names, rows of lists one under the other; and two of them compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages import plain_forms, wording
from api.pages.plain_forms import LIST, Schema
from api.pages.texts import gettext

Field = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field that was filled in differently here and there; `better` is the side that says anything, if only one does."""

    name: str
    label: str
    mine: str
    theirs: str
    better: str


def said(field: Field, value: Any) -> str:
    """One value in words; nothing is a dash."""
    if _is_blank(value):
        return "–"
    if field.get("type") == LIST:
        return "\n".join(_row(field, number, row) for number, row in enumerate(value, start=1))
    names = {wording.choice(one["value"]): str(one.get("label") or one["value"]) for one in field.get("values") or ()}
    if isinstance(value, list):
        return gettext(", ").join(names.get(wording.choice(one), str(one)) for one in value)
    known = names.get(wording.choice(value))
    return known or (wording.plain(value) if isinstance(value, bool) else str(value))


def _row(field: Field, number: int, row: Mapping[str, Any]) -> str:
    cells = [said(one, row.get(plain_forms.name_of(one))) for one in plain_forms.fields(field)]
    return f"{number}. {gettext(', ').join(cell for cell in cells if cell != '–') or '–'}"


def filled_in(schema: Schema, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything that says something, under the names of the fields."""
    found = ((_label(field), field, values.get(plain_forms.name_of(field))) for field in plain_forms.fields(schema))
    return [(label, said(field, value)) for label, field, value in found if not _is_blank(value) and value is not False]


def differences(schema: Schema, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """The fields that can be filled in and are not the same on both sides."""
    only_shown = plain_forms.read_only(schema)
    found = []
    for field in plain_forms.fields(schema):
        name = plain_forms.name_of(field)
        here, there = (_plainest(field, values.get(name)) for values in (mine, theirs))
        if name not in only_shown and here != there:
            better = "theirs" if here is None else "mine" if there is None else ""
            found.append(Difference(name=name, label=_label(field), mine=said(field, here), theirs=said(field, there), better=better))
    return found


def chosen(mine: Mapping[str, Any], theirs: Mapping[str, Any], names_of_theirs: Sequence[str]) -> dict[str, Any]:
    """The values of this side, but those fields as they are on the other."""
    kept = {name: value for name, value in mine.items() if name not in names_of_theirs}
    return kept | {name: theirs[name] for name in names_of_theirs if name in theirs}


def _label(field: Field) -> str:
    return str(field.get("label") or field.get("dateLabel") or plain_forms.name_of(field))


def _is_blank(value: Any) -> bool:
    return value is None or value == "" or value == []


def _plainest(field: Field, value: Any) -> Any:
    """The value with every way of saying nothing made one, and numbers as the text they are kept as."""
    if _is_blank(value) or (field.get("type") == "checkbox" and value is False):
        return None
    if field.get("type") == LIST:
        return [{name: one for name, one in row.items() if not _is_blank(one)} for row in plain_forms.jsonable(value)]
    return plain_forms.jsonable(value)
