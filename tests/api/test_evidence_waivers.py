"""A case goes on without a piece of evidence over the JSON API: who decides it, what may be missing, and what follows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.database import new_id, unit_of_work
from processes import cases as processes_cases
from tests import databases, postgresql
from tests.api.conftest import Office, Reply
from tests.api.pages import cases
from tests.api.pages.cases import Case
from tests.api.pages.conftest import Desk

WHY = "The carrier lost its records of 王敏."
PARTLY: dict[str, Any] = {
    "facts_found": "late by 3 days",
    "evidence": ["order_record", "contact_record"],
    "founded": "founded",
    "root_cause": "RC-32",
}


@pytest.fixture
def database_url(tmp_path: Path, delivered: str, postgresql_server: postgresql.Server | None) -> Iterator[str]:
    """A database of this test, with everybody hired and every process deployed."""
    with databases.borrowed(delivered, tmp_path / "redress.db", server=postgresql_server) as url:
        yield url


@pytest.fixture
def case(office: Office) -> Case:
    """A case that is being investigated: nothing is attached yet, and its category asks for three pieces of evidence."""
    made = cases.register(Desk(office=office))
    made.accept()
    return made


def waive(office: Office, by: str, case: Case, type_: str = "delivery_trace", reason: str = WHY, *, key: str | None = None) -> Reply:
    path = f"/complaints/{case.reference}/evidence-waivers"
    return office.person(by).post(path, {"type": type_, "reason": reason}, Idempotency_Key=key or new_id())


def said(answer: Reply) -> tuple[int, str, str]:
    """The status, the place and the sentence of a refusal of one thing."""
    (problem,) = answer.json["errors"]
    return answer.status_code, problem["pointer"], problem["message"]


def test_a_team_lead_does_without_a_piece_and_the_investigation_completes(office: Office, case: Case) -> None:
    owner = office.person(case.owner)
    open_ = f"/user-tasks?scope=open&business_key={case.reference}&element_id=ut_investigate"
    path = f"/user-tasks/{office.person('u_lead1').get(open_).json['items'][0]['id']}/completion"
    refused = owner.post(path, {"values": PARTLY})
    assert (refused.json["errors"][0]["code"], refused.json["errors"][0]["message"]) == (
        "EVIDENCE_MISSING",
        "Attach delivery_trace; the category asks for it. "
        "Where it cannot be had, a team lead can do without it on the page of the case, under Evidence, and say why.",
    )
    made = waive(office, "u_lead1", case)
    assert made.status_code == 201, made.json
    assert (made.json["type"], made.json["waived"], made.json["waive_reason"]) == ("delivery_trace", True, WHY)
    assert owner.post(path, {"values": PARTLY}).status_code == 200


def test_the_reason_is_masked_for_who_reads_the_customer_masked(office: Office, case: Case) -> None:
    waive(office, "u_lead1", case)
    (seen,) = office.person("u_cm1").get(f"/complaints/{case.reference}/attachments").json["items"]
    assert seen["waive_reason"] == "The carrier lost its records of 王*."


def test_a_case_owner_is_refused_and_told_before_who_can(office: Office, case: Case) -> None:
    refused = waive(office, case.owner, case)
    assert (refused.status_code, refused.json["code"], refused.json["who_can"]) == (403, "MAY_NOT_WAIVE", ["team_lead"])
    for account, allowed in ((case.owner, False), ("u_lead1", True)):
        actions = office.person(account).get(f"/complaints/{case.reference}").json["actions"]
        assert [one["allowed"] for one in actions if one["name"] == "waive_evidence"] == [allowed]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_reason_is_asked_for(office: Office, case: Case, reason: str) -> None:
    status, pointer, _ = said(waive(office, "u_lead1", case, reason=reason))
    assert (status, pointer) == (422, "/reason")


def test_what_is_not_missing_is_refused_in_a_sentence(office: Office, case: Case) -> None:
    waive(office, "u_lead1", case)
    missing = "Only mandatory evidence can be done without; missing in this case: order_record, contact_record."
    assert said(waive(office, "u_lead1", case)) == (422, "/type", "It was decided already to do without this.")
    assert said(waive(office, "u_lead1", case, "photo_of_the_moon")) == (422, "/type", missing)
    case.do("ut_investigate", **PARTLY)
    there = "This is there already; nobody has to do without it."
    assert said(waive(office, "u_lead1", case, "order_record")) == (422, "/type", there)


def test_before_triage_nothing_is_missing_and_a_closed_case_stays_as_it_is(office: Office) -> None:
    case = cases.register(Desk(office=office))
    with unit_of_work(office.database) as session:
        processes_cases.by_reference(session, case.reference).category = None
    nothing = "Only mandatory evidence can be done without; missing in this case: –."
    assert said(waive(office, "u_lead1", case, "contact_record")) == (422, "/type", nothing)
    with unit_of_work(office.database) as session:
        processes_cases.close(session, processes_cases.by_reference(session, case.reference), "CLOSED_WITHDRAWN")
    assert waive(office, "u_lead1", case, "contact_record").status_code == 409


def test_sent_again_with_its_key_it_is_decided_once(office: Office, case: Case) -> None:
    first, again = (waive(office, "u_lead1", case, key="waiver-1") for _ in range(2))
    assert (first.status_code, again.status_code, first.json) == (201, 201, again.json)
    events = office.person("u_lead1").get(f"/complaints/{case.reference}/timeline?limit=100").json["items"]
    assert [one["text"] for one in events if one["kind"] == "evidence_waived"] == [WHY]
