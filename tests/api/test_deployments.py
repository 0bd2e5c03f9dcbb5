"""Deployments over the API: problems named by file, element and line; a whole deployment or nothing."""

import signal
from io import BytesIO

import pytest

from api import demo
from engine import apart_limits
from tests.api.conftest import DIAGRAMS, Office

BPMN = (DIAGRAMS / "errand.bpmn").read_text()
COMPLAINT = {"customer_id": "c1", "customer_name": "王敏", "level": 1, "channel": "phone", "content": "The parcel is lost."}
FORM = (DIAGRAMS / "errand.form").read_text()
TYPO = BPMN.replace("share = 100 / parts", "share = 100 /")
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def test_files_make_a_version_live_and_the_same_files_make_none(office: Office) -> None:
    owner = office.person("u_po1")
    first = owner.post("/deployments", {"files": {"errand.bpmn": BPMN, "errand.form": FORM}, "note": "first"})
    assert first.status_code == 201
    assert [(one["key"], one["version"], one["live"]) for one in first.json["definitions"]] == [("errand", 1, True)]
    record = owner.get(f"/deployments/{first.json['id']}").json
    assert (record["note"], record["created_by"], record["files"]) == ("first", "u_po1", ["errand.bpmn", "errand.form"])
    again = owner.post("/deployments", {"files": {"errand.bpmn": BPMN, "errand.form": FORM}})
    assert (again.status_code, again.json["id"], again.json["unchanged"][0]["version"]) == (200, None, 1)


def test_one_changed_file_is_laid_over_the_live_version(errands: Office) -> None:
    owner = errands.person("u_po1")
    changed = BPMN.replace("PT8H", "PT4H")
    answer = owner.post("/deployments", {"base": "errand", "files": {"errand.bpmn": changed}, "note": "faster"})
    assert (answer.status_code, answer.json["definitions"][0]["version"]) == (201, 2)
    versions = owner.get("/process-definitions?key=errand").json["items"]
    assert [(one["version"], one["live"], one["note"]) for one in versions] == [(2, True, "faster"), (1, False, "")]


def test_a_typo_is_named_by_file_element_and_line_and_nothing_is_deployed(errands: Office) -> None:
    owner = errands.person("u_po1")
    answer = owner.post("/deployments", {"base": "errand", "files": {"errand.bpmn": TYPO}})
    assert (answer.status_code, answer.json["code"]) == (422, "INVALID_DEPLOYMENT")
    problem = next(one for one in answer.json["errors"] if one.get("element") == "divide")
    assert problem["file"] == "errand.bpmn"
    assert TYPO.splitlines()[problem["line"] - 1].strip().startswith("<bpmn:scriptTask")
    assert len(owner.get("/process-definitions?key=errand").json["items"]) == 1


def test_a_dry_run_lists_the_problems_and_changes_nothing(errands: Office) -> None:
    owner = errands.person("u_po1")
    bad = owner.post("/deployments?dry_run=true", {"base": "errand", "files": {"errand.bpmn": TYPO}})
    assert (bad.status_code, bad.json["deployable"]) == (200, False)
    assert any(one.get("element") == "divide" for one in bad.json["problems"])
    good = owner.post("/deployments?dry_run=true", {"base": "errand", "files": {"errand.bpmn": BPMN.replace("PT8H", "PT4H")}}).json
    assert (good["deployable"], good["processes"]) == (True, ["errand"])
    assert owner.get("/process-definitions?key=errand").json["items"][0]["version"] == 1


def test_files_can_be_uploaded_as_a_form(office: Office) -> None:
    owner = office.person("u_po1")
    files = {"one": (BytesIO(BPMN.encode()), "errand.bpmn"), "two": (BytesIO(FORM.encode()), "errand.form"), "note": "by form"}
    answer = owner.send("POST", "/deployments", {}, data=files)
    assert (answer.status_code, answer.json["note"]) == (201, "by form")


def test_broken_xml_names_its_line(office: Office) -> None:
    answer = office.person("u_po1").post("/deployments", {"files": {"a.bpmn": "<bpmn:definitions\n<"}})
    assert (answer.status_code, answer.json["errors"][0]["file"], answer.json["errors"][0]["line"]) == (422, "a.bpmn", 2)


def test_an_unknown_base_is_not_found(office: Office) -> None:
    assert office.person("u_po1").post("/deployments", {"base": "nothing", "files": {"a.bpmn": BPMN}}).status_code == 404


def test_only_process_owners_deploy(office: Office) -> None:
    answer = office.person("u_ops1").post("/deployments", {"files": {"a.bpmn": BPMN}})
    assert (answer.status_code, answer.json["missing"], answer.json["who_can"]) == (403, ["process:deploy"], ["process_owner"])


def test_diagram_and_forms_are_given_back_as_deployed(errands: Office) -> None:
    lead = errands.person("u_lead1")
    live = lead.get("/process-definitions").json["items"][0]
    assert (live["key"], live["running"], live["incidents"]) == ("errand", 0, 0)
    xml = lead.get(f"/process-definitions/{live['id']}/xml")
    assert (xml.mimetype, xml.text) == ("application/xml", BPMN)
    assert lead.get(f"/process-definitions/{live['id']}/forms/errand").json["form"]["id"] == "errand"
    assert lead.get(f"/process-definitions/{live['id']}/forms/nothing").status_code == 404


