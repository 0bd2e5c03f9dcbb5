"""What requests and answers look like: shared parts. The shapes of one resource stand in its own file.

Input shapes are loaded and refuse unknown names. Output shapes only document: views build plain dicts, because dumping
through marshmallow costs more than everything else in a request; schemathesis holds the two together.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from engine.paging import DEFAULT_LIMIT, MAX_LIMIT, Page

SHORT, NAME, LONG = 100, 200, 2000


class Input(ma.Schema):
    """A body or a query that is accepted: unknown names are refused."""

    class Meta:
        """marshmallow's own."""

        unknown = ma.RAISE


class Output(ma.Schema):
    """An answer, for the document."""


def text(limit: int = NAME, **more: Any) -> fields.String:
    """A text that is not empty, as input."""
    return fields.String(validate=validate.Length(1, limit), **more)


def shown(description: str = "", *, example: Any = None) -> fields.String:
    """A text that is always there, as output."""
    return fields.String(required=True, metadata=_metadata(description, example))


def maybe(description: str = "", *, example: Any = None) -> fields.String:
    """A text or null, as output."""
    return fields.String(required=True, allow_none=True, metadata=_metadata(description, example))


def moment(description: str = "", *, null: bool = False) -> fields.String:
    """An instant as output: RFC 3339 in UTC."""
    return fields.String(required=True, allow_none=null, metadata={"format": "date-time", **_metadata(description, "2026-03-10T08:00:00Z")})


def money(description: str = "", *, null: bool = False) -> fields.String:
    """An amount as output: a decimal as text."""
    return fields.String(required=True, allow_none=null, metadata={"pattern": r"^-?\d+(\.\d+)?$", **_metadata(description, "44.85")})


def whole(description: str = "") -> fields.Integer:
    """A whole number as output."""
    return fields.Integer(required=True, metadata=_metadata(description, None))


def truth(description: str = "") -> fields.Boolean:
    """Yes or no, as output."""
    return fields.Boolean(required=True, metadata=_metadata(description, None))


def data(description: str = "", *, null: bool = False) -> fields.Dict:
    """Names and values of any kind, as output."""
    return fields.Dict(required=True, allow_none=null, metadata=_metadata(description, None))


def texts(description: str = "") -> fields.List[Any]:
    """A list of texts, as output."""
    return fields.List(fields.String(), required=True, metadata=_metadata(description, None))


def many(schema: type[ma.Schema], description: str = "") -> fields.List[Any]:
    """A list of shapes, as output."""
    return fields.List(fields.Nested(schema), required=True, metadata=_metadata(description, None))


def _metadata(description: str, example: Any) -> dict[str, Any]:
    return {name: value for name, value in (("description", description), ("examples", [example] if example else None)) if value}


class Instant(fields.AwareDateTime):
    """An instant as input: RFC 3339 with a zone, kept as aware UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", default_timezone=None, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or len(value) < 16 or value[10] not in "Tt":  # RFC 3339 only, of all that ISO 8601 allows
            raise self.make_error("invalid", input=value, obj_type="RFC 3339 instant")
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type="RFC 3339 instant") from error


class ListQuery(Input):
    """What every list takes."""

    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT), metadata={"description": "Items a page."})
    cursor = text(1000, metadata={"description": "`page.next` of the page before."})


def sorts(*names: str) -> fields.String:
    """The order of a list: a name, with `-` in front for descending."""
    allowed = [prefix + name for name in names for prefix in ("", "-")]
    return fields.String(validate=validate.OneOf(allowed), metadata={"description": "Order; `-` for descending."})


class DryRunQuery(Input):
    """Repairs can be tried: the same rights, nothing changed."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Check and say what would happen; change nothing."})


class Reason(Input):
    """Why a repair is made: it goes into the audit trail."""

    reason = text(LONG, required=True, metadata={"description": "Why. Kept in the audit trail.", "examples": ["The mail server is back."]})


class PageInfo(Output):
    """Where a list goes on."""

    next = maybe("Cursor of the next page; null at the end.")
    limit = whole("Items a page.")


class Problem(Output):
    """One thing that is wrong, and where."""

    code = shown()
    message = shown("A sentence that says what to do.")
    severity = fields.String(required=True, validate=validate.OneOf(["error", "warning"]))
    pointer = fields.String(metadata={"description": "JSON pointer into what was sent.", "examples": ["/values/approved_amount"]})
    file = fields.String()
    element = fields.String(metadata={"description": "Id of the element of the diagram."})
    name = fields.String()
    line = fields.Integer()
    rule = fields.String()


class ProblemDetails(Output):
    """RFC 9457 problem details."""

    type = shown(example="urn:redress:problem:task-closed")
    title = shown(example="Task closed")
    status = whole()
    detail = shown("What happened, as a sentence.")
    code = shown("A stable word for programs.", example="TASK_CLOSED")
    trace_id = shown("Under this id the request is found in the log.")
    retryable = truth("May the same request succeed later as it is?")
    errors = many(Problem)
    missing = fields.List(fields.String(), metadata={"description": "Permissions or groups that are missing (403)."})
    who_can = fields.List(fields.String(), metadata={"description": "Roles or groups that may do it (403)."})


class Action(Output):
    """Something that can be done, whether this person may, and if not, why and who can."""

    name = shown(example="claim")
    allowed = truth()
    code = maybe()
    reason = maybe()
    who_can = texts()


class Effect(Output):
    """Something a dry run would do."""

    kind = shown(example="retry")
    subject_kind = shown(example="job")
    subject_id = shown()
    message = shown()


class DryRun(Output):
    """What would happen."""

    dry_run = truth()
    effects = many(Effect)


def would(*effects: tuple[str, str, str, str]) -> dict[str, Any]:
    """The answer of a dry run, from (kind, subject kind, subject id, sentence)."""
    names = ("kind", "subject_kind", "subject_id", "message")
    return {"dry_run": True, "effects": [dict(zip(names, effect, strict=True)) for effect in effects]}


@cache
def list_of(schema: type[ma.Schema]) -> type[ma.Schema]:
    """The page shape of a resource."""
    shape = Output.from_dict({"items": many(schema), "page": fields.Nested(PageInfo, required=True)}, name=f"{schema.__name__}List")
    return shape


def page_json(page: Page[Any], items: Sequence[Any]) -> dict[str, Any]:
    """A page as it is answered."""
    return {"items": list(items), "page": {"next": page.next, "limit": page.limit}}
