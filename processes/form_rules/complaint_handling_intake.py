"""Forms of intake and triage: registration, duplicates, admissibility, missing information, triage (processes.md 2.5)."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound, Problem
from engine.extensions import Actor, FormRules, Values
from engine.tables import UserTask
from processes import case_merging, cases, complaints, completeness, contacts, decision_records, grading, intake_fields, sla, triage
from processes.form_rules.answers import column, complaint_of, problem, text
from processes.tables.cases import Complaint, Customer
from processes.tables.correspondence import Attachment

NOT_STORED = ("comment", "is_agent", "authorisation_file", "attachments", "received_at", "representatives")
LEVEL_INPUTS = grading.GRADING_INPUTS


class _Merged:
    """A record as it will be: what was typed, before what is there."""

    def __init__(self, record: Complaint | Customer | None, typed: Mapping[str, Any]) -> None:
        self._record, self._typed = record, typed

    def __getattr__(self, name: str) -> Any:
        return self._typed[name] if name in self._typed else getattr(self._record, name, None)


def _registration(complaint: Complaint, values: Values) -> Values:
    """What the form adds: an empty field keeps what was registered, and so does a box that was not ticked again."""
    kept = {name: value for name, value in values.items() if name not in NOT_STORED and value not in (None, "", [], False)}
    names = column(values.get("representatives"), "name")
    if names:
        kept["representatives"] = names
    if values.get("is_agent"):
        kept["authorised"] = complaint.authorised or bool(text(values, "authorisation_file"))
    return kept


def check_register(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """Every mandatory field is there afterwards. Raises Invalid with every field that cannot be read."""
    complaint = complaint_of(session, task)
    customer = cases.customer_of(session, complaint)
    clean = intake_fields.read(_registration(complaint, values))
    after = _Merged(complaint, clean.complaint), _Merged(customer, clean.customer)
    return [
        problem("REQUIRED", name, f"Fill in {completeness.words(name, 'en')}.")
        for name in intake_fields.missing(cast(Complaint, after[0]), cast(Customer, after[1]))
    ]


def record_register(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """The record of the case, and what came with it."""
    complaint = complaint_of(session, task)
    complaints.update(session, complaint, _registration(complaint, values))
    if text(values, "authorisation_file"):
        _attach(session, complaint, "authorisation", str(values["authorisation_file"]), actor)
    for name in column(values.get("attachments"), "file"):
        _attach(session, complaint, "customer_evidence", name, actor)
    cases.log(session, complaint, "registration_completed", by=actor.id, text=text(values, "comment"))
    return {}


def _attach(session: Session, complaint: Complaint, kind: str, name: str, actor: Actor) -> None:
    row = Attachment(complaint_id=complaint.id, type=kind, file_name=name, uploaded_by=actor.id, at=clock.now(), source="customer")
    row.assessed = "file"
    session.add(row)


def _older(session: Session, complaint: Complaint, values: Values) -> Complaint | None:
    """The case this one is merged into: as named, else as found; both are held until the transaction ends."""
    named = text(values, "duplicate_of") or complaint.duplicate_of
    found = session.scalar(select(Complaint).where(or_(Complaint.reference == named, Complaint.id == named))) if named else None
    if found is not None:
        case_merging.hold(session, complaint, found)
    return found


def check_duplicate(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A case is merged into another open one, never into itself."""
    if not values["agree_merge"]:
        return ()
    complaint = complaint_of(session, task)
    older = _older(session, complaint, values)
    if older is None or older.id == complaint.id:
        return (problem("UNKNOWN", "duplicate_of", "Give the number of the other case."),)
    if older.status == cases.CLOSED:
        return (problem("CLOSED", "duplicate_of", f"{older.reference} is closed; a closed case takes up nothing."),)
    return ()


