"""Every refusal of Redress: one tree, each class a sentence.

The docstring is the message; `{names}` in it are filled from the keyword arguments. `code` is the stable word that
programs read. Status codes belong to `api/errors.py`, translations to the catalogues (the docstring is the message id).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

_HEAD, _TAIL = 700, 250


def shortened(text: str) -> str:
    """A sentence that quotes what was sent, with its beginning and end: nobody reads 400,000 characters of it."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} ... {text[-_TAIL:]}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with an input: where, and a sentence that says what to do.

    For data, `pointer` is a JSON pointer (`/approved_amount`). For diagrams, `file`, `element` (id) and `line` name the
    place and `rule` the check that spoke. `severity` is "error" or "warning".
    """

    code: str
    message: str
    pointer: str | None = None
    file: str | None = None
    element: str | None = None
    name: str | None = None
    line: int | None = None
    rule: str | None = None
    severity: str = "error"

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", shortened(self.message))


class RedressError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "ERROR"

    def __init__(
        self,
        *,
        problems: Sequence[Problem] = (),
        missing: Sequence[str] = (),
        who_can: Sequence[str] = (),
        keep: Callable[[Any], None] | None = None,
        **details: Any,
    ) -> None:
        """`keep(session)` is run by `unit_of_work` in a transaction of its own, after the rollback and before the answer."""
        self.details: dict[str, Any] = {name: shortened(value) if isinstance(value, str) else value for name, value in details.items()}
        self.problems = tuple(problems)
        self.missing = tuple(missing)
        self.who_can = tuple(who_can)
        self.keep = keep
        super().__init__(self.template().format(**self.details))

    @classmethod
    def template(cls) -> str:
        """The sentence with its `{names}`: also the message id of its translation."""
        return " ".join((cls.__doc__ or cls.__name__).split())


class NotFound(RedressError):
    """There is no {kind} with the id {id}."""

    code = "NOT_FOUND"


class Invalid(RedressError):
    """What was sent cannot be accepted; each problem names its place."""

    code = "INVALID"


class InvalidDeployment(Invalid):
    """These files cannot be deployed; nothing was changed. Each problem names the file, the element and the line."""

    code = "INVALID_DEPLOYMENT"


class Refused(RedressError):
    """You may not do this: {reason}"""

    code = "FORBIDDEN"


class ConflictOfInterest(Refused):
    """This case concerns you or someone close to you, so you may neither see nor do its tasks."""

    code = "CONFLICT_OF_INTEREST"


class FourEyes(Refused):
    """This task needs a second pair of eyes: you already did {other} in this case."""

    code = "FOUR_EYES"


class Reviewer(Refused):
    """You took part in what is reviewed here; somebody else has to review it."""

    code = "REVIEWER"


class NotCandidate(Refused):
    """This task belongs to {groups}; you are not one of them."""

    code = "NOT_CANDIDATE"


class Conflict(RedressError):
    """This has changed in the meantime: {reason}"""

    code = "CONFLICT"


class TaskClosed(Conflict):
    """This task was already finished by {who} at {when}."""

    code = "TASK_CLOSED"


class Overtaken(TaskClosed):
    """This task was already finished by {who} at {when}. What you typed is kept as your draft."""


class FinishedYourself(TaskClosed):
    """You have finished this task already, at {when}."""


class TaskClaimed(Conflict):
    """This task was taken by {who} at {when}."""

    code = "TASK_CLAIMED"


class Lent(Conflict):
    """{who} gave you this task for a piece of work and completes it: give it back with a note about what you did."""

    code = "LENT"


class NotReversible(Conflict):
    """This cannot be undone any more: something happened to the task in the meantime."""

    code = "NOT_REVERSIBLE"


class HolderRuledOut(Conflict):
    """{who} had this task before and may not do it any more, so it cannot be given back; choose somebody else."""

    code = "HOLDER_RULED_OUT"


class NothingToTake(Conflict):
    """Nothing you may do waits for somebody to take it."""

    code = "NOTHING_TO_TAKE"


class AssigneeAway(Conflict):
    """{who} is away or does not work here any more; choose somebody else."""

    code = "ASSIGNEE_AWAY"


class CompletionPending(Conflict):
    """{who} already completed this task at {when}; the step after it failed and waits for repair."""

    code = "COMPLETION_PENDING"


class RevisionChanged(RedressError):
    """This was changed by someone else since you read it; read it again and repeat your change."""

    code = "REVISION_CHANGED"


class RevisionRequired(RedressError):
    """This can be changed by several people: say which revision you read (If-Match)."""

    code = "REVISION_REQUIRED"


class MessageIdTaken(Conflict):
    """The id {id} belongs to another message; send yours under an id of its own."""

    code = "MESSAGE_ID_TAKEN"


class NotUnique(Conflict):
    """There is already an instance of {key} for {business_key}."""

    code = "NOT_UNIQUE"


class ExecutionFailed(RedressError):
    """The step failed at {element}: {reason}"""

    code = "EXECUTION_FAILED"
    passed: Sequence[Any] = ()  # the passages of this attempt, which is rolled back: for who looks for the reason
    receiver: tuple[str, str] | None = None  # root and instance a message was delivered to, when its step failed


class UncaughtError(ExecutionFailed):
    """The step failed at {element}: {reason}"""

    code = "UNCAUGHT_ERROR"


class BudgetExceeded(ExecutionFailed):
    """The step was ended at {element}: {reason}"""

    code = "BUDGET_EXCEEDED"


class HandlerFailed(RedressError):
    """The handler of {topic} failed: {reason}"""

    code = "HANDLER_FAILED"
