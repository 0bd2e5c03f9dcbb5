"""A diagram as another tool writes it, from the deployment to the job."""

from sqlalchemy import select

from engine import clock, definitions, deployments, scheduler, user_tasks
from engine.database import Database, reading
from engine.tables import UserTaskCandidate
from tests.engine.playground import CLERK, World, complete, deploy, jobs_of, open_incidents, open_tasks, start

FOREIGN = ("foreign.bpmn", "greeting.form")


def test_what_was_not_read_is_noted_with_the_version(database: Database) -> None:
    deploy(database, *FOREIGN)
    with reading(database) as session:
        live, extensions = definitions.live(session, "foreign"), session.info["extensions"]
        files = definitions.files_of(session, live.id)
    notes = deployments.notes(files, live.resource_name, extensions=extensions)
    assert notes[0].message.startswith("camunda:historyTimeToLive is not read.")


def test_a_task_is_offered_with_its_date_its_form_and_what_only_it_sees(database: Database) -> None:
    deploy(database, *FOREIGN)
    started = start(database, "foreign", friend="li")
    assert started.variables == {"friend": "li", "starter": "lead"}
    assert [one.message for one in open_incidents(database)] == []
    task = open_tasks(database)["greet"]
    with reading(database) as session:
        offered = select(UserTaskCandidate.kind, UserTaskCandidate.name).where(UserTaskCandidate.user_task_id == task.id)
        assert {tuple(row) for row in session.execute(offered)} == {("user", "li"), ("user", "clerk")}
        assert task.due_at is not None and (task.due_at - clock.now()).total_seconds() == 7200
        assert definitions.form(session, task.definition_id, task.form_key or "")["id"] == "Form_greeting"
        assert user_tasks.seen(session, task, started.variables)["hello"] == "Hello li"


def test_work_is_tried_as_often_as_the_diagram_says(database: Database, world: World) -> None:
    deploy(database, *FOREIGN)
    start(database, "foreign", friend="li")
    world.closed = RuntimeError("closed")
    complete(database, open_tasks(database)["greet"].id, CLERK, said="Hello")
    (job,) = jobs_of(database, "service_task")
    assert (job.topic, job.retries, job.retries_left) == ("book", "", 1)
    scheduler.tick(database)
    assert [one.element_id for one in open_incidents(database)] == ["book"]
