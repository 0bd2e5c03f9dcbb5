"""A customer's data in full for somebody who does not handle the case: for a purpose, for a while, and written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api.pages import problems
from api.pages.texts import gettext, lazy_gettext
from engine import clock
from engine.errors import Invalid
from engine.extensions import Actor
from processes import case_contact_data
from processes.case_contact_data import ContactData
from processes.tables.cases import Complaint

SHOWN_FOR = timedelta(minutes=5)
FIELDS: Mapping[str, Any] = {
    "name": lazy_gettext("Name"),
    "phone": lazy_gettext("Phone"),
    "email": lazy_gettext("E-mail"),
    "address": lazy_gettext("Address"),
}
PURPOSES: Mapping[str, Any] = {
    "customer_asked": lazy_gettext("The customer contacted me"),
    "call_back": lazy_gettext("I have to call or write to the customer"),
    "check_identity": lazy_gettext("To check who it is"),
    "pay": lazy_gettext("To pay the customer"),
    "supervise": lazy_gettext("To supervise or review the case"),
    "authority": lazy_gettext("An authority or a court asks"),
    "other": lazy_gettext("Something else, said below"),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The form that asks: what was chosen in it, and what was wrong with it."""

    fields: Mapping[str, Any]
    purposes: Mapping[str, Any]
    chosen: str
    reason: str
    errors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Data are shown in full until then."""

    until: datetime
    seconds: int


def form(error: Invalid | None = None) -> Asked:
    """As it is shown: empty, or with what was typed and what is wrong with it."""
    said = {} if error is None else {(one.pointer or "").lstrip("/"): problems.sentence(one.message) for one in error.problems}
    return Asked(
        fields=FIELDS, purposes=PURPOSES, chosen=request.form.get("purpose", ""), reason=request.form.get("reason", ""), errors=said
    )


def reveal(session: Session, row: Complaint, *, actor: Actor) -> ContactData:
    """What the form asks for; everything when its button for everything was pressed. Raises Invalid."""
    wanted = request.form.getlist("field") or list(FIELDS)
    return case_contact_data.reveal(
        session, row, actor=actor, reason=request.form.get("reason", ""), purpose=request.form.get("purpose", ""), fields=wanted
    )


def shown(contact: ContactData) -> Shown | None:
    """How long what was revealed stays on the page."""
    if not contact.revealed:
        return None
    return Shown(until=clock.elapsed() + SHOWN_FOR, seconds=int(SHOWN_FOR.total_seconds()))


def fields_in_words(fields: list[str]) -> str:
    """The fields somebody looked at, for the story of the case."""
    return gettext(", ").join(str(FIELDS.get(one, one)) for one in fields)


def purpose_in_words(purpose: str) -> str:
    """What for; what was said in words stands beside it."""
    return str(PURPOSES.get(purpose, purpose))