def record_duplicate(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Merge, and tell the customer and the owner of the older case; or go on as a case of its own."""
    complaint = complaint_of(session, task)
    if not values["agree_merge"]:
        decision_records.overrule(session, complaint, "intake_validation", by=actor, reason=text(values, "reason"), decision="accept")
        return {"agree_merge": False}
    older = _older(session, complaint, values)
    if older is None:
        raise NotFound(kind="complaint", id=values.get("duplicate_of"))
    if older.status == cases.CLOSED:  # after a step that failed, the answer is recorded long after it was checked
        raise case_merging.CaseClosed(reference=older.reference)
    sla.stop(session, complaint, "C-TRIAGE")
    case_merging.merge(session, complaint, older, by=actor.id, key=task.id, new_facts=text(values, "new_facts"))
    return {"agree_merge": True}


def record_inadmissible(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Say no with the reason and the remedies; or overrule the table."""
    complaint = complaint_of(session, task)
    if not values["agree"]:
        decision_records.overrule(session, complaint, "intake_validation", by=actor, reason=text(values, "reason"), decision="accept")
        return {"agree": False}
    said = decision_records.latest(session, complaint, "intake_validation")
    reason = said.result.get("reason") if said is not None else None
    contacts.send(session, complaint, "T-INADMISSIBLE", key=task.id, by=actor.id, reason=reason)
    sla.stop(session, complaint, "C-TRIAGE")
    sla.stop(session, complaint, "C-ACK")
    sla.cancel_all(session, complaint)
    cases.close(session, complaint, "CLOSED_INADMISSIBLE", by=actor.id)
    return {"agree": True}


def record_info(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Somebody enters what the customer has answered."""
    complaint = complaint_of(session, task)
    files, answer = column(values.get("files"), "file"), text(values, "answer")
    if values.get("authorised"):
        complaint.authorised = True
    for name in files:
        _attach(session, complaint, "customer_evidence", name, actor)
    said = answer or ", ".join(files) or "-"
    contacts.record(session, complaint, said, direction="in", channel=complaint.channel, by=actor.id)
    if answer:
        cases.add_content(session, complaint, answer, by=actor.id)
    return {"info_provided": True}


def _triaged(complaint: Complaint, values: Values) -> dict[str, Any]:
    """What is decided otherwise than the record says; nested `level_inputs` count like fields."""
    nested = values.get("level_inputs")
    asked: Mapping[str, Any] = {**values, **(nested if isinstance(nested, Mapping) else {})}
    names = ("category", "sub_category", "secondary_category", "handler_group", *LEVEL_INPUTS)
    changed = {name: asked[name] for name in names if asked.get(name) not in (None, "") and asked[name] != getattr(complaint, name)}
    return changed | {name: asked[name] for name in ("level_override", "involved_departments") if asked.get(name)}


def check_triage(session: Session, task: UserTask, values: Values, actor: Actor) -> Sequence[Problem]:
    """A category has sub-categories of its own."""
    complaint = complaint_of(session, task)
    category = values.get("category") or complaint.category
    sub_category = values.get("sub_category")
    if sub_category and category and not str(sub_category).startswith(f"{category}-"):
        return (problem("PATTERN", "sub_category", f"A sub-category of {category} begins with {category}-."),)
    return ()


def record_triage(session: Session, task: UserTask, values: Values, actor: Actor) -> Values:
    """Category, facts and level as a person sees them; anything changed is graded again."""
    complaint, changed = complaint_of(session, task), _triaged(complaint_of(session, task), values)
    if "category" in changed and "sub_category" not in changed:
        changed["sub_category"] = f"{changed['category']}-GEN"
    for name, value in changed.items():
        if name not in ("level_override", "involved_departments"):
            setattr(complaint, name, value)
    complaint.classification_source = "human" if {"category", "sub_category"} & set(changed) else "rule"
    if complaint.registered_by is None:
        complaint.first_inquiry_owner = actor.id
    given_names = {name: values.get(name) for name in ("secondary_category", "reason")}
    triage.note(session, complaint, by=actor.id, changed=sorted(changed), **{**given_names, **_decided(changed)})
    sla.stop(session, complaint, "C-TRIAGE")
    return {"triage_confirmed": True, "triage_changed": bool(changed)}


def _decided(changed: Mapping[str, Any]) -> dict[str, Any]:
    override = changed.get("level_override")
    return {
        "level_override": int(override) if override else None,
        "handler_group": changed.get("handler_group"),
        "involved_departments": changed.get("involved_departments"),
    }


FORMS: Mapping[str, FormRules] = {
    "ut_register": FormRules(check=check_register, record=record_register),
    "ut_confirm_duplicate": FormRules(check=check_duplicate, record=record_duplicate),
    "ut_confirm_inadmissible": FormRules(record=record_inadmissible),
    "ut_wait_customer_info": FormRules(record=record_info),
    "ut_triage": FormRules(check=check_triage, record=record_triage),
}
