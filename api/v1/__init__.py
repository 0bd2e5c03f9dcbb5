"""The JSON API, version 1: one file per resource, named like its table."""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask
from flask_smorest import Api

from api.v1 import (
    accounts,
    attachments,
    calendars,
    changes,
    comments,
    compensations,
    complaint_attachments,
    complaint_comments,
    complaint_evidence,
    complaint_links,
    complaint_messages,
    complaint_outcomes,
    complaint_records,
    complaint_watchers,
    complaints,
    deployments,
    deputies,
    groups,
    incidents,
    jobs,
    letter_templates,
    messages,
    notifications,
    operations,
    password_links,
    process_definitions,
    process_instances,
    reports,
    saved_filters,
    search,
    status,
    stuck_instances,
    timers,
    tokens,
    user_task_hand_overs,
    user_tasks,
)
from api.v1.resource import Resource, describe_errors
from api.v1.shapes import ProblemDetails

RESOURCES: tuple[Resource, ...] = (
    tokens.resource,
    password_links.resource,
    accounts.resource,
    groups.resource,
    deputies.resource,
    notifications.resource,
    letter_templates.resource,
    calendars.resource,
    deployments.resource,
    process_definitions.resource,
    process_instances.resource,
    user_tasks.resource,
    user_task_hand_overs.resource,
    saved_filters.resource,
    changes.resource,
    jobs.resource,
    timers.resource,
    incidents.resource,
    stuck_instances.resource,
    operations.resource,
    messages.resource,
    complaints.resource,
    complaint_records.resource,
    complaint_outcomes.resource,
    complaint_messages.resource,
    complaint_evidence.resource,
    complaint_comments.resource,
    comments.resource,
    complaint_watchers.resource,
    complaint_attachments.resource,
    complaint_attachments.waivers,
    attachments.resource,
    complaint_links.similar,
    complaint_links.resource,
    complaint_links.merging,
    search.resource,
    status.resource,
    compensations.resource,
    reports.resource,
)
DESCRIPTION = """Start processes, do their tasks, watch and repair them.

Instants are RFC 3339 in UTC, amounts are decimals as text, ids are opaque. Lists are `{"items": [...], "page": {"next": ...}}`:
send `page.next` as `cursor` for the next page; `limit` is 50 by default, 200 at most. What is changed over what you read asks for
its ETag as `If-Match`. A POST with an `Idempotency-Key` can be sent again without doing anything twice. Errors are RFC 9457
problem details with a stable `code`; refusals say what is missing and who can. Sign in with `POST /api/v1/tokens`."""


class RedressApi(Api):  # type: ignore[misc]  # flask-smorest is not typed
    """flask-smorest without its own error answers: errors are `api/errors.py`'s."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = ProblemDetails

    def _register_error_handlers(self) -> None:
        """Ours are registered for the whole app, and pages answer HTML."""


def _name(schema: Any) -> str:
    """`JobShape` is `Job` in the document; the table of that name is not meant here."""
    name: str = getattr(resolve_schema_cls(schema), "__name__", "")
    return name.replace("Shape", "")


def register(app: Flask) -> Api:
    """Add the JSON API to the app; gives back what knows its OpenAPI document."""
    app.config.update(API_TITLE="Redress", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    scheme = {"type": "http", "scheme": "bearer", "description": "The token of `POST /api/v1/tokens`."}
    options: dict[str, Any] = {"info": {"description": DESCRIPTION}, "security": [{"bearer": []}], "servers": [{"url": "/"}]}
    api = RedressApi(app, spec_kwargs={**options, "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name)})
    api.spec.components.security_scheme("bearer", scheme)
    describe_errors(api)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    return api
