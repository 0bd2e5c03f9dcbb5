"""The kinds of events one can be told of, and how, as people say it."""

from collections.abc import Mapping
from typing import Any

from api.pages.texts import lazy_gettext

KINDS: Mapping[str, Any] = {
    "assigned": lazy_gettext("A task is given to me"),
    "delegated": lazy_gettext("A task is delegated to me"),
    "returned": lazy_gettext("A task I delegated comes back"),
    "mention": lazy_gettext("Somebody mentions me"),
    "watched": lazy_gettext("A case I watch goes on"),
    "case": lazy_gettext("A case needs me or my department"),
    "deadline": lazy_gettext("A deadline of mine comes near"),
    "breached": lazy_gettext("A deadline of mine is missed"),
    "escalated": lazy_gettext("I am called as supervisor"),
    "absence": lazy_gettext("I begin or stop to stand in for somebody"),
    "incident": lazy_gettext("A case does not go on (operations)"),
}
SHORT: Mapping[str, Any] = {
    "assigned": lazy_gettext("Task"),
    "delegated": lazy_gettext("Delegated"),
    "returned": lazy_gettext("Returned"),
    "mention": lazy_gettext("Mention"),
    "watched": lazy_gettext("Watched"),
    "case": lazy_gettext("Case"),
    "deadline": lazy_gettext("Deadline"),
    "breached": lazy_gettext("Missed deadline"),
    "escalated": lazy_gettext("Escalation"),
    "absence": lazy_gettext("Substitute"),
    "incident": lazy_gettext("Incident"),
}
ICONS: Mapping[str, str] = {
    "assigned": "inbox",
    "delegated": "people",
    "returned": "undo",
    "mention": "at",
    "watched": "eye",
    "case": "case",
    "deadline": "clock",
    "breached": "alert",
    "escalated": "up",
    "absence": "people",
    "incident": "stop",
}
MAILS: Mapping[str, Any] = {
    "off": lazy_gettext("No mail"),
    "now": lazy_gettext("At once"),
    "digest": lazy_gettext("In the digest"),
}
DIGESTS: Mapping[str, Any] = {
    "daily": lazy_gettext("Once a day"),
    "hourly": lazy_gettext("Every hour"),
}
