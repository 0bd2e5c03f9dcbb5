"""Steps that several tests take before their own begins."""

from typing import Any

from tests.api.conftest import Office


def start(office: Office, **variables: Any) -> dict[str, Any]:
    """An instance of errand, started by the process owner."""
    answer = office.person("u_po1").post("/process-instances", {"definition_key": "errand", "business_key": "K-1", "variables": variables})
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def task(office: Office, account_id: str = "u_lead1") -> dict[str, Any]:
    """The first task this person may do."""
    found: dict[str, Any] = office.person(account_id).get("/user-tasks").json["items"][0]
    return found


def broken(office: Office) -> dict[str, Any]:
    """A completion behind which the script divides by nothing: 202, a job, an incident."""
    start(office)
    answer = office.person("u_lead1").post(f"/user-tasks/{task(office)['id']}/completion", {"values": {"parts": 0}})
    assert answer.status_code == 202, answer.json
    found: dict[str, Any] = answer.json
    return found
