"""One case on one page: where it stands and why, its clocks, its story, its letters, and who reads what of it."""

from engine import operations
from engine.database import reading, unit_of_work
from engine.paging import Query
from processes import cases as processes_cases
from processes import contacts
from tests.api.pages import cases
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements


def test_the_page_says_where_a_case_stands_and_why_it_has_its_level(desk: Desk) -> None:
    case = cases.register(desk, claim_amount="60000", vulnerable=True)
    seen = words(desk.visitor("u_lead1").get(f"/complaints/{case.reference}"))
    for expected in (
        f"{case.reference} · 王敏",
        "Received 09:00 by Phone · registered by Chen Jing",
        "Vulnerable customer",
        "L3 urgent Because ¥50,000 or more are claimed. Grading table, rows 1, 3, 16.",
        "Amount claimed ¥60,000.00",
        "Open tasks Confirm category and level",
        "Complaint handling Running",
    ):
        assert expected in seen


def test_clocks_are_drawn_and_said(desk: Desk) -> None:
    case = cases.register(desk)
    desk.office.time.advance(hours=1)
    case.offer()
    desk.office.time.advance(hours=2)
    case.tell("customer.decision", decision="counter", counter_amount="60")
    desk.office.time.advance(days=9)
    desk.office.tick()
    answer = desk.visitor("u_lead1").get(f"/complaints/{case.reference}")
    for kind in ("paused", "over", "ended", "running"):
        assert f'<rect class="{kind}" x="' in answer.text
    seen = words(answer)
    assert "Resolution 3 wd over" in seen
    assert "paused from 14 Sept, 10:00 to 14 Sept, 12:00" in seen
    assert "5 working days; due 20 Sept, 11:00" in seen  # a Sunday that was made a working day
    assert "First response Met" in seen


