"""Processes: drawn, changed by uploading files, and what happens to what runs."""

from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine import apart, apart_limits
from tests.api.conftest import DIAGRAMS
from tests.api.pages.conftest import APPROVAL, Desk, Visitor, words

KEY = "compensation_approval"
DIAGRAM = "compensation_approval.bpmn"
BANDS = "compensation_band.dmn"


def upload(visitor: Visitor, *, to: str = f"/processes/{KEY}/deployments", base: int = 1, note: str = "", **files: str) -> TestResponse:
    """Send files; the names are given with `__` for the dot."""
    sent: Any = [(BytesIO(text.encode()), name.replace("__", ".")) for name, text in files.items()]
    form = {"csrf_token": visitor.token(), "base": str(base), "note": note, "files": sent}
    return visitor.client.post(to, data=form, content_type="multipart/form-data")


def bands(automatic: int) -> str:
    """The table of bands with another limit for what needs no approval."""
    return (APPROVAL / BANDS).read_text().replace("&lt;= 200<", f"&lt;= {automatic}<", 1).replace(">200 &lt;", f">{automatic} &lt;", 1)


def diagram(old: str, new: str) -> str:
    """The diagram with one text replaced."""
    text = (APPROVAL / DIAGRAM).read_text()
    assert old in text
    return text.replace(old, new, 1)


def test_each_process_is_listed_with_its_version_and_what_runs(desk: Desk) -> None:
    desk.ask()
    page = desk.visitor("u_po1").get("/processes")
    assert "Compensation approval Version 1 live" in words(page)
    assert "One running" in words(page)
    assert "data-diagram" in page.text
    assert "赔付审批 版本 1 生效中" in words(desk.visitor("u_po1", language="zh").get("/processes"))


def test_what_runs_is_listed_with_the_name_of_its_customer_masked(desk: Desk) -> None:
    desk.ask()
    seen = words(desk.visitor("u_po1").get(f"/processes/{KEY}"))
    assert "曹*" in seen
    assert "曹磊" not in seen


def test_a_changed_file_becomes_a_new_version_and_running_instances_keep_theirs(desk: Desk) -> None:
    instance_id = desk.ask()
    owner = desk.visitor("u_po1")
    answer = upload(owner, compensation_band__dmn=bands(300), note="More goes through at once")
    assert answer.location == f"/processes/{KEY}"
    page = words(owner.get(answer.location))
    assert "Version 2 is live: whatever starts from now on takes it." in page
    assert "One running instance stays on the version it started with." in page
    assert "More goes through at once" in page
    assert "version 2 is live now; this one keeps its own" in words(owner.get(f"/instances/{instance_id}"))


