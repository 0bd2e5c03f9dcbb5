"""The search and what lies beside a case, through the JSON API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.database import reading, unit_of_work
from processes import cases, complaints, people
from tests import databases, postgresql
from tests.api.conftest import Office
from tests.given_complaints import LATE_PARCEL, lost_parcel


@pytest.fixture
def database_url(tmp_path: Path, delivered: str, postgresql_server: postgresql.Server | None) -> Iterator[str]:
    """A database of this test, with everybody hired and every process deployed."""
    with databases.borrowed(delivered, tmp_path / "redress.db", server=postgresql_server) as url:
        yield url


def taken_over(office: Office, **changes: Any) -> str:
    """The number of a case of u_owner1 that no process handles."""
    with unit_of_work(office.database) as session:
        return complaints.take_over(session, **{**lost_parcel(office.time()), **changes}).reference


def registered(office: Office, *, by: str = "u_intake1", **changes: Any) -> str:
    """The number of a case that has begun."""
    with unit_of_work(office.database) as session:
        given = {**LATE_PARCEL, **changes}
        reference = complaints.register(session, given, actor=people.actor_of(session, by)).complaint.reference
    office.tick()
    return reference


def test_a_search_gives_cases_with_the_places_it_was_found_in(office: Office) -> None:
    reference = taken_over(office, content="包裹丢件 <script>")
    found = office.person("u_lead1").get("/search?q=丢件").json
    assert (found["unfinished"], found["page"]) == (False, {"next": None, "limit": 20})
    assert found["items"] == [
        {
            "reference": reference,
            "customer_name": "曹磊",
            "status": "PROPOSING",
            "level": 2,
            "received_at": "2026-09-14T01:00:00Z",
            "exact": False,
            "hits": [
                {
                    "kind": "complaint",
                    "subject_id": found["items"][0]["hits"][0]["subject_id"],
                    "at": "2026-09-14T01:00:00Z",
                    "excerpt": [
                        {"text": "包裹", "hit": False},
                        {"text": "丢件", "hit": True},
                        {"text": " <script>", "hit": False},
                    ],
                }
            ],
        }
    ]


def test_a_search_is_narrowed_paged_and_refuses_what_it_does_not_know(office: Office) -> None:
    for number in range(3):
        taken_over(office, content=f"包裹 {number}")
    lead = office.person("u_lead1")
    first = lead.get("/search?q=包裹&limit=2").json
    second = lead.get(f"/search?q=包裹&limit=2&cursor={first['page']['next']}").json
    assert [len(first["items"]), len(second["items"]), second["page"]["next"]] == [2, 1, None]
    assert lead.get("/search?q=包裹&kind=letter").json["items"] == []
    assert lead.get("/search?q=包裹&from=2026-09-15T00:00:00Z").json["items"] == []
    assert len(lead.get("/search?q=包裹&from=2026-09-14T00:00:00Z&to=2026-09-15T00:00:00Z").json["items"]) == 3
    for wrong in ("", "q=", "q=x&kind=secret", "q=x&cursor=1;2", "q=x&from=yesterday", "q=x&limit=51"):
        assert lead.get(f"/search?{wrong}").status_code == 422, wrong
    assert office.stranger().get("/search?q=x").status_code == 401


def test_what_may_be_opened_is_found_and_nothing_else(office: Office) -> None:
    reference = registered(office)
    taken_over(office, content="快递 of another owner", case_owner="u_owner2")
    for account in ("u_intake1", "u_intake2", "u_lead1", "u_owner1", "u_owner2", "u_fin1", "u_cm1", "u_legal1", "u_aud1"):
        person = office.person(account)
        found = {one["reference"] for one in person.get("/search?q=快递").json["items"]}
        assert (reference in found) == (person.get(f"/complaints/{reference}").status_code == 200), account


def test_what_is_typed_leads_to_cases_of_the_customer_the_order_and_similar_texts(office: Office) -> None:
    known = registered(office, by="u_lead1", product_code="P-1")
    alike = taken_over(office, content="The parcel arrived broken, nobody answers the telephone since Monday morning")
    hidden = taken_over(office, content="The parcel arrived broken, nobody answers", excluded_users=["u_lead1"])
    typed = {
        "phone": "138 0000 0001",
        "order_no": "EC20260301-118",
        "product_code": "P-1",
        "content": "快递延误三天还没收到货，快递员不接电话",
    }
    found = office.person("u_lead1").post("/complaints/similar", typed).json
    assert [(one["reference"], one["reasons"], one["open_duplicate"]) for one in found["items"]] == [
        (known, ["customer", "order_no", "text"], True)
    ]
    assert found["lately_about_product"] == 1
    english = {"content": "My parcel has arrived broken and nobody answers the telephone"}
    items = office.person("u_lead1").post("/complaints/similar", english).json["items"]
    assert [(one["reference"], one["reasons"]) for one in items] == [(alike, ["text"])]
    assert hidden not in str(items)
    assert office.person("u_intake1").post("/complaints/similar", english).json["items"] == []
    assert office.person("u_lead1").post("/complaints/similar", {"content": "parcel"}).json["items"] == []
    assert office.person("u_fin1").post("/complaints/similar", english).status_code == 403
    assert office.stranger().post("/complaints/similar", english).status_code == 401


def test_two_cases_are_linked_with_a_reason_seen_from_both_and_unlinked(office: Office) -> None:
    one, other = taken_over(office), taken_over(office, content="another")
    owner, lead = office.person("u_owner1"), office.person("u_lead1")
    made = owner.post(f"/complaints/{one}/links", {"reference": other, "reason": "same courier"})
    assert (made.status_code, made.json["reference"], made.json["by"]) == (201, other, "u_owner1")
    assert owner.post(f"/complaints/{other}/links", {"reference": one, "reason": "again"}).json["reason"] == "same courier"
    for here, there in ((one, other), (other, one)):
        assert [linked["reference"] for linked in lead.get(f"/complaints/{here}/links").json["items"]] == [there]
        assert "linked" in [event["kind"] for event in lead.get(f"/complaints/{here}/timeline").json["items"]]
    assert owner.post(f"/complaints/{one}/links", {"reference": one, "reason": "x"}).json["code"] == "SAME_CASE"
    assert owner.post(f"/complaints/{one}/links", {"reference": "TS-20200101-00001", "reason": "x"}).status_code == 404
    assert lead.delete(f"/complaints/{other}/links/{one}").status_code == 204
    assert lead.get(f"/complaints/{one}/links").json["items"] == []
    assert lead.delete(f"/complaints/{other}/links/{one}").status_code == 404


def test_a_case_that_may_not_be_seen_is_not_linked(office: Office) -> None:
    mine, foreign = taken_over(office), taken_over(office, case_owner="u_owner2")
    about_me = taken_over(office, excluded_users=["u_owner1"])
    owner = office.person("u_owner1")
    for other in (foreign, about_me):
        assert owner.post(f"/complaints/{mine}/links", {"reference": other, "reason": "x"}).status_code == 403
    office.person("u_lead1").post(f"/complaints/{mine}/links", {"reference": about_me, "reason": "x"})
    assert owner.get(f"/complaints/{mine}/links").json["items"] == []
    assert office.person("u_aud1").post(f"/complaints/{mine}/links", {"reference": foreign, "reason": "x"}).status_code == 403


def test_merging_says_first_what_it_will_do_and_then_does_it(office: Office) -> None:
    older = registered(office)
    newer = registered(office, order_no="EC20260301-119", content="现在快递破损了")
    lead = office.person("u_lead1")
    body = {"into": older, "reason": "the same parcel"}
    told = lead.post(f"/complaints/{newer}/merging?dry_run=true", body).json
    assert [effect["kind"] for effect in told["effects"]][:3] == ["merge", "cancel", "stop"]
    assert lead.get(f"/complaints/{newer}").json["status"] == "TRIAGE"
    assert lead.post(f"/complaints/{newer}/merging", body).json["reference"] == older
    office.tick()
    ended = lead.get(f"/complaints/{newer}").json
    assert (ended["status"], ended["close_code"]) == ("CLOSED", "CLOSED_MERGED")
    with reading(office.database) as session:
        duplicate, into = cases.by_reference(session, newer), cases.by_reference(session, older)
        assert (duplicate.merged_into, into.contacts_count, duplicate.archive_no is not None) == (into.id, 2, True)
    assert not [one for one in lead.get(f"/complaints/{newer}/clocks").json["items"] if one["result"] == "running"]
    assert {one["state"] for one in lead.get(f"/process-instances?business_key={newer}").json["items"]} <= {"cancelled", "terminated"}
    assert "T-MERGED" in [one["template"] for one in lead.get(f"/complaints/{newer}/contacts").json["items"]]
    assert [one["exact"] for one in lead.get("/search?q=现在快递破损了").json["items"]] == [False, False]
    assert lead.post(f"/complaints/{newer}/merging", body).json["code"] == "CASE_CLOSED"


def test_what_speaks_against_merging_is_said(office: Office) -> None:
    older = registered(office)
    newer = registered(office, order_no="EC-2")
    stranger = registered(office, name="李雷", phone="13900000009")
    lead, owner = office.person("u_lead1"), office.person("u_owner2")

    def code(reference: str, into: str, *, by: Any = lead) -> Any:
        return by.post(f"/complaints/{reference}/merging?dry_run=true", {"into": into, "reason": "x"}).json["code"]

    assert code(newer, stranger) == "ANOTHER_CUSTOMER"
    assert code(newer, newer) == "SAME_CASE"
    assert code(newer, older, by=owner) == "MISSING_PERMISSION"
    assert code(newer, older, by=office.person("u_aud1")) == "MAY_NOT_MERGE"
    claim = {"complaint_reference": newer, "remedy_case": "DELIVERY_LOST", "requested_amount": "10.00"}
    made = lead.post("/compensations", {**claim, "inputs": {"price": "10.00", "freight": "0"}})
    assert made.status_code == 201, made.json
    assert code(newer, older) == "MONEY_MOVES"
    merge = next(one for one in lead.get(f"/complaints/{newer}").json["actions"] if one["name"] == "merge")
    assert (merge["allowed"], merge["code"]) == (False, "MONEY_MOVES")
