"""What is typed and not sent yet: saved while typing, compared when two windows of one person disagree, never overwritten."""

import json
import re
from html import unescape

from tests.api.pages.cases import register
from tests.api.pages.conftest import Desk, words
from tests.api.pages.test_case_tasks import task_of


def test_numbers_that_nobody_types_are_no_fault_of_ours(desk: Desk) -> None:
    case = register(desk)
    path, intake, many = f"/tasks/{task_of(case, 'ut_triage')}", desk.visitor("u_intake1"), "9" * 5000
    for name in ("draft_revision", "repeat_count"):
        assert intake.post(f"{path}/completion", confirm="false", **{name: many}).status_code == 422, name
    for values in (f'{{"repeat_count": {many}}}', '{"repeat_count": NaN}', "["):
        answer = intake.post(f"{path}/completion", values=values)
        assert answer.status_code == 422 and "The form did not arrive whole" in words(answer), values[:30]
        kept = {"X-CSRF-Token": intake.token(), "If-Match": '"0"'}
        refused = intake.client.put(f"{path}/draft", data=values, headers=kept, content_type="application/json")
        assert refused.status_code == 400, values[:30]
    assert intake.put(f"{path}/draft", {}, revision=int("9" * 30)).status_code == 428


def test_a_draft_is_kept_while_typing_and_shown_again_to_its_writer_only(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    assert lead.put(f"/tasks/{task_id}/draft", {"comment": "half a thought"}).json == {"saved": "09:00:00", "revision": 1}
    page = lead.get(f"/tasks/{task_id}")
    assert "half a thought" in page.text
    assert 'name="draft_revision" value="1"' in page.text
    assert "Saved 09:00:00" in words(page)
    assert "half a thought" not in desk.visitor("u_lead2").get(f"/tasks/{task_id}").text


def test_what_another_window_saved_is_shown_beside_and_not_overwritten(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    path, lead = f"/tasks/{task_id}/draft", desk.visitor("u_lead1")
    lead.put(path, {"vote": "approve", "comment": "from the first window"})
    answer = lead.put(path, {"vote": "reject", "comment": ""}, revision=0)
    assert answer.status_code == 412
    shown = answer.get_json()["html"]
    assert 'type="radio" name="pick.vote" value="theirs"' in shown
    assert re.search(r'name="pick\.comment" value="theirs"[^>]* checked', shown)  # the other side says nothing
    assert "Approve" in shown and "Reject" in shown and "from the first window" in shown
    assert lead.get(path).get_json()["revision"] == 1

    mine = unescape(re.search(r'name="mine" value="([^"]*)"', shown)[1])  # type: ignore[index]
    assert json.loads(mine) == {"vote": "reject", "comment": ""}
    chosen = lead.post(path, revision="1", mine=mine, **{"pick.vote": "mine", "pick.comment": "theirs"})
    assert chosen.status_code == 303
    page = lead.get(chosen.location).text
    assert '"comment": "from the first window"' in page and '"vote": "reject"' in page


def test_one_side_can_be_kept_as_a_whole(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    path, lead = f"/tasks/{task_id}/draft", desk.visitor("u_lead1")
    lead.put(path, {"vote": "approve", "comment": "there"})
    lead.post(path, revision="1", mine='{"vote": "reject", "reason": "here"}', all="theirs")
    page = lead.get(f"/tasks/{task_id}").text
    assert '"comment": "there"' in page and '"reason"' not in re.search(r"data-values>(.*?)<", page)[1]  # type: ignore[index]
    lead.post(path, revision="2", mine='{"vote": "reject", "reason": "here"}', all="mine")
    assert '"reason": "here"' in lead.get(f"/tasks/{task_id}").text


def test_a_save_whose_answer_was_lost_is_no_conflict(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    path, lead = f"/tasks/{task_id}/draft", desk.visitor("u_lead1")
    lead.put(path, {"comment": "the same", "vote": None})
    assert lead.put(path, {"comment": "the same"}, revision=0).json == {"saved": "09:00:00", "revision": 1}


def test_a_third_window_meanwhile_is_compared_again(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    path, lead = f"/tasks/{task_id}/draft", desk.visitor("u_lead1")
    lead.put(path, {"comment": "one"})
    lead.put(path, {"comment": "three"}, revision=1)
    again = lead.post(path, revision="1", mine='{"comment": "two"}', all="mine")
    assert again.status_code == 409
    assert "You typed two things into this form" in words(again)
    assert "three" in words(again)


def test_a_form_is_not_sent_over_what_another_window_typed_later(desk: Desk) -> None:
    task_id = desk.task(desk.ask("1500"))
    lead = desk.visitor("u_lead1")
    lead.put(f"/tasks/{task_id}/draft", {"vote": "reject", "reason": "found again"})
    for then in ({}, {"then": "keep"}):
        answer = lead.post(f"/tasks/{task_id}/completion", vote="approve", approved_amount="1500", draft_revision="0", **then)
        assert answer.status_code == 409
        seen = words(answer)
        assert "You typed two things into this form" in seen and "found again" in seen
        assert 'name="draft_revision" value="0"' in answer.text  # typing on does not settle it either
    same = lead.post(f"/tasks/{task_id}/completion", vote="approve", approved_amount="1500", draft_revision="1")
    assert same.status_code == 303


def test_a_window_left_alone_learns_who_is_signed_in_and_its_token(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1")
    known = lead.get(f"/tasks/{task_id}/draft").json
    assert known == {"account": "u_lead1", "csrf": lead.token(), "revision": 0}
    assert desk.visitor("u_fin2").get(f"/tasks/{task_id}/draft").status_code == 403


def test_who_types_into_a_task_that_is_gone_reads_who_did_it(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    lead = desk.visitor("u_lead1", language="zh")
    desk.complete(task_id, "u_lead2", vote="approve", approved_amount="1500")
    for revision, text in ((0, "too late"), (0, "an older window")):
        answer = lead.put(f"/tasks/{task_id}/draft", {"comment": text}, revision=revision)
        assert answer.status_code == 409
        assert "李军" in answer.get_json()["said"]
    page = lead.get(f"/tasks/{task_id}").text
    assert "too late" in page and "an older window" not in page  # refused, and not lost
    winner = desk.visitor("u_lead2")
    assert winner.put(f"/tasks/{task_id}/draft", {"comment": "after all"}, revision=0).status_code == 409
    assert "after all" not in winner.get(f"/tasks/{task_id}").text


def test_what_was_refused_is_listed_as_the_form_calls_it(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    desk.complete(task_id, "u_lead2", vote="approve", approved_amount="1500")
    answer = desk.visitor("u_lead1").post(f"/tasks/{task_id}/completion", vote="reject", reason="the parcel was found")
    assert "Your vote Reject" in words(answer)


def test_what_somebody_had_typed_is_still_his_when_a_colleague_completes_the_task(desk: Desk) -> None:
    task_id = desk.task(desk.ask())
    slower = desk.visitor("u_lead1")
    slower.put(f"/tasks/{task_id}/draft", {"vote": "reject", "reason": "the parcel was found"})
    desk.complete(task_id, "u_lead2", vote="approve", approved_amount="1500")
    page = words(slower.get(f"/tasks/{task_id}"))
    assert "This was not sent" in page and "Your vote Reject" in page and "the parcel was found" in page
    assert "the parcel was found" not in desk.visitor("u_lead2").get(f"/tasks/{task_id}").text
