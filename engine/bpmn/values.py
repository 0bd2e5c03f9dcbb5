"""Process data as JSON text, without losing what JSON has no word for.

Decimal, date, datetime, timedelta, set and bytes are written as `{"$t": kind, "v": value}`; a user's own key `$t` is
wrapped, so no data can pose as another type. Anything else that is not JSON is refused with a TypeError.
"""

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import orjson

TAG = "$t"
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS

_ENCODERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    datetime.datetime: ("dt", lambda v: v.isoformat()),
    datetime.date: ("d", lambda v: v.isoformat()),
    decimal.Decimal: ("n", str),
    datetime.timedelta: ("td", lambda v: [v.days, v.seconds, v.microseconds]),
    set: ("s", lambda v: sorted(v, key=repr)),
    bytes: ("b", lambda v: v.hex()),
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "dt": datetime.datetime.fromisoformat,
    "d": datetime.date.fromisoformat,
    "n": decimal.Decimal,
    "td": lambda v: datetime.timedelta(*v),
    "s": set,
    "b": bytes.fromhex,
    "o": lambda v: v,
}


def _encode(value: Any) -> Any:
    kind = _ENCODERS.get(type(value))
    if kind is None:
        raise TypeError(f"{type(value).__name__} cannot be process data")
    return {TAG: kind[0], "v": kind[1](value)}


def _guard(value: Any) -> Any:
    """Wrap dicts that hold the tag as a key of their own."""
    if isinstance(value, dict):
        guarded = {k: _guard(v) for k, v in value.items()}
        return {TAG: "o", "v": {"": list(guarded.items())}} if TAG in value else guarded
    if isinstance(value, list | tuple):
        return [_guard(v) for v in value]
    return value


def _restore(value: Any) -> Any:
    if isinstance(value, dict):
        kind = value.get(TAG)
        if kind == "o":
            return {k: _restore(v) for k, v in value["v"][""]}
        if kind is not None:
            return _DECODERS[kind](value["v"])
        return {k: _restore(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_restore(v) for v in value]
    return value


def dumps(value: Any) -> str:
    """Process data as JSON text; TypeError names a type that cannot be process data."""
    text = orjson.dumps(value, default=_encode, option=_OPTIONS).decode()
    if TAG in text and _holds_tag(value):
        text = orjson.dumps(_guard(value), default=_encode, option=_OPTIONS).decode()
    return text


def _holds_tag(value: Any) -> bool:
    if isinstance(value, dict):
        return TAG in value or any(_holds_tag(v) for v in value.values())
    return isinstance(value, list | tuple) and any(_holds_tag(v) for v in value)


def loads(text: str) -> Any:
    """The inverse of `dumps`."""
    value = orjson.loads(text)
    return _restore(value) if TAG in text else value
