"""The words of the inbox: its filters, their icons, what search attributes are called."""

from collections.abc import Mapping
from typing import Any

from api.pages import complaint_words, wording
from api.pages.texts import gettext, lazy_gettext
from engine import attribute_order

SCOPES: Mapping[str, tuple[Any, str]] = {
    "groups": (lazy_gettext("My groups"), "people"),
    "mine": (lazy_gettext("Mine"), "person"),
    "unassigned": (lazy_gettext("Unassigned"), "inbox"),
    "delegated": (lazy_gettext("Lent to others"), "lent"),
    "open": (lazy_gettext("All I may see"), "list"),
}
STANDINGS: Mapping[str, tuple[Any, str]] = {
    "due_today": (lazy_gettext("Due today"), "clock"),
    "at_risk": (lazy_gettext("At risk"), "alert"),
    "breached": (lazy_gettext("Overdue"), "stop"),
    "follow_up": (lazy_gettext("To follow up"), "flag"),
}
SORTS: Mapping[str, Any] = {
    "due_at": lazy_gettext("Due first"),
    "slack": lazy_gettext("Least working time left"),
    "-priority": lazy_gettext("Highest priority"),
    "created_at": lazy_gettext("Oldest"),
    "-created_at": lazy_gettext("Newest"),
    "follow_up_at": lazy_gettext("Follow-up first"),
}
BY_ATTRIBUTE: Mapping[str, tuple[Any, Any]] = {  # by type, upwards and downwards
    "number": (lazy_gettext("%(name)s: smallest first"), lazy_gettext("%(name)s: largest first")),
    "text": (lazy_gettext("%(name)s: A to Z"), lazy_gettext("%(name)s: Z to A")),
    "instant": (lazy_gettext("%(name)s: earliest first"), lazy_gettext("%(name)s: latest first")),
}
USUAL_PRIORITY = 50
PRIORITIES: Mapping[int, Any] = {
    100: lazy_gettext("Urgent"),
    75: lazy_gettext("High"),
    USUAL_PRIORITY: lazy_gettext("Normal"),
    25: lazy_gettext("Low"),
}
OPERATORS: Mapping[str, Any] = {
    "eq": lazy_gettext("is"),
    "neq": lazy_gettext("is not"),
    "gte": lazy_gettext("at least"),
    "lte": lazy_gettext("at most"),
    "like": lazy_gettext("contains"),
}
ATTRIBUTES: Mapping[str, Any] = {
    "level": lazy_gettext("Level"),
    "status": lazy_gettext("Status"),
    "priority_band": lazy_gettext("Priority"),
    "category": lazy_gettext("Category"),
    "customer": lazy_gettext("Customer"),
    "case_owner": lazy_gettext("Case owner"),
    "requested_amount": lazy_gettext("Requested amount"),
    "source": lazy_gettext("Source"),
    "tier": lazy_gettext("Tier of supervision"),
    "trigger": lazy_gettext("Reason of the escalation"),
    "visit_type": lazy_gettext("Kind of visit"),
    "visit_no": lazy_gettext("Number of the visit"),
}
SHOWN = frozenset({"level", "status", "customer", "requested_amount"})  # in each row
COLOURS: Mapping[str, Any] = {
    "grey": lazy_gettext("Grey"),
    "blue": lazy_gettext("Blue"),
    "teal": lazy_gettext("Teal"),
    "green": lazy_gettext("Green"),
    "amber": lazy_gettext("Amber"),
    "red": lazy_gettext("Red"),
    "purple": lazy_gettext("Purple"),
}


def attribute(name: str) -> str:
    """What a search attribute is called; one that only a diagram of this house has keeps its name."""
    return str(ATTRIBUTES.get(name, name))


def attribute_sorts(declared: Mapping[str, str]) -> dict[str, str]:
    """The orders by what processes declare, in words, by name."""
    named = sorted((attribute(name), name, kind) for name, kind in declared.items())
    return {
        f"{sign}{attribute_order.PREFIX}{name}": str(said) % {"name": shown}
        for shown, name, kind in named
        for sign, said in zip(("", "-"), BY_ATTRIBUTE[kind], strict=True)
    }


def sorted_by(name: str, about: Mapping[str, Any]) -> str:
    """The value a list is sorted by, where a row does not show it anyway."""
    value = about.get(name)
    if name in SHOWN or value is None:
        return ""
    said = complaint_words.category_name(value) if name == "category" else str(value)
    return gettext("%(name)s: %(value)s", name=attribute(name), value=said)


def level(number: int) -> str:
    """A level as a filter says it."""
    return wording.level_name(number)


def priority(number: int) -> str:
    """How pressing a task is; a number that only a diagram gives stays a number."""
    return str(PRIORITIES.get(number, number))


def condition(name: str, operator: str, value: str) -> str:
    """A condition as people say it."""
    return f"{attribute(name)} {OPERATORS[operator]} {value}"


def count(number: int, counted_up_to: int) -> str:
    """A count that stops being exact where nobody needs it."""
    return str(number) if number <= counted_up_to else f"{counted_up_to}+"


def empty(scope: str, *, narrowed: bool) -> tuple[str, str]:
    """Why nothing is shown, and what next."""
    if narrowed:
        return gettext("No task fits these filters"), gettext("Take one away, or look at all tasks of your groups.")
    if scope == "mine":
        return gettext("Nothing is assigned to you"), gettext("Claim a task of your groups and it appears here.")
    if scope == "unassigned":
        return gettext("Everything has somebody"), gettext("No task of your groups waits to be claimed.")
    if scope == "delegated":
        return gettext("Nothing is lent"), gettext("Tasks you give to somebody for a piece of work wait here until they come back.")
    return gettext("No tasks"), gettext("Nothing waits for you or your groups. New tasks appear here by due time.")
