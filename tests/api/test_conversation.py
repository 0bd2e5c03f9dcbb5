"""What is said about a case over the JSON API: comments with mentions, who watches, files, and evidence of the customer."""

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from api import accounts, uploaded
from api.cli import main
from engine import clock, operations
from engine.database import new_id, reading, unit_of_work
from engine.paging import Query
from processes import attachments, case_messages, cases, notifications
from processes.tables.cases import Complaint
from processes.tables.correspondence import Attachment
from tests import databases, postgresql
from tests import files_to_send as files
from tests.api.conftest import Office, Person, Reply
from tests.given_complaints import LATE_PARCEL

# u_owner1 owns nothing here; u_intake1 registered the case and reads it in full, u_cm1 reads it masked, u_lead1 in full.
PNG = files.png()


@pytest.fixture
def database_url(tmp_path: Path, delivered: str, postgresql_server: postgresql.Server | None) -> Iterator[str]:
    """A database of this test, with everybody hired and every process deployed."""
    with databases.borrowed(delivered, tmp_path / "redress.db", server=postgresql_server) as url:
        yield url


@pytest.fixture
def open_door(office: Office) -> Office:
    """The office as it is delivered."""
    return office


@pytest.fixture
def case(open_door: Office) -> str:
    """The number of a case whose handling has begun."""
    made = open_door.person("u_intake1").post("/complaints", {**LATE_PARCEL, "channel": "phone"})
    assert made.status_code == 201, made.json
    open_door.tick()
    reference: str = made.json["reference"]
    return reference


def write(office: Office, by: str, case: str, text: str, **more: Any) -> Reply:
    return office.person(by).post(f"/complaints/{case}/comments", {"text": text, **more})


def upload(person: Person, path: str, *sent: tuple[bytes, str], **form: str) -> Reply:
    data = {**form, "files": [(io.BytesIO(content), name) for content, name in sent]}
    return person.send("POST", path, {}, data=data)


def content(person: Person, path: str) -> tuple[int, bytes]:
    """What an address answers, with the file closed that it is sent from."""
    with person.get(path) as answer:
        return answer.status_code, answer.data


def told(office: Office, account: str) -> list[str]:
    """The first lines of what this person was told, newest first."""
    with reading(office.database) as session:
        rows = notifications.search(session, account, Query(filter={})).items
        return [row.text.partition("\n")[0] for row in rows if row.template in ("N-MENTION", "N-WATCHED")]


def recorded(office: Office) -> list[tuple[str, str, str | None]]:
    with reading(office.database) as session:
        rows = operations.search(session, Query(sort="at")).items
    kinds = ("comment_", "attachment_")
    return [(row.kind, row.by, row.reason) for row in rows if row.kind.startswith(kinds)]


def test_a_comment_names_people_as_they_are_called_and_tells_them(open_door: Office, case: str) -> None:
    made = write(open_door, "u_lead1", case, "@Chen Jing and @梁辉: the carrier says a@b.cn, @nobody else.")
    assert made.status_code == 201, made.json
    assert made.json["text"] == "@u_intake1 and @u_cm1: the carrier says a@b.cn, @nobody else."
    assert made.json["mentions"] == ["u_intake1", "u_cm1"]
    assert told(open_door, "u_intake1") == told(open_door, "u_cm1") == [f"Wang Fang mentions you in {case}"]
    assert recorded(open_door) == [("comment_written", "u_lead1", None)]


def test_a_text_full_of_signs_is_a_text_like_others(open_door: Office, case: str) -> None:
    signs = " ".join(f"@{chr(0x4E00 + 9 * number)}{'中文' * 4}" for number in range(440))
    assert write(open_door, "u_lead1", case, f"@u_cm1 {signs}").json["mentions"] == ["u_cm1"]


def test_whoever_may_not_see_the_case_cannot_be_mentioned(open_door: Office, case: str) -> None:
    refused = write(open_door, "u_lead1", case, "What does @u_fin1 say?")
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/text")
    assert refused.json["errors"][0]["message"] == "Jin Ling may not see this case and cannot be mentioned here."
    found = open_door.person("u_lead1").get(f"/complaints/{case}/people?text=ling").json["items"]
    assert "u_fin1" not in [one["id"] for one in found]
    suggested = open_door.person("u_lead1").get(f"/complaints/{case}/people?text=chen").json["items"]
    assert ("u_intake1", "Chen Jing") in [(one["id"], one["name"]) for one in suggested]


