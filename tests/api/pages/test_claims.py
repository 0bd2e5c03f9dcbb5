"""Asking for a compensation in a browser."""

import pytest

from api.pages import wording
from tests.api.pages.conftest import Desk, words


def test_a_request_goes_to_its_approver_and_is_listed(desk: Desk) -> None:
    reference = desk.complaint()
    owner = desk.visitor("u_owner1")
    form = {"complaint_reference": reference, "remedy_case": "DELIVERY_LOST", "requested_amount": "1500.00"}
    answer = owner.post("/compensations/new", **form, **{"inputs.price": "1490", "inputs.freight": "10"})
    assert answer.location.startswith("/instances/")
    desk.office.tick()
    assert "Approve the compensation: a person has to do it" in words(owner.get(answer.location))
    assert f"{reference} 曹磊 Lost in delivery ¥1,500.00 ¥1,500.00" in words(owner.get("/compensations"))


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    owner = desk.visitor("u_owner1")
    form = {"complaint_reference": "TS-1", "remedy_case": "DELIVERY_LOST", "requested_amount": "a lot"}
    answer = owner.post("/compensations/new", **form, **{"inputs.price": "1490"})
    assert answer.status_code == 422
    for expected in ("There is no complaint TS-1", "'a lot' is not an amount", "is counted with 'Freight (¥)'"):
        assert expected in words(answer)
    assert 'value="1490"' in answer.text
    assert 'id="error-requested_amount"' in answer.text


def test_what_is_wrong_is_said_in_chinese_too(desk: Desk) -> None:
    answer = desk.visitor("u_owner1", language="zh").post("/compensations/new", remedy_case="", requested_amount="x")
    seen = words(answer)
    for expected in ("请选择补救方式。", "“x”不是金额"):
        assert expected in seen


def test_what_was_left_empty_is_asked_for(desk: Desk) -> None:
    seen = words(
        desk.visitor("u_owner1").post("/compensations/new", remedy_case="APOLOGY_ONLY", requested_amount="", complaint_reference="")
    )
    assert "Give the number of the complaint, such as TS-20260914-00001." in seen and "Give the amount." in seen


@pytest.mark.parametrize("state", ["draft", "in_approval", "approved", "rejected", "partly_paid", "paid"])  # of processes.tables.cases
def test_every_state_of_a_request_has_words(state: str) -> None:
    assert state in wording.STATES


def test_only_who_may_read_all_claims_sees_those_of_others(desk: Desk) -> None:
    desk.ask()
    assert "TS-20260914-00001" not in words(desk.visitor("u_owner2").get("/compensations?whose=all"))
    assert "TS-20260914-00001" in words(desk.visitor("u_cm1").get("/compensations?whose=all"))
    assert "TS-20260914-00001" not in words(desk.visitor("u_cm1").get("/compensations"))


def test_who_does_not_talk_to_customers_reads_their_names_masked(desk: Desk) -> None:
    desk.ask()
    seen = words(desk.visitor("u_cm1").get("/compensations?whose=all"))
    assert "曹*" in seen
    assert "曹磊" not in seen


def test_the_list_is_exported_whole_and_that_is_written_down(desk: Desk) -> None:
    for _ in range(2):
        desk.ask()
    manager = desk.visitor("u_cm1")
    lines = manager.post("/compensations/export", whose="all").text.splitlines()
    assert lines[0].endswith("Complaint,Customer,Remedy,Requested,Standard,Approved,State,Requested by,When")
    assert len(lines) == 3
    assert "曹*,Lost in delivery,1500.00,1500.00,,In approval,Lin Mei" in lines[1]
    assert len(manager.post("/compensations/export").text.splitlines()) == 1, "she asked for none herself"
    trail = desk.office.person("u_ops1").get("/operations?kind=export").json["items"]
    assert sorted(one["details"]["whose"] for one in trail) == ["all", "mine"]


def test_who_may_not_ask_is_told_who_can(desk: Desk) -> None:
    answer = desk.visitor("u_fin1").get("/compensations/new")
    assert answer.status_code == 403
    assert "Case owner" in words(answer).split("Who can:")[1]


def test_a_request_that_is_sent_twice_is_one_request(desk: Desk) -> None:
    owner = desk.visitor("u_owner1")
    key = owner.get("/compensations/new").text.split('name="idempotency_key" value="')[1].split('"')[0]
    form = {"complaint_reference": desk.complaint(), "remedy_case": "DELIVERY_LOST", "requested_amount": "1500", "idempotency_key": key}
    facts = {"inputs.price": "1490", "inputs.freight": "10"}
    first, again = (owner.post("/compensations/new", **form, **facts) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    assert words(owner.get("/compensations")).count("Lost in delivery") == 1


def test_a_request_that_was_changed_after_it_was_sent_is_asked_about(desk: Desk) -> None:
    owner = desk.visitor("u_owner1")
    form = {"complaint_reference": desk.complaint(), "remedy_case": "DELIVERY_LOST", "idempotency_key": "k" * 32}
    facts = {"inputs.price": "1490", "inputs.freight": "10"}
    owner.post("/compensations/new", requested_amount="1500", **form, **facts)
    answer = owner.post("/compensations/new", requested_amount="1400", **form, **facts)
    assert answer.status_code == 409
    assert "This form was sent before with other values" in words(answer)
    assert 'value="1400"' in answer.text
    fresh = answer.text.split('name="idempotency_key" value="')[1].split('"')[0]
    assert owner.post("/compensations/new", requested_amount="1400", **form | {"idempotency_key": fresh}, **facts).status_code == 303
