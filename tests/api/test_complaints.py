"""The public door: register, ask how far it is, send messages; and what staff see of a case."""

from datetime import timedelta
from typing import Any

import pytest

from api import accounts, throttle
from engine.database import reading
from processes import cases, payments
from tests.api.conftest import Office

GIVEN: dict[str, Any] = {
    "channel": "web",
    "name": "王敏",
    "phone": "13800000001",
    "preferred_contact": "phone",
    "business_type": "service",
    "complained_object": "服务台",
    "content": "套餐多收费用",
    "demand": "退费",
    "consent_data_use": True,
}
MESSAGE = {"id": "m-1", "name": "evidence.added", "payload": {"type": "customer_evidence", "text": "a bill"}}


@pytest.fixture
def open_door(office: Office) -> Office:
    """The office with everything in diagrams/."""
    office.deploy_everything()
    return office


def _registered(office: Office, **more: Any) -> dict[str, Any]:
    answer = office.stranger().post("/complaints", {**GIVEN, **more})
    assert answer.status_code == 201, answer.json
    office.tick()
    found: dict[str, Any] = answer.json
    return found


def test_who_has_number_and_code_learns_how_far_the_complaint_is_and_nobody_else(open_door: Office) -> None:
    made = _registered(open_door)
    stranger = open_door.stranger()
    answer = stranger.post("/status", {"reference": made["reference"], "code": made["code"]})
    assert (answer.status_code, answer.json["stage"]) == (200, "being read and graded")
    assert answer.json["next_promised_at"] is not None and "content" not in answer.json
    wrong = stranger.post("/status", {"reference": made["reference"], "code": "AAAAAAAAAA"})
    unknown = stranger.post("/status", {"reference": "TS-20200101-00001", "code": made["code"]})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert {**wrong.json, "trace_id": ""} == {**unknown.json, "trace_id": ""}
    assert wrong.json["code"] == "WRONG_CODE"
    assert wrong.json["detail"].startswith("This number and this code do not belong together."), "nobody is sent for a token here"


def test_what_the_status_page_shows_the_api_answers_too(open_door: Office) -> None:
    made = _registered(open_door, agent_name="李代理")
    ask = {"reference": made["reference"], "code": made["code"]}
    status = open_door.stranger().post("/status", ask).json
    assert [one["clock"] for one in status["promises"]] == ["C-FIRST", "C-PRELIM", "C-RESOLVE"]
    assert status["next_promised_at"] == status["promises"][0]["due_at"]
    assert [one["mine"] for one in status["said"]] == [False], "the letter that asks for the authorisation"
    assert status["messages"] == ["customer.info_provided", "customer.withdraw", "evidence.added"]
    assert (status["offer"], status["withdrawn"], status["files"]) == (None, False, [])
    answer = {"id": "m-1", "name": "customer.info_provided", "payload": {"answer": "I act for her."}, "code": made["code"]}
    open_door.stranger().post(f"/complaints/{made['reference']}/messages", answer)
    open_door.tick()
    said = open_door.stranger().post("/status", ask).json["said"]
    assert [one["text"] for one in said if one["mine"]] == ["I act for her."]


def test_after_five_wrong_codes_the_right_one_has_to_wait(open_door: Office) -> None:
    made = _registered(open_door)
    stranger = open_door.stranger()
    for _ in range(5):
        stranger.post("/status", {"reference": made["reference"], "code": "AAAAAAAAAA"})
    assert stranger.post("/status", {"reference": made["reference"], "code": made["code"]}).status_code == 429


def test_the_complainant_sends_messages_with_the_code_and_once(open_door: Office) -> None:
    made = _registered(open_door)
    path, stranger = f"/complaints/{made['reference']}/messages", open_door.stranger()
    assert stranger.post(path, MESSAGE).status_code == 401
    assert stranger.post(path, {**MESSAGE, "code": made["code"]}).status_code == 202
    assert stranger.post(path, {**MESSAGE, "code": made["code"]}).status_code == 202
    open_door.tick()
    tasks = open_door.person("u_lead1").get(f"/user-tasks?scope=open&business_key={made['reference']}&element_id=ut_assess_evidence")
    assert len(tasks.json["items"]) == 1
    refused = stranger.post(path, {"id": "m-2", "name": "payment.confirmed", "code": made["code"], "payload": {"voucher_no": "1"}})
    assert refused.status_code == 403


