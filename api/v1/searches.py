"""The bodies of POST .../search: `{"filter": {...}, "sort": "-due_at", "page": {"limit": 50, "cursor": "..."}}`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from api.v1.shapes import NAME, Input, Instant, sorts, text
from engine.paging import DEFAULT_LIMIT, MAX_LIMIT

OPERATORS = ("$eq", "$neq", "$gt", "$gte", "$lt", "$lte")
ATTRIBUTES = "attributes."
OR = "$or"


class PageOf(Input):
    """Which page."""

    limit = fields.Integer(strict=True, load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    cursor = text(1000, metadata={"description": "`page.next` of the page before."})


class Comparison(fields.Field[Any]):
    """A filter of one field: a value, null, or operators (`{"$gte": ..., "$lt": ...}`)."""

    def __init__(self, value: fields.Field[Any], *, kind: Mapping[str, Any]) -> None:
        operators = {name: dict(kind) for name in OPERATORS}
        operators |= {"$in": {"type": "array", "items": dict(kind), "maxItems": 200}, "$exists": {"type": "boolean"}}
        if kind.get("type") == "string" and "format" not in kind:
            operators["$like"] = dict(kind)
        compared = {"type": "object", "properties": operators, "additionalProperties": False, "minProperties": 1}
        super().__init__(allow_none=True, metadata={"anyOf": [dict(kind), compared, {"type": "null"}]})
        self.value = value
        self.operators = operators

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            return self.value.deserialize(value)
        if not value or not self.operators.keys() >= value.keys():
            raise ma.ValidationError(f"The operators here are {', '.join(self.operators)}.")
        return {name: self._operand(name, operand) for name, operand in value.items()}

    def _operand(self, name: str, operand: Any) -> Any:
        if name == "$in":
            return fields.List(self.value, validate=validate.Length(max=200)).deserialize(operand)
        if name == "$exists":
            return fields.Boolean(truthy={True}, falsy={False}).deserialize(operand)
        return self.value.deserialize(operand)


def compared_text() -> Comparison:
    """A filter of a text."""
    return Comparison(fields.String(validate=validate.Length(max=NAME)), kind={"type": "string", "maxLength": NAME})


def compared_instant() -> Comparison:
    """A filter of an instant."""
    return Comparison(Instant(), kind={"type": "string", "format": "date-time"})


def compared_number() -> Comparison:
    """A filter of a whole number."""
    bounds = {"minimum": -(2**31), "maximum": 2**31 - 1}
    number = fields.Integer(strict=True, validate=validate.Range(bounds["minimum"], bounds["maximum"]))
    return Comparison(number, kind={"type": "integer", **bounds})


class Filter(Input):
    """Fields to compare, `attributes.<name>`, and `$or` over filters of the same shape."""

    class Meta:
        """Names of attributes are not known beforehand."""

        unknown = ma.INCLUDE

    @ma.validates_schema(skip_on_field_errors=True)
    def known(self, data: Mapping[str, Any], **_: Any) -> None:
        """Besides the fields, only search attributes."""
        for name, value in data.items():
            if name in self.fields:
                continue
            if not str(name).startswith(ATTRIBUTES):
                raise ma.ValidationError(f"There is no field '{name}' to filter by.", name)
            _ATTRIBUTE.deserialize(value)

    @ma.post_load
    def alternatives(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Each alternative is a filter of this shape, one level deep."""
        if OR in data:
            inner = type(self)(exclude=(OR,))
            data[OR] = [inner.load(one) for one in data[OR]]
        return data


class _Scalar(fields.Field[Any]):
    """A text or a number that fits 64 bit."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or (isinstance(value, str) and len(value) > NAME):
            raise ma.ValidationError("An attribute is compared with a text or a number.")
        return value


_ATTRIBUTE = Comparison(_Scalar(), kind={"type": ["string", "number"]})


def filter_of(name: str, **compared: Comparison) -> type[Filter]:
    """The filter shape of a resource."""
    either = fields.List(
        fields.Dict(keys=fields.String()), validate=validate.Length(1, 20), metadata={"description": "Any of these filters."}
    )
    return type(name, (Filter,), {"__doc__": Filter.__doc__, **compared, OR: either})


def search_of(name: str, filter_: type[Filter], *orders: str) -> type[Input]:
    """The search body of a resource."""
    return type(
        name,
        (Input,),
        {
            "__doc__": "A filter, an order, a page.",
            "filter": fields.Nested(filter_, load_default=dict),
            "sort": sorts(*orders),
            "page": fields.Nested(PageOf, load_default=dict),
        },
    )
