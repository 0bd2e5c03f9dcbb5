"""The parts of a task beside its form: each has its own address (`?tab=`), and is read only when it is looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from api.pages import inbox, task_conversation, task_diagram, task_related, task_timeline
from api.pages.facts import Teller
from api.pages.texts import lazy_gettext
from engine.tables import UserTask
from processes.tables.cases import Complaint

FORM = "form"
PARTIAL = "HX-Request"  # asked by htmx: only the part that changes
_PARTS: Mapping[str, Callable[[Session, UserTask, Complaint | None, Teller], dict[str, Any]]] = {
    "conversation": task_conversation.parts,
    "timeline": task_timeline.parts,
    "diagram": task_diagram.parts,
    "related": task_related.parts,
}
_LABELS: Mapping[str, Any] = {
    FORM: lazy_gettext("Form"),
    "conversation": lazy_gettext("Conversation"),
    "timeline": lazy_gettext("Timeline"),
    "diagram": lazy_gettext("Diagram"),
    "related": lazy_gettext("Related"),
}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of them as a link."""

    name: str
    label: str
    url: str
    key: str
    current: bool


def current() -> str:
    """Which one is asked for; the form, unless it is another that there is."""
    wanted = request.args.get("tab", "")
    return wanted if wanted in _PARTS else FORM


def is_partial() -> bool:
    """Whether the page is there already, and only this part is asked for."""
    return PARTIAL in request.headers and request.method == "GET"


def parts(session: Session, found: UserTask, complaint: Complaint | None, teller: Teller) -> dict[str, Any]:
    """What the tab that is looked at shows, and the way to the others. `complaint`: the case of the task, if it belongs to one."""
    shown = current()
    own = _PARTS[shown](session, found, complaint, teller) if shown in _PARTS else {}
    return {"tab": shown, "tabs": _tabs(found, shown), **own}


def _tabs(found: UserTask, shown: str) -> list[Tab]:
    return [
        Tab(
            name=name,
            label=str(label),
            url=url_for("pages.task", task_id=found.id, tab=None if name == FORM else name, **inbox.scope_args()),
            key=str(number),
            current=name == shown,
        )
        for number, (name, label) in enumerate(_LABELS.items(), start=1)
    ]