def _approval_due(office: Office) -> str:
    """When the approval of a new claim is due."""
    owner = office.person("u_owner1")
    reference = owner.post("/complaints/taken-over", COMPLAINT).json["reference"]
    claim = {
        "complaint_reference": reference,
        "remedy_case": "DELIVERY_LOST",
        "requested_amount": "1500",
        "inputs": {"price": "1500", "freight": "0"},
    }
    assert owner.post("/compensations", claim).status_code == 201
    office.tick()
    (task,) = office.person("u_lead1").get(f"/user-tasks?scope=open&business_key={reference}&element_id=ut_approve").json["items"]
    due: str = task["due_at"]
    return due


def test_a_deadline_changed_in_its_table_holds_for_what_begins_from_then_on(office: Office) -> None:
    office.deploy_everything()
    owner, table = office.person("u_po1"), (demo.DIAGRAMS / "sla_watch" / "sla_targets.dmn").read_text()
    before = _approval_due(office)
    start = table.index("'8wh'", table.index("'C-APPROVE'"))
    typo, repaired = (table[:start] + text + table[start + len("'8wh'") :] for text in ("'6wh", "'6wh'"))
    refused = owner.post("/deployments", {"base": "sla_watch", "files": {"sla_targets.dmn": typo}})
    (problem,) = [one for one in refused.json["errors"] if one["severity"] == "error"]
    assert (refused.status_code, problem["file"]) == (422, "sla_watch/sla_targets.dmn")
    assert problem["message"].startswith("Row 48, output 1")
    assert problem["line"] == table[:start].count("\n") + 1
    assert _approval_due(office) == before
    made = owner.post("/deployments", {"base": "sla_watch", "files": {"sla_targets.dmn": repaired}, "note": "Approve faster."})
    assert [(one["key"], one["version"]) for one in made.json["definitions"]] == [("sla_watch", 2)]
    assert (before, _approval_due(office)) == ("2026-09-14T10:00:00Z", "2026-09-14T08:00:00Z")


def _costly() -> str:
    """So many tasks that checking them takes a minute."""
    head, tail = BPMN.split("</bpmn:process>")
    tasks = "".join(f'<bpmn:task id="t{n}"/>' for n in range(40_000))
    return f"{head}{tasks}</bpmn:process>{tail}"


@pytest.mark.once
@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="the system limits no processor time")
def test_files_that_cost_too_much_are_refused_and_the_next_ones_are_looked_at(errands: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = errands.person("u_po1")
    with monkeypatch.context() as limits:
        limits.setattr(apart_limits, "SECONDS", 0)
        answer = owner.post("/deployments", {"base": "errand", "files": {"errand.bpmn": _costly()}})
        limits.setattr(apart_limits, "WALL_SECONDS", 0.01)
        checked = owner.post("/deployments?dry_run=true", {"base": "errand", "files": {"errand.bpmn": _costly()}})
    (problem,) = answer.json["errors"]
    assert (answer.status_code, problem["rule"]) == (422, "too_costly")
    assert problem["message"].startswith("These files want more than 0 seconds or 1,000 MB to be checked.")
    assert (checked.json["deployable"], checked.json["problems"][0]["rule"]) == (False, "too_costly")
    assert len(owner.get("/process-definitions?key=errand").json["items"]) == 1
    assert owner.post("/deployments", {"base": "errand", "files": {"errand.bpmn": BPMN.replace("PT8H", "PT4H")}}).status_code == 201


def test_what_another_tool_wrote_is_named_in_the_answer(office: Office) -> None:
    owner = office.person("u_po1")
    noted = BPMN.replace('<bpmn:scriptTask id="divide"', f'<bpmn:scriptTask {CAMUNDA} camunda:asyncBefore="true" id="divide"')
    answer = owner.post("/deployments", {"files": {"errand.bpmn": noted, "errand.form": FORM}})
    assert answer.status_code == 201
    found = [one for one in answer.json["warnings"] if one["rule"] == "other_tools"]
    assert [(one["element"], one["severity"]) for one in found] == [("divide", "warning")]
    assert found[0]["message"].startswith("camunda:asyncBefore is not read. Every step is kept when it is done")
    refused = noted.replace("camunda:asyncBefore", "camunda:resource")
    answer = owner.post("/deployments", {"files": {"errand.bpmn": refused, "errand.form": FORM}})
    assert answer.status_code == 422
    assert "camunda:resource is not executed here" in next(
        one["message"] for one in answer.json["errors"] if one.get("rule") == "other_tools"
    )


def test_a_group_that_does_not_exist_is_warned_of_and_stops_nothing(office: Office) -> None:
    owner = office.person("u_po1")
    misspelt = BPMN.replace('redress:candidateGroups="', 'redress:candidateGroups="team_leed,', 1)
    asked = {"files": {"errand.bpmn": misspelt, "errand.form": FORM}}
    said = "There is no group 'team_leed', so nobody would be offered this task. Did you mean 'team_lead'?"
    found = owner.post("/deployments?dry_run=true", asked).json["problems"] + owner.post("/deployments", asked).json["warnings"]
    told = [one for one in found if one["message"] == said]
    assert [(one["severity"], one["file"], one["rule"]) for one in told] == [("warning", "errand.bpmn", "user_tasks")] * 2
    assert not [
        one
        for one in owner.post("/deployments", {"files": {"errand.bpmn": BPMN, "errand.form": FORM}}).json["warnings"]
        if "group" in one["message"]
    ]
