"""The complaint form of the public."""

import pytest
from sqlalchemy import func, select

from api import accounts
from api.pages import public_door
from engine.database import Table, reading, unit_of_work
from processes import cases, complaints, people
from processes.tables.cases import Complaint, Customer
from tests.api.pages.conftest import Desk, words
from tests.api.pages.customers import LATE, complain, form_key, receipt_of


def cases_made(desk: Desk) -> int:
    with reading(desk.office.database) as session:
        return session.scalar(select(func.count(Complaint.id))) or 0


def test_a_stranger_complains_and_reads_number_code_and_dates(desk: Desk) -> None:
    visitor = desk.visitor()
    page = visitor.get("/complain")
    assert page.status_code == 200
    sent = visitor.post("/complain", key=form_key(page), **LATE)
    assert (sent.status_code, sent.location) == (303, "/complain/received")
    receipt = visitor.get("/complain/received")
    reference, code = receipt_of(receipt)
    assert reference == "TS-20260914-00001" and len(code) == 10
    seen = words(receipt)
    assert "Somebody who takes care of your complaint contacts you by Tuesday, 15 September 2026, 09:00 (within 24 hours)" in seen
    assert "The matter is settled by Friday, 18 September 2026, 18:00 (within 5 working days)" in seen
    assert f"/status?reference={reference}" in receipt.text
    with reading(desk.office.database) as session:
        row = cases.by_reference(session, reference)
        assert (row.channel, row.registered_by, row.customer_name, row.locale) == ("web", None, "王敏", "en")
        assert cases.opened_by(session, reference, code) is not None


def test_who_gives_no_number_of_an_order_is_told_what_that_means_before_and_after_sending(desk: Desk) -> None:
    visitor = desk.visitor()
    page = visitor.get("/complain")
    assert "Without it we ask you for it first, and go on when we have your answer." in words(page)
    assert "Order number (optional)" not in words(page)
    needed = "We still need from you: the number of the order or contract."
    for changes, asked in (({}, True), ({"contract_no": "C-1"}, False), ({"business_type": "delivery"}, False)):
        visitor.post("/complain", key=form_key(visitor.get("/complain")), **{**LATE, "order_no": "", **changes})
        receipt = visitor.get("/complain/received")
        assert (needed in words(receipt)) is asked, changes
        assert (needed in visitor.get("/complain/received.txt").text) is asked, changes


def test_the_dates_shown_before_the_case_is_graded_are_those_of_its_deadlines(desk: Desk) -> None:
    customer = complain(desk)
    seen = words(customer.visitor.get("/complain/received"))
    assert "The matter is settled by Friday, 18 September 2026, 18:00" in seen
    assert "You hear from us what we have found so far by Wednesday, 16 September 2026, 09:00 (within 48 hours)" in seen


def test_a_form_sent_three_times_is_one_complaint_with_one_code(desk: Desk) -> None:
    visitor = desk.visitor()
    key = form_key(visitor.get("/complain"))
    receipts = []
    for _ in range(3):
        receipts.append(receipt_of(visitor.get(visitor.post("/complain", key=key, **LATE).location)))
    assert len(set(receipts)) == 1
    assert cases_made(desk) == 1


def test_a_form_that_was_sent_and_changed_is_sent_again_only_on_purpose(desk: Desk) -> None:
    visitor = desk.visitor()
    key = form_key(visitor.get("/complain"))
    visitor.post("/complain", key=key, **LATE)
    changed = visitor.post("/complain", key=key, **{**LATE, "content": "and the box was torn"})
    assert changed.status_code == 409
    assert "This form was sent already, and then changed." in words(changed)
    assert "and the box was torn" in changed.text
    assert cases_made(desk) == 1
    visitor.post("/complain", key=form_key(changed), **{**LATE, "content": "and the box was torn"})
    assert cases_made(desk) == 2


def test_the_form_that_is_sent_too_often_keeps_what_was_typed_and_says_when_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(accounts.REGISTRATIONS_ALLOWED, "hour", 1)
    complain(desk)
    visitor = desk.visitor()
    answer = visitor.post("/complain", key=form_key(visitor.get("/complain")), **{**LATE, "content": "A whole page of text."})
    assert (answer.status_code, cases_made(desk)) == (429, 1)
    assert "Too many complaints came from this connection within an hour." in words(answer)
    assert "A whole page of text." in answer.text


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    visitor = desk.visitor()
    typed = {
        "complained_object": "the parcel",
        "phone": "12",
        "claim_amount": "a lot",
        "content": "It came <late>.",
        "preferred_contact": "email",
    }
    answer = visitor.post("/complain", key=form_key(visitor.get("/complain")), **typed)
    assert answer.status_code == 422
    for field, sentence in (
        ("business_type", "Say what kind of matter it is."),
        ("demand", "Say what you would like us to do."),
        ("name", "Give your name, so that we know whom we answer."),
        ("phone", "A mobile number has eleven digits and begins with 1."),
        ("email", "Give the e-mail address we are to use."),
        ("claim_amount", "&#39;a lot&#39; is not an amount; write for example 44.85."),
        ("consent_data_use", "We can look into it only if we may use what you tell us; please agree."),
    ):
        assert f'<a href="#{field}">{sentence}</a>' in answer.text
        assert f'id="error-{field}">{sentence}<' in answer.text
    for kept in ('value="the parcel"', 'value="12"', 'value="a lot"', "It came &lt;late&gt;.", 'value="email" checked'):
        assert kept in answer.text
    assert 'role="alert" tabindex="-1" autofocus' in answer.text
    assert cases_made(desk) == 0


