"""The element table of `engine/README.md`: executed and shown by a test, or refused and by which rule; no third state."""

import re
from collections.abc import Iterator

import pytest

from engine.bpmn.checks import supported_events
from engine.bpmn.checks.run import RULES
from engine.bpmn.checks.supported_elements import NODES, REFUSED
from tests.conformance import walk
from tests.upkeep import sources

LINES = re.findall(r"^\| (.+) \| `(.+)` \| (.*) \| `(.+)` \|$", (sources.ROOT / "engine" / "README.md").read_text(), re.M)
CASES = walk.cases()
SHOWN = {case["model"] for case in CASES if "refused" not in case}
REFUSING = {case["refused"] for case in CASES if "refused" in case}
IN_THE_FILE = {name for _, mark, state, _ in LINES if state == "executed" for name in (mark, mark.split()[0])}


def _drawn_events() -> Iterator[str]:
    for place, kinds in supported_events.SUPPORTED.items():
        yield from (f"{place} {kind}" if kind else place for kind in kinds)
    yield from (f"triggeredByEvent {kind}" for kind in supported_events.STARTS_EVENT_SUB_PROCESS if kind)


def test_the_table_is_there() -> None:
    assert len(LINES) > 100
    assert len({construct for construct, *_ in LINES}) == len(LINES)


@pytest.mark.parametrize(("construct", "state", "by"), [(line[0], line[2], line[3]) for line in LINES])
def test_every_construct_is_executed_or_refused(construct: str, state: str, by: str) -> None:
    if state == "executed":
        assert by in SHOWN or (sources.ROOT / by).is_file(), f"{construct}: no model and no test {by}"
    else:
        assert state == "refused"
        assert by in {rule.RULE for rule in RULES}, f"{construct}: there is no rule {by}"
        tests = (sources.ROOT / "tests/engine/bpmn/checks").glob("test_*.py")
        assert by in REFUSING or any(f'"{by}"' in test.read_text() for test in tests), f"{construct}: nothing shows the rule {by}"


def test_every_element_and_event_that_is_executed_is_in_the_table() -> None:
    assert (NODES | set(_drawn_events())) - IN_THE_FILE == set()


def test_what_is_refused_by_name_is_in_the_table() -> None:
    assert set(REFUSED) - {mark for _, mark, state, _ in LINES if state == "refused"} == set()
