"""The status page of a complainant: who gets in, what it shows, what can be answered."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.pages import public_door
from engine import clock
from engine.database import reading, unit_of_work
from engine.tables import Message
from processes import case_file, cases, contacts, proposals, visits
from processes.tables.correspondence import Attachment
from processes.tables.visits import Satisfaction
from tests.api.pages.conftest import Desk, words
from tests.api.pages.customers import Customer, complain, form_key


@pytest.fixture
def customer(desk: Desk) -> Customer:
    """Complained a moment ago and has opened the status page."""
    found = complain(desk)
    assert found.enter().status_code == 303
    return found


def sent(customer: Customer, name: str) -> int:
    """How many messages of this name came in for the case."""
    with reading(customer.desk.office.database) as session:
        mine = select(func.count(Message.id)).where(Message.correlation_key == customer.reference, Message.name == name)
        return session.scalar(mine) or 0


def stranger_with(customer: Customer, cookie: str) -> str:
    """What another browser sees that brings this cookie."""
    visitor = customer.desk.visitor()
    visitor.client.set_cookie(public_door.CASE_COOKIE, cookie, path="/status")
    return words(visitor.get("/status"))


def cookie_of(customer: Customer) -> str:
    found = customer.visitor.client.get_cookie(public_door.CASE_COOKIE, path="/status")
    assert found is not None
    return found.value


def test_number_and_code_open_the_case(customer: Customer) -> None:
    seen = words(customer.look())
    assert f"Your complaint {customer.reference} of Monday, 14 September 2026, 09:00" in seen
    assert "Being read and graded" in seen
    assert "by Tuesday, 15 September 2026, 09:00 (within 24 hours)" in seen
    assert f"We have received your complaint {customer.reference}" in seen


def test_the_code_is_read_as_people_write_it(desk: Desk) -> None:
    customer = complain(desk)
    assert customer.enter(code=f" {customer.code.lower()} ", reference=customer.reference.lower()).status_code == 303


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(desk: Desk) -> None:
    customer = complain(desk)
    wrong, unknown = customer.enter(code="AAAAAAAAAA"), customer.enter(reference="TS-20260914-99999")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    said = "This number and this code do not belong together."
    assert said in words(wrong) and said in words(unknown)
    assert customer.code not in wrong.text and "AAAAAAAAAA" not in wrong.text


def test_after_five_wrong_codes_the_number_is_closed_for_an_hour_and_the_page_says_until_when(desk: Desk) -> None:
    customer = complain(desk)
    for _ in range(5):
        assert "closes for one hour" in words(customer.enter(code="AAAAAAAAAA"))
    before = clock.elapsed()
    answer = customer.enter()
    assert answer.status_code == 429
    said = re.search(r"Try again after (\d\d):(\d\d); until then no code opens the page\.", words(answer))
    assert said is not None
    local = [(before + timedelta(hours=8, minutes=minutes)).strftime("%H:%M") for minutes in range(58, 62)]
    assert f"{said[1]}:{said[2]}" in local
    assert customer.look().status_code == 200 and "How far is my complaint?" in words(customer.look())


def test_the_throttle_is_the_one_of_the_json_door(desk: Desk) -> None:
    customer = complain(desk)
    program = desk.office.stranger()
    for _ in range(5):
        assert program.post("/status", {"reference": customer.reference, "code": "AAAAAAAAAA"}).status_code == 401
    assert customer.enter().status_code == 429
    refused = program.post("/status", {"reference": customer.reference, "code": customer.code})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 3500


def test_one_number_being_closed_closes_no_other(desk: Desk) -> None:
    guessed, other = complain(desk), complain(desk, phone="13800000002")
    for _ in range(6):
        guessed.enter(code="AAAAAAAAAA")
    assert other.enter().status_code == 303


def test_the_code_of_one_case_never_opens_another(desk: Desk) -> None:
    mine, other = complain(desk), complain(desk, phone="13800000002", name="赵强")
    assert mine.enter(reference=other.reference).status_code == 401
    mine.enter()
    assert "赵强" not in mine.look().text and other.reference not in mine.look().text


def test_answers_go_to_the_case_of_the_cookie_whatever_else_is_sent(desk: Desk) -> None:
    mine, other = complain(desk), complain(desk, phone="13800000002")
    mine.enter()
    mine.send("evidence", evidence_text="a photo", reference=other.reference, complaint_id=other.case().complaint_id)
    assert (sent(mine, "evidence.added"), sent(other, "evidence.added")) == (1, 0)


def test_a_cookie_that_was_tampered_with_opens_nothing(customer: Customer) -> None:
    good = cookie_of(customer)
    assert customer.reference in stranger_with(customer, good)
    content, _, signature = good.rpartition(".")
    for bad in (f"{content}.{signature[:-2]}AA", f"{content[:-2]}AA.{signature}", content, "", "x.y", "null"):
        assert "How far is my complaint?" in stranger_with(customer, bad)


def test_a_receipt_is_no_key_to_a_case(customer: Customer) -> None:
    receipt = customer.visitor.client.get_cookie(public_door.RECEIPT_COOKIE, path="/complain")
    assert receipt is not None
    assert "How far is my complaint?" in stranger_with(customer, receipt.value)


def test_the_page_closes_itself_after_half_an_hour_and_keeps_what_was_typed(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    page = customer.look()
    monkeypatch.setattr(public_door, "STAYS_OPEN", timedelta(seconds=-1))
    customer.look()  # gives a cookie that is over already
    monkeypatch.undo()
    late = customer.visitor.post("/status/evidence", key=form_key(page), evidence_text="the neighbour saw it")
    assert late.status_code == 401
    assert "What you wrote is kept" in words(late)
    assert sent(customer, "evidence.added") == 0
    opened = customer.visitor.post(
        "/status", reference=customer.reference, code=customer.code, **{"kept.evidence_text": "the neighbour saw it"}
    )
    assert opened.status_code == 200
    assert ">the neighbour saw it</textarea>" in opened.text


def test_closing_the_page_closes_it(customer: Customer) -> None:
    assert customer.visitor.post("/status/end").location == "/status"
    assert "How far is my complaint?" in words(customer.look())
    assert customer.visitor.get("/complain/received").location == "/status"


def test_nothing_is_sent_without_the_token_of_the_form(customer: Customer) -> None:
    answer = customer.visitor.client.post("/status/withdrawal", data={"sure": "yes", "key": form_key(customer.look())})
    assert answer.status_code == 403
    assert sent(customer, "customer.withdraw") == 0


def test_the_cookie_is_for_this_page_only_and_for_no_script(desk: Desk) -> None:
    customer = complain(desk)
    given = next(one for one in customer.enter().headers.getlist("Set-Cookie") if one.startswith("redress_case="))
    for part in ("HttpOnly", "SameSite=Lax", "Path=/status", "Max-Age=1800"):
        assert part in given


def test_evidence_is_added_once_however_often_it_is_sent(customer: Customer) -> None:
    key = form_key(customer.look())
    for _ in range(3):
        answer = customer.send("evidence", key=key, evidence_text="The neighbour saw the van leave.")
        assert (answer.status_code, answer.location) == (303, "/status")
    seen = words(customer.look())
    assert seen.count("The neighbour saw the van leave.") == 1
    assert "Thank you, we have added it to your complaint" in seen
    with reading(customer.desk.office.database) as session:
        assert session.scalar(select(func.count(Attachment.id))) == 1
    assert "ut_assess_evidence" in customer.case().open_tasks()


def test_a_page_that_comes_back_sends_something_else_without_losing_it(customer: Customer) -> None:
    key = form_key(customer.look())
    for text in ("The van left at nine.", "The van left at ten.", "The van left at nine."):
        assert customer.send("evidence", key=key, evidence_text=text).status_code == 303
    assert sent(customer, "evidence.added") == 2
    assert customer.send("withdrawal", key=key, sure="yes", withdrawal_text="settled").status_code == 303
    assert sent(customer, "customer.withdraw") == 1


def test_what_is_missing_is_said_at_its_field(customer: Customer) -> None:
    answer = customer.send("evidence", evidence_text="  ")
    assert answer.status_code == 422
    assert '<a href="#evidence_text">Write something here first.</a>' in answer.text
    assert 'id="error-evidence_text">Write something here first.<' in answer.text


def test_a_question_of_ours_is_answered(desk: Desk) -> None:
    customer = complain(desk, order_no="")
    customer.enter()
    seen = words(customer.look())
    assert "Waiting for something from you" in seen and "We need something more from you" in seen
    customer.send("information", information_text="EC20260301-118")
    assert sent(customer, "customer.info_provided") == 1
    assert "EC20260301-118" in words(customer.look())


@pytest.fixture
def offered(customer: Customer) -> Customer:
    """44.85 were offered for a late delivery."""
    customer.case().offer()
    return customer


def test_a_proposal_is_shown_and_accepted_with_the_way_to_pay(offered: Customer) -> None:
    seen = words(offered.look())
    assert "44.85 元补偿" in seen and "¥44.85" in seen and "Please answer by Thursday, 31 December 2026." in seen
    unpaid = offered.send("decision", decision="accept", method="bank")
    assert unpaid.status_code == 422
    assert "A bank transfer needs the number of your account." in words(unpaid)
    assert 'value="accept" checked' in unpaid.text and 'value="bank" checked' in unpaid.text
    offered.send("decision", decision="accept", method="alipay", account="13800000001")
    with reading(offered.desk.office.database) as session:
        proposal = proposals.latest(session, offered.case().complaint())
        assert proposal is not None and (proposal.decision, proposal.decided_by) == (
            "accept",
            f"customer:{offered.case().complaint().customer_id}",
        )
    seen = words(offered.look())
    assert "Being carried out" in seen and "You accepted our proposal." in seen
    assert 'action="/status/decision"' not in offered.look().text


def test_a_proposal_is_answered_with_another(offered: Customer) -> None:
    assert "Say what you ask for instead" in words(offered.send("decision", decision="counter"))
    assert "is not an amount" in words(offered.send("decision", decision="counter", counter_amount="more"))
    offered.send("decision", decision="counter", counter_amount="60", decision_text="it was a present")
    with reading(offered.desk.office.database) as session:
        first = case_file.read(session, offered.case().complaint()).proposals[0]
        assert (str(first.counter_amount), first.decision_evidence) == ("60.00", "it was a present")
    assert "Working on a solution" in words(offered.look())


def test_who_refuses_may_ask_for_mediation_and_is_asked_whether_he_wants_it(offered: Customer) -> None:
    offered.send("decision", decision="reject", wants_mediation="yes")
    case = offered.case()
    assert (case.complaint().status, case.open_tasks()) == ("MEDIATION", ["ut_offer_mediation"])
    case.complete("ut_offer_mediation", case.owner(), principles_explained=True, alternatives_explained=True)
    assert "Shall somebody mediate?" in words(offered.look())
    offered.send("mediation", consent="yes")
    assert case.open_tasks() == ["ut_appoint_mediator"]


def test_what_came_too_late_is_not_taken_and_the_page_says_so(offered: Customer) -> None:
    page = offered.look()
    offered.case().tell("customer.decision", {"decision": "accept"})
    answer = offered.visitor.post("/status/decision", key=form_key(page), decision="reject")
    assert answer.status_code == 409
    assert "Your complaint has moved on in the meantime" in words(answer)


def test_a_complaint_is_withdrawn_on_purpose_only(customer: Customer) -> None:
    assert customer.send("withdrawal").status_code == 422
    customer.send("withdrawal", sure="yes", withdrawal_text="it arrived")
    assert "You have withdrawn your complaint. We confirm it in writing." in words(customer.look())
    assert sent(customer, "customer.withdraw") == 1
    assert 'action="/status/withdrawal"' not in customer.look().text


def test_money_on_its_way_cannot_be_withdrawn(offered: Customer) -> None:
    page = offered.look()
    offered.send("decision", decision="accept", method="alipay", account="13800000001")
    answer = offered.visitor.post("/status/withdrawal", key=form_key(page), sure="yes")
    assert answer.status_code == 409
    assert "The money is on its way to you already" in words(answer)


@pytest.fixture
def settled(offered: Customer) -> Customer:
    """Paid, told about it, and about to be asked."""
    offered.send("decision", decision="accept", method="alipay", account="13800000001")
    case = offered.case()
    case.tell("payment.confirmed", {"voucher_no": "PV-1"}, groups=("payment_provider",))
    case.finish()
    return offered


def test_the_result_is_rated_once(settled: Customer) -> None:
    assert "How did we do?" in words(settled.look())
    missing = settled.send("survey", process="5")
    assert missing.status_code == 422 and 'value="5" checked' in missing.text
    settled.send("survey", process="5", result="4", solved="yes", survey_text="faster, please")
    with reading(settled.desk.office.database) as session:
        row = session.scalars(select(Satisfaction)).one()
        assert (row.process_score, row.result_score, row.source) == (5, 4, "survey")
        visit = visits.latest(session, settled.case().complaint())
        assert visit is not None and visit.suggestions == "faster, please"
    seen = words(settled.look())
    assert "How did we do?" not in seen
    assert "Your rating: handling 5 of 5, result 4 of 5." in seen


def test_a_closed_case_says_how_it_ended_and_takes_nothing_more(settled: Customer) -> None:
    page = settled.look()
    settled.send("survey", process="5", result="5", solved="yes")
    settled.case().complete("ut_close_archive", settled.case().owner(), lessons="-", capa_needed=False)
    seen = words(settled.look())
    assert "Closed" in seen and "It was settled, and you told us that you are content." in seen
    assert "Add something" not in seen and "Withdraw" not in seen
    late = settled.visitor.post("/status/evidence", key=form_key(page), evidence_text="one more thing")
    assert late.status_code == 409


def test_notes_and_letters_to_others_stay_inside(customer: Customer) -> None:
    case = customer.case()
    case.accept()
    with unit_of_work(customer.desk.office.database) as session:
        row = cases.get(session, case.complaint_id)
        contacts.record(session, row, "angry, call back", direction="out", channel="phone", by="u_owner1")
        contacts.record(session, row, "she said so", direction="in", channel="phone", by="u_owner1")
    page = customer.look()
    assert "angry, call back" not in page.text and "she said so" not in page.text
    assert "u_owner1" not in page.text


def test_the_page_is_read_in_chinese(desk: Desk) -> None:
    customer = complain(desk, language="zh")
    customer.enter()
    seen = words(customer.look())
    assert "分类评定中" in seen and "您的投诉" in seen
    answer = customer.send("evidence", evidence_text="")
    assert "请先填写内容。" in words(answer)


def test_what_nobody_can_send_is_not_there(customer: Customer) -> None:
    assert customer.visitor.post("/status/escalation").status_code == 404