def test_nobody_at_the_public_door_says_what_is_for_staff_to_say(open_door: Office) -> None:
    answer = open_door.stranger().post("/complaints", {**GIVEN, "profile": "CN-BANK"})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/profile")


def test_registering_with_an_account_needs_the_role_for_it(open_door: Office) -> None:
    assert open_door.person("u_fin1").post("/complaints", GIVEN).status_code == 403
    answer = open_door.person("u_intake1").post("/complaints", GIVEN)
    assert (answer.status_code, answer.json["status"]) == (201, "NEW")


def test_personal_data_are_masked_for_those_who_do_not_talk_to_the_customer(open_door: Office) -> None:
    made = _registered(open_door)
    path = f"/complaints/{made['reference']}"
    seen, masked = open_door.person("u_intake1"), open_door.person("u_cm1").get(path).json
    assert (masked["customer_name"], masked["phone"], masked["masked"]) == ("王*", "138****0001", True)
    assert seen.get(path).json["phone"] == "13800000001"  # triage is theirs
    assert open_door.person("u_fin1").get(path).status_code == 403


def test_a_case_tells_its_story_its_deadlines_and_why_it_was_graded(open_door: Office) -> None:
    made = _registered(open_door)
    lead, path = open_door.person("u_lead1"), f"/complaints/{made['reference']}"
    assert lead.get(path + "/timeline").json["items"][0]["kind"] == "registered"
    clocks = {one["clock"]: one for one in lead.get(path + "/clocks").json["items"]}
    assert clocks["C-ACK"]["result"] == "met" and clocks["C-RESOLVE"]["result"] == "running"
    assert clocks["C-ACK"]["ladder"] == [] and clocks["C-RESOLVE"]["ladder"][0]["state"] == "next"
    assert [one["kind"] for one in clocks["C-ACK"]["segments"]] in ([], ["running"])
    said = {one["decision"] for one in lead.get(path + "/decisions").json["items"]}
    assert {"intake_validation", "classification", "grading", "routing", "priority_score"} <= said


def test_a_case_explains_its_decisions_by_the_facts_that_made_a_rule_hold(open_door: Office) -> None:
    made = _registered(open_door, claim_amount="60000", content="王敏 的套餐多收费用", vulnerable=True)
    path = f"/complaints/{made['reference']}"
    found = {one["decision"]: one for one in open_door.person("u_lead1").get(path + "/explanations").json["items"]}
    rules = {one["number"]: [(fact["name"], fact["value"]) for fact in one["because"]] for one in found["grading"]["rules"]}
    assert rules == {1: [], 3: [("claim_amount", "60000.00")], 16: [("vulnerable", True)]}
    assert found["grading"]["rules"][1]["because"][0]["label"].startswith("Claimed amount")
    assert open_door.person("u_cm1").get(path).json["content"] == "王* 的套餐多收费用"
    for part in ("proposals", "responsibility-shares", "payments"):
        assert open_door.person("u_lead1").get(f"{path}/{part}").json["items"] == []
        assert open_door.person("u_fin1").get(f"{path}/{part}").status_code == 403


def test_cases_are_listed_to_those_who_read_all_and_to_their_owners_page_by_page(open_door: Office) -> None:
    references = [_registered(open_door, phone=f"1380000000{n}", order_no=f"EC-{n}")["reference"] for n in range(3)]
    manager = open_door.person("u_cm1")
    first = manager.get("/complaints?limit=2&sort=reference").json
    second = manager.get(f"/complaints?limit=2&sort=reference&cursor={first['page']['next']}").json
    assert [row["reference"] for row in (*first["items"], *second["items"])] == references
    assert second["page"]["next"] is None
    assert (first["items"][0]["customer_name"], first["items"][0]["deadline"]["state"]) == ("王*", "on-track")
    assert open_door.person("u_owner1").get("/complaints?status=all").json["items"] == []
    assert open_door.person("u_fin1").get("/complaints").status_code == 403


