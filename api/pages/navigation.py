"""What every page shows around itself: who is signed in, where one can go, language and theme."""

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from api.accounts import SignedIn
from api.pages import administration_frame, door, language, notification_list, security
from api.pages.texts import gettext

CONVERSATION = ("pages.conversation", "pages.write_comment", "pages.edit_comment", "pages.delete_comment", "pages.attachment")
SECTIONS = {
    "pages.tasks": ("pages.tasks", "pages.task", "pages.complete", "pages.bulk"),
    "pages.complaints": (
        *("pages.complaints", "pages.complaint", "pages.new_complaint", "pages.reveal_contact_data", "pages.waive_evidence"),
        *("pages.link_complaint", "pages.merge_complaint", *CONVERSATION),
    ),
    "pages.compensations": ("pages.compensations", "pages.new_compensation"),
    "pages.reports": ("pages.reports", "pages.report_by", "pages.report_definitions"),
    "pages.processes": ("pages.processes", "pages.process", "pages.process_version", "pages.deploy", "pages.new_process", "pages.instance"),
    "pages.operations": ("pages.operations", "pages.assignment"),
    "pages.administration": administration_frame.ENDPOINTS,
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One place to go; `key` is pressed after `g`."""

    url: str
    label: str
    icon: str
    key: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class Me:
    """The person, as pages speak of them, and what the bell of the frame says."""

    id: str
    name: str
    groups: tuple[str, ...]
    keyboard: bool
    unread: int
    newest: str | None
    bell: str
    bell_etag: str


def context() -> dict[str, Any]:
    """For every template."""
    person = door.known()
    return {
        "csrf_token": security.csrf_token,
        "locale": language.language(),
        "theme": language.theme(),
        "here": request.full_path.rstrip("?") if request.method == "GET" else url_for("pages.home"),
        "me": _me(person) if person else None,
        "navigation": entries(person) if person else [],
        "standing": g.get("standing"),
    }


def _me(person: SignedIn) -> Me:
    name = (person.name_zh if language.language() == "zh" else None) or person.actor.name
    return Me(
        id=person.actor.id,
        name=name,
        groups=tuple(sorted(person.actor.groups)),
        keyboard=person.keyboard,
        unread=person.unread,
        newest=person.newest,
        bell=notification_list.label(person.unread),
        bell_etag=notification_list.etag(person),
    )


def entries(person: SignedIn) -> list[Entry]:
    """The places this person's roles can go to."""
    may = person.may
    shown = [
        ("pages.tasks", "t", gettext("Tasks"), "inbox", True),
        ("pages.complaints", "c", gettext("Complaints"), "case", may("complaint:read") or may("complaint:register")),
        ("pages.compensations", "m", gettext("Compensations"), "money", may("compensation:request") or may("compensation:read")),
        ("pages.reports", "r", gettext("Reports"), "chart", may("report:read") or may("report:department")),
        ("pages.processes", "p", gettext("Processes"), "flow", may("process:read")),
        ("pages.operations", "o", gettext("Operations"), "pulse", may("incident:read")),
        ("pages.administration", "a", gettext("Administration"), "gear", administration_frame.may_enter(person)),
    ]
    return [
        Entry(url=url_for(endpoint), label=label, icon=icon, key=key, current=request.endpoint in SECTIONS[endpoint])
        for endpoint, key, label, icon, allowed in shown
        if allowed
    ]


def start() -> str:
    """Process owners start at the processes, operations at what is stuck, administrators at accounts, others at their tasks."""
    groups = door.actor().groups
    if "ops" in groups:
        return url_for("pages.operations")
    if "process_owner" in groups:
        return url_for("pages.processes")
    if groups == {"admin"}:
        return url_for("pages.administration")
    return url_for("pages.tasks")
