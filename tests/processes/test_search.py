"""What is found by whom, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text

from engine import clock, scheduler
from engine.database import reading, unit_of_work
from engine.errors import Invalid
from engine.extensions import Actor
from processes import cases, comments, complaints, contacts, search, search_fill, search_results
from processes.search_results import Asked, Results
from processes.tables.cases import Complaint
from processes.tables.search import SearchEntry
from tests.processes.conftest import Office

OWNER = Actor(id="u_owner1", groups=frozenset({"case_owner"}))
INTAKE = Actor(id="u_intake1", groups=frozenset({"intake_agent"}))
MANAGER = Actor(id="u_cm1", groups=frozenset({"complaint_manager"}))
LEAD = Actor(id="u_lead1", groups=frozenset({"team_lead"}))
GIVEN: dict[str, Any] = {"channel": "phone", "name": "王敏", "phone": "13800000001", "email": "wm@example.cn", "content": "快递延误三天"}


def find(office: Office, question: str, *, actor: Actor = LEAD, **more: Any) -> Results:
    """What this person finds; team lead and manager read all cases."""
    asked = {name: more.pop(name) for name in ("kinds", "since", "until") if name in more}
    with office.reading() as session:
        reads_all = actor in (LEAD, MANAGER)
        return search_results.find(session, Asked(question=question, **asked), actor=actor, reads_all=reads_all, **more)


def found(office: Office, question: str, **more: Any) -> list[str]:
    """The contents of the cases."""
    return [one.complaint.content for one in find(office, question, **more).items]


def given(office: Office, *contents: str, **more: Any) -> list[Complaint]:
    """Cases of u_owner1 with these contents."""
    with unit_of_work(office.database) as session:
        return [office.register(session, content=content, **more) for content in contents]


def test_a_case_is_found_by_any_part_of_its_words_and_by_all_of_them(office: Office) -> None:
    given(office, "快递延误三天, the Parcel is late", "快递丢失")
    assert found(office, "快递") == ["快递丢失", "快递延误三天, the Parcel is late"]
    for question in ("延误", "误", "递延误三", "parcel 快递", "PARC", '"parcel is"', "快递 late"):
        assert found(office, question) == ["快递延误三天, the Parcel is late"], question
    for question in ("误快", "parcel 丢失", '"is parcel"', "arcel", "par late"):
        assert found(office, question) == [], question


@pytest.mark.postgresql
def test_two_who_take_the_same_text_in_at_once_wait_for_each_other(office: Office) -> None:
    (complaint,) = given(office, "快递延误三天")
    with unit_of_work(office.database) as session:
        search.forget(session, "complaint", complaint.id)

    def again() -> None:
        with unit_of_work(office.database) as other:
            search.index_complaint(other, other.get_one(Complaint, complaint.id))

    with ThreadPoolExecutor(max_workers=1) as beside:
        with unit_of_work(office.database) as session:
            search.index_complaint(session, session.get_one(Complaint, complaint.id))
            waiting = beside.submit(again)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
        waiting.result(timeout=60)
    assert found(office, "延误") == ["快递延误三天"]


@pytest.mark.postgresql
def test_what_is_changed_while_the_search_takes_it_in_is_found_as_it_is_now(office: Office) -> None:
    with unit_of_work(office.database) as session:
        case = complaints.register(session, GIVEN, actor=INTAKE).complaint

    def take_in() -> None:
        with unit_of_work(office.database) as other:
            search_fill.take_in(other, after=None)

    with ThreadPoolExecutor(max_workers=1) as beside:
        with unit_of_work(office.database) as session:
            complaints.update(session, session.get_one(Complaint, case.id), {"demand": "退款", "email": "new@example.cn"})
            waiting = beside.submit(take_in)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
        waiting.result(timeout=60)
    assert len(find(office, "退款").items) == len(find(office, "new@example.cn", actor=INTAKE).items) == 1
    assert find(office, "wm@example.cn", actor=INTAKE).items == []


def test_what_looks_like_a_question_of_the_index_is_only_words(office: Office) -> None:
    given(office, "one AND two NOT three* {shown} NEAR(a b) it's 'quoted':A & |")
    for question in ("NOT", "shown:", "{shown} : one", "it's", "near(a", "'quoted':A", "a & b", "^one", "-two", 'one" OR "x'):
        found(office, question)
    assert len(found(office, "two NOT three")) == 1


def test_letters_calls_and_additions_lead_to_their_case_once_with_the_newest_hit_first(office: Office) -> None:
    first, second = given(office, "包裹丢件", "包裹破损")
    with unit_of_work(office.database) as session:
        row = cases.get(session, first.id)
        contacts.record(session, row, "客户来电催促包裹", direction="in", channel="phone", by="u_owner1")
        contacts.send(session, row, "T-PRELIM", text="包裹正在寻找")
        cases.add_content(session, row, "包裹里有药品", by="customer")
    results = find(office, "包裹")
    assert [one.complaint.id for one in results.items] == [first.id, second.id]
    assert [one.kind for one in results.items[0].hits] == ["addition", "letter", "message"]
    assert "".join(piece.text for piece in results.items[0].hits[0].excerpt if piece.hit) == "包裹"
    assert [one.complaint.id for one in find(office, "包裹", kinds=frozenset({"complaint"})).items] == [second.id, first.id]
    assert find(office, "包裹", since=clock.now().replace(year=2030)).items == []


def test_a_comment_is_found_by_what_it_says_now_until_it_is_deleted(office: Office) -> None:
    row = given(office, "包裹丢件")[0]
    with unit_of_work(office.database) as session:
        comment = comments.add(session, cases.get(session, row.id), "call the courier", actor=OWNER)
    assert [hit.kind for hit in find(office, "courier").items[0].hits] == ["comment"]
    with unit_of_work(office.database) as session:
        case, said = cases.get(session, row.id), comments.get(session, comment.id)
        comments.edit(session, case, said, "call the depot", actor=OWNER)
    assert (found(office, "courier"), found(office, "depot")) == ([], ["包裹丢件"])
    with unit_of_work(office.database) as session:
        comments.delete(session, cases.get(session, row.id), comments.get(session, comment.id), actor=OWNER)
    assert found(office, "depot") == []


def test_pages_are_full_and_keep_the_texts_of_a_case_together(office: Office) -> None:
    made = given(office, *(f"包裹 {number}" for number in range(7)))
    with unit_of_work(office.database) as session:
        contacts.record(session, cases.get(session, made[0].id), "包裹", direction="in", channel="phone", by="u_owner1")
    seen: list[str] = []
    cursor = None
    for expected in (3, 3, 2):
        results = find(office, "包裹", limit=3, cursor=cursor)
        assert len(results.items) == expected
        seen += [one.complaint.content for one in results.items]
        cursor = results.next
    assert cursor is None
    assert seen == ["包裹 0", "包裹 6", "包裹 5", "包裹 4", "包裹 3", "包裹 2", "包裹 1", "包裹 0"]
    with pytest.raises(Invalid):
        find(office, "包裹", cursor="1 OR 1")


def test_nobody_finds_a_case_he_may_not_see(office: Office) -> None:
    given(office, "包裹丢件 mine")
    given(office, "包裹丢件 of another", case_owner="u_owner2")
    given(office, "包裹丢件 about the lead", excluded_users=["u_lead1", "u_owner1"])
    assert found(office, "包裹", actor=OWNER) == ["包裹丢件 mine"]
    assert found(office, "包裹") == ["包裹丢件 of another", "包裹丢件 mine"]
    assert found(office, "包裹", actor=INTAKE) == []
    assert find(office, given(office, "x", excluded_users=["u_lead1"])[0].reference).items == []


def test_who_reads_a_case_masked_does_not_find_it_by_what_is_masked(office: Office) -> None:
    with unit_of_work(office.database) as session:
        row = complaints.register(session, GIVEN).complaint
        contacts.record(session, row, "王敏 13800000001 asks again", direction="in", channel="phone", by="u_owner1")
    for question in ("王敏", "13800000001", "1380000", "wm@example.cn", "asks 王敏", "王敏 快递"):
        assert len(find(office, question).items) == 1, question
        assert find(office, question, actor=MANAGER).items == [], question
    shown = find(office, "asks", actor=MANAGER).items[0]
    assert shown.customer_name == "王*"
    assert "".join(piece.text for piece in shown.hits[0].excerpt) == "王* 138****0001 asks again"


def test_the_number_of_a_case_an_order_or_a_customer_comes_first(office: Office) -> None:
    with unit_of_work(office.database) as session:
        wanted = complaints.register(session, {**GIVEN, "order_no": "EC20260301-118"}).complaint
        other = office.register(session, content=f"about {wanted.reference}, EC20260301-118 and 13800000001")
    for question in (wanted.reference, wanted.reference.lower(), "EC20260301-118", "+86 138-0000-0001"):
        results = find(office, question)
        assert (results.items[0].complaint.id, results.items[0].exact) == (wanted.id, True), question
    assert [one.complaint.id for one in find(office, wanted.reference).items] == [wanted.id, other.id]
    with office.reading() as session:
        named = search_results.only(session, Asked(question=wanted.reference), actor=LEAD, reads_all=True)
        assert named is not None and named.id == wanted.id
        assert search_results.only(session, Asked(question="13800000001"), actor=MANAGER, reads_all=True) is None
        assert search_results.only(session, Asked(question="about"), actor=LEAD, reads_all=True) is None


def test_a_text_that_changes_is_found_by_what_it_says_now(office: Office) -> None:
    with unit_of_work(office.database) as session:
        row = complaints.register(session, GIVEN).complaint
        complaints.update(session, row, {"name": "王敏", "phone": "13900000002", "demand": "refund"})
    assert len(find(office, "refund").items) == 1
    assert len(find(office, "13900000002").items) == 1
    assert find(office, "13800000001").items == []


def test_what_is_taken_out_is_found_no_more_and_nothing_of_it_stays(office: Office) -> None:
    row = given(office, "包裹丢件")[0]
    with unit_of_work(office.database) as session:
        contacts.record(session, row, "call about 包裹", direction="in", channel="phone", by="u_owner1")
    with unit_of_work(office.database) as session:
        message = session.scalars(select(SearchEntry.subject_id).where(SearchEntry.kind == "message")).one()
        search.forget(session, "message", message)
    assert found(office, "call") == []
    with unit_of_work(office.database) as session:
        search.forget(session, "complaint", row.id)
    with reading(office.database) as session:
        assert session.scalar(text("SELECT count(*) FROM search_index")) == 0
        assert session.scalar(text("SELECT count(*) FROM search_entry")) == 0


def test_what_was_there_before_the_search_is_taken_in_a_few_cases_at_a_time(office: Office) -> None:
    made = given(office, *(f"包裹 {number}" for number in range(search_fill.CASES_AT_ONCE + 3)))
    with unit_of_work(office.database) as session:
        for row in made:
            search.forget(session, "complaint", row.id)
        assert search_fill.begin(session)
        assert not search_fill.begin(session)
    assert find(office, "包裹").unfinished
    assert find(office, "包裹").items == []
    scheduler.tick(office.database)
    scheduler.tick(office.database)
    results = find(office, "包裹", limit=100)
    assert (len(results.items), results.unfinished) == (len(made), False)
