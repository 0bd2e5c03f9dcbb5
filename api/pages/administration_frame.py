"""What every page of the administration has around itself: its sections, and what people call what was done there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from api.accounts import SignedIn
from api.pages import door
from api.pages.texts import lazy_gettext

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "pages.accounts": ("pages.accounts", "pages.new_account", "pages.account", "pages.password_link"),
    "pages.groups": ("pages.groups", "pages.group"),
    "pages.roles": ("pages.roles",),
    "pages.deputies": ("pages.deputies", "pages.add_deputy"),
    "pages.calendar": ("pages.calendar", "pages.calendar_year", "pages.calendar_hours"),
    "pages.letters": ("pages.letters", "pages.letter", "pages.letter_version"),
}
PERMISSIONS: Mapping[str, str] = {
    "pages.accounts": "account:manage",
    "pages.groups": "account:manage",
    "pages.roles": "account:manage",
    "pages.deputies": "account:manage",
    "pages.calendar": "calendar:manage",
    "pages.letters": "letter:manage",
}
LABELS: Mapping[str, Any] = {
    "pages.accounts": lazy_gettext("Accounts"),
    "pages.groups": lazy_gettext("Groups"),
    "pages.roles": lazy_gettext("Roles"),
    "pages.deputies": lazy_gettext("Deputies"),
    "pages.calendar": lazy_gettext("Calendar"),
    "pages.letters": lazy_gettext("Letters"),
}
ENDPOINTS = ("pages.administration", *(endpoint for section in SECTIONS.values() for endpoint in section))
# What was done by administrators and by people to their own account, beside `wording.OPERATIONS`.
DONE: Mapping[str, Any] = {
    "account_create": lazy_gettext("Account created"),
    "account_change": lazy_gettext("Account changed"),
    "account_deactivate": lazy_gettext("Account deactivated"),
    "account_reactivate": lazy_gettext("Account reactivated"),
    "password_reset": lazy_gettext("Link for a password made"),
    "password_change": lazy_gettext("Password chosen"),
    "sign_out_everywhere": lazy_gettext("Signed out everywhere"),
    "token_create": lazy_gettext("Token made"),
    "token_revoke": lazy_gettext("Token revoked"),
    "settings_change": lazy_gettext("Settings changed"),
}
FIELDS: Mapping[str, Any] = {
    "name": lazy_gettext("Name"),
    "name_zh": lazy_gettext("Chinese name"),
    "email": lazy_gettext("E-mail"),
    "locale": lazy_gettext("Language"),
    "department": lazy_gettext("Department"),
    "manager_id": lazy_gettext("Manager"),
    "groups": lazy_gettext("Groups"),
    "active": lazy_gettext("Active"),
    "time_zone": lazy_gettext("Time zone"),
    "theme": lazy_gettext("Appearance"),
    "hours": lazy_gettext("Valid for hours"),
}


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One section of the administration."""

    url: str
    label: str
    current: bool


def may_enter(person: SignedIn) -> bool:
    """Is there a section for this person?"""
    return any(person.may(permission) for permission in PERMISSIONS.values())


def tabs() -> list[Tab]:
    """The sections this person's roles can go to."""
    return [
        Tab(url=url_for(endpoint), label=str(LABELS[endpoint]), current=request.endpoint in SECTIONS[endpoint])
        for endpoint, permission in PERMISSIONS.items()
        if door.who().may(permission)
    ]


def done(kind: str) -> str:
    """What somebody did, in words."""
    return str(DONE.get(kind, kind))


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One field of a change."""

    label: str
    before: Any
    after: Any


def changes(details: Mapping[str, Any]) -> list[Changed]:
    """What an operation changed, field by field; a field that was not there before has None."""
    before, after = details.get("before") or {}, details.get("after") or {}
    names = [name for name in FIELDS if name in before or name in after]
    found = [Changed(label=str(FIELDS[name]), before=before.get(name), after=after.get(name)) for name in names]
    return [one for one in found if one.before not in (None, [], "") or one.after not in (None, [], "")]
