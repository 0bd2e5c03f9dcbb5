"""Registering a complaint for somebody who called."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from api import accounts
from api.tables import BrowserSession
from engine import clock
from engine.database import reading, unit_of_work
from processes import cases as case_records
from processes.tables.cases import Complaint
from tests.api.pages import cases
from tests.api.pages.conftest import Desk, Visitor, words

CALL = {
    "channel": "phone",
    "name": "王敏",
    "phone": "138 0000 0001",
    "preferred_contact": "phone",
    "consent_data_use": "yes",
    "business_type": "goods",
    "order_no": "EC20260301-118",
    "complained_object": "快递",
    "content": "快递延误三天还没收到货",
    "demand": "赔偿",
    "claim_amount": "45.00",
    "vulnerable": "yes",
}


def key(visitor: Visitor) -> str:
    """The key of a fresh form."""
    found = re.search(r'name="key" value="([^"]+)"', visitor.get("/complaints/new").text)
    assert found is not None
    return found[1]


def send(visitor: Visitor, **changes: Any) -> Any:
    """Fill in a form and send it."""
    form = {**CALL, **changes}
    return visitor.post("/complaints/new", **{"key": key(visitor), **form})


def count(desk: Desk) -> int:
    """How many cases there are."""
    with reading(desk.office.database) as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0


def test_a_call_becomes_a_case_and_the_code_is_shown_once(desk: Desk) -> None:
    clerk = desk.visitor("u_intake1")
    answer = send(clerk)
    assert (answer.status_code, answer.location) == (303, "/complaints/TS-20260914-00001")
    desk.office.tick()
    first = clerk.get(answer.location)
    code = re.search(r'class="handed">([0-9A-Z]{10})<', first.text)
    assert code is not None
    with reading(desk.office.database) as session:
        assert case_records.opened_by(session, "TS-20260914-00001", code[1]) is not None
    assert "Received 09:00 by Phone · registered by Chen Jing" in words(first)
    assert "Tell the customer what happens by when Somebody who takes care of your complaint contacts you by Tuesday" in words(first)
    assert code[1] not in clerk.get(answer.location).text


def test_a_form_that_is_sent_twice_is_one_case_with_one_code(desk: Desk) -> None:
    clerk = desk.visitor("u_intake1")
    same = key(clerk)
    first, second = send(clerk, key=same), send(clerk, key=same)
    assert first.location == second.location
    assert count(desk) == 1
    changed = send(clerk, key=same, content="Something else")
    assert changed.status_code == 409
    assert "This form was sent already, and then changed." in words(changed)
    assert "Something else" in changed.text


def test_what_was_typed_survives_a_session_that_ended_meanwhile_and_a_wrong_password(desk: Desk) -> None:
    clerk = desk.visitor("u_intake1")
    typed = {**CALL, "key": key(clerk), "content": "快递延误，\n客服不理"}
    with unit_of_work(desk.office.database) as session:
        session.execute(update(BrowserSession).values(expires_at=clock.elapsed() - timedelta(hours=1)))
        accounts.set_password(session, "u_intake1", password_hash=accounts.hashed("a long enough one"))
    asked = clerk.post("/complaints/new", **typed)
    assert asked.status_code == 401
    assert "What you typed is kept: sign in, and go on with it." in words(asked)
    carried = dict(re.findall(r'<textarea name="(kept\.[^"]+)" hidden>([^<]*)<', asked.text))
    wrong = clerk.post("/sign-in", account="u_intake1", password="no", next="/complaints/new", **carried)
    assert "客服不理" in wrong.text
    back = clerk.post("/sign-in", account="u_intake1", password="a long enough one", next="/complaints/new", **carried)
    again = dict(re.findall(r'<textarea name="([^"]+)" hidden>([^<]*)<', back.text))
    form = clerk.post("/complaints/new", kept="yes", **again)
    assert form.status_code == 200
    assert "客服不理" in form.text
    assert f'value="{typed["key"]}"' in form.text
    assert count(desk) == 0


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    answer = send(desk.visitor("u_intake1"), content="", phone="12", claim_amount="a lot", affected_customers="many", demand="a new one")
    assert answer.status_code == 422
    for field in ("content", "phone", "claim_amount", "affected_customers"):
        assert f'id="error-{field}"' in answer.text
    seen = words(answer)
    assert "Write down what the customer tells, in his or her words." in seen
    assert "A mobile number has eleven digits and begins with 1." in seen
    assert "Write a whole number here, such as 12." in seen
    assert "a new one" in answer.text
    assert 'value="a lot"' in answer.text
    assert count(desk) == 0


def test_who_cannot_be_reached_must_be_anonymous(desk: Desk) -> None:
    clerk = desk.visitor("u_intake1")
    assert "or tick that the customer stays anonymous" in words(send(clerk, phone=""))
    assert send(clerk, phone="", name="", anonymous="yes").status_code == 303


def test_a_complaint_is_not_received_in_the_future(desk: Desk) -> None:
    answer = send(desk.visitor("u_intake1", language="zh"), received_at="2026-09-14T09:01")
    assert answer.status_code == 422
    assert "接收时间不能晚于现在，请更正。" in words(answer)


def test_a_complaint_by_letter_keeps_when_it_was_received(desk: Desk) -> None:
    clerk = desk.visitor("u_intake1")
    answer = send(clerk, channel="letter", received_at="2026-09-11T16:30", agent_name="李律师", locale="en")
    assert answer.location == "/complaints/TS-20260911-00001"
    assert "Received 11 Sept, 16:30 by Letter" in words(clerk.get(answer.location))
    with reading(desk.office.database) as session:
        row = case_records.by_reference(session, "TS-20260911-00001")
    assert (row.authorised, row.locale) == (False, "en")


def test_cases_it_may_repeat_are_shown_while_it_is_typed(desk: Desk) -> None:
    known = cases.register(desk, by="u_owner1").reference
    hidden = desk.complaint(excluded_users=["u_intake1"])
    clerk = desk.visitor("u_intake1")
    box = words(clerk.post("/complaints/new/related", phone="+86 138-0000-0001", order_no="EC20260301-118"))
    assert f"{known} · Triage open, same matter same customer · same order" in box
    assert hidden not in box
    assert f"/complaints/{known}" not in clerk.post("/complaints/new/related", phone="13800000001").text
    plain = clerk.post("/complaints/new", look="yes", key=key(clerk), **{**CALL, "demand": "asked before"})
    assert known in words(plain)
    assert "asked before" in plain.text
    assert count(desk) == 2


def test_who_is_signed_out_gets_no_page_to_sign_in_beside_what_is_being_typed(desk: Desk) -> None:
    gone = desk.visitor()
    asked = {"csrf_token": gone.token(), "phone": "13800000001"}
    part = gone.client.post("/complaints/new/related", data=asked, headers={"HX-Request": "true"})
    assert (part.status_code, part.text) == (401, "")
    assert gone.client.post("/complaints/new/related", data=asked).status_code == 303


def test_only_who_registers_complaints_gets_the_form(desk: Desk) -> None:
    refused = desk.visitor("u_fin1").get("/complaints/new")
    assert refused.status_code == 403
    assert "Intake agent" in words(refused).split("Who can:")[1]
    assert desk.visitor("u_fin1").post("/complaints/new", **CALL).status_code == 403
