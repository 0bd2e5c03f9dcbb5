"""The forms of improvement_action (processes.md P8)."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.extensions import Actor, FormRules, Values
from engine.tables import ProcessInstance, UserTask
from processes.tables.supervision import ImprovementAction


def record_root_cause(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The cause, and how it was found."""
    instance = session.get(ProcessInstance, task.instance_id)
    named = instance.variables.get("improvement_id") if instance is not None else None
    row = session.get(ImprovementAction, named) if named else None
    if row is None:
        raise NotFound(kind="improvement for the process instance", id=task.instance_id)
    row.method, row.root_cause, row.text = str(values["method"]), str(values["root_cause"]).strip(), str(values["text"]).strip()
    return {}


FORMS: Mapping[str, FormRules] = {"ut_root_cause": FormRules(record=record_root_cause)}
