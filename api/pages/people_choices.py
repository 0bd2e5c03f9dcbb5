"""People to choose from: for a task, and out of the whole house."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from api.pages import wording
from api.pages.people_names import Names
from api.pages.texts import gettext
from engine.tables import UserTask
from processes import assignees, person_search
from processes.tables.people import Account

LISTED = 50


def of_task(session: Session, task: UserTask, names: Names) -> list[dict[str, Any]]:
    """Everybody who is there and whom nothing rules out, those the task is offered to first."""
    return _choices(assignees.possible(session, task), [task], names)


def of_list(session: Session, tasks: Sequence[UserTask], names: Names) -> list[dict[str, Any]]:
    """For several of these: those first that some of them are offered to; whom each of them concerns is left out."""
    barred = [{row.name for row in task.candidates if row.kind == "excluded"} for task in tasks]
    out = set.intersection(*barred) if barred else set()
    held = {one: groups for one, groups in assignees.possible(session).items() if one not in out}
    return _choices(held, tasks, names)


def _choices(held: Mapping[str, list[str]], tasks: Sequence[UserTask], names: Names) -> list[dict[str, Any]]:
    comma = gettext(", ")
    offered = {row.name for task in tasks for row in task.candidates if row.kind != "excluded"}
    names.learn(held)
    found = [
        {"id": one, "label": f"{names(one)} ({_groups(groups, comma)})", "mine": bool(offered & {one, *groups})}
        for one, groups in held.items()
    ]
    return sorted(found, key=lambda one: (not one["mine"], str(one["label"])))


def shown(account: Account | None) -> str:
    """Somebody of the house as a field shows it: two of one name are told apart by their accounts."""
    return f"{wording.name_of(account)} ({account.id})" if account is not None else ""


def first(session: Session) -> list[str]:
    """The first of the house by name: all where few work, and enough to begin with where scripts are off."""
    return [shown(one) for one in person_search.like(session, "", limit=LISTED)]


def _groups(groups: list[str], comma: str) -> str:
    return comma.join(map(wording.group_name, groups))
