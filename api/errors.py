"""From errors to answers: one table of status codes, one shape of problem (RFC 9457), for both doors.

The JSON API answers `application/problem+json`; pages render the same `Failure` as HTML (`register(..., page=...)`).
No answer ever holds case data or a traceback: details of unexpected errors are in the log, under the trace id.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from engine import errors
from engine.database import new_id
from engine.errors import Problem, RedressError
from processes.file_store import FilesUnavailable

log = logging.getLogger("redress.api")
API_PREFIX = "/api/"


class BadRequest(RedressError):
    """The request cannot be read: {reason}"""

    code = "BAD_REQUEST"


class TooLarge(RedressError):
    """The request is larger than {limit} bytes."""

    code = "TOO_LARGE"


class UnsupportedMediaType(RedressError):
    """This can be sent as {wanted} only."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class NotSignedIn(RedressError):
    """Sign in first: send a valid token as `Authorization: Bearer <token>`."""

    code = "NOT_SIGNED_IN"


class WrongCode(RedressError):
    """This number and this code do not belong together. After five wrong codes the status page of a number closes for one hour."""

    code = "WRONG_CODE"


class SignInFailed(RedressError):
    """Account or password is wrong."""

    code = "SIGN_IN_FAILED"


class TooManyAttempts(RedressError):
    """Too many failed attempts; try again in {seconds} seconds."""

    code = "TOO_MANY_ATTEMPTS"


class MissingPermission(errors.Refused):
    """You may not do this: it needs the permission {permission}."""

    code = "MISSING_PERMISSION"


class LinkOver(errors.Conflict):
    """This link was used already or its time is over; ask an administrator for another one."""

    code = "LINK_OVER"


class OwnLink(errors.Refused):
    """Change your own password in your settings."""

    code = "OWN_PASSWORD"


class IdempotencyKeyReused(RedressError):
    """This Idempotency-Key was already used for another request; use a fresh one for each request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class StillRunning(errors.Conflict):
    """A request with this Idempotency-Key was begun and its outcome is not known yet; look at what it was about."""

    code = "STILL_RUNNING"


STATUS: dict[type[RedressError], int] = {
    BadRequest: 400,
    NotSignedIn: 401,
    SignInFailed: 401,
    WrongCode: 401,
    errors.Refused: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.RevisionChanged: 412,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    errors.Invalid: 422,
    IdempotencyKeyReused: 422,
    errors.ExecutionFailed: 422,
    errors.RevisionRequired: 428,
    TooManyAttempts: 429,
    errors.HandlerFailed: 500,
    FilesUnavailable: 503,
    RedressError: 500,
}
RETRYABLE = {429, 503}
_REASON_IS_DATA = (errors.ExecutionFailed, errors.HandlerFailed)  # their reason may quote values of the case


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What went wrong, ready to be shown: `detail` is a sentence, `problems` its places, `error` where it came from."""

    status: int
    code: str
    title: str
    detail: str
    trace_id: str
    problems: Sequence[Problem] = ()
    missing: Sequence[str] = ()
    who_can: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    error: RedressError | None = None

    @property
    def retryable(self) -> bool:
        """May the same request succeed later as it is?"""
        return self.status in RETRYABLE


PageRenderer = Callable[[Failure], Response]


def status_of(error: RedressError) -> int:
    """The status code of an error: its own class's, else the nearest base class's."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def trace_id() -> str:
    """The id under which this request is found in the log."""
    if "trace_id" not in g:
        g.trace_id = new_id()
    found: str = g.trace_id
    return found


def failure_of(error: Exception) -> Failure:
    """Any exception as a Failure. What nobody expected says no more than its trace id."""
    if isinstance(error, RedressError):
        return _of_redress(error)
    if isinstance(error, OperationalError):
        log.error("the database did not answer, trace %s", trace_id(), exc_info=error)
        headers = {"Retry-After": "1"}
        return _failure(503, "BUSY", "The database is busy; send the request again in a moment.", headers=headers)
    if isinstance(error, HTTPException):
        return _of_http(error)
    log.error("unexpected error, trace %s", trace_id(), exc_info=error)
    return _failure(500, "INTERNAL_ERROR", "Something went wrong on our side. It was written down under the trace id.")


def _of_redress(error: RedressError) -> Failure:
    status = status_of(error)
    detail = str(error)
    if isinstance(error, _REASON_IS_DATA):
        log.warning("%s, trace %s", error, trace_id())
        detail = f"The step failed at {error.details.get('element', 'its service task')}."
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="redress"'
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.details["seconds"])
    return _failure(
        status, error.code, detail, problems=error.problems, missing=error.missing, who_can=error.who_can, headers=headers, error=error
    )


def _of_http(error: HTTPException) -> Failure:
    original = getattr(error, "original_exception", None)
    if isinstance(error, InternalServerError) and original is not None:
        return failure_of(original)
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    code = error.name.upper().replace(" ", "_")
    details = {404: "There is nothing at this address.", 405: f"{request.method} is not possible here.", 413: "The request is too large."}
    return _failure(status, code, details.get(status, error.name + "."), headers=headers)


def _failure(status: int, code: str, detail: str, **more: Any) -> Failure:
    title = code.replace("_", " ").capitalize()
    return Failure(status=status, code=code, title=title, detail=detail, trace_id=trace_id(), **more)


def as_problem(failure: Failure) -> Response:
    """The failure as RFC 9457 problem details."""
    body: dict[str, Any] = {
        "type": f"urn:redress:problem:{failure.code.lower().replace('_', '-')}",
        "title": failure.title,
        "status": failure.status,
        "detail": failure.detail,
        "code": failure.code,
        "trace_id": failure.trace_id,
        "retryable": failure.retryable,
        "errors": [problem_json(one) for one in failure.problems],
    }
    if failure.status == 403:
        body |= {"missing": list(failure.missing), "who_can": list(failure.who_can)}
    response = Response(orjson.dumps(body), failure.status, mimetype="application/problem+json")
    response.headers.update(failure.headers)
    return response


def problem_json(problem: Problem) -> dict[str, Any]:
    """One problem without the places it does not have."""
    places = ("pointer", "file", "element", "name", "line", "rule")
    found = {place: getattr(problem, place) for place in places if getattr(problem, place) is not None}
    return {"code": problem.code, "message": problem.message, "severity": problem.severity} | found


def register(app: Flask, *, page: PageRenderer | None = None) -> None:
    """Answer every error of this app: as a problem under /api/, by `page` elsewhere (problem details without one)."""

    def handle(error: Exception) -> BaseResponse:
        if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
            return error.get_response()  # a redirect is no error
        failure = failure_of(error)
        return as_problem(failure) if page is None or request.path.startswith(API_PREFIX) else page(failure)

    for kind in (RedressError, HTTPException, OperationalError):
        app.register_error_handler(kind, handle)
