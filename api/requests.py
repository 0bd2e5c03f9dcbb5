"""A request as one unit of work.

Every view of the JSON API is declared `@reads` or `@writes`. The declaration is also its documentation. Around the view
it does, in this order: who is it (401), may their roles do it (403), can the body be read and is it well formed
(400, 413, 415, 422), then `before` (whatever is slow: hashing, compiling; no transaction is open), then the view with a
session: a reading one, or the one write transaction of the request, together with the answer kept for its Idempotency-Key.

    @resource.post("/<string:incident_id>/retry")
    @writes("job:retry", body=Reason, answers={202: RetrySchema}, dry_run=would_retry)
    def retry(session: Session, call: Call, incident_id: str) -> Answer: ...
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from typing import Any, Concatenate, Literal, ParamSpec

import marshmallow as ma
from flask import Response, current_app, request
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from api import accounts, exact_json, idempotency, permissions
from api.accounts import SignedIn
from api.errors import BadRequest, NotSignedIn
from api.settings import Settings
from engine import clock, paging
from engine.database import Database, asking, connection_of, reading, unit_of_work
from engine.errors import Invalid, Problem, RevisionRequired
from engine.extensions import Actor
from engine.scheduler import Scheduler

P = ParamSpec("P")
DRY_RUN = "dry_run"
PUBLIC = Actor(id="public", name="public")  # came without an account


@dataclass(kw_only=True)
class Redress:
    """What `create_app` opened: found as `app.extensions["redress"]`."""

    database: Database
    settings: Settings
    scheduler: Scheduler | None = None


def redress() -> Redress:
    """What the current app was created with."""
    found: Redress = current_app.extensions["redress"]
    return found


def database() -> Database:
    """The database of the current app."""
    return redress().database


@dataclass(kw_only=True)
class Call:
    """What a view is told about its request, already checked. `prepared` is what `before` gave back."""

    signed_in: SignedIn
    query: Mapping[str, Any]
    body: Any
    prepared: Any = None

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.signed_in.actor

    @property
    def revision(self) -> int | None:
        """The revision named by If-Match; None when there is no such header, or `*`."""
        given = request.headers.get("If-Match", "*").strip()
        if given == "*":
            return None
        text = given.removeprefix("W/").strip('"')
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise BadRequest(reason='If-Match is the ETag that was read, like "3"')
        return int(text)

    @property
    def required_revision(self) -> int:
        """The revision named by If-Match, without which this change is refused (428)."""
        if "If-Match" not in request.headers:
            raise RevisionRequired()
        if self.revision is None:
            raise RevisionRequired()  # `*` says "whatever is there": the very thing this guards against
        return self.revision

    def page(self, **fixed: Any) -> paging.Query:
        """The flat filters, order and cursor of a GET, as a query of the engine; `fixed` adds filters."""
        reserved = {"limit", "cursor", "sort", "scope"}
        flat = {name: value for name, value in self.query.items() if name not in reserved and value is not None}
        return self._query({**flat, **fixed}, self.query)

    def search(self) -> paging.Query:
        """The body of a POST .../search as a query of the engine."""
        return self._query(self.body.get("filter", {}), {"sort": self.body.get("sort"), **self.body.get("page", {})})

    @staticmethod
    def _query(filter_: Mapping[str, Any], order: Mapping[str, Any]) -> paging.Query:
        limit = order.get("limit") or paging.DEFAULT_LIMIT
        return paging.Query(filter=filter_, sort=order.get("sort") or "", cursor=order.get("cursor"), limit=limit)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a view answers. `revision` becomes the ETag; `raw` is an answer that is not JSON."""

    body: Any = None
    raw: Response | None = None
    status: int = 200
    revision: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


View = Callable[Concatenate[Session, Call, P], Answer]
Parse = Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A view's declaration: read by the wrapper below, by the OpenAPI document and by the tests."""

    kind: Literal["reads", "writes", "open"]
    permission: str | None = None
    query: type[ma.Schema] | None = None
    body: type[ma.Schema] | None = None
    parse: Parse = exact_json.body
    answers: Mapping[int, Any] = field(default_factory=dict)
    before: Callable[..., Any] | None = None
    dry_run: Callable[..., Answer] | None = None
    if_match: bool = False
    public: bool = False  # who has no account may come, too: the actor is then PUBLIC
    example: Any = None
    body_type: str = "application/json"
    other_bodies: Mapping[str, Any] = field(default_factory=dict)  # media type -> schema, beside it
    answer_type: str = "application/json"
    also_refuses: tuple[int, ...] = ()  # beside what follows from the rest of the declaration


def reads(permission: str | None = None, **declared: Any) -> Callable[[View[P]], Callable[P, Response]]:
    """A view that only reads: one reading session, rolled back."""
    return _declare(Declared(kind="reads", permission=permission, **declared), _read)


def writes(permission: str | None = None, **declared: Any) -> Callable[[View[P]], Callable[P, Response]]:
    """A view that writes: one transaction. With `?dry_run=true` its `dry_run` reads instead, with the same rights."""
    return _declare(Declared(kind="writes", permission=permission, **declared), _write)


def many(permission: str | None = None, **declared: Any) -> Callable[[Callable[Concatenate[Call, P], Answer]], Callable[P, Response]]:
    """A view that does many things, each in a unit of work of its own, and answers what became of each."""
    return _declare(Declared(kind="writes", permission=permission, **declared), _each)


