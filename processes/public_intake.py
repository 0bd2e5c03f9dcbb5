"""The complaint form of the public: what it asks for, and the one way from it to a case."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import Conflict, Invalid, Problem
from engine.extensions import Actor
from processes import cases, complaints, intake_fields
from processes.tables.cases import SentForm

TEXTS = (
    *("business_type", "complained_object", "order_no", "contract_no", "event_date", "content", "demand", "claim_amount"),
    *("name", "phone", "email", "preferred_contact", "contact_hours"),
)
TICKS = ("injury", "consent_data_use")
NEEDED: Mapping[str, str] = {
    "business_type": "Say what kind of matter it is.",
    "complained_object": "Say what your complaint is about.",
    "content": "Tell us what happened.",
    "demand": "Say what you would like us to do.",
    "name": "Give your name, so that we know whom we answer.",
    "preferred_contact": "Say how we reach you best.",
}
NO_WAY = "Give a mobile number or an e-mail address; without one we cannot answer."
NO_PHONE = "Give the mobile number we are to use."
NO_EMAIL = "Give the e-mail address we are to use."
NO_CONSENT = "We can look into it only if we may use what you tell us; please agree."


class SentAndChanged(Conflict):
    """This form was sent already, and then changed. Send it again only if this is another complaint."""

    code = "SENT_AND_CHANGED"


def read(typed: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the form as `complaints.register` takes them; what is empty is left out."""
    given: dict[str, Any] = {name: typed[name].strip() for name in TEXTS if typed.get(name, "").strip()}
    return given | {name: True for name in TICKS if typed.get(name)}


def check(given: Mapping[str, Any]) -> None:
    """Raise Invalid with everything that is missing or cannot be read, in the order of the form."""
    missing = [Problem(code="REQUIRED", pointer=f"/{name}", message=said) for name, said in NEEDED.items() if not given.get(name)]
    problems = [*missing, *_ways(given)]
    if not given.get("consent_data_use"):
        problems.append(Problem(code="REQUIRED", pointer="/consent_data_use", message=NO_CONSENT))
    try:
        intake_fields.read(given)
    except Invalid as unreadable:
        problems += unreadable.problems
    if problems:
        order = [*TEXTS, *TICKS]
        raise Invalid(problems=sorted(problems, key=lambda one: order.index((one.pointer or "").lstrip("/"))))


def _ways(given: Mapping[str, Any]) -> list[Problem]:
    phone, email, way = given.get("phone"), given.get("email"), given.get("preferred_contact")
    if not phone and not email:
        return [Problem(code="REQUIRED", pointer="/phone", message=NO_WAY)]
    if way in ("phone", "sms") and not phone:
        return [Problem(code="REQUIRED", pointer="/phone", message=NO_PHONE)]
    if way == "email" and not email:
        return [Problem(code="REQUIRED", pointer="/email", message=NO_EMAIL)]
    return []


def register_once(
    session: Session, key: str, given: Mapping[str, Any], *, locale: str, profile: str, code: str, actor: Actor | None = None
) -> str:
    """Make it a case, or find the one this form has become before; gives the number. Raises SentAndChanged.

    `locale` is the language the customer is written to; `actor` registers it for him or her.
    """
    name, fingerprint = _digest(key), _digest(json.dumps(given, sort_keys=True, default=str))
    if not _taken(session, name, fingerprint):
        return _again(session, name, fingerprint)
    values = {"profile": profile, "channel": "web", "locale": locale, **given}
    complaint = complaints.register(session, values, actor=actor, code=code).complaint
    session.get_one(SentForm, name).complaint_id = complaint.id
    return complaint.reference


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _taken(session: Session, name: str, fingerprint: str) -> bool:
    # Written first: of two at once the second waits here until the first is done, also on PostgreSQL.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(SentForm).values(key=name, fingerprint=fingerprint, complaint_id=None, at=clock.now())
    return session.scalar(row.on_conflict_do_nothing(index_elements=["key"]).returning(SentForm.key)) is not None


def _again(session: Session, name: str, fingerprint: str) -> str:
    sent = session.get_one(SentForm, name)
    if sent.fingerprint != fingerprint or sent.complaint_id is None:
        raise SentAndChanged()
    return cases.get(session, sent.complaint_id).reference
