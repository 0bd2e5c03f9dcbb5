"""Everything that was said about a case, as one stream, newest first: comments, letters, calls, the customer's messages, files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, ScalarSelect, String, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.database import Instant, connection_of
from engine.errors import Invalid, Problem
from engine.gathered import Gathered
from engine.tables import UserTask
from processes.tables.cases import Complaint
from processes.tables.conversation import Comment, Watcher
from processes.tables.correspondence import Attachment, Contact

Kind = Literal["comment", "letter", "spoke", "heard", "file"]
AT_ONCE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that was said or handed in; `by` is an account, `customer:...`, `customer` or `system`."""

    at: datetime
    id: str
    kind: Kind
    by: str
    comment: Comment | None = None
    contact: Contact | None = None
    files: Sequence[Attachment] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Stream:
    """Some of it, newest first. `before` asks for what was said earlier, None when this is all."""

    entries: Sequence[Entry]
    tasks: dict[str, UserTask]  # those that comments were made at
    watchers: Sequence[Watcher]  # who wants to hear of it, the first one first
    before: str | None


_CURSOR = tuple_(bindparam("at", type_=Instant()), bindparam("id", type_=String()))
_LONELY = (Attachment.sha256.is_not(None), Attachment.comment_id.is_(None), Attachment.contact_id.is_(None))


def _page(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The newest of a table."""
    mine = select(table.id).where(table.complaint_id == bindparam("case", type_=String()), *conditions)
    return table.id.in_(mine.order_by(table.at.desc(), table.id.desc()).limit(bindparam("most", type_=Integer())))  # type: ignore[no-any-return]


def _earlier(table: Any) -> ColumnElement[bool]:
    return tuple_(table.at, table.id) < _CURSOR


_WATCHED = Watcher.complaint_id == bindparam("case", type_=String())
_NEWEST = Gathered({Comment: _page(Comment), Contact: _page(Contact), Attachment: _page(Attachment, *_LONELY), Watcher: _WATCHED})
_EARLIER = Gathered(
    {
        Comment: _page(Comment, _earlier(Comment)),
        Contact: _page(Contact, _earlier(Contact)),
        Attachment: _page(Attachment, _earlier(Attachment), *_LONELY),  # files that came with nothing that was said
        Watcher: _WATCHED,
    }
)


def stream(session: Session, complaint: Complaint, *, before: str | None = None, limit: int = AT_ONCE) -> Stream:
    """Three statements, however much was said. Raises Invalid for a `before` that is none of ours."""
    asked = {"case": complaint.id, "most": limit + 1}
    if before:
        at, id_ = _read(before)
        found = _EARLIER.read(session, **asked, at=at, id=id_)
    else:
        found = _NEWEST.read(session, **asked)
    files = sorted(found.of(Attachment), key=_order)
    more, files = files[:-limit], files[-limit:]
    said = [*(_of_comment(one) for one in found.of(Comment)), *(_of_contact(one) for one in found.of(Contact)), *_of_files(files)]
    # Many files are one entry. Where not all were read, what is older than those is for the next page.
    newest = sorted((one for one in said if not more or _order(one) >= _order(files[0])), key=_order, reverse=True)
    shown = newest[:limit]
    last = shown[-1] if more or len(newest) > limit else None
    return Stream(
        entries=_with_files(session, shown),
        tasks=_tasks(session, shown),
        watchers=sorted(found.of(Watcher), key=lambda one: (one.since, one.account_id)),
        before=_written(last) if last else None,
    )


def _of_case(table: Any, *counted: ColumnElement[int]) -> list[ScalarSelect[int]]:
    return [select(one).where(table.complaint_id == bindparam("case", type_=String())).scalar_subquery() for one in counted]


_MARK = select(
    *_of_case(Comment, func.count(), func.coalesce(func.sum(Comment.revision), 0), func.count(Comment.deleted_at)),
    *_of_case(Contact, func.count()),
    *_of_case(Attachment, func.count(), func.count(Attachment.deleted_at)),
)


def mark(session: Session, complaint: Complaint) -> str:
    """Another one whenever something was said, changed, deleted or handed in: what open pages ask every two seconds, in one statement."""
    return ".".join(map(str, connection_of(session).execute(_MARK, {"case": complaint.id}).one()))


def _order(one: Entry | Attachment) -> tuple[datetime, str]:
    return one.at, one.id


def _of_comment(row: Comment) -> Entry:
    return Entry(at=row.at, id=row.id, kind="comment", by=row.by, comment=row)


def _of_contact(row: Contact) -> Entry:
    kind: Kind = "heard" if row.direction == "in" else "letter" if row.template is not None else "spoke"
    return Entry(at=row.at, id=row.id, kind=kind, by=row.by, contact=row)


def _of_files(rows: Iterable[Attachment]) -> Iterator[Entry]:
    """What somebody added at once is one thing; it has the id of its first file, so that the next page begins behind all of it.

    The rows come in their order.
    """
    for (at, by), together in groupby(rows, key=lambda one: (one.at, one.uploaded_by)):
        files = list(together)
        yield Entry(at=at, id=files[0].id, kind="file", by=by, files=files)


def _with_files(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    ids = [one.id for one in entries if one.kind != "file"]
    came = or_(Attachment.comment_id.in_(ids), Attachment.contact_id.in_(ids))
    by_entry: dict[str | None, list[Attachment]] = {}
    for file in session.scalars(select(Attachment).where(came, Attachment.sha256.is_not(None)).order_by(Attachment.id)):
        by_entry.setdefault(file.comment_id or file.contact_id, []).append(file)
    return [replace(one, files=by_entry.get(one.id, one.files)) for one in entries]


def _tasks(session: Session, entries: Sequence[Entry]) -> dict[str, UserTask]:
    wanted = {one.comment.user_task_id for one in entries if one.comment is not None and one.comment.user_task_id}
    return {task.id: task for task in session.scalars(select(UserTask).where(UserTask.id.in_(wanted)))} if wanted else {}


def _written(entry: Entry) -> str:
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1)}-{entry.id}"


def _read(before: str) -> tuple[datetime, str]:
    micros, _, id_ = before.partition("-")
    if not (micros.isascii() and micros.isdigit() and len(micros) < 17):
        raise Invalid(problems=[Problem(code="QUERY", pointer="/before", message="This cursor was not made by this list.")])
    return _EPOCH + timedelta(microseconds=int(micros)), id_