def test_everybody_who_is_suggested_may_see_the_case_and_nobody_else_is(open_door: Office, case: str) -> None:
    suggested = {
        one["id"] for letter in "aeiou" for one in open_door.person("u_lead1").get(f"/complaints/{case}/people?text={letter}").json["items"]
    }
    everybody = ("u_lead1", "u_intake1", "u_cm1", "u_fin1", "u_owner2", "u_aud1", "u_ops1", "u_admin1", "u_rv1")
    for account in everybody:
        sees = open_door.person(account).get(f"/complaints/{case}").status_code == 200
        mentioned = write(open_door, "u_lead1", case, f"@{account} look").status_code == 201
        assert sees == mentioned, account
        assert account not in suggested or sees, account


def test_who_lent_a_task_of_the_case_is_mentioned_and_finds_it(open_door: Office, case: str) -> None:
    lead, lender = open_door.person("u_lead1"), open_door.person("u_fin1")
    task = f"/user-tasks/{lead.get(f'/user-tasks?scope=open&q={case}').json['items'][0]['id']}"
    assert lead.put(f"{task}/assignment", {"assignee": "u_fin1"}).status_code == 200
    assert lender.put(f"{task}/delegation", {"delegate": "u_legal1"}).status_code == 200
    assert lender.get(f"/complaints/{case}").status_code == 200
    assert [one["reference"] for one in lender.get(f"/search?q={case}").json["items"]] == [case]
    assert write(open_door, "u_lead1", case, "@u_fin1 look").status_code == 201


def test_a_comment_is_changed_by_its_author_for_a_quarter_of_an_hour(open_door: Office, case: str) -> None:
    made = write(open_door, "u_lead1", case, "Late by 3 days.").json
    lead, path = open_door.person("u_lead1"), f"/comments/{made['id']}"
    assert lead.put(path, {"text": "Late by 4 days."}).status_code == 428
    changed = lead.put(path, {"text": "Late by 4 days, @u_cm1."}, If_Match='"0"')
    assert (changed.status_code, changed.json["text"], changed.json["revision"]) == (200, "Late by 4 days, @u_cm1.", 1)
    assert len(told(open_door, "u_cm1")) == 1
    assert lead.put(path, {"text": "Late."}, If_Match='"0"').status_code == 412
    other = open_door.person("u_intake1")
    assert other.put(path, {"text": "Never late."}, If_Match='"1"').json["code"] == "NOT_YOUR_COMMENT"
    assert [one["allowed"] for one in other.get(path).json["actions"]] == [False, False]
    open_door.time.advance(minutes=16)
    assert lead.put(path, {"text": "Late."}, If_Match='"1"').json["code"] == "TOO_LATE"


def test_a_deleted_comment_leaves_a_trace_and_no_words(open_door: Office, case: str) -> None:
    made = write(open_door, "u_lead1", case, "A word too much.").json
    lead, path = open_door.person("u_lead1"), f"/comments/{made['id']}"
    assert open_door.person("u_intake1").delete(path).status_code == 403
    assert lead.delete(path).status_code == 200
    listed = open_door.person("u_intake1").get(f"/complaints/{case}/comments").json["items"]
    assert [(one["text"], one["deleted_at"] is not None) for one in listed] == [("", True)]
    assert lead.delete(path).json["code"] == "COMMENT_DELETED"
    assert [kind for kind, _, _ in recorded(open_door)] == ["comment_written", "comment_deleted"]


def test_comments_are_masked_as_letters_are(open_door: Office, case: str) -> None:
    write(open_door, "u_intake1", case, "王敏 called from 13800000001.")
    masked = open_door.person("u_cm1").get(f"/complaints/{case}/comments").json["items"][0]["text"]
    assert masked == "王* called from 138****0001."
    assert open_door.person("u_lead1").get(f"/complaints/{case}/comments").json["items"][0]["text"] == "王敏 called from 13800000001."


