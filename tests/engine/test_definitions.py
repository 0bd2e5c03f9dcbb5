"""Deployments: numbered versions, all or nothing, and running instances keep theirs."""

import pytest

from engine import decisions, definitions, deployments
from engine.database import Database, reading, unit_of_work
from engine.errors import Conflict, InvalidDeployment, NotFound
from engine.tables import Deployment, ProcessDefinition, UserTask
from tests.engine.playground import DIAGRAMS, OTHER_LEAD, OWNER, complete, deploy, instance, open_tasks, start, upload

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
        laid = deployments.lay_over(session, "approve", {"some/folder/decide.form": b"{}"})
        assert sorted(laid.files) == ["approve.bpmn", "decide.form"] and laid.files["decide.form"] == b"{}"
        with pytest.raises(NotFound):
            deployments.lay_over(session, "unknown", {})


def test_a_table_that_only_programs_ask_is_a_part_of_the_process_in_its_folder(database: Database) -> None:
    deploy(database, *APPROVE, "weigh.dmn")
    assert deploy(database, *APPROVE, "weigh.dmn").deployment is None
    dearer = upload(database, "approve", "weigh.dmn", "<text>25</text>", "<text>30</text>")
    assert [(one.key, one.version) for one in dearer.definitions] == [("approve", 2)]
    with reading(database) as session:
        assert decisions.evaluate(session, "weigh", {"weight": 50}).result == {"price": 30}


def test_a_table_that_only_programs_ask_belongs_to_the_process_with_the_name_of_its_folder(database: Database) -> None:
    names = {"approve/approve.bpmn", "approve/decide.form", "approve/caller.bpmn", "approve/weigh.dmn", "answer/answer.bpmn"}
    files = {name: (DIAGRAMS / name.split("/")[1]).read_bytes() for name in names}
    with reading(database) as session:
        first, second = (
            deployments.prepare(one, extensions=session.info["extensions"])
            for one in (files, {**files, "approve/weigh.dmn": files["approve/weigh.dmn"].replace(b"<text>25<", b"<text>30<")})
        )
    with unit_of_work(database) as session:
        assert len(deployments.deploy(session, first, OWNER).definitions) == 3
        assert [one.key for one in deployments.deploy(session, second, OWNER).definitions] == ["approve"]


def test_a_change_of_one_process_stays_when_its_neighbour_is_changed(database: Database) -> None:
    deploy(database, *APPROVE, "caller.bpmn")
    upload(database, "approve", "approve.bpmn", "amount * 2", "amount * 3")
    after = upload(database, "caller", "caller.bpmn", "Call the approval", "Ask for the approval")
    assert [(one.key, one.version) for one in after.definitions] == [("caller", 2)]
    with reading(database) as session:
        assert b"amount * 3" in definitions.xml(session, definitions.live(session, "approve").id)


def test_a_folder_deployed_alone_stays_when_its_neighbour_is_changed(database: Database) -> None:
    names = ("approve/approve.bpmn", "approve/decide.form", "caller/caller.bpmn")
    files = {name: (DIAGRAMS / name.split("/")[1]).read_bytes() for name in names}
    dearer = {"approve/approve.bpmn": files["approve/approve.bpmn"].replace(b"amount * 2", b"amount * 3"), names[1]: files[names[1]]}
    for one in (files, dearer):
        with reading(database) as session:
            prepared = deployments.prepare(one, extensions=session.info["extensions"])
        with unit_of_work(database) as session:
            deployments.deploy(session, prepared, OWNER)
    after = upload(database, "caller", "caller/caller.bpmn", "Call the approval", "Ask for the approval")
    assert [(one.key, one.version) for one in after.definitions] == [("caller", 2)]
    with reading(database) as session:
        assert sorted(deployments.with_neighbours(session, {"caller/caller.bpmn": b""})) == sorted(names)


def test_files_laid_over_an_older_deployment_are_refused(database: Database) -> None:
    deploy(database, *APPROVE, "caller.bpmn")
    with reading(database) as session:
        laid = deployments.lay_over(session, "caller", {})
        prepared = deployments.prepare(laid.files, extensions=session.info["extensions"])
    upload(database, "approve", "approve.bpmn", "amount * 2", "amount * 3")
    with pytest.raises(Conflict), unit_of_work(database) as session:
        deployments.deploy(session, prepared, OWNER, laid=laid)


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