def test_what_is_wrong_is_said_in_chinese_too(desk: Desk) -> None:
    visitor = desk.visitor(language="zh")
    seen = words(visitor.post("/complain", key=form_key(visitor.get("/complain")), phone="12"))
    assert "请选择投诉类型。" in seen
    assert "手机号码为 11 位数字,以 1 开头。".replace(",", "，") in seen


def test_the_language_is_switched_without_losing_what_was_typed(desk: Desk) -> None:
    visitor = desk.visitor()
    answer = visitor.post("/complain", key=form_key(visitor.get("/complain")), language="zh", content="half a stor")
    assert answer.status_code == 200
    assert "我要投诉" in words(answer) and "half a stor" in answer.text
    assert "我要投诉" in words(visitor.get("/complain"))
    assert cases_made(desk) == 0


def test_a_complaint_in_chinese_is_answered_in_chinese(desk: Desk) -> None:
    customer = complain(desk, language="zh")
    assert customer.case().complaint().locale == "zh"
    assert "2026年9月18日星期五 18:00" in words(customer.visitor.get("/complain/received"))


def test_the_receipt_is_for_the_browser_that_complained(desk: Desk) -> None:
    customer = complain(desk)
    elsewhere = desk.visitor().get("/complain/received")
    assert (elsewhere.status_code, elsewhere.location) == (303, "/status")
    assert customer.code not in elsewhere.text


def test_the_receipt_is_kept_as_a_file_by_the_browser_that_complained(desk: Desk) -> None:
    customer = complain(desk)
    kept = customer.visitor.get("/complain/received.txt")
    assert kept.headers["Content-Disposition"] == f'attachment; filename="{customer.reference}.txt"'
    assert customer.code in kept.text
    assert "Somebody who takes care of your complaint contacts you: by Tuesday" in kept.text
    assert desk.visitor().get("/complain/received.txt").location == "/status"


def test_the_code_is_kept_nowhere(desk: Desk) -> None:
    customer = complain(desk)
    with reading(desk.office.database) as session:
        for table in Table.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert customer.code not in str(tuple(row)), table.name
    receipt = customer.visitor.client.get_cookie(public_door.RECEIPT_COOKIE, path="/complain")
    assert receipt is not None and customer.code not in receipt.value


def test_a_form_without_its_token_is_no_complaint(desk: Desk) -> None:
    answer = desk.visitor().client.post("/complain", data=LATE)
    assert answer.status_code == 403
    assert cases_made(desk) == 0


@pytest.mark.parametrize("address", ["/complain", "/status"])
def test_pages_for_customers_show_nothing_of_the_staff(desk: Desk, address: str) -> None:
    for visitor in (desk.visitor(), desk.visitor("u_cm1")):
        page = visitor.get(address)
        assert page.status_code == 200
        assert '<a href="/tasks"' not in page.text and "Sign out" not in page.text
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"


def test_who_uses_the_phone_number_of_another_learns_and_changes_nothing(desk: Desk) -> None:
    complain(desk, email="wang@example.com", phone="13800000001")
    thief = complain(desk, name="Somebody Else", email="thief@example.com", phone="13800000001", order_no="EC-9")
    with reading(desk.office.database) as session:
        kept = session.scalars(select(Customer).order_by(Customer.created_at, Customer.id)).all()
        assert [(one.name, one.email) for one in kept] == [("王敏", "wang@example.com"), ("Somebody Else", "thief@example.com")]
    thief.enter()
    assert "王敏" not in thief.look().text


def test_the_same_person_is_known_again(desk: Desk) -> None:
    first, second = complain(desk), complain(desk, order_no="EC-10")
    assert first.case().complaint().customer_id == second.case().complaint().customer_id


def test_staff_still_corrects_what_is_known_of_a_customer(desk: Desk) -> None:
    customer = complain(desk)
    with unit_of_work(desk.office.database) as session:
        clerk = people.actor_of(session, "u_intake1")
        complaints.register(
            session, {"channel": "phone", "phone": "13800000001", "name": "王敏", "email": "new@example.com", "content": "-"}, actor=clerk
        )
    with reading(desk.office.database) as session:
        found = session.get(Customer, customer.case().complaint().customer_id)
        assert found is not None and found.email == "new@example.com"


def test_a_refusal_leads_a_customer_back_to_the_form_and_not_to_the_staff(desk: Desk) -> None:
    answer = desk.visitor().client.post("/complain", data=LATE)
    assert 'class="button" href="/complain"' in answer.text
    assert "nothing was changed" in words(answer)


def test_the_sign_in_page_shows_customers_their_way(desk: Desk) -> None:
    page = desk.visitor().get("/sign-in")
    assert 'href="/complain"' in page.text and 'href="/status"' in page.text