def test_those_who_watch_are_told_what_others_do(open_door: Office, case: str) -> None:
    cm = open_door.person("u_cm1")
    assert [one["account_id"] for one in cm.put(f"/complaints/{case}/watchers/me").json["items"]] == ["u_cm1"]
    write(open_door, "u_lead1", case, "The carrier has answered.")
    upload(open_door.person("u_lead1"), f"/complaints/{case}/attachments", (PNG, "a.png"))
    with unit_of_work(open_door.database) as session:
        row = cases.by_reference(session, case)
        me = case_messages.complainant(row)
        case_messages.send(session, row, "evidence.added", {"text": "a bill"}, message_id=new_id(), actor=me)
        cases.set_status(session, row, "ASSIGNED")
    open_door.tick()
    what = ("a new comment", "a message of the customer", "come to another stage", "a new file")
    assert set(told(open_door, "u_cm1")) == {f"{case} has {one}" for one in what}
    watching = cm.get(f"/complaints/{case}/watchers").json["items"]
    assert [one["account_id"] for one in watching] == ["u_cm1", "u_lead1"]  # who comments watches
    cm.delete(f"/complaints/{case}/watchers/me")
    write(open_door, "u_lead1", case, "And again.", watch=False)
    open_door.tick()
    assert len(told(open_door, "u_cm1")) == len(what)


def test_whoever_may_not_see_the_case_any_more_is_told_nothing(open_door: Office, case: str) -> None:
    open_door.person("u_cm1").put(f"/complaints/{case}/watchers/me")
    with unit_of_work(open_door.database) as session:
        cases.by_reference(session, case).excluded_users = ["u_cm1"]
    write(open_door, "u_lead1", case, "About somebody.")
    open_door.tick()
    assert told(open_door, "u_cm1") == []


def test_files_are_added_listed_and_downloaded_as_what_they_are(open_door: Office, case: str) -> None:
    lead = open_door.person("u_lead1")
    added = upload(lead, f"/complaints/{case}/attachments", (PNG, "parcel.exe"), (files.HTML, "page.html"))
    assert added.status_code == 201, added.json
    picture, page = added.json["items"]
    assert (picture["file_name"], picture["mime"], picture["size"], picture["type"]) == (
        "parcel.exe.png",
        "image/png",
        len(PNG),
        "document",
    )
    assert (picture["sha256"], picture["scan"]) == (hashlib.sha256(PNG).hexdigest(), "not_scanned")
    assert (page["file_name"], page["mime"]) == ("page.html.txt", "text/plain")
    with lead.get(f"/attachments/{page['id']}/content") as got:
        assert (got.data, got.mimetype) == (files.HTML, "text/plain")
        assert got.headers["Content-Disposition"] == "attachment; filename=page.html.txt"
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got.headers["Content-Security-Policy"]
    listed = lead.get(f"/complaints/{case}/attachments").json["items"]
    assert [one["file_name"] for one in listed] == ["page.html.txt", "parcel.exe.png"]


def test_files_of_a_type_of_the_checklist_are_the_evidence_it_asks_for(open_door: Office, case: str) -> None:
    lead = open_door.person("u_lead1")
    assert upload(lead, f"/complaints/{case}/attachments", (PNG, "a.png"), type="moon_phase").status_code == 422
    assert upload(lead, f"/complaints/{case}/attachments", (PNG, "a.png"), type="delivery_trace").status_code == 201
    with reading(open_door.database) as session:
        row = cases.by_reference(session, case)
        kept = session.scalars(select(Attachment).where(Attachment.complaint_id == row.id)).all()
        assert [(one.type, one.source) for one in kept] == [("delivery_trace", "department")]


def test_the_same_upload_sent_again_is_one(open_door: Office, case: str) -> None:
    lead, data = open_door.person("u_lead1"), {"type": "document"}
    answers = [
        lead.send("POST", f"/complaints/{case}/attachments", {"Idempotency-Key": "u-1"}, data={**data, "files": (io.BytesIO(PNG), "a.png")})
        for _ in range(2)
    ]
    assert answers[0].json == answers[1].json
    assert len(lead.get(f"/complaints/{case}/attachments").json["items"]) == 1


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [(b"MZ\x90\x00\x03", "tool.png", "FILE_KIND"), (b"", "none.txt", "FILE_EMPTY"), (files.archive("a"), "all.zip", "FILE_KIND")],
    ids=["program", "empty", "archive"],
)
def test_what_is_not_taken_is_said_by_file(open_door: Office, case: str, content: bytes, name: str, code: str) -> None:
    answer = upload(open_door.person("u_lead1"), f"/complaints/{case}/attachments", (PNG, "a.png"), (content, name))
    assert (answer.status_code, answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]) == (422, "/files/1", code)


