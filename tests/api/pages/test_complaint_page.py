"""One case on one page: where it stands and why, its clocks, its story, its letters, and who reads what of it."""

from sqlalchemy import select

from engine import operations
from engine.database import reading, unit_of_work
from engine.paging import Query
from engine.tables import Job
from processes import cases as processes_cases
from processes import contacts, decision_records, people
from processes.notice_mail import MAIL_TOPIC
from tests.api.pages import cases
from tests.api.pages.conftest import Desk, words
from tests.api.test_cost import statements


def seen_by(account_id: str, desk: Desk, case: cases.Case) -> str:
    """The words of the page of a case, as this person reads it."""
    return words(desk.visitor(account_id).get(f"/complaints/{case.reference}"))


def test_the_page_says_where_a_case_stands_and_why_it_has_its_level(desk: Desk) -> None:
    case = cases.register(desk, claim_amount="60000", vulnerable=True)
    seen = seen_by("u_lead1", desk, case)
    for expected in (
        f"{case.reference} · 王敏",
        "Received 09:00 by Phone · registered by Chen Jing",
        "Vulnerable customer",
        "L3 urgent Because ¥50,000 or more are claimed. Grading table, rules 1, 3, 16.",
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


def test_an_open_task_has_the_time_its_deadline_has_also_at_night(desk: Desk) -> None:
    case = cases.register(desk)
    case.do("ut_triage", "u_intake1", confirm=True)
    case.do("ut_accept_case", accept=True)
    desk.office.time.advance(hours=14)
    seen = words(desk.visitor("u_lead1").get(f"/complaints/{case.reference}"))
    assert "Open tasks Give the first response Case owner on duty 10 h left" in seen


def test_the_story_names_who_did_what(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    case.tell("customer.decision", decision="accept", payee_name="王敏", method="alipay", account="13800000001")
    with unit_of_work(desk.office.database) as session:
        row = processes_cases.by_reference(session, case.reference)
        processes_cases.log(session, row, "question", by="u_owner1", text="Who packed it?", departments=["LOGISTICS"])
    seen = seen_by("u_lead1", desk, case)
    for expected in (
        "Chen Jing registered the complaint (Phone).",
        "The case was graded L1 ordinary: no special circumstance.",
        "The case was given to Lin Mei.",
        "Lin Mei did “Accept the case”.",
        "Lin Mei proposed solution 1 (¥44.85).",
        "The customer's answer to solution 1: accepted.",
        "Redress approved ¥44.85: by the rules nobody has to.",
        "Who approves nobody is needed",
        "asked these departments: Logistics.",
        "Letter to the customer:",
        "Decided by tables: Admissible?, Category, Level",
    ):
        assert expected in seen, expected


def test_every_decision_is_explained_by_the_facts_that_made_its_rule_hold(desk: Desk) -> None:
    case = cases.register(desk, claim_amount="60000", vulnerable=True)
    seen = seen_by("u_lead1", desk, case)
    for expected in (
        "Level L3 urgent",
        "rule 3 Claimed amount (CNY): ¥60,000.00 rule 16 Vulnerable customer: yes",
        "Rules that did not hold, by the first fact that was different:",
        "Admissible? Yes, accepted",
        "Department and group Logistics",
    ):
        assert expected in seen, expected


def test_a_decision_somebody_overruled_says_who_and_why(desk: Desk) -> None:
    case = cases.register(desk)
    with unit_of_work(desk.office.database) as session:
        row = processes_cases.by_reference(session, case.reference)
        decision_records.overrule(
            session, row, "grading", by=people.actor_of(session, "u_lead1"), reason="王敏 waits for medicine", level=3
        )
    assert "Wang Fang decided otherwise: 王* waits for medicine" in seen_by("u_cm1", desk, case)


def test_the_story_is_narrowed_by_the_address(desk: Desk) -> None:
    case = cases.register(desk)
    case.accept()
    told = words(desk.visitor("u_lead1").get(f"/complaints/{case.reference}?story=customer"))
    assert "Lin Mei spoke with the customer (Phone)." in told
    assert "The case went from" not in told


def test_the_margins_of_a_printed_case_name_it_and_are_for_its_readers_only(desk: Desk) -> None:
    case = cases.register(desk)
    page = desk.visitor("u_lead1").get(f"/complaints/{case.reference}")
    path = f"/complaints/{case.reference}/margins.css"
    assert f'media="print" href="{path}"' in page.text
    sheet = desk.visitor("u_lead1").get(path)
    assert sheet.mimetype == "text/css"
    assert f'content: "{case.reference}"' in sheet.text
    assert desk.visitor("u_mgr_qa").get(path).status_code == 200
    assert desk.visitor("u_fin1").get(path).status_code == 403


def test_a_letter_says_whether_it_has_left(desk: Desk) -> None:
    case, lead = cases.register(desk), desk.visitor("u_lead1")
    assert "Sent" in words(lead.get(f"/complaints/{case.reference}"))
    without = cases.register(desk, email="", phone="13800000009", order_no="EC-77")
    assert "Not by e-mail" in words(lead.get(f"/complaints/{without.reference}"))
    with unit_of_work(desk.office.database) as session:
        row = processes_cases.by_reference(session, case.reference)
        contacts.send(session, row, "T-PRELIM", text="We look into it.")
        contacts.send(session, row, "T-HOLDING", text="We need longer.")
        failed = session.scalars(select(Job).where(Job.topic == MAIL_TOPIC)).all()[-1]
        failed.retries_left, failed.state, failed.error = 0, "failed", "The mailbox wangmin@example.cn is full"
    seen = seen_by("u_cm1", desk, case)
    assert "On its way" in seen
    assert "Could not be sent" in seen
    assert "The mailbox w***@example.cn is full" in seen


def test_what_was_found_out_and_who_answers_for_it(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    seen = seen_by("u_lead1", desk, case)
    assert "Finding Founded" in seen
    assert "Logistics 100 %" in seen
    assert "(by the rules: one department alone)" in seen


def test_letters_are_read_as_they_were_sent(desk: Desk) -> None:
    case = cases.register(desk)
    answer = desk.visitor("u_lead1").get(f"/complaints/{case.reference}")
    assert f"我们已收到您的投诉 {case.reference}" in words(answer)
    assert "wangmin@example.cn" in words(answer)
    masked = seen_by("u_cm1", desk, case)
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
    open_ = words(manager.post(f"{path}/contact-data", purpose="call_back"))
    assert "王敏： 您好！" in open_
    assert "Called 王敏 on 13800000001: she waits." in open_


def test_the_money_of_a_case_is_on_its_page(desk: Desk) -> None:
    case = cases.register(desk)
    case.offer()
    seen = seen_by("u_lead1", desk, case)
    assert "Asked by the customer ¥45.00 Standard ¥44.85 Proposed ¥44.85 Approved ¥44.85 Paid –" in seen
    assert "Solution 1 · told to the customer Requested ¥44.85 Standard ¥44.85 Approved ¥44.85" in seen
    assert "Compensation · Approved Requested ¥44.85" in seen


def test_contact_data_are_masked_until_somebody_says_why_and_it_is_written_down(desk: Desk) -> None:
    reference = cases.register(desk).reference
    path, manager = f"/complaints/{reference}", desk.visitor("u_cm1")
    before = words(manager.get(path))
    assert "138****0001" in before
    assert "13800000001" not in before
    refused = manager.post(f"{path}/contact-data", purpose="other", reason="  ")
    assert refused.status_code == 422
    assert "Say in a sentence why you need the customer's data" in words(refused)
    assert "13800000001" not in refused.text
    unnamed = manager.post(f"{path}/contact-data", reason="because")
    assert "Choose one of the purposes in the list." in words(unnamed)
    shown = manager.post(f"{path}/contact-data", purpose="other", reason="The customer called me back")
    assert "13800000001" in words(shown)
    assert "then masked again. It is in the audit trail." in words(shown)
    assert 'data-shown-for="300"' in shown.text
    assert "13800000001" not in words(manager.get(path))
    with reading(desk.office.database) as session:
        [found] = operations.search(session, Query(filter={"kind": "reveal"})).items
    assert (found.by, found.reason, found.subject_kind) == ("u_cm1", "The customer called me back", "complaint")


def test_one_field_can_be_asked_for_alone_and_the_story_names_who_looked_to_those_who_may_know(desk: Desk) -> None:
    reference = cases.register(desk).reference
    path, manager = f"/complaints/{reference}", desk.visitor("u_cm1")
    shown = words(manager.post(f"{path}/contact-data", purpose="call_back", field="phone"))
    assert "Phone 13800000001" in shown
    assert "王敏" not in shown
    assert "w***@example.cn" in shown
    looked = "looked at the customer's data (Phone): I have to call or write to the customer."
    assert looked in words(desk.visitor("u_aud1").get(f"{path}?story=looks"))
    assert "looked at the customer's data" not in words(manager.get(path))
    assert manager.post(f"{path}/contact-data", purpose="pay", field="wage").status_code == 422


def test_the_owner_reads_everything_without_asking(desk: Desk) -> None:
    case = cases.register(desk)
    case.accept()
    seen = seen_by(case.owner, desk, case)
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
    assert len(long) == len(short) <= 55, "\n".join(long)


def test_one_button_of_the_page_is_the_primary_one_the_task_that_comes_next(desk: Desk) -> None:
    case = cases.register(desk)
    page = desk.visitor("u_intake1").get(f"/complaints/{case.reference}").text
    assert page.count('class="button primary"') == 1
    assert 'class="primary"' not in page
    assert 'class="primary"' in desk.visitor("u_intake1").get(f"/complaints/{case.reference}/conversation").text