def test_cases_are_found_by_filter_and_by_how_their_deadline_stands(open_door: Office) -> None:
    reference = _registered(open_door)["reference"]
    lead = open_door.person("u_lead1")
    assert lead.post("/complaints/search", {"filter": {"level": {"$lte": 2}, "closed_at": None}}).json["items"][0]["reference"] == reference
    assert lead.post("/complaints/search", {"filter": {"status": "CLOSED"}}).json["items"] == []
    assert lead.post("/complaints/search", {"filter": {"customer_name": "王敏"}}).status_code == 422  # masked names are not searched
    assert lead.get("/complaints?standing=overdue").json["items"] == []
    assert lead.get("/complaints?text=王敏").json["items"][0]["reference"] == reference
    assert open_door.person("u_cm1").get("/complaints?text=王敏").json["items"] == []


def test_a_case_says_what_one_may_do_with_it_and_who_can_otherwise(open_door: Office) -> None:
    path = f"/complaints/{_registered(open_door)['reference']}"
    actions = {one["name"]: one for one in open_door.person("u_cm1").get(path).json["actions"]}
    assert (actions["message:case.suspend"]["allowed"], actions["reveal_contact_data"]["allowed"]) == (True, True)
    refused = actions["message:responsibility.appeal"]
    assert (refused["allowed"], refused["who_can"]) == (False, ["dept_manager"])
    assert "message:sla.cleared" not in actions


def test_letters_are_shown_with_their_text_and_a_masked_address(open_door: Office) -> None:
    path = f"/complaints/{_registered(open_door, email='wangmin@example.cn', preferred_contact='email')['reference']}/contacts"
    (letter,) = open_door.person("u_intake1").get(path + "?template=T-ACK").json["items"]
    assert (letter["direction"], letter["address"]) == ("out", "wangmin@example.cn")
    assert "王敏" in letter["text"]
    assert letter["delivery"] == "handed_over"
    (masked,) = open_door.person("u_cm1").get(path + "?template=T-ACK").json["items"]
    assert masked["address"] != letter["address"]
    assert masked["text"] == letter["text"].replace("王敏", "王*"), "who reads the name masked reads it masked in the letter too"


def test_lists_of_instances_name_no_customer(open_door: Office) -> None:
    reference = _registered(open_door)["reference"]
    listed = open_door.person("u_exec1").get(f"/process-instances?business_key={reference}")
    shown = {one["definition_key"]: one["attributes"] for one in listed.json["items"]}
    assert shown["complaint_handling"]["customer"] == "王*"
    assert "王敏" not in listed.text


def test_the_customers_data_are_shown_in_full_to_who_says_why(open_door: Office) -> None:
    path = f"/complaints/{_registered(open_door)['reference']}/contact-data"
    manager = open_door.person("u_cm1")
    assert manager.post(path, {}).status_code == 422
    shown = manager.post(path, {"reason": "The owner is ill; I call the customer myself."})
    assert (shown.status_code, shown.json["name"], shown.json["phone"]) == (200, "王敏", "13800000001")
    (kept,) = open_door.person("u_aud1").get("/operations?kind=reveal").json["items"]
    assert (kept["by"], kept["reason"]) == ("u_cm1", "The owner is ill; I call the customer myself.")
    part = manager.post(path, {"purpose": "call_back", "parts": ["phone"]}).json
    assert (part["name"], part["phone"]) == ("王*", "13800000001")
    assert manager.post(path, {"purpose": "call_back", "parts": ["wage"]}).status_code == 422


def test_the_messages_of_a_case_are_listed_to_those_who_see_it(open_door: Office) -> None:
    made = _registered(open_door)
    path = f"/complaints/{made['reference']}/messages"
    open_door.stranger().post(path, {**MESSAGE, "code": made["code"]})
    (message,) = open_door.person("u_lead1").get(path).json["items"]
    assert (message["id"], message["name"], message["correlation_key"]) == ("m-1", "evidence.added", made["reference"])
    assert open_door.person("u_fin1").get(path).status_code == 403
    assert open_door.stranger().get(path).status_code == 401


def test_a_message_id_of_another_case_is_refused_and_tells_nothing_of_it(open_door: Office) -> None:
    first, second = _registered(open_door), _registered(open_door)
    stranger = open_door.stranger()
    assert stranger.post(f"/complaints/{first['reference']}/messages", {**MESSAGE, "code": first["code"]}).status_code == 202
    taken = stranger.post(f"/complaints/{second['reference']}/messages", {**MESSAGE, "code": second["code"]})
    assert (taken.status_code, taken.json["code"]) == (409, "MESSAGE_ID_TAKEN")
    assert first["reference"] not in taken.text and "received_at" not in taken.text
    own = open_door.person("u_intake1").post("/messages", {**MESSAGE, "correlation_key": second["reference"]})
    assert (own.status_code, own.json["code"]) == (409, "MESSAGE_ID_TAKEN")
    assert open_door.person("u_lead1").get(f"/complaints/{second['reference']}/messages").json["items"] == []


