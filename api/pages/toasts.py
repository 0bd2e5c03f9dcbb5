"""What a toast says after a step, with the way to undo it where that is honest."""

from typing import Any

from flask import flash, url_for

from engine.tables import UserTask


def undoable(text: str, task: UserTask, **args: Any) -> None:
    """Say what was done to a task, with Undo: it works as long as the task has the revision it has now."""
    url = url_for("pages.undo", task_id=task.id, revision=task.revision, **args)
    flash(text, f"good {url}")  # the template takes kind and address apart