def open_to_all(**declared: Any) -> Callable[[Callable[[Call], Answer]], Callable[[], Response]]:
    """A view before anybody is signed in. It opens its own units of work."""
    declaration = Declared(kind="open", **declared)

    def decorate(view: Callable[[Call], Answer]) -> Callable[[], Response]:
        @wraps(view)
        def served() -> Response:
            return rendered(view(_parsed(declaration, signed_in=None)))

        return _marked(served, declaration)

    return decorate


def _declare(declared: Declared, serve: Callable[..., Response]) -> Callable[[Callable[..., Answer]], Callable[..., Response]]:
    def decorate(view: Callable[..., Answer]) -> Callable[..., Response]:
        @wraps(view)
        def served(*_: Any, **path: Any) -> Response:
            return serve(declared, view, **path)

        return _marked(served, declared)

    return decorate


def _marked(served: Callable[P, Response], declared: Declared) -> Callable[P, Response]:
    served.declared = declared  # type: ignore[attr-defined]  # functions take attributes; tests and documents read it
    return served


def _read(declared: Declared, view: Callable[..., Answer], **path: Any) -> Response:
    with reading(database()) as session:
        call = _parsed(declared, signed_in=_admitted(connection_of(session), declared))
        return rendered(view(session, call, **path))


def _write(declared: Declared, view: Callable[..., Answer], **path: Any) -> Response:
    with asking(database()) as connection:
        signed_in = _admitted(connection, declared)
    call = _parsed(declared, signed_in=signed_in)
    key = idempotency.key_of(request, call.body, account_id=call.actor.id)
    call.prepared = declared.before(call, **path) if declared.before else None
    if declared.dry_run is not None and call.query.get(DRY_RUN):
        with reading(database()) as session:
            return rendered(declared.dry_run(session, call, **path))
    if key is None or call.actor == PUBLIC:  # who has no account registers under the key, or gives an id
        with unit_of_work(database()) as session:
            return rendered(view(session, call, **path))
    return idempotency.once(database(), key, lambda session: rendered(view(session, call, **path)))


def _each(declared: Declared, view: Callable[..., Answer], **path: Any) -> Response:
    with asking(database()) as connection:
        signed_in = _admitted(connection, declared)
    call = _parsed(declared, signed_in=signed_in)
    key = idempotency.key_of(request, call.body, account_id=call.actor.id)
    if key is None:
        return rendered(view(call, **path))
    return idempotency.once_over_many(database(), key, lambda: rendered(view(call, **path)))


def _admitted(connection: Connection, declared: Declared) -> SignedIn:
    if declared.public and "Authorization" not in request.headers:
        return SignedIn(actor=PUBLIC, name_zh=None, locale="zh", credential="", expires_at=clock.elapsed())
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise NotSignedIn()
    signed_in = accounts.by_token(connection, secret.strip())
    if declared.permission is not None:
        permissions.require(signed_in.actor, declared.permission)
    return signed_in


def _parsed(declared: Declared, *, signed_in: SignedIn | None) -> Any:
    query = _load(declared.query, _flat_arguments()) if declared.query else {}
    body = _load(declared.body, declared.parse()) if declared.body else None
    return Call(signed_in=signed_in, query=query, body=body)  # type: ignore[arg-type]  # None only for views open to all


def _flat_arguments() -> dict[str, str]:
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise BadRequest(reason=f"'{twice[0]}' is given more than once")
    return request.args.to_dict()


@cache
def _shape(schema: type[ma.Schema]) -> ma.Schema:
    """Making one costs more than loading with it."""
    return schema()


def _load(schema: type[ma.Schema], data: Any) -> Any:
    try:
        return _shape(schema).load(data)
    except ma.ValidationError as error:
        raise Invalid(problems=_problems(error.messages)) from error


def _problems(messages: Any, pointer: str = "") -> list[Problem]:
    """marshmallow's nested messages as a flat list with JSON pointers."""
    if isinstance(messages, dict):
        found: list[Problem] = []
        for name, inner in messages.items():
            step = "" if name == "_schema" else "/" + str(name).replace("~", "~0").replace("/", "~1")
            found.extend(_problems(inner, pointer + step))
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return [Problem(code=_code(str(text)), message=str(text), pointer=pointer) for text in texts]


def _code(message: str) -> str:
    return {"Missing data for required field.": "REQUIRED", "Unknown field.": "UNKNOWN_FIELD"}.get(message, "INVALID")


@contextmanager
def inside(pointer: str) -> Iterator[None]:
    """The engine names places in the data it is given; the answer names them in the body that was sent."""
    try:
        yield
    except Invalid as error:
        error.problems = tuple(replace(one, pointer=pointer + one.pointer) if one.pointer else one for one in error.problems)
        raise


def rendered(answer: Answer) -> Response:
    """An answer as JSON, with its ETag."""
    if answer.raw is not None:
        return answer.raw
    response = Response(exact_json.dumps(answer.body) if answer.body is not None else b"", answer.status, mimetype="application/json")
    if answer.body is None:
        del response.headers["Content-Type"]
    if answer.revision is not None:
        response.headers["ETag"] = f'"{answer.revision}"'
    response.headers.update(answer.headers)
    return response
