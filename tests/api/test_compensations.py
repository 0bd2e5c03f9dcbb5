"""From a complaint to an approved compensation, over the API only."""

from typing import Any

import pytest

from tests.api.conftest import Office

COMPLAINT = {"customer_id": "c1", "customer_name": "王敏", "level": 2, "channel": "phone", "content": "The parcel came nine days late."}


@pytest.fixture
def approvals(office: Office) -> Office:
    """The office with everything in diagrams/."""
    office.deploy_everything()
    return office


def _request(office: Office, **claim: Any) -> dict[str, Any]:
    owner = office.person("u_owner1")
    reference = owner.post("/complaints/taken-over", COMPLAINT).json["reference"]
    answer = owner.post(
        "/compensations", {"complaint_reference": reference, "remedy_case": "SERVICE_ATTITUDE", "requested_amount": "1500.00", **claim}
    )
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_a_complaint_gets_its_number_and_its_owner(approvals: Office) -> None:
    owner = approvals.person("u_owner1")
    answer = owner.post("/complaints/taken-over", COMPLAINT)
    assert (answer.status_code, answer.json["reference"], answer.json["case_owner"]) == (201, "TS-20260914-00001", "u_owner1")
    assert owner.get("/complaints/TS-20260914-00001").json["customer_name"] == "王敏"
    assert owner.get("/complaints/TS-20260914-00002").status_code == 404


def test_a_claim_is_approved_by_the_chain_and_each_word_is_kept(approvals: Office) -> None:
    claim = _request(approvals)
    for _ in range(6):
        for person in ("u_legal1", "u_lead1", "u_mgr_cs", "u_mgr_log", "u_cm1", "u_fin1"):
            _say_yes(approvals, person)
    done = approvals.person("u_owner1").get(f"/compensations/{claim['id']}").json
    assert (done["state"], done["approved_amount"]) == ("approved", "1500.00")
    assert {one["vote"] for one in done["approvals"]} & {"approve"}


def _say_yes(office: Office, account: str) -> None:
    answers = {
        "ut_approve": {"vote": "approve", "approved_amount": "1500.00"},
        "ut_legal_opinion": {"opinion": "support", "text": "In order."},
        "ut_finance_check": {"result": "ok", "cost_center": "4711", "duplicate_checked": True},
    }
    person = office.person(account)
    for task in person.get("/user-tasks").json["items"]:
        person.post(f"/user-tasks/{task['id']}/completion", {"values": answers[task["element_id"]]})
    office.tick()


def test_ones_own_claims_are_listed_and_others_are_not(approvals: Office) -> None:
    claim = _request(approvals)
    mine = approvals.person("u_owner1").get("/compensations?requester=u_owner1").json["items"]
    assert [one["id"] for one in mine] == [claim["id"]]
    assert approvals.person("u_owner2").get("/compensations?requester=u_owner1").status_code == 403
    found = approvals.person("u_cm1").post("/compensations/search", {"filter": {"attributes.level": 2, "remedy_case": "SERVICE_ATTITUDE"}})
    assert [one["id"] for one in found.json["items"]] == [claim["id"]]


def test_a_wrong_claim_names_its_fields(approvals: Office) -> None:
    owner = approvals.person("u_owner1")
    answer = owner.post(
        "/compensations", {"complaint_reference": "TS-1", "remedy_case": "DELIVERY_LATE", "requested_amount": "10", "inputs": {}}
    )
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json["errors"]} >= {"/complaint_reference", "/inputs/price", "/inputs/days_late"}
