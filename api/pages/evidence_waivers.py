"""What a case still needs as evidence, on its page: a team lead does without a piece of it and says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from api.pages import door, problems, wording
from api.pages.form_words import FormWords
from engine.errors import Invalid
from processes import cases, evidence
from processes.evidence import Checklist
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """A mandatory type that is missing: what was typed to do without it, and what was wrong with that."""

    type: str
    name: str
    reason: str
    error: str


def parts(session: Session, row: Complaint, words: FormWords, wanted: Checklist, *, wrong: Invalid | None) -> dict[str, Any]:
    """What there is as evidence, what is missing of what is `wanted`, and why this person may not do without it."""
    found = evidence.of_case(session, row)
    lacking = [] if row.status == cases.CLOSED else evidence.missing(wanted, (one.type for one in found))
    said = {} if wrong is None else {(one.pointer or "").lstrip("/"): problems.sentence(one.message) for one in wrong.problems}
    refused = evidence.waiver_refusal(row, actor=door.actor())
    return {
        "evidence": found,
        "lacking": [_lacking(type_, words, said) for type_ in lacking],
        "waive_error": said.get("type"),
        "waive_refused": None if refused is None else wording.sentence(refused),
        "longest_waiver": evidence.LONGEST_REASON,
    }


def _lacking(type_: str, words: FormWords, said: Mapping[str, str]) -> Lacking:
    typed = request.form if request.form.get("type") == type_ else {}
    error = said.get("reason", "") if typed else ""
    return Lacking(type=type_, name=name(words, type_), reason=typed.get("reason", ""), error=error)


def name(words: FormWords, type_: str) -> str:
    """The type as the form of the investigation calls it."""
    return words("ut_investigate", "evidence", type_)


def waive(session: Session, row: Complaint) -> Attachment:
    """What the form asks for. Raises Invalid, and refuses who may not."""
    return evidence.waive(session, row, request.form.get("type", ""), reason=request.form.get("reason", ""), actor=door.actor())
