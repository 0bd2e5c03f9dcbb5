"""Operations: the audit trail."""

from typing import Any

from sqlalchemy.orm import Session

from api import permissions
from api.requests import Answer, Call, reads
from api.v1.resource import Resource
from api.v1.searches import compared_instant, compared_text, filter_of, search_of
from api.v1.shapes import ListQuery, Output, data, list_of, maybe, moment, page_json, shown, sorts, text
from engine import operations
from engine.paging import Page
from engine.tables import Operation

resource = Resource("operations", "/operations", "Operations: who did what by hand, and why. The audit trail.")


class OperationShape(Output):
    """Something a person did."""

    id = shown()
    at = moment()
    kind = shown(example="retry")
    by = shown()
    subject_kind = shown("The table the subject is in.", example="job")
    subject_id = shown()
    root_id = maybe()
    reason = maybe()
    details = data()


class OperationQuery(ListQuery):
    """Which operations."""

    kind = text()
    by = text()
    subject_kind = text()
    subject_id = text()
    root_id = text()
    sort = sorts("at")


OperationFilter = filter_of(
    "OperationFilter", **{name: compared_text() for name in ("kind", "by", "subject_kind", "subject_id", "root_id")}, at=compared_instant()
)
OperationSearch = search_of("OperationSearch", OperationFilter, "at")


def operation_json(row: Operation) -> dict[str, Any]:
    """An operation as JSON."""
    names = ("id", "at", "kind", "by", "subject_kind", "subject_id", "root_id", "reason", "details")
    return {name: getattr(row, name) for name in names}


def _page(session: Session, call: Call, page: Page[Operation]) -> Answer:
    barred = permissions.without_conflicts(session, call.actor, (row.root_id for row in page.items))
    return Answer(body=page_json(page, [operation_json(row) for row in page.items if row.root_id not in barred]))


@resource.get("")
@reads("operation:read", query=OperationQuery, answers={200: list_of(OperationShape)})
def list_operations(session: Session, call: Call) -> Answer:
    """The audit trail, newest first."""
    return _page(session, call, operations.search(session, call.page()))


@resource.post("/search")
@reads(
    "operation:read",
    body=OperationSearch,
    answers={200: list_of(OperationShape)},
    example={"filter": {"kind": {"$in": ["retry", "cancel"]}}},
)
def search(session: Session, call: Call) -> Answer:
    """The audit trail by a filter."""
    return _page(session, call, operations.search(session, call.search()))
