"""Reading and writing JSON: exact numbers in, one way to write every value out.

In: fractions become Decimal, never float; what could not be stored (lone surrogates, NUL, numbers beyond 64 bit, NaN) is
refused here. Out: Decimal as string, instants as RFC 3339 in UTC with Z.
"""

import datetime
import json
from decimal import Decimal, InvalidOperation
from typing import Any

import isodate
import orjson
from flask import current_app, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from api.errors import BadRequest, TooLarge, UnsupportedMediaType

_LARGEST_EXPONENT = 64
_NUL = b"\\u0000"


def body(*, limit: int | None = None) -> Any:
    """The JSON body of the current request; `{}` when there is none. `limit` in bytes, as set for JSON by default."""
    limit = limit or current_app.extensions["redress"].settings.max_json_bytes
    request.max_content_length = limit
    try:
        raw = request.get_data(cache=True)
    except RequestEntityTooLarge as error:
        raise TooLarge(limit=limit) from error
    except ClientDisconnected as error:
        raise BadRequest(reason="the body ended early") from error
    if not raw and not request.mimetype:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(wanted="application/json")
    return loads(raw)


def loads(raw: bytes) -> Any:
    """Strict JSON (RFC 8259, UTF-8) as Python values with exact numbers."""
    try:
        orjson.loads(raw)  # stricter than the standard library: UTF-8, surrogates, depth, NaN
        if _NUL in raw:
            raise ValueError("a text holds the character NUL")
        return _EXACT.decode(raw.decode())
    except orjson.JSONDecodeError as error:
        raise BadRequest(reason=f"the body is not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise BadRequest(reason=str(error) if isinstance(error, ValueError) else "the body is nested too deeply") from error


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("a number is out of range") from error
    if len(text) > _LARGEST_EXPONENT or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("a number is out of range")
    return number


def _whole(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError("a whole number is beyond 64 bit")
    return int(text)


_EXACT = json.JSONDecoder(parse_float=_exact, parse_int=_whole)


def dumps(value: Any) -> bytes:
    """Any value of the product as JSON."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return isodate.duration_isoformat(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON")


def instant(value: datetime.datetime) -> str:
    """RFC 3339; in UTC with Z if it has a zone."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat() + "Z"
