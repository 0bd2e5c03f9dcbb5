"""The kinds of events one can be told of, and how, as people say it."""

from collections.abc import Mapping
from typing import Any

from api.pages.texts import lazy_gettext

EVENTS: Mapping[str, Any] = {
    "task_assigned": lazy_gettext("A task is assigned to me"),
    "task_offered": lazy_gettext("A task is new in one of my groups"),
    "deadline_near": lazy_gettext("A deadline of mine comes near"),
    "deadline_missed": lazy_gettext("A deadline of mine is missed"),
    "mentioned": lazy_gettext("Somebody mentions me"),
    "case_watched": lazy_gettext("A case I watch goes on"),
    "escalated": lazy_gettext("I am called as supervisor"),
}
MAILS: Mapping[str, Any] = {
    "off": lazy_gettext("No mail"),
    "now": lazy_gettext("At once"),
    "digest": lazy_gettext("In the daily digest"),
}
