"""Deployments: numbered versions, all or nothing, and running instances keep theirs."""

import pytest

from engine import definitions
from engine.database import Database, reading
from engine.errors import InvalidDeployment, NotFound
from engine.tables import Deployment, ProcessDefinition, UserTask
from tests.engine.playground import OTHER_LEAD, complete, deploy, instance, open_tasks, start

APPROVE = ("approve.bpmn", "decide.form")


def test_the_same_files_make_no_new_version(database: Database) -> None:
    assert [one.version for one in deploy(database, *APPROVE).definitions] == [1]
    again = deploy(database, *APPROVE)
    assert (again.deployment, list(again.definitions)) == (None, [])
    assert [one.version for one in again.unchanged] == [1]


def test_a_changed_form_is_a_new_version_too(database: Database) -> None:
    deploy(database, *APPROVE)
    assert [one.version for one in deploy(database, *APPROVE, replace={"Vote | ": "Your vote | "}).definitions] == [2]


def test_running_instances_keep_their_version_and_new_ones_take_the_new_one(database: Database) -> None:
    deploy(database, *APPROVE)
    old = start(database, "approve", business_key="old", amount=1)
    deploy(database, *APPROVE, replace={"amount * 2": "amount * 3"}, note="three times")
    new = start(database, "approve", business_key="new", amount=1)
    assert (instance(database, old.id).variables["limit"], instance(database, new.id).variables["limit"]) == (2, 3)
    with reading(database) as session:
        assert [one.version for one in definitions.versions(session, "approve")] == [2, 1]
        assert definitions.get(session, old.definition_id).version == 1
        assert definitions.overview(session)[0].running == 2
        assert sorted(definitions.running_by_version(session, "approve").values()) == [1, 1]


def test_one_faulty_file_and_nothing_of_the_deployment_is_stored(database: Database) -> None:
    with pytest.raises(InvalidDeployment) as refused:
        deploy(database, *APPROVE, "fragile.bpmn", replace={"100 / parts": "100 / / parts"})
    problem = refused.value.problems[0]
    assert (problem.file, problem.element, problem.line) == ("fragile.bpmn", "divide", 6)
    with reading(database) as session:
        assert session.query(Deployment).count() == session.query(ProcessDefinition).count() == 0


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("</bpmn:process>", "", "approve.bpmn"),
        ("bpmn:scriptTask", "bpmn:skriptTask", "skriptTask"),
        ('targetRef="check"', 'targetRef="chek"', "chek"),
        ("vote == 'approve'", "vote = 'approve'", "yes"),
        ('redress:formKey="decide"', 'redress:formKey="decyde"', "decyde"),
        ("working_time('PT8H')", "wroking_time('PT8H')", "wroking_time"),
        ('redress:fourEyes="decide"', 'redress:fourEyes="deside"', "deside"),
    ],
)
def test_a_mistake_in_a_diagram_is_named_with_its_place(database: Database, old: str, new: str, names: str) -> None:
    with pytest.raises(InvalidDeployment) as refused:
        deploy(database, *APPROVE, replace={old: new})
    said = " ".join(f"{p.message} {p.file} {p.element} {p.line}" for p in refused.value.problems if p.severity == "error")
    assert names in said
    assert "Traceback" not in said and "Exception" not in said


def test_files_are_laid_over_those_of_the_live_version(database: Database) -> None:
    deploy(database, *APPROVE)
    with reading(database) as session:
        merged = definitions.merged(session, "approve", {"some/folder/decide.form": b"{}"})
        assert sorted(merged) == ["approve.bpmn", "decide.form"] and merged["decide.form"] == b"{}"
        with pytest.raises(NotFound):
            definitions.merged(session, "unknown", {})


def test_a_called_process_is_an_instance_of_the_version_live_when_it_is_called(database: Database) -> None:
    deploy(database, *APPROVE, "caller.bpmn")
    first = start(database, "caller", business_key="first", amount=1)
    deploy(database, *APPROVE, replace={"amount * 2": "amount * 3"})
    second = start(database, "caller", business_key="second", amount=1)
    with reading(database) as session:
        tasks = {task.business_key: task for task in session.query(UserTask).filter_by(state="open")}
    called = {key: instance(database, task.instance_id) for key, task in tasks.items()}
    assert [called[key].definition_key for key in ("first", "second")] == ["approve", "approve"]
    assert [called[key].variables["limit"] for key in ("first", "second")] == [2, 3]
    assert [called[key].parent_id for key in ("first", "second")] == [first.id, second.id]
    complete(database, tasks["first"].id, vote="approve")
    complete(database, open_tasks(database)["check"].id, OTHER_LEAD)
    assert instance(database, tasks["first"].instance_id).state == "completed"
    assert instance(database, first.id).state == "completed"
    assert instance(database, second.id).state == "running"


def test_a_process_that_calls_one_that_is_nowhere_is_refused(database: Database) -> None:
    with pytest.raises(InvalidDeployment) as refused:
        deploy(database, "caller.bpmn")
    found = refused.value.problems
    assert [(one.rule, one.element) for one in found] == [("calls", "call")]
    assert "'approve' that is called here does not exist" in found[0].message
