"""The words of pages: names of groups, states and elements, times and amounts, in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask

from api.pages import permission_words, problems
from api.pages.language import language
from api.pages.texts import N_, format_date, format_datetime, format_decimal, format_time, format_timedelta, gettext, lazy_gettext, local
from engine import clock
from engine.errors import RedressError
from processes import roles

STATES: Mapping[str, Any] = {
    "running": lazy_gettext("Running"),
    "suspended": lazy_gettext("Suspended"),
    "completed": lazy_gettext("Completed"),
    "terminated": lazy_gettext("Ended"),
    "cancelled": lazy_gettext("Cancelled"),
    "failed": lazy_gettext("Failed"),
    "draft": lazy_gettext("Draft"),
    "in_approval": lazy_gettext("In approval"),
    "approved": lazy_gettext("Approved"),
    "rejected": lazy_gettext("Rejected"),
    "partly_paid": lazy_gettext("Partly paid"),
    "paid": lazy_gettext("Paid"),
}

VOTES: Mapping[str, Any] = {
    "approve": lazy_gettext("approved"),
    "return": lazy_gettext("returned"),
    "reject": lazy_gettext("rejected"),
    "support": lazy_gettext("supports it"),
    "support with remark": lazy_gettext("supports it with a remark"),
    "oppose": lazy_gettext("opposes it"),
    "ok": lazy_gettext("found it in order"),
    "revise": lazy_gettext("revised the claim"),
}

OPERATIONS: Mapping[str, Any] = {
    "deploy": lazy_gettext("Deployed"),
    "start": lazy_gettext("Process started"),
    "claim": lazy_gettext("Claimed"),
    "delegate": lazy_gettext("Lent"),
    "return": lazy_gettext("Given back after work"),
    "recall": lazy_gettext("Taken back"),
    "undo": lazy_gettext("Undone"),
    "follow_up": lazy_gettext("Follow-up set"),
    "prioritise": lazy_gettext("Priority changed"),
    "unclaim": lazy_gettext("Given back"),
    "assign": lazy_gettext("Assigned"),
    "complete": lazy_gettext("Completed"),
    "complete_failed": lazy_gettext("Completed, next step failed"),
    "withdraw": lazy_gettext("Answer withdrawn"),
    "retry": lazy_gettext("Retried"),
    "reschedule": lazy_gettext("Due time moved"),
    "fire": lazy_gettext("Run by hand"),
    "cancel": lazy_gettext("Cancelled"),
    "set_variables": lazy_gettext("Data corrected"),
    "refused": lazy_gettext("Refused"),
    "reveal": lazy_gettext("Customer's data shown"),
    "export": lazy_gettext("Exported"),
    "comment_written": lazy_gettext("Comment written"),
    "comment_edited": lazy_gettext("Comment changed"),
    "comment_deleted": lazy_gettext("Comment deleted"),
    "attachment_added": lazy_gettext("File added"),
    "attachment_opened": lazy_gettext("File opened"),
    "attachment_deleted": lazy_gettext("File deleted"),
}

STUCK: Mapping[str, Any] = {
    "STUCK-INCIDENT": lazy_gettext("Incident"),
    "STUCK-TIMER": lazy_gettext("Overdue"),
    "STUCK-UNCLAIMED": lazy_gettext("Nobody took it"),
    "STUCK-ASSIGNEE": lazy_gettext("Nobody may do it"),
    "STUCK-NO-TOKEN": lazy_gettext("Dead end"),
}

# What comes with the product and is kept in its records as if somebody had typed it.
SHIPPED = frozenset(
    {N_("The diagrams Redress comes with."), N_("General Office of the State Council, notice of 4 November 2025 on the holidays of 2026")}
)

LEVELS: Mapping[int, Any] = {
    1: lazy_gettext("L1 ordinary"),
    2: lazy_gettext("L2 important"),
    3: lazy_gettext("L3 urgent"),
    4: lazy_gettext("L4 major"),
}


def group_name(group: str) -> str:
    """A role as people call it."""
    return roles.shown(group, language())


def state_name(state: str) -> str:
    """A state in words."""
    return str(STATES.get(state, state))


def vote_name(vote: str) -> str:
    """What somebody said, as the end of a sentence."""
    return str(VOTES.get(vote, vote))


def operation_name(kind: str) -> str:
    """What somebody did, in words."""
    return str(OPERATIONS.get(kind, kind))


def kept(note: str) -> str:
    """A note as it was typed; one that came with the product, in the reader's language."""
    return gettext(note) if note in SHIPPED else note


