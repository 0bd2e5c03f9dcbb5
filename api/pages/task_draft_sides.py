"""The two sides of a draft that differ: what is typed in this window, and what another window of the same person saved."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from api.pages import door, form_values, plain_forms, task_form
from api.pages.texts import format_time, gettext
from engine import user_tasks
from engine.tables import UserTask


def of(session: Session, found: UserTask, mine: Mapping[str, Any]) -> dict[str, Any] | None:
    """Field by field; None when both say the same (a save whose answer was lost, say)."""
    draft = user_tasks.draft(session, found.id, actor=door.actor())
    differences = form_values.differences(task_form.schema_of(session, found), mine, draft.values if draft else {})
    if not differences:
        return None
    return {
        "fields": differences,
        "revision": draft.revision if draft else 0,
        "saved": format_time(draft.saved_at, "medium") if draft else gettext("nothing is saved any more"),
        "mine": json.dumps(plain_forms.jsonable(mine)),
    }
