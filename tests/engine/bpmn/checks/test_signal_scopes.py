"""How far a signal is heard."""

from tests.engine.bpmn.checks.deployment import changed

SIGNAL = '<bpmn:signal id="told" name="told" redress:scope="{}"/>'


def test_a_scope_nobody_knows_is_refused() -> None:
    found = changed("<bpmn:process ", SIGNAL.format("everywhere") + "<bpmn:process ")
    assert [one.rule for one in found if "how far a signal is heard" in one.message] == ["attributes"]


def test_a_signal_inside_cannot_start_an_instance() -> None:
    begins = '<bpmn:startEvent id="begins"><bpmn:signalEventDefinition signalRef="told"/></bpmn:startEvent>'
    process = f'{SIGNAL.format("processInstance")}<bpmn:process id="other" isExecutable="true">{begins}</bpmn:process><bpmn:process '
    found = changed("<bpmn:process ", process)
    assert [one.element for one in found if one.rule == "process_starts"] == ["begins"]
