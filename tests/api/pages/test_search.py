"""Looking for cases from every page, and what lies beside a case."""

import re
from typing import Any

import pytest
from sqlalchemy import event

from engine.database import unit_of_work
from processes import cases as case_records
from processes import comments, contacts, people, search_fill
from tests.api.pages import cases
from tests.api.pages.conftest import Desk, words

pytestmark = pytest.mark.every_database  # lists and searches


def test_hits_are_marked_and_what_was_written_stays_text(desk: Desk) -> None:
    reference = desk.complaint(content="包裹丢件 <script>alert(1)</script>")
    answer = desk.visitor("u_lead1").get("/search?q=丢件")
    assert "包裹<mark>丢件</mark>" in " ".join(answer.text.split()).replace("> <", "><")
    assert "&lt;script&gt;alert(1)" in answer.text
    assert f'href="/complaints/{reference}"' in answer.text
    assert f"{reference} · 曹磊 Preparing a solution L2 important" in words(answer)


def test_people_in_comments_that_are_found_are_called_by_their_names(desk: Desk) -> None:
    reference = desk.complaint()
    with unit_of_work(desk.office.database) as session:
        row = case_records.by_reference(session, reference)
        comments.add(session, row, "@u_cm1: the locker was open, tell @nobody.", actor=people.actor_of(session, "u_lead1"))
    found = words(desk.visitor("u_lead1").get("/search?q=locker"))
    assert "@Liang Hui: the locker was open, tell @nobody." in found
    assert "@梁辉: the locker was open" in words(desk.visitor("u_lead1", language="zh").get("/search?q=locker"))


def test_the_number_of_a_case_leads_straight_to_it_for_who_may_see_it(desk: Desk) -> None:
    reference = desk.complaint()
    hidden = desk.complaint(excluded_users=["u_lead1"])
    lead = desk.visitor("u_lead1")
    assert lead.get(f"/search?q={reference}").location == f"/complaints/{reference}"
    assert lead.get(f"/search?q={reference}&kind=letter").status_code == 200
    assert "Nothing was found" in words(lead.get(f"/search?q={hidden}"))


def test_an_empty_page_says_why_and_what_next(desk: Desk) -> None:
    desk.complaint()
    manager, intake = desk.visitor("u_cm1"), desk.visitor("u_intake1", language="zh")
    assert "What are you looking for?" in words(manager.get("/search"))
    seen = words(manager.get("/search?q=曹磊"))
    assert "Nothing was found for “曹磊”" in seen
    assert "Names and numbers of customers you read masked are not searched for you." in seen
    assert "没有找到与“曹磊”相符的内容" in words(intake.get("/search?q=曹磊"))
    narrowed = manager.get("/search?q=丢件&kind=comment")
    assert 'href="/search?q=%E4%B8%A2%E4%BB%B6">Search everywhere' in narrowed.text
    assert "Give a day, such as 2026-05-01." in words(manager.get("/search?q=丢件&from=soon"))


def test_a_long_list_goes_on_with_its_filters(desk: Desk) -> None:
    for number in range(21):
        desk.complaint(content=f"包裹 {number}")
    lead = desk.visitor("u_lead1")
    first = lead.get("/search?q=包裹&kind=complaint&from=2026-09-14")
    found = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert found is not None
    second = lead.get(found[1].replace("&amp;", "&"))
    assert (first.text.count("<mark>"), second.text.count("<mark>")) == (20, 1)
    assert 'value="2026-09-14"' in second.text


def test_the_page_says_that_older_cases_are_still_being_taken_in(desk: Desk) -> None:
    with unit_of_work(desk.office.database) as session:
        search_fill.begin(session)
    assert "Older cases are still being taken into the search." in words(desk.visitor("u_lead1").get("/search?q=x"))


def test_a_search_takes_the_same_few_statements_however_much_is_found(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    counts = []
    for more in (1, 15):
        for _ in range(more):
            reference = desk.complaint(content="包裹丢件", customer_id=f"c{more}")
            with unit_of_work(desk.office.database) as session:
                row = case_records.by_reference(session, reference)
                contacts.record(session, row, "包裹", direction="in", channel="phone", by="u_owner1")
        counts.append(_statements(desk, lambda: lead.get("/search?q=包裹")))
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def _statements(desk: Desk, look: Any) -> int:
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    engine = desk.office.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert look().status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(told)


def test_two_cases_are_put_beside_each_other_and_taken_apart_again(desk: Desk) -> None:
    one, other = desk.complaint(), desk.complaint(content="another", customer_id="c2")
    owner = desk.visitor("u_owner1")
    wrong = owner.post(f"/complaints/{one}/links/new", other="TS-1", reason="x")
    assert (wrong.status_code, "There is no case with the number TS-1." in words(wrong)) == (422, True)
    assert "Say in a sentence why the two belong together." in words(owner.post(f"/complaints/{one}/links/new", other=other))
    made = owner.post(f"/complaints/{one}/links/new", other=other, reason="the same courier")
    assert (made.status_code, made.location) == (303, f"/complaints/{one}#links")
    for here, there in ((one, other), (other, one)):
        seen = words(owner.get(f"/complaints/{here}"))
        assert f"Related cases {there} · Preparing a solution the same courier Lin Mei" in seen
        assert f"Lin Mei linked {there} with this case." in seen
    assert owner.post(f"/complaints/{one}/links/{other}/removal").status_code == 303
    assert "the same courier Lin Mei" not in words(owner.get(f"/complaints/{one}"))
    assert desk.visitor("u_aud1").get(f"/complaints/{one}/links/new").status_code == 403


def test_who_merges_sees_first_what_will_happen(desk: Desk) -> None:
    older, newer = cases.register(desk).reference, cases.register(desk, order_no="EC-2").reference
    lead = desk.visitor("u_lead1")
    seen = words(lead.get(f"/complaints/{newer}/merging?into={older}"))
    assert f"{newer} is closed as merged and archived." in seen
    assert "The customer gets a letter that says in which case it goes on." in seen
    assert "Say in a sentence why the two are one." in words(lead.post(f"/complaints/{newer}/merging", into=older))
    done = lead.post(f"/complaints/{newer}/merging", into=older, reason="the same parcel")
    assert (done.status_code, done.location) == (303, f"/complaints/{older}")
    assert f"It goes on in {older}" in words(lead.get(f"/complaints/{newer}"))
    again = words(lead.get(f"/complaints/{newer}/merging"))
    assert f"{newer} is closed; a closed case is not merged and takes up nothing." in again
    assert "Merging a case is for its owner" in words(desk.visitor("u_aud1").get(f"/complaints/{older}"))


def test_what_tells_something_similar_is_shown_while_it_is_typed(desk: Desk) -> None:
    known = cases.register(desk, content="快递员态度恶劣，拒绝送货上门，还辱骂老人", product_code="P-7").reference
    clerk = desk.visitor("u_intake1")
    box = words(clerk.post("/complaints/new/related", content="快递员拒绝送货上门，态度恶劣，辱骂我父亲", product_code="P-7"))
    assert f"{known} · Triage similar text" in box
    assert "1 other complaint about this product in 30 days" in box
    assert "none that tells something similar" in words(clerk.post("/complaints/new/related", content="发票开错了金额，请重新开"))
