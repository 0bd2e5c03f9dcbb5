"""A resource of the API: a flask-smorest blueprint whose OpenAPI document is written from the `@reads`/`@writes` declarations."""

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_smorest import Api, Blueprint

from api.requests import Declared
from api.v1.shapes import ProblemDetails

View = Callable[..., Response]
Decorator = Callable[[View], View]

PREFIX = "/api/v1"
ERRORS = {
    400: ("BadRequest", "The request cannot be read."),
    401: ("NotSignedIn", "No valid token; where a number and a code are asked for: they do not belong together."),
    403: ("Refused", "Not allowed: `missing` names the permission, `who_can` who has it."),
    404: ("NotFound", "It does not exist."),
    409: ("Conflict", "It has changed in the meantime."),
    412: ("RevisionChanged", "If-Match names an older revision."),
    413: ("TooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The body has another media type."),
    422: ("Invalid", "What was sent cannot be accepted; `errors` names every place."),
    428: ("RevisionRequired", "If-Match is missing."),
    429: ("TooManyAttempts", "Too many failed attempts."),
    503: ("Busy", "The database is busy; send it again."),
}
DESCRIPTIONS = {
    200: "Done.",
    201: "Created.",
    202: "Accepted: a job does the rest.",
    204: "Done; there is nothing to say.",
    304: "Nothing changed.",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Sent again with the same key within 24 hours, the request does nothing again and gives the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag that was read.",
    "schema": {"type": "string", "pattern": r'^"[0-9]{1,9}"$'},
}
ETAG = {"ETag": {"description": "The revision, for If-Match.", "schema": {"type": "string"}}}


class Resource(Blueprint):  # type: ignore[misc]  # flask-smorest is not typed
    """One resource: all its views declare what they take and answer."""

    def __init__(self, name: str, path: str, description: str) -> None:
        super().__init__(name, name, url_prefix=PREFIX + path, description=description)

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Callable[..., Any] | None = None, **options: Any) -> None:
        """Write the view's document before flask-smorest reads it."""
        if view_func is not None:
            declared: Declared = view_func.declared  # type: ignore[attr-defined]  # set by the declaration
            method = options.get("methods", ["GET"])[0]
            operation_id = f"{self.name}_{view_func.__name__}"
            written = _document(declared, method=method, operation_id=operation_id, rule=f"{self.url_prefix}{rule}")
            view_func._apidoc = {"manual_doc": written}  # type: ignore[attr-defined]  # where flask-smorest looks for it
        super().add_url_rule(rule, endpoint, view_func, **options)

    def get(self, rule: str) -> Decorator:
        """A GET view."""
        return self._method("GET", rule)

    def post(self, rule: str) -> Decorator:
        """A POST view."""
        return self._method("POST", rule)

    def put(self, rule: str) -> Decorator:
        """A PUT view."""
        return self._method("PUT", rule)

    def delete(self, rule: str) -> Decorator:
        """A DELETE view."""
        return self._method("DELETE", rule)

    def _method(self, method: str, rule: str) -> Decorator:
        def decorate(view: View) -> View:
            self.add_url_rule(rule, view.__name__, view, methods=[method])
            return view

        return decorate


def _document(declared: Declared, *, method: str, operation_id: str, rule: str) -> dict[str, Any]:
    document: dict[str, Any] = {"operationId": operation_id, "responses": _responses(declared, rule=rule)}
    parameters: list[Any] = [{"in": "query", "schema": declared.query}] if declared.query else []
    if method == "POST" and declared.kind == "writes":
        parameters.append(IDEMPOTENCY_KEY)
    if declared.if_match:
        parameters.append(IF_MATCH)
    if parameters:
        document["parameters"] = parameters
    if declared.body is not None:
        document["requestBody"] = _request_body(declared)
    if declared.kind == "open":
        document["security"] = []
    if declared.public:
        document["security"] = [{"bearer": []}, {}]
    if declared.permission:
        document["description"] = f"Needs the permission `{declared.permission}`."
    return document


def _request_body(declared: Declared) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": declared.body}
    if declared.example is not None:
        content["example"] = declared.example
    types = {declared.body_type: content} | {kind: {"schema": schema} for kind, schema in declared.other_bodies.items()}
    needed = any(field.required for field in declared.body().fields.values()) if declared.body else False
    return {"content": types, "required": needed}


def _responses(declared: Declared, *, rule: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, schema in declared.answers.items():
        found[str(status)] = {"description": DESCRIPTIONS[status]}
        if schema is not None:
            found[str(status)] |= {"content": {declared.answer_type: {"schema": schema}}, "headers": ETAG}
    for status in _refusals(declared, rule=rule):
        found[str(status)] = ERRORS[status][0]
    return found


def _refusals(declared: Declared, *, rule: str) -> list[int]:
    refusals = {400, 401, 503, *declared.also_refuses}
    if declared.kind != "open":
        refusals.add(403)
    if "<" in rule:
        refusals.add(404)
    if declared.query is not None or declared.body is not None:
        refusals.add(422)
    if declared.body is not None:
        refusals |= {413, 415}
    if declared.kind == "writes":
        refusals |= {404, 409, 422}
    if declared.if_match:
        refusals |= {412, 428}
    if declared.kind == "open" or declared.public:
        refusals.add(429)
    return sorted(refusals)


def describe_errors(api: Api) -> None:
    """The error answers, once, as components."""
    for name, description in ERRORS.values():
        content = {"application/problem+json": {"schema": ProblemDetails}}
        api.spec.components.response(name, {"description": description, "content": content})
