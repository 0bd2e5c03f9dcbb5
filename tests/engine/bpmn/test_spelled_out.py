"""What the standard lets a file leave out."""

from pathlib import Path

from engine.bpmn import diagram
from engine.bpmn.compiler import compile_files

FILE = Path(__file__).parent / "lowering" / "spelled_out.bpmn"


def test_flows_get_ids_events_their_definitions_and_global_tasks_a_process() -> None:
    drawn = {process.id: process for process in diagram.read(FILE.name, FILE.read_bytes())}
    assert list(drawn["spelled_out"].flows) == ["flow_without_id_1", "flow_without_id_2", "flow_without_id_3"]
    assert drawn["spelled_out"].elements["wait"].event == "timer"
    assert [(one.id, one.type) for one in drawn["ask_somebody"].elements.values()] == [("ask_somebody", "scriptTask")]


def test_a_global_task_is_deployed_as_a_process_that_can_be_called() -> None:
    compiled = compile_files({FILE.name: FILE.read_bytes()})
    assert sorted(process.key for process in compiled.processes) == ["ask_somebody", "spelled_out"]