def test_nothing_is_kept_of_who_may_not_see_the_case(open_door: Office, case: str) -> None:
    store = uploaded.uploads(open_door.app.extensions["redress"].settings).store
    assert upload(open_door.person("u_fin1"), f"/complaints/{case}/attachments", (PNG, "a.png")).status_code == 403
    wrong = upload(open_door.stranger(), f"/complaints/{case}/evidence", (PNG, "a.png"), id="e-1", code="AAAAAAAAAA")
    assert wrong.status_code == 401
    assert not store.folder.exists()


def test_files_with_personal_data_open_for_who_says_why(open_door: Office, case: str) -> None:
    lead, cm = open_door.person("u_lead1"), open_door.person("u_cm1")
    (kept,) = upload(lead, f"/complaints/{case}/attachments", (PNG, "王敏.png"), pd_class="PD").json["items"]
    path = f"/attachments/{kept['id']}"
    seen = cm.get(path).json
    assert seen["file_name"] == "王*.png"
    assert [(one["name"], one["allowed"]) for one in seen["actions"]] == [("open", False), ("reveal", True), ("delete", True)]
    assert cm.get(f"{path}/content").json["code"] == "REASON_NEEDED"
    assert cm.post(f"{path}/opening", {"reason": " "}).status_code == 422
    ticket = cm.post(f"{path}/opening", {"reason": "The authority asks."}).json["ticket"]
    assert content(cm, f"{path}/content?ticket={ticket}") == (200, PNG)
    assert open_door.person("u_aud1").get(f"{path}/content?ticket={ticket}").status_code == 403
    assert cm.get(f"{path}/content?ticket={ticket}x").status_code == 403
    assert ("attachment_opened", "u_cm1", "The authority asks.") in recorded(open_door)
    assert content(lead, f"{path}/content") == (200, PNG)


def test_a_ticket_is_over_after_five_minutes(open_door: Office, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept,) = upload(open_door.person("u_lead1"), f"/complaints/{case}/attachments", (PNG, "a.png"), pd_class="PD").json["items"]
    cm = open_door.person("u_cm1")
    monkeypatch.setattr(uploaded, "TICKET_LASTS", timedelta(seconds=-1))
    ticket = cm.post(f"/attachments/{kept['id']}/opening", {"reason": "The authority asks."}).json["ticket"]
    assert cm.get(f"/attachments/{kept['id']}/content?ticket={ticket}").status_code == 403


def test_a_file_is_taken_back_at_once_and_later_deleted_with_a_reason_only(open_door: Office, case: str) -> None:
    intake, lead = open_door.person("u_intake1"), open_door.person("u_lead1")
    first, second = upload(intake, f"/complaints/{case}/attachments", (PNG, "a.png"), (b"text", "b.txt")).json["items"]
    assert intake.post(f"/attachments/{first['id']}/deletion", {}).status_code == 200
    open_door.time.advance(minutes=16)
    assert intake.post(f"/attachments/{second['id']}/deletion", {"reason": "wrong"}).json["code"] == "NOT_YOURS"
    assert lead.post(f"/attachments/{second['id']}/deletion", {}).status_code == 422
    gone = lead.post(f"/attachments/{second['id']}/deletion", {"reason": "It belongs to another case."})
    assert (gone.status_code, gone.json["deleted_by"], gone.json["delete_reason"]) == (200, "u_lead1", "It belongs to another case.")
    assert lead.get(f"/attachments/{second['id']}/content").json["code"] == "FILE_DELETED"
    assert lead.get(f"/complaints/{case}/attachments").json["items"] == []
    assert ("attachment_deleted", "u_lead1", "It belongs to another case.") in recorded(open_door)