def test_the_story_names_who_did_what(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    case.tell("customer.decision", decision="accept", payee_name="王敏", method="alipay", account="13800000001")
    seen = words(desk.visitor("u_lead1").get(f"/complaints/{case.reference}"))
    for expected in (
        "Chen Jing registered the complaint (Phone).",
        "The case was graded L1 ordinary: no special circumstance.",
        "The case was given to Lin Mei.",
        "Lin Mei did “Accept the case”.",
        "Lin Mei proposed solution 1 (¥44.85).",
        "The customer's answer to solution 1: accepted.",
        "Redress approved ¥44.85: by the rules nobody has to.",
        "Letter to the customer:",
        "Decided by tables: Admissible?, Category, Level",
    ):
        assert expected in seen, expected


def test_letters_are_read_as_they_were_sent(desk: Desk) -> None:
    case = cases.register(desk)
    answer = desk.visitor("u_lead1").get(f"/complaints/{case.reference}")
    assert f"我们已收到您的投诉 {case.reference}" in words(answer)
    assert "wangmin@example.cn" in words(answer)
    masked = words(desk.visitor("u_cm1").get(f"/complaints/{case.reference}"))
    assert "wangmin@example.cn" not in masked
    assert "w***@example.cn" in masked


def test_who_reads_the_name_masked_reads_it_masked_in_letters_and_notes_too(desk: Desk) -> None:
    case = cases.register(desk)
    case.accept()
    with unit_of_work(desk.office.database) as session:
        said = "Called 王敏 on 13800000001: she waits."
        contacts.record(
            session, processes_cases.by_reference(session, case.reference), said, direction="out", channel="phone", by=case.owner
        )
    path = f"/complaints/{case.reference}"
    assert desk.visitor(case.owner).get(path).text.count("王敏") > 1
    manager = desk.visitor("u_cm1")
    masked = words(manager.get(path))
    assert "王敏" not in masked
    assert "Called 王* on 138****0001: she waits." in masked
    assert "王敏: 您好!" in words(manager.post(f"{path}/contact-data", reason="The customer called me back"))


def test_the_money_of_a_case_is_on_its_page(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    seen = words(desk.visitor("u_lead1").get(f"/complaints/{case.reference}"))
    assert "Solution 1 · told to the customer Requested ¥44.85 Standard ¥44.85 Approved ¥44.85" in seen
    assert "Compensation · Approved Requested ¥44.85" in seen


def test_contact_data_are_masked_until_somebody_says_why_and_it_is_written_down(desk: Desk) -> None:
    reference = cases.register(desk).reference
    manager = desk.visitor("u_cm1")
    before = words(manager.get(f"/complaints/{reference}"))
    assert "138****0001" in before
    assert "13800000001" not in before
    refused = manager.post(f"/complaints/{reference}/contact-data", reason="  ")
    assert refused.status_code == 422
    assert "Say in a sentence why you need the customer's data" in words(refused)
    assert "13800000001" not in refused.text
    shown = manager.post(f"/complaints/{reference}/contact-data", reason="The customer called me back")
    assert "13800000001" in words(shown)
    assert "13800000001" not in words(manager.get(f"/complaints/{reference}"))
    with reading(desk.office.database) as session:
        [found] = operations.search(session, Query(filter={"kind": "reveal"})).items
    assert (found.by, found.reason, found.subject_kind) == ("u_cm1", "The customer called me back", "complaint")


def test_the_owner_reads_everything_without_asking(desk: Desk) -> None:
    case = cases.register(desk)
    case.accept()
    seen = words(desk.visitor(case.owner).get(f"/complaints/{case.reference}"))
    assert "13800000001" in seen
    assert "Why do you need them?" not in seen


def test_a_case_that_is_not_there_is_not_found(desk: Desk) -> None:
    assert desk.visitor("u_cm1").get("/complaints/TS-20260914-09999").status_code == 404


def test_whom_it_concerns_can_neither_see_nor_reveal(desk: Desk) -> None:
    reference = desk.complaint(excluded_users=["u_cm1"])
    assert desk.visitor("u_cm1").get(f"/complaints/{reference}").status_code == 403
    assert desk.visitor("u_cm1").post(f"/complaints/{reference}/contact-data", reason="I want to know").status_code == 403


def test_a_task_is_a_link_only_for_who_may_open_it(desk: Desk) -> None:
    case = cases.register(desk)
    case.accept()
    owner, intake = desk.visitor(case.owner), desk.visitor("u_intake1")
    assert '<a href="/tasks/' in owner.get(f"/complaints/{case.reference}").text
    assert '<a href="/tasks/' not in intake.get(f"/complaints/{case.reference}").text


def test_cases_about_the_same_are_shown_beside_each_other(desk: Desk) -> None:
    first, second = cases.register(desk).reference, cases.register(desk).reference
    seen = words(desk.visitor("u_lead1").get(f"/complaints/{first}"))
    assert f"Related cases May be about the same {second} · Triage open, same matter same customer · same order" in seen


def test_a_case_without_a_process_says_so(desk: Desk) -> None:
    seen = words(desk.visitor("u_lead1").get(f"/complaints/{desk.complaint()}"))
    assert "No deadline runs here" in seen
    assert "No process was started for this case." in seen
    assert "No solution has been proposed yet" in seen


def test_the_whole_page_is_in_chinese_too(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    seen = words(desk.visitor("u_lead1", language="zh").get(f"/complaints/{case.reference}"))
    for expected in ("原因：无特殊情形。", "处理经过", "陈静登记了投诉（电话）。", "方案 1 已告知客户。", "待办任务", "5 个工作日"):
        assert expected in seen, expected


def test_a_long_case_takes_no_more_statements_than_a_short_one(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    lead = desk.visitor("u_lead1")
    case.tell("evidence.added", type="photo", reference="photo 0")
    lead.get(f"/complaints/{case.reference}")
    with statements(desk.office) as short:
        lead.get(f"/complaints/{case.reference}")
    for number in range(5):
        case.tell("evidence.added", number=number, type="photo", reference=f"photo {number}")
    with statements(desk.office) as long:
        lead.get(f"/complaints/{case.reference}")
    assert len(long) == len(short) <= 50, "\n".join(long)