def stuck_name(code: str) -> str:
    """A reason of being stuck in one word."""
    return str(STUCK.get(code, code))


def reason(template: str, details: Mapping[str, Any], names: Callable[[str], str]) -> str:
    """A reason of being stuck as a sentence in the reader's language."""
    said = {name: problems.sentence(value) if name == "message" else _detail(name, value, names) for name, value in details.items()}
    return template.format(**said) if template == "{message}" else gettext(template).format(**said)


def level_name(level: int) -> str:
    """A level of urgency with its name."""
    return str(LEVELS.get(level, f"L{level}"))


def name_of(thing: Any) -> str:
    """The name of a task, element, process or person in the reader's language; without one, its id."""
    chinese: str | None = getattr(thing, "name_zh", None)
    plain: str | None = getattr(thing, "name", None)
    return (chinese if language() == "zh" and chinese else plain) or str(getattr(thing, "id", ""))


def sentence(error: RedressError, *, names: Callable[[str], str] = str) -> str:
    """A refusal in the reader's language: the template is the message id, the details fill it (`tasks_zh` is `tasks` in Chinese)."""
    own = {name: error.details.get(f"{name}_zh", value) if language() == "zh" else value for name, value in error.details.items()}
    details = {name: _detail(name, value, names) for name, value in own.items()}
    return gettext(error.template()).format(**details)


def _detail(name: str, value: Any, names: Callable[[str], str]) -> Any:
    if name == "who" and isinstance(value, str):
        return names(value)
    if name == "permission":
        return f"“{permission_words.shown(value)}”"
    if name == "groups" and isinstance(value, str):
        return gettext(", ").join(group_name(group) if group in roles.ROLES else gettext(names(group)) for group in value.split(", "))
    if name == "when" and isinstance(value, str) and value:
        return short_time(datetime.fromisoformat(value))
    return gettext(value) if isinstance(value, str) and value else value


def short_time(value: datetime) -> str:
    """An instant as people need it in a list: today the time, else the day too."""
    here, today = local(value), local(clock.now())
    if here.date() == today.date():
        return format_time(value, "short")
    same_year = here.year == today.year
    if language() == "zh":
        return format_datetime(value, "M月d日 HH:mm" if same_year else "y年M月d日 HH:mm")
    return format_datetime(value, "d MMM, HH:mm" if same_year else "d MMM y, HH:mm")


def short_day(value: date) -> str:
    """A day, or that of an instant, as a list shows it."""
    day = local(value).date() if isinstance(value, datetime) else value
    return format_date(day, "M月d日" if language() == "zh" else "d MMM")


def full_time(value: datetime) -> str:
    """An instant with date, time and zone, for tooltips."""
    return format_datetime(value, "full")


def ago(value: datetime) -> str:
    """How long ago, in words."""
    return format_timedelta(value - clock.now())


def money(value: Decimal | int | float | str | None) -> str:
    """An amount of yuan with two decimals; nothing is a dash."""
    if value is None or value == "":
        return "–"
    return f"¥{format_decimal(Decimal(str(value)), '#,##0.00')}"


def initials(name: str) -> str:
    """One or two letters for the round badge of a person; a Chinese name gives its last two characters' first."""
    words = [word for word in name.replace("_", " ").split() if word]
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E80:
        return words[0][-2:]
    return "".join(word[0] for word in words[:2]).upper()


def plain(value: Any) -> str:
    """A process variable as text for a table."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return full_time(value)
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, list | tuple):
        return gettext(", ").join(group_name(one) if isinstance(one, str) else plain(one) for one in value) or "–"
    if isinstance(value, dict):
        return gettext(", ").join(f"{key}: {plain(one)}" for key, one in value.items())
    return str(value)


def choice(value: Any) -> str:
    """How a choice of a form is written in HTML and looked up: `true` for yes, else the text of the value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def register(app: Flask) -> None:
    """Make these words filters of the templates."""
    for function in (
        group_name,
        state_name,
        vote_name,
        level_name,
        name_of,
        sentence,
        short_day,
        short_time,
        full_time,
        ago,
        money,
        kept,
        initials,
        plain,
        choice,
    ):
        app.jinja_env.filters[function.__name__] = function