def test_files_nobody_names_are_cleaned_after_a_day(open_door: Office, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = open_door.app.extensions["redress"].settings
    store, lead = uploaded.uploads(settings).store, open_door.person("u_lead1")
    kept, gone = upload(lead, f"/complaints/{case}/attachments", (PNG, "a.png"), (b"text", "b.txt")).json["items"]
    lead.post(f"/attachments/{gone['id']}/deletion", {})
    two_days_ago = (clock.elapsed() - timedelta(days=2)).timestamp()
    for one in (kept, gone):
        os.utime(store.find(one["sha256"]), (two_days_ago, two_days_ago))
    monkeypatch.setenv("REDRESS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDRESS_MAIL_URL", settings.mail_url)
    monkeypatch.setenv("REDRESS_PAYMENT_URL", settings.mail_url)
    monkeypatch.setenv("REDRESS_FILES_FOLDER", settings.files_folder)
    done = CliRunner().invoke(main, ["files", "clean"])
    assert (done.exit_code, done.output) == (0, "1 files were removed.\n"), done.output
    assert content(lead, f"/attachments/{kept['id']}/content") == (200, PNG)
    assert list(store.kept_before(clock.elapsed())) == [kept["sha256"]]


def test_the_complainant_adds_files_with_the_code_and_once(open_door: Office) -> None:
    given = {"name": "王敏", "phone": "13800000001", "preferred_contact": "phone", "business_type": "service", "complained_object": "快递"}
    made = open_door.stranger().post("/complaints", {**given, "content": "晚到", "demand": "赔偿", "consent_data_use": True}).json
    open_door.tick()
    path = f"/complaints/{made['reference']}/evidence"
    for _ in range(2):
        answer = upload(open_door.stranger(), path, (PNG, "photo.png"), id="e-1", code=made["code"], text="The seal was broken.")
        assert (answer.status_code, answer.json["name"]) == (202, "evidence.added"), answer.json
    open_door.tick()
    lead = open_door.person("u_lead1")
    (kept,) = lead.get(f"/complaints/{made['reference']}/attachments").json["items"]
    assert (kept["type"], kept["source"], kept["pd_class"]) == ("customer_evidence", "customer", "PD")
    said = lead.get(f"/complaints/{made['reference']}/contacts?direction=in").json["items"]
    assert [one["text"] for one in said if one["id"] == kept["contact_id"]] == ["The seal was broken."]
    tasks = lead.get(f"/user-tasks?scope=open&business_key={made['reference']}&element_id=ut_assess_evidence").json["items"]
    assert len(tasks) == 1
    assert upload(open_door.stranger(), path, *[(PNG, f"{n}.png") for n in range(11)], id="e-2", code=made["code"]).status_code == 422


def test_strangers_send_so_much_an_hour_and_a_case_holds_so_many_files(open_door: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"name": "王敏", "phone": "13800000001", "preferred_contact": "phone", "business_type": "service", "complained_object": "快递"}
    made = open_door.stranger().post("/complaints", {**given, "content": "晚到", "demand": "赔偿", "consent_data_use": True}).json
    path = f"/complaints/{made['reference']}/evidence"
    monkeypatch.setattr("processes.attachments.MOST_OF_COMPLAINANT", 1)
    assert upload(open_door.stranger(), path, (PNG, "a.png"), id="e-1", code=made["code"]).status_code == 202
    assert upload(open_door.stranger(), path, (PNG, "b.png"), id="e-2", code=made["code"]).json["code"] == "TOO_MANY_FILES"
    monkeypatch.setattr("processes.attachments.MOST_OF_COMPLAINANT", 9)
    monkeypatch.setitem(accounts.UPLOADED_MEGABYTES_ALLOWED, "hour", 1)
    answer = upload(open_door.stranger(), path, (PNG, "c.png"), id="e-3", code=made["code"])
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_a_message_cannot_smuggle_in_a_file_by_its_payload(open_door: Office, case: str) -> None:
    forged = [{"name": "a.png", "sha256": "0" * 64, "size": 1, "mime": "image/png", "scan": "clean"}]
    body = {"id": "m-9", "name": "evidence.added", "payload": {"text": "a bill", "received": forged}}
    assert open_door.person("u_intake1").post(f"/complaints/{case}/messages", body).status_code == 202
    with reading(open_door.database) as session:
        row = session.scalars(select(Complaint).where(Complaint.reference == case)).one()
        assert attachments.files_of(session, row) == []
