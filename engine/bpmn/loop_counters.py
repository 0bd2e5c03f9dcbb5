"""The attributes that the standard gives to loops and multi-instance activities (BPMN 2.0, 10.3.8, tables 10.28 and 10.31).

They are no variables: expressions and scripts inside an instance, its conditions included, read them by these names, in the
spelling of the standard or the shorter one other tools use. A variable of the same name hides them.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import CallActivity

from engine.bpmn.token import Token, Values

LOOP_COUNTER = "loopCounter"
_OF_ALL = ("Instances", "ActiveInstances", "CompletedInstances", "TerminatedInstances")
NAMES = frozenset({LOOP_COUNTER, *(f"{spelling}{what}" for spelling in ("numberOf", "nrOf") for what in _OF_ALL)})


def counters(token: Token) -> Values:
    """Those of the innermost loop around a token, within the same process; none outside of loops."""
    inside: Token | None = token
    while inside is not None:
        loop = inside.parent
        if "index" in inside.internal_data and loop is not None and isinstance(loop.task_spec, LoopTask):
            return {LOOP_COUNTER: inside.internal_data["index"] + 1, **counted(loop)}
        around: Token | None = getattr(inside.workflow, "parent_token", None)
        inside = None if around is None or isinstance(around.task_spec, CallActivity) else around
    return {}


def counted(loop: Token) -> Values:
    """How many instances of a multi-instance activity there are, and how they stand; nothing for a standard loop."""
    counts: dict[str, Any] = loop.internal_data
    if "started" not in counts:
        return {}
    terminated, done = len(counts["terminated"]), len(counts["completed"])
    numbers = (counts["instances"], counts["started"] - done - terminated, done, terminated)
    return {f"{spelling}{what}": number for spelling in ("numberOf", "nrOf") for what, number in zip(_OF_ALL, numbers, strict=True)}
