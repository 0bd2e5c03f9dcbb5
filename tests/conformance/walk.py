"""Models and what they do: `traces.yaml` walked through the door of `adaptor.py`."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.adaptor import DeployError, Redress

HERE = Path(__file__).parent


def cases() -> list[dict[str, Any]]:
    """Every expectation. Several may speak of one model; `case` tells them apart."""
    return list(yaml.safe_load((HERE / "traces.yaml").read_text(encoding="utf-8")))


def name_of(case: Mapping[str, Any]) -> str:
    """How a test of it is called."""
    return " ".join(str(case[key]) for key in ("model", "case") if key in case)


def differences(case: Mapping[str, Any]) -> list[str]:
    """What is not as expected, as sentences; none when all is."""
    redress = Redress()
    try:
        return list(_walked(redress, case))
    finally:
        redress.close()


def _files(case: Mapping[str, Any]) -> dict[str, bytes]:
    names = [f"{case['model']}.bpmn", *case.get("with", ())]
    return {name: (HERE / "models" / name).read_bytes() for name in names}


def _walked(redress: Redress, case: Mapping[str, Any]) -> Iterator[str]:
    try:
        deployment = redress.deploy(_files(case))
    except DeployError as refusal:
        rules = {one.rule for one in refusal.problems if one.severity == "error"}
        if case.get("refused") not in rules:
            yield f"refused: {refusal.message}"
        return
    if "refused" in case:
        yield f"not refused (expected by {case['refused']})"
        return
    instance = None
    if case.get("start", {}) is not None:
        instance = redress.start(deployment, case.get("start", {}), case.get("process"))
    for step in case.get("do", ()):
        yield from _step(redress, deployment, instance, step)
    yield from _ended(redress, deployment, instance, case)


def _step(redress: Redress, deployment: str, instance: str | None, step: Mapping[str, Any]) -> Iterator[str]:
    if "advance" in step:
        redress.advance_time(step["advance"])
    elif "send" in step:
        redress.send(step["send"], step.get("payload"), correlation_key=step.get("key"))
    elif "start" in step:
        redress.start(deployment, step.get("variables"), step["start"])
    else:
        for one in redress.instances(deployment):
            try:
                return redress.complete(one, step["complete"], step.get("values"))
            except LookupError:
                continue
        yield f"nobody waits at {step['complete']}"


def _ended(redress: Redress, deployment: str, instance: str | None, case: Mapping[str, Any]) -> Iterator[str]:
    all_of_them = redress.instances(deployment)
    if "trace" in case:
        found = [entry.element_id for one in all_of_them for entry in redress.trace(one)]
        yield from _compared(found, case["trace"])
    if "instances" in case and len(all_of_them) != case["instances"]:
        yield f"{len(all_of_them)} instances, not {case['instances']}"
    watched = instance or (all_of_them[0] if all_of_them else None)
    status = redress.status(watched) if watched is not None else None
    said = "none" if status is None else status.state + (f"/{status.error_kind}" if status.error_kind else "")
    if said != case.get("state", "completed"):
        yield f"{said} ({status.error if status else 'no instance'}), not {case.get('state', 'completed')}"
    if status is not None and status.state == "waiting" and "state" not in case:
        yield redress.exposed_text(deployment)[-300:]
    variables = redress.variables(watched) if watched is not None else {}
    for name, value in case.get("variables", {}).items():
        if variables.get(name, "<nothing>") != value:
            yield f"{name} is {variables.get(name, '<nothing>')!r}, not {value!r}"


def _compared(found: Sequence[str], wanted: Sequence[Any]) -> Iterator[str]:
    """Ids that begin with a capital letter are watched, and those that are named; a list in the list is in any order."""
    named = {name for one in wanted for name in (one if isinstance(one, list) else [one])}
    watched = [name for name in found if name in named or name[:1].isupper()]
    at = 0
    for one in wanted:
        group = one if isinstance(one, list) else [one]
        if Counter(watched[at : at + len(group)]) != Counter(group):
            yield f"passed {watched}, not {list(wanted)}"
            return
        at += len(group)
    if at != len(watched):
        yield f"passed {watched}, not {list(wanted)}"
