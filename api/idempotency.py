"""Idempotency-Key: a POST that is sent again gets the answer it had, and does nothing again.

The answer is stored in the transaction of the work itself, so there is never one without the other; what was refused is
not stored, and may be tried again with the same key. Keyed by account, method, path and key, for 24 hours of real time.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from flask import Request, Response
from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api import exact_json
from api.errors import BadRequest, IdempotencyKeyReused, StillRunning
from api.tables import IdempotencyRecord
from engine import clock
from engine.database import Database, connection_of, unit_of_work
from engine.errors import RedressError

HEADER = "Idempotency-Key"
FIELD = "idempotency_key"  # of a form
KEPT_FOR = timedelta(hours=24)
LONGEST = 255
_PRIMARY_KEY = ("account_id", "method", "path", "key")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_STARTED = 0  # in place of the status of an answer that is not there yet
_SHAPE = re.compile(rf"[!-~]{{1,{LONGEST}}}")


@dataclass(frozen=True, kw_only=True)
class Key:
    """What makes a request the same request, and the digest of what it asks for."""

    account_id: str
    method: str
    path: str
    key: str
    fingerprint: str


def key_of(request: Request, body: Any, *, account_id: str) -> Key | None:
    """The key of this request, if it has one and is a POST; other methods are idempotent by themselves."""
    given = request.headers.get(HEADER)
    if given is None or request.method != "POST":
        return None
    if _SHAPE.fullmatch(given) is None:
        raise BadRequest(reason=f"an {HEADER} has 1 to {LONGEST} visible ASCII characters")
    return _key(request, given, body, account_id=account_id)


def key_in_form(request: Request, body: Any, *, account_id: str) -> Key:
    """The key a page put into its form (`fresh`); a form that came back without one is a request of its own."""
    given = request.form.get(FIELD, "")
    return _key(request, given if _SHAPE.fullmatch(given) else fresh(), body, account_id=account_id)


def fresh() -> str:
    """A key for a form: sent twice, it is one request."""
    return secrets.token_urlsafe(24)


def _key(request: Request, given: str, body: Any, *, account_id: str) -> Key:
    return Key(account_id=account_id, method=request.method, path=request.path, key=given, fingerprint=_fingerprint(request, body))


def _fingerprint(request: Request, body: Any) -> str:
    """Of the parsed body: a repetition may be written with other white space, or another multipart boundary."""
    asked = [request.query_string.decode("latin-1"), body]
    return hashlib.sha256(exact_json.dumps(_sorted(asked))).hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def once(database: Database, key: Key, work: Callable[[Session], Response]) -> Response:
    """Do the work and keep its answer, or give the answer kept before."""
    with unit_of_work(database) as session:
        if not _taken(session, key):
            return _again(session, key)
        response = work(session)
        _keep(session, key, response)
        return response


def once_over_many(database: Database, key: Key, work: Callable[[], Response]) -> Response:
    """The same for work that is many units of work of its own. Sent again while it goes on, it is refused; so it is when the server
    died meanwhile, for then nobody knows how far it came. What was refused as a whole has not begun, and may be sent again."""
    with unit_of_work(database) as session:
        if not _taken(session, key):
            return _again(session, key)
    try:
        response = work()
    except RedressError:
        with unit_of_work(database) as session:
            mine = (getattr(IdempotencyRecord, name) == getattr(key, name) for name in _PRIMARY_KEY)
            session.execute(delete(IdempotencyRecord).where(*mine))
        raise
    with unit_of_work(database) as session:
        _keep(session, key, response)
    return response


def _taken(session: Session, key: Key) -> bool:
    """Write the record first: of two at once the second waits here until the first is done, also on PostgreSQL."""
    now = clock.elapsed()
    fresh = {"status": _STARTED, "headers": "{}", "body": b"", "created_at": now, "expires_at": now + KEPT_FOR}
    row = {name: getattr(key, name) for name in (*_PRIMARY_KEY, "fingerprint")} | fresh
    return connection_of(session).execute(_TAKE[session.get_bind().dialect.name], row).first() is not None


def _take(insert: Any) -> Any:
    """Built once, it runs with every write. An expired record is taken over."""
    statement = insert(IdempotencyRecord)
    fresh = {name: statement.excluded[name] for name in ("fingerprint", "status", "headers", "body", "created_at", "expires_at")}
    expired = IdempotencyRecord.expires_at <= statement.excluded.created_at
    return statement.on_conflict_do_update(index_elements=_PRIMARY_KEY, set_=fresh, where=expired).returning(IdempotencyRecord.key)


_TAKE = {"sqlite": _take(sqlite.insert), "postgresql": _take(postgresql.insert)}
_KEEP = update(IdempotencyRecord).where(*(getattr(IdempotencyRecord, name) == bindparam(f"the_{name}") for name in _PRIMARY_KEY))


def _again(session: Session, key: Key) -> Response:
    record = session.get_one(IdempotencyRecord, (key.account_id, key.method, key.path, key.key))
    if record.fingerprint != key.fingerprint:
        raise IdempotencyKeyReused()
    if record.status == _STARTED:
        raise StillRunning()
    response = Response(record.body, record.status, headers=orjson.loads(record.headers))
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _keep(session: Session, key: Key, response: Response) -> None:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    mine = {f"the_{name}": getattr(key, name) for name in _PRIMARY_KEY}
    answer = {"status": response.status_code, "headers": orjson.dumps(headers).decode(), "body": response.get_data()}
    connection_of(session).execute(_KEEP, mine | answer)
