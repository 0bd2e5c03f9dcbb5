"""What is said about a case, as people see it: the stream, the place to write, files to look at, and files of customers."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from api import accounts
from engine.database import reading, unit_of_work
from processes import attachments, cases, comments, contacts, conversation, people
from processes.uploads import Received
from tests import files_to_send as files
from tests.api.pages import cases as given
from tests.api.pages.conftest import Desk, Visitor, words
from tests.api.pages.customers import LATE, Customer, complain, form_key
from tests.api.test_cost import statements

PNG = files.png()
PART = {"X-Part": "conversation"}


def send(visitor: Visitor, path: str, *sent: tuple[bytes, str], **form: str) -> TestResponse:
    """A form with files, as the page sends it."""
    return visitor.client.post(path, data=_form(visitor, sent, form))


def send_part(visitor: Visitor, path: str, *sent: tuple[bytes, str], **form: str) -> TestResponse:
    """The same as a script of ours sends it."""
    return visitor.client.post(path, data=_form(visitor, sent, form), headers=PART)


def _form(visitor: Visitor, sent: Sequence[tuple[bytes, str]], form: Mapping[str, str]) -> dict[str, Any]:
    return {"csrf_token": visitor.token(), **form, "files": [(io.BytesIO(content), name) for content, name in sent]}


def file_urls(page: TestResponse) -> list[str]:
    return list(dict.fromkeys(re.findall(r'href="(/attachments/[0-9a-f]+)"', page.text)))


@pytest.fixture
def case(desk: Desk) -> str:
    """The number of a case whose handling has begun."""
    return given.register(desk).reference


def test_a_comment_with_a_picture_stands_above_what_was_said_before(desk: Desk, case: str) -> None:
    lead = desk.visitor("u_lead1")
    path = f"/complaints/{case}"
    sent = send(lead, f"{path}/comments", (PNG, "parcel.png"), text="@Chen Jing the seal was broken.", watch="yes", next=path)
    assert (sent.status_code, sent.location) == (303, path)
    page = lead.get(path)
    seen = words(page)
    assert "Wang Fang" in seen and "@Chen Jing the seal was broken." in seen and "Watching" in seen
    assert seen.index("the seal was broken") < seen.index("letter to the customer")
    assert '<span class="mention">@Chen Jing</span>' in page.text
    assert f'<img src="{file_urls(page)[0]}/preview"' in page.text


def test_a_script_gets_the_part_as_it_is_now(desk: Desk, case: str) -> None:
    lead = desk.visitor("u_lead1")
    answer = send_part(lead, f"/complaints/{case}/comments", text="The carrier has answered.")
    assert answer.status_code == 200 and "<html" not in answer.text and "The carrier has answered." in answer.text
    refused = send_part(lead, f"/complaints/{case}/comments", (b"MZ\x90\x00", "tool.exe"), text="See <b>this</b>.")
    assert refused.status_code == 422
    assert "'tool.exe' cannot be taken" in words(refused) and "See &lt;b&gt;this&lt;/b&gt;." in refused.text
    nobody = send_part(lead, f"/complaints/{case}/comments", text="@u_fin1 look")
    assert (nobody.status_code, "Jin Ling may not see this case" in words(nobody)) == (422, True)


def test_a_page_that_is_open_learns_that_something_was_said_and_never_what(desk: Desk, case: str) -> None:
    lead, path = desk.visitor("u_lead1"), f"/complaints/{case}/conversation"
    mark = _mark(lead, path)
    assert lead.get(f"{path}/changes?after={mark}").status_code == 304
    desk.visitor("u_cm1").post(f"/complaints/{case}/comments", text="Found at the depot.")
    told = lead.get(f"{path}/changes?after={mark}")
    assert told.status_code == 200 and told.json is not None and list(told.json) == ["after"]
    assert _mark(lead, path) == told.json["after"] != mark
    comment_id = re.search(r"/comments/([\w-]+)/deletion", desk.visitor("u_cm1").get(path).text)
    assert comment_id is not None
    for act in ("", "/deletion"):
        before = _mark(lead, path)
        desk.visitor("u_cm1").post(f"/comments/{comment_id[1]}{act}", text="Found, and sent again.", revision="0")
        assert lead.get(f"{path}/changes?after={before}").status_code == 200, act
    assert desk.visitor("u_fin1").get(f"{path}/changes").status_code == 403


def _mark(visitor: Visitor, path: str) -> str:
    found = re.search(r'data-mark="([^"]+)"', visitor.get(path).text)
    assert found is not None
    return found[1]


def test_a_comment_is_changed_and_deleted_where_it_stands(desk: Desk, case: str) -> None:
    lead, other = desk.visitor("u_lead1"), desk.visitor("u_intake1")
    page = send_part(lead, f"/complaints/{case}/comments", text="Late by 3 days, @u_cm1.")
    found = re.search(r"/comments/([0-9a-f]+)/deletion", page.text)
    assert found is not None and "Late by 3 days, @u_cm1.</textarea>" in page.text
    assert f"/comments/{found[1]}" not in other.get(f"/complaints/{case}/conversation").text
    changed = lead.client.post(
        f"/comments/{found[1]}", data={"csrf_token": lead.token(), "text": "Late by 4 days.", "revision": "0"}, headers=PART
    )
    assert "Late by 4 days. " in words(changed) and "changed" in words(changed)
    assert other.post(f"/comments/{found[1]}/deletion").status_code == 403
    assert lead.post(f"/comments/{found[1]}/deletion").status_code == 303
    seen = words(lead.get(f"/complaints/{case}/conversation"))
    assert "Late by 4 days" not in seen and "deleted" in seen


def test_other_words_that_are_refused_stay_in_their_form(desk: Desk, case: str) -> None:
    lead, words_again = desk.visitor("u_lead1"), "What does @u_fin1 say?"
    page = send_part(lead, f"/complaints/{case}/comments", text="Late by 3 days.")
    path = re.findall(r"/comments/[0-9a-f]+(?=\")", page.text)[0]
    refused = lead.client.post(path, data={"csrf_token": lead.token(), "text": words_again, "revision": "0"}, headers=PART)
    assert refused.status_code == 422 and "Jin Ling may not see this case" in words(refused)
    assert re.search(rf"<details open><summary[^>]*>Change</summary>.*>{re.escape(words_again)}</textarea>", refused.text, re.DOTALL)
    assert "Late by 3 days." in words(refused)
    desk.office.time.advance(minutes=16)
    late = lead.post(path, text="Late by 4 days.", revision="0")
    assert late.status_code == 409
    assert re.search(r'<textarea id="comment-text"[^>]*>Late by 4 days\.</textarea>', late.text)


def test_a_comment_changed_in_two_windows_shows_both_texts_and_loses_none(desk: Desk, case: str) -> None:
    lead = desk.visitor("u_lead1")
    page = send_part(lead, f"/complaints/{case}/comments", text="Late by 3 days.")
    path = re.findall(r"/comments/[0-9a-f]+(?=\")", page.text)[0]
    assert '<input type="hidden" name="revision" value="0">' in page.text
    send_part(lead, path, text="Late by 4 days.", revision="0")
    for revision in ("0", "nonsense", ""):
        clash = send_part(lead, path, text="Late by 5 days.", revision=revision)
        assert clash.status_code == 412 and "You have changed this comment in another window, too" in words(clash)
        assert "<blockquote>Late by 4 days.</blockquote>" in clash.text and "Nothing was sent yet" not in clash.text
        assert re.search(r'name="revision" value="1">.*>Late by 5 days\.</textarea>', clash.text, re.DOTALL)
    assert send_part(lead, path, text="Late by 4 days.", revision="0").status_code == 200  # both windows say the same
    assert "Late by 5 days. " in words(send_part(lead, path, text="Late by 5 days.", revision="1"))
    desk.office.time.advance(minutes=16)
    late = send_part(lead, path, text="Late by 6 days.", revision="1")
    assert late.status_code == 409 and re.search(r'<textarea id="comment-text"[^>]*>Late by 6 days\.</textarea>', late.text)


def test_whoever_reads_the_customer_masked_reads_the_stream_so_and_opens_files_with_a_reason(desk: Desk, case: str) -> None:
    intake, cm = desk.visitor("u_intake1"), desk.visitor("u_cm1")
    send(intake, f"/complaints/{case}/comments", (PNG, "王敏.png"), text="王敏 on 13800000001 sent this.", personal="yes")
    page = cm.get(f"/complaints/{case}/conversation")
    seen = words(page)
    assert "王* on 138****0001 sent this." in seen and "王*.png" in seen and "王敏" not in page.text
    (url,) = file_urls(page)
    assert "/preview" not in page.text and "asks for a reason" in seen
    assert cm.get(f"{url}/preview").status_code == 403
    assert "Say in a sentence why" in words(cm.post(f"{url}/opening", reason=""))
    opened = cm.post(f"{url}/opening", reason="The authority asks for it.")
    shown = cm.get(opened.location)
    preview = re.search(r'<img src="([^"]+)"', shown.text)
    assert preview is not None
    with cm.get(preview[1].replace("&amp;", "&")) as picture:
        assert (picture.status_code, picture.data) == (200, PNG)
    other = desk.visitor("u_aud1")
    assert other.get(preview[1].replace("&amp;", "&")).status_code == 403


def test_pictures_are_shown_as_pictures_and_pages_never_as_pages(desk: Desk, case: str) -> None:
    lead = desk.visitor("u_lead1")
    page = send_part(lead, f"/complaints/{case}/comments", (PNG, "a.png"), (files.HTML, "b.html"), (files.PDF, "c.pdf"))
    picture, text, pdf = file_urls(page)
    with lead.get(f"{picture}/preview") as shown:
        assert (shown.mimetype, shown.headers["X-Content-Type-Options"]) == ("image/png", "nosniff")
        assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert lead.get(f"{text}/preview").status_code == 404
    read = lead.get(text)
    assert "&lt;script&gt;alert(document.cookie)" in read.text and "<script>alert" not in read.text
    assert "frame-src" not in read.headers["Content-Security-Policy"]
    framed = lead.get(pdf)
    assert "frame-src 'self'" in framed.headers["Content-Security-Policy"] and f'<iframe src="{pdf}/preview"' in framed.text
    with lead.get(f"{pdf}/preview") as shown:
        assert (shown.mimetype, "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]) == ("application/pdf", True)
    with lead.get(f"{text}/content") as kept:
        assert kept.headers["Content-Disposition"].startswith("attachment")
    assert "not scanned for viruses" in words(framed) and re.search(r"[0-9a-f]{64}", framed.text)


def test_a_deleted_file_leaves_its_name_and_the_reason(desk: Desk, case: str) -> None:
    intake, lead = desk.visitor("u_intake1"), desk.visitor("u_lead1")
    (url,) = file_urls(send_part(intake, f"/complaints/{case}/comments", (PNG, "other.png")))
    desk.office.time.advance(minutes=20)
    assert "A file is taken back by who added it" in words(intake.get(url))
    assert intake.post(f"{url}/deletion", reason="wrong").status_code == 403
    assert lead.post(f"{url}/deletion", reason="").status_code == 422
    lead.post(f"{url}/deletion", reason="It belongs to another case.")
    assert "other.png deleted by Wang Fang: It belongs to another case." in words(lead.get(f"/complaints/{case}/conversation"))
    assert lead.get(f"{url}/content").status_code == 409
    assert "This file was deleted." in words(intake.get(url))


def test_nobody_reads_or_writes_in_a_case_that_is_not_theirs_to_see(desk: Desk, case: str) -> None:
    (url,) = file_urls(send_part(desk.visitor("u_lead1"), f"/complaints/{case}/comments", (PNG, "a.png")))
    stranger, fin = desk.visitor(), desk.visitor("u_fin1")
    for path in (f"/complaints/{case}/conversation", f"/complaints/{case}/people?text=a", url, f"{url}/preview", f"{url}/content"):
        assert (stranger.get(path).status_code, fin.get(path).status_code) == (303, 403), path
    assert send(fin, f"/complaints/{case}/comments", text="Hello").status_code == 403
    assert fin.post(f"/complaints/{case}/watch", watch="yes").status_code == 403


def test_whom_to_mention_is_suggested_from_those_who_may_see_the_case(desk: Desk, case: str) -> None:
    found = desk.visitor("u_lead1").get(f"/complaints/{case}/people?text=lin").get_json()
    assert {"id": "u_fin1", "name": "Jin Ling", "insert": "Jin Ling"} not in found
    chinese = desk.visitor("u_lead1", language="zh").get(f"/complaints/{case}/people?text=梁").get_json()
    assert chinese == [{"id": "u_cm1", "name": "梁辉", "insert": "梁辉"}]


def test_the_stream_costs_the_same_however_much_was_said(desk: Desk, case: str) -> None:
    lead = desk.visitor("u_lead1")
    path = f"/complaints/{case}/conversation"

    def say(count: int) -> int:
        with unit_of_work(desk.office.database) as session:
            row, actor = cases.by_reference(session, case), people.actor_of(session, "u_lead1")
            for number in range(count):
                made = comments.add(session, row, f"@u_cm1 number {number}", actor=actor)
                contacts.record(session, row, f"call {number}", direction="in", channel="phone", by="u_intake1")
                kept = Received(name=f"{number}.png", sha256="0" * 64, size=1, mime="image/png", scan="clean")
                attachments.add(session, row, [kept], actor=actor, comment_id=made.id)
        lead.get(path)
        with statements(desk.office) as sent:
            assert lead.get(path).status_code == 200
        return len(sent)

    few = say(2)
    assert say(12) == few <= 16, few


@pytest.mark.every_database  # each page of it is one statement
def test_what_was_said_earlier_is_on_the_next_page(desk: Desk, case: str) -> None:
    with unit_of_work(desk.office.database) as session:
        row = cases.by_reference(session, case)
        for number in range(55):
            contacts.record(session, row, f"call number {number}.", direction="in", channel="phone", by="u_intake1")
    lead = desk.visitor("u_lead1")
    first = lead.get(f"/complaints/{case}/conversation")
    earlier = re.search(r'href="([^"]+before=[^"]+)"', first.text)
    assert earlier is not None and "call number 54." in words(first) and "call number 3." not in words(first)
    second = words(lead.get(earlier[1].replace("&amp;", "&")))
    assert "call number 3." in second and "call number 54." not in second
    assert lead.get(f"/complaints/{case}/conversation?before=yesterday").status_code == 422


@pytest.mark.every_database
def test_many_files_that_came_together_hide_nothing_that_was_said_or_sent_before(desk: Desk, case: str) -> None:
    photo = Received(name="", sha256="0" * 64, size=1, mime="image/png", scan="clean")
    with unit_of_work(desk.office.database) as session:
        row = cases.by_reference(session, case)
        for batch in range(4):
            sent = [replace(photo, name=f"{batch}-{number}.png") for number in range(20)]
            attachments.attach(session, row, sent, by="u_intake1")
            desk.office.time.advance(minutes=1)
            contacts.record(session, row, f"call number {batch}.", direction="in", channel="phone", by="u_intake1")
            desk.office.time.advance(minutes=1)
    with reading(desk.office.database) as session:
        row = cases.by_reference(session, case)
        first = conversation.stream(session, row)
        second = conversation.stream(session, row, before=first.before)
    assert (first.before is None, second.before) == (False, None)
    entries = [*first.entries, *second.entries]
    sent_files = [file.file_name for one in entries for file in one.files]
    assert len(sent_files) == len({*sent_files}) == 80
    assert [one.contact.text for one in entries if one.contact and one.kind == "heard"][:4] == [
        f"call number {batch}." for batch in (3, 2, 1, 0)
    ]


def test_files_of_the_complaint_form_survive_what_is_wrong_with_it(desk: Desk) -> None:
    visitor = desk.visitor()
    page = visitor.get("/complain")
    assert "Up to 10 files, each at most 20 MB" in words(page)
    typed = {**LATE, "key": form_key(page)}
    wrong = send(visitor, "/complain", (PNG, "parcel.png"), (b"MZ\x90\x00", "tool.exe"), **{**typed, "name": ""})
    seen = words(wrong)
    assert wrong.status_code == 422
    assert "Give your name" in seen and "'tool.exe' cannot be taken" in seen and "parcel.png (" in seen and "is here already" in seen
    kept = dict(re.findall(r'name="(kept_file_\d)" value="([^"]+)"', wrong.text))
    for _ in range(2):
        sent = send(visitor, "/complain", (files.PDF, "bill.pdf"), **typed, **kept)
        assert sent.status_code == 303, words(sent)
    reference = re.search(r"TS-\d{8}-\d{5}", visitor.get("/complain/received").text)
    assert reference is not None
    with reading(desk.office.database) as session:
        found = attachments.files_of(session, cases.by_reference(session, reference[0]))
        assert [(one.file_name, one.type, one.source) for one in found] == [
            ("parcel.png", "customer_evidence", "customer"),
            ("bill.pdf", "customer_evidence", "customer"),
        ]


def test_notes_of_several_forms_bring_no_more_files_than_one_form(desk: Desk) -> None:
    visitor = desk.visitor()
    typed = {**LATE, "key": form_key(visitor.get("/complain"))}
    notes: list[str] = []
    for form in range(2):
        wrong = send(visitor, "/complain", *((f"{form} {file}".encode(), "a.txt") for file in range(6)), **{**typed, "name": ""})
        notes += re.findall(r'name="kept_file_\d" value="([^"]+)"', wrong.text)
    kept = {f"kept_file_{number}": note for number, note in enumerate(notes)}
    assert len(kept) == 12 and send(visitor, "/complain", **typed, **kept).status_code == 303
    reference = re.search(r"TS-\d{8}-\d{5}", visitor.get("/complain/received").text)
    assert reference is not None
    with reading(desk.office.database) as session:
        assert len(attachments.files_of(session, cases.by_reference(session, reference[0]))) == 10


def test_a_forged_note_of_a_file_brings_no_file(desk: Desk) -> None:
    visitor = desk.visitor()
    sent = send(visitor, "/complain", **{**LATE, "key": form_key(visitor.get("/complain")), "kept_file_0": "eyJuYW1lIjoiYSJ9.forged"})
    assert sent.status_code == 303
    assert "Files you sent" not in words(visitor.get("/complain/received"))


def add_evidence(customer: Customer, *sent: tuple[bytes, str], **typed: str) -> TestResponse:
    key = form_key(customer.look())
    answer = send(customer.visitor, "/status/evidence", *sent, key=key, **typed)
    customer.desk.office.tick()
    return answer


def test_a_customer_adds_files_sees_them_again_and_nobody_elses(desk: Desk) -> None:
    mine, other = complain(desk), complain(desk, name="李明", phone="13900000002")
    mine.enter()
    other.enter()
    assert add_evidence(mine, (PNG, "seal.png")).status_code == 303
    page = mine.look()
    url = re.search(r'href="(/status/files/[0-9a-f]+)"', page.text)
    assert url is not None and "seal.png" in words(page)
    with mine.visitor.get(url[1]) as shown:
        assert (shown.data, shown.mimetype, "sandbox" in shown.headers["Content-Security-Policy"]) == (PNG, "image/png", True)
    assert other.visitor.get(url[1]).status_code == 404
    assert desk.visitor().get(url[1]).status_code == 303
    assert "ut_assess_evidence" in mine.case().open_tasks()
    with unit_of_work(desk.office.database) as session:  # what the house keeps is not for this door
        row = cases.by_reference(session, mine.reference)
        inside = Received(name="internal.png", sha256="0" * 64, size=1, mime="image/png", scan="clean")
        (hidden,) = attachments.add(session, row, [inside], actor=people.actor_of(session, "u_lead1"))
        hidden_id = hidden.id
    assert mine.visitor.get(f"/status/files/{hidden_id}").status_code == 404
    assert "internal.png" not in mine.look().text


def test_what_is_wrong_with_a_file_is_said_and_the_words_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = complain(desk)
    customer.enter()
    wrong = add_evidence(customer, (b"MZ\x90\x00", "tool.exe"), evidence_text="The seal was broken.")
    assert wrong.status_code == 422
    assert "'tool.exe' cannot be taken" in words(wrong) and "The seal was broken.</textarea>" in wrong.text
    monkeypatch.setitem(accounts.UPLOADED_MEGABYTES_ALLOWED, "hour", 0)
    late = add_evidence(customer, (PNG, "a.png"), evidence_text="The seal was broken.")
    assert (late.status_code, "Too many files came from this connection" in words(late)) == (429, True)
    assert "The seal was broken.</textarea>" in late.text


def test_files_sent_on_a_page_that_had_closed_are_kept_until_the_code_is_there(desk: Desk) -> None:
    customer = complain(desk)
    page = customer.enter()
    key = form_key(customer.look())
    customer.visitor.client.delete_cookie("redress_case", path="/status")
    late = send(customer.visitor, "/status/evidence", (PNG, "seal.png"), key=key, evidence_text="Look.")
    kept = dict(re.findall(r'name="(kept\.[\w.]+)" value="([^"]*)"', late.text))
    assert (page.status_code, late.status_code) == (303, 401) and "kept.kept_file_0" in kept
    again = customer.visitor.post("/status", reference=customer.reference, code=customer.code, **kept)
    assert "seal.png (" in words(again) and "is here already" in words(again)