def test_who_does_not_see_a_case_sends_no_message_about_it_through_either_door(open_door: Office) -> None:
    reference = _registered(open_door)["reference"]
    withdrawal = {"id": "m-9", "name": "customer.withdraw", "payload": {"reason": "it is settled"}}
    other, path = open_door.person("u_owner2"), f"/complaints/{reference}/messages"
    tried = [
        other.post(path, withdrawal),
        other.post("/messages", {**withdrawal, "correlation_key": reference}),
        other.post("/messages?dry_run=true", {**withdrawal, "correlation_key": reference}),
    ]
    assert [one.status_code for one in tried] == [403, 403, 403]
    clocks = open_door.person("u_lead1").get(f"/complaints/{reference}/clocks").json["items"]
    assert "cancelled" not in {one["result"] for one in clocks}
    assert open_door.person("u_intake1").post(path, withdrawal).status_code == 202, "intake takes the calls of every customer"


def test_nobody_makes_himself_the_agent_who_is_paid(open_door: Office) -> None:
    agent = {**GIVEN, "agent_name": "李代理"}
    claimed = open_door.stranger().post("/complaints", {**agent, "authorised": True})
    assert (claimed.status_code, claimed.json["errors"][0]["pointer"]) == (422, "/authorised")
    made = _registered(open_door, agent_name="李代理")
    assert _status(open_door, made) == "NEED_INFO", "the authorisation is asked for"
    path, answer = f"/complaints/{made['reference']}/messages", {"answer": "I act for her.", "authorised": True}
    sent = {"id": "m-1", "name": "customer.info_provided", "payload": answer, "code": made["code"]}
    assert open_door.stranger().post(path, sent).status_code == 202
    assert _payees(open_door, made) == {"王敏"}


def test_an_agent_is_paid_once_staff_has_seen_the_authorisation(open_door: Office) -> None:
    made = _registered(open_door, agent_name="李代理")
    answer = {"answer": "She brought the paper.", "authorised": True}
    sent = {"id": "m-1", "name": "customer.info_provided", "payload": answer}
    assert open_door.person("u_intake1").post(f"/complaints/{made['reference']}/messages", sent).status_code == 202
    assert _payees(open_door, made) == {"王敏", "李代理"}


def _status(office: Office, made: dict[str, Any]) -> str:
    found: str = office.person("u_lead1").get(f"/complaints/{made['reference']}").json["status"]
    return found


def _payees(office: Office, made: dict[str, Any]) -> set[str]:
    with reading(office.database) as session:
        return payments.payees(cases.by_reference(session, made["reference"]))


def test_a_complaint_sent_again_with_its_key_is_one_case_with_one_code(open_door: Office) -> None:
    stranger = open_door.stranger()
    first = stranger.post("/complaints", {**GIVEN, "claim_amount": 45.5}, Idempotency_Key="k1")
    again = stranger.post("/complaints", {**GIVEN, "claim_amount": 45.5}, Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json, again.headers["Location"]) == (first.json, first.headers["Location"])
    changed = stranger.post("/complaints", {**GIVEN, "content": "another matter"}, Idempotency_Key="k1")
    assert (changed.status_code, changed.json["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    other = stranger.post("/complaints", GIVEN, Idempotency_Key="k2")
    assert other.json["reference"] != first.json["reference"] and other.json["code"] != first.json["code"]
    status = stranger.post("/status", {"reference": first.json["reference"], "code": first.json["code"]})
    assert status.status_code == 200


def test_who_floods_the_public_door_waits_until_the_hour_is_over(open_door: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(accounts.REGISTRATIONS_ALLOWED, "hour", 2)
    stranger = open_door.stranger()
    assert [stranger.post("/complaints", GIVEN).status_code for _ in range(3)] == [201, 201, 429]
    assert open_door.person("u_intake1").post("/complaints", GIVEN).status_code == 201, "who is signed in is known"
    monkeypatch.setattr(throttle, "FORGOTTEN_AFTER", timedelta(0))
    assert stranger.post("/complaints", GIVEN).status_code == 201