def test_a_typo_is_named_with_its_element_and_line_and_nothing_changes(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    wrong = diagram("working_time('PT8H')", "working_tme('PT8H')")
    line = next(n for n, text in enumerate(wrong.splitlines(), 1) if "working_tme" in text)
    answer = upload(owner, compensation_approval__bpmn=wrong, note="Faster")
    assert answer.status_code == 422
    seen = words(answer)
    assert "These files cannot be deployed; nothing was changed." in seen
    assert f"compensation_approval.bpmn · line {line}" in seen
    assert "working_tme" in seen
    assert "data-select-element=" in answer.text
    assert 'value="Faster"' in answer.text
    assert "Version 1 live" in words(owner.get(f"/processes/{KEY}"))


def test_a_refused_table_leaves_the_drawing_of_the_process_where_it_is(desk: Desk) -> None:
    answer = upload(desk.visitor("u_po1"), compensation_band__dmn=bands(300).replace("&lt;= 300", "&lt;= (300", 1))
    assert answer.status_code == 422
    assert "data-diagram" in answer.text and "The drawing as you sent it" not in answer.text


def test_problems_are_said_in_the_persons_language(desk: Desk) -> None:
    wrong = diagram('redress:formKey="ut_approve"', 'redress:formKey="ut_aprove"')
    seen = words(upload(desk.visitor("u_po1", language="zh"), compensation_approval__bpmn=wrong))
    assert "本次部署中没有表单“ut_aprove”，请补充 ut_aprove.form 或更正 formKey。是否应为“ut_approve”？" in seen


def test_broken_xml_is_said_with_its_line(desk: Desk) -> None:
    answer = upload(desk.visitor("u_po1"), compensation_approval__bpmn="<bpmn:definitions><oops")
    assert answer.status_code == 422
    assert "line 1" in words(answer)


def test_the_same_files_again_change_nothing(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    answer = upload(owner, compensation_approval__bpmn=(APPROVAL / DIAGRAM).read_text())
    assert "These files are live already; nothing was changed." in words(owner.get(answer.location))


def test_an_upload_does_not_undo_one_it_did_not_know_of(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    upload(owner, compensation_band__dmn=bands(300))
    answer = upload(owner, compensation_band__dmn=bands(250), base=1)
    assert answer.status_code == 409
    assert "Version 2 went live while you were working on yours" in words(answer)


def test_sending_nothing_says_what_to_choose(desk: Desk) -> None:
    answer = upload(desk.visitor("u_po1"))
    assert answer.status_code == 422
    assert "Choose at least one file" in words(answer)


def test_files_that_cannot_be_checked_are_refused_in_the_language_of_the_reader(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    apart.end_all()  # a new worker takes longer to begin than it is given here
    with monkeypatch.context() as limits:
        limits.setattr(apart_limits, "WALL_SECONDS", 0.01)
        answer = upload(desk.visitor("u_po1", language="zh"), compensation_band__dmn=bands(300))
    assert answer.status_code == 422
    assert "检查这些文件需要超过" in words(answer)
    assert "第 2 版" not in words(desk.visitor("u_po1", language="zh").get(f"/processes/{KEY}"))
    assert upload(desk.visitor("u_po1"), compensation_band__dmn=bands(300)).status_code == 303


def test_who_may_not_deploy_sees_the_button_greyed_with_who_can(desk: Desk) -> None:
    lead = desk.visitor("u_lead1")
    page = lead.get(f"/processes/{KEY}")
    assert "Your roles do not include deploying. Who can: Process owner" in words(page)
    assert 'type="file"' not in page.text
    assert upload(lead, compensation_band__dmn=bands(300)).status_code == 403


def test_an_older_version_is_shown_as_it_was(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    upload(owner, compensation_band__dmn=bands(300))
    assert "This version is not live any more" in words(owner.get(f"/processes/{KEY}/versions/1"))
    assert owner.get(f"/processes/{KEY}/versions/7").status_code == 404


def test_a_file_is_downloaded_as_it_was_deployed(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    address = next(part for part in owner.get(f"/processes/{KEY}").text.split('"') if part.endswith(BANDS))
    answer = owner.get(address)
    assert answer.data == (APPROVAL / BANDS).read_bytes()
    assert answer.headers["Content-Disposition"] == f"attachment; filename={BANDS}"


def test_a_new_process_comes_with_all_its_files_at_once(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    alone = (
        (APPROVAL / DIAGRAM)
        .read_text()
        .replace('id="compensation_approval"', 'id="another"')
        .replace('processRef="compensation_approval"', 'processRef="another"')
    )
    answer = upload(owner, to="/processes/new", another__bpmn=alone)
    assert answer.status_code == 422
    assert "add it" in words(answer)
    files: Any = {path.name.replace(".", "__"): path.read_text() for path in APPROVAL.rglob("*.*") if path.suffix in (".dmn", ".form")}
    assert upload(owner, to="/processes/new", another__bpmn=alone, **files).location == "/processes/another"


def test_what_another_tool_wrote_is_named_after_the_upload(desk: Desk) -> None:
    noted = diagram("<bpmn:userTask ", '<bpmn:userTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:asyncBefore="true" ')
    owner = desk.visitor("u_po1", language="zh")
    answer = upload(owner, compensation_approval__bpmn=noted)
    assert answer.location == f"/processes/{KEY}?notes=1"
    page = words(owner.get(answer.location))
    assert "1 处值得留意" in page
    assert "camunda:asyncBefore 不会被读取。每一步完成即保存，同一实例的各步依次进行。" in page
    assert "camunda:asyncBefore is not read." in words(desk.visitor("u_po1").get(answer.location))
    assert "camunda" not in words(owner.get(f"/processes/{KEY}"))


def test_what_is_worth_a_look_is_told_after_the_upload(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    answer = upload(owner, compensation_approval__bpmn=diagram('redress:candidateGroups="legal"', 'redress:candidateGroups="leagl"'))
    assert answer.location == f"/processes/{KEY}?notes=1"
    page = words(owner.get(answer.location))
    assert "There is no group 'leagl', so nobody would be offered this task. Did you mean 'legal'?" in page


def test_a_process_of_ones_own_is_started_on_its_page(desk: Desk) -> None:
    owner = desk.visitor("u_po1")
    files: Any = {"errand__bpmn": (DIAGRAMS / "errand.bpmn").read_text(), "errand__form": (DIAGRAMS / "errand.form").read_text()}
    upload(owner, to="/processes/new", **files)
    assert "Start it" in words(owner.get("/processes/errand"))
    refused = owner.post("/processes/errand/instances", business_key="A-17", variables='{"parts": }')
    assert refused.status_code == 422
    assert "Write the data as a JSON object" in words(refused)
    assert 'value="A-17"' in refused.text and "{&#34;parts&#34;: }" in refused.text, "nothing typed is lost"
    begun = owner.post("/processes/errand/instances", business_key="A-17", variables='{"parts": 4}')
    page = words(owner.get(begun.location))
    assert "A-17" in page and "It has begun." in page
    assert "A-17" in words(owner.get("/processes/errand"))


def test_who_may_not_start_a_process_reads_who_can(desk: Desk) -> None:
    finance = desk.visitor("u_ops1")
    assert "Your roles do not include starting processes. Who can:" in words(finance.get(f"/processes/{KEY}"))
    assert finance.post(f"/processes/{KEY}/instances").status_code == 403


def test_an_instance_shows_its_tokens_its_path_and_its_data(desk: Desk) -> None:
    instance_id = desk.ask("1500")
    page = desk.visitor("u_po1").get(f"/instances/{instance_id}")
    seen = words(page)
    assert "Approve the compensation: a person has to do it" in seen
    assert "Look up the standard" in seen
    assert "requested_amount ¥1,500.00" in seen
    assert '"element_id": "ut_approve"' in page.text


def test_an_instance_is_no_business_of_somebody_without_a_part_in_it(desk: Desk) -> None:
    instance_id = desk.ask()
    assert desk.visitor("u_owner1").get(f"/instances/{instance_id}").status_code == 200
    assert desk.visitor("u_owner2").get(f"/instances/{instance_id}").status_code == 403


def test_what_runs_on_a_version_is_taken_out_as_csv_by_who_may_see_it(desk: Desk) -> None:
    desk.ask()
    owner = desk.visitor("u_po1")
    path = "/processes/compensation_approval/versions/1/export"
    lines = owner.post(path).text.splitlines()
    assert lines[0].lstrip("\ufeff").split(",")[:2] == ["Complaint", "Customer"]
    assert lines[1].startswith("TS-20260914-00001,") and "Approve the compensation" in lines[1]
    assert desk.visitor("u_owner1").post(path).status_code == 403
    assert owner.post("/processes/compensation_approval/versions/9/export").status_code == 404
