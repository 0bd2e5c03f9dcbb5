"""Short messages that appear at the edge of the next page, some with a way back."""

from typing import Any

from flask import flash, url_for

from engine.tables import UserTask


def say(text: str, kind: str = "good", *, undo_url: str | None = None, **fields: Any) -> None:
    """Say it on the next page. With `undo_url` there is an Undo button, which posts these fields to it."""
    message: Any = {"text": text, "url": undo_url, "fields": {name: str(value) for name, value in fields.items()}}
    flash(message if undo_url else text, kind)  # Flask keeps whatever JSON can hold; the frame of the pages shows both


def undoable(text: str, task: UserTask, **args: Any) -> None:
    """Say what was done to a task, with Undo: it works as long as the task has the revision it has now."""
    say(text, undo_url=url_for("pages.undo", task_id=task.id, revision=task.revision, **args))
