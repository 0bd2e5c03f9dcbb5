"""What has few rows in each of many tables is read in one statement."""

from sqlalchemy import String, bindparam

from engine.database import Database, reading
from engine.gathered import Gathered
from engine.tables import Incident, ProcessInstance, UserTask, UserTaskCandidate
from tests.engine.playground import deploy, start

_ROOT = bindparam("root", type_=String())
OF_ROOT = Gathered(
    {
        ProcessInstance: ProcessInstance.root_id == _ROOT,
        UserTask: UserTask.root_id == _ROOT,
        UserTaskCandidate: UserTaskCandidate.user_task_id.in_(bindparam("tasks", expanding=True)),
        Incident: Incident.root_id == _ROOT,
    }
)


def test_every_table_gives_its_own_rows_and_no_others(database: Database) -> None:
    deploy(database, "approve.bpmn", "decide.form")
    one, _ = start(database, "approve", business_key="one", amount=1), start(database, "approve", business_key="two", amount=2)
    with reading(database) as session:
        [task] = session.query(UserTask).filter_by(root_id=one.id)
        [offered] = session.query(UserTaskCandidate).filter_by(user_task_id=task.id)
        found = OF_ROOT.read(session, root=one.id, tasks=[task.id])
        assert [(row.id, row.business_key) for row in found.of(ProcessInstance)] == [(one.id, "one")]
        assert [row.id for row in found.of(UserTask)] == [task.id]
        assert found.of(UserTaskCandidate) == [offered]
        assert found.of(Incident) == []


def test_what_was_asked_before_is_not_answered_again(database: Database) -> None:
    deploy(database, "approve.bpmn", "decide.form")
    one, two = (start(database, "approve", business_key=key, amount=1) for key in ("one", "two"))
    with reading(database) as session:
        keys = [OF_ROOT.read(session, root=each.id, tasks=[]).of(ProcessInstance)[0].business_key for each in (one, two)]
    assert keys == ["one", "two"]


def test_rows_of_a_table_come_in_the_order_of_their_keys(database: Database) -> None:
    deploy(database, "approve.bpmn", "decide.form")
    for number in range(5):
        start(database, "approve", business_key=f"K-{number}", amount=1)
    with reading(database) as session:
        found = Gathered({ProcessInstance: ProcessInstance.business_key.like("K-%"), Incident: Incident.id == ""}).read(session)
    assert [row.id for row in found.of(ProcessInstance)] == sorted(row.id for row in found.of(ProcessInstance))
    assert len(found.of(ProcessInstance)) == 5
