"""People to choose from for a task."""

from typing import Any

from sqlalchemy.orm import Session

from api.pages import wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine.tables import UserTask
from processes import assignees


def of_task(session: Session, task: UserTask | None, names: Names) -> list[dict[str, Any]]:
    """Everybody who is there and whom nothing rules out, those the task is offered to first."""
    held, comma = assignees.possible(session, task), gettext(", ")
    offered = {row.name for row in task.candidates if row.kind != "excluded"} if task is not None else set()
    names.learn(held)
    found = [
        {"id": one, "label": f"{names(one)} ({_groups(groups, comma)})", "mine": bool(offered & {one, *groups})}
        for one, groups in held.items()
    ]
    return sorted(found, key=lambda one: (not one["mine"], str(one["label"])))


def _groups(groups: list[str], comma: str) -> str:
    return comma.join(map(wording.group_name, groups))
