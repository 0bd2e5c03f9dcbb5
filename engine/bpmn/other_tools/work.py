"""Work of programs outside: external tasks of Camunda 7, job workers of Camunda 8. Both are a topic that somebody serves."""

import re

from engine.bpmn.other_tools.reading import Node, bpmn, drop, give, parts, remove, said
from engine.bpmn.xml import children

WORKING = ("serviceTask", "sendTask", "businessRuleTask", "scriptTask", "intermediateThrowEvent", "endEvent")
MOST = 20
_CYCLE = re.compile(r"R(\d+)/(P[\dA-Z.]+)")
_TOPIC = re.compile(r"[^\s=${}]+")
_CONNECTOR = "io.camunda"  # programs of their vendor's


def understand(root: Node) -> None:
    """In place."""
    for element in bpmn(root, *WORKING):
        for one in (element, *children(element, "messageEventDefinition")):
            _external(element, one)
        for part in parts(element, "zeebe:taskDefinition"):
            _job(element, part)


def _external(element: Node, one: Node) -> None:
    """Camunda writes it at the event definition of an event; Flowable calls it external-worker."""
    topic = said(one, "topic")
    if topic and _TOPIC.fullmatch(topic) and said(one, "type") in (None, "external", "external-worker") and give(element, topic=topic):
        drop(one, "topic", "type")
        for cycle in parts(element, "camunda:failedJobRetryTimeCycle"):
            if give(element, retries=waits(cycle.text or "")):
                remove(cycle)


def _job(element: Node, part: Node) -> None:
    topic, retries = part.get("type", ""), part.get("retries")
    if not _TOPIC.fullmatch(topic) or topic.startswith(_CONNECTOR):
        return
    between = None if retries is None else _at_once(retries.strip())
    if (retries is None or between is not None) and give(element, topic=topic, **({"retries": between} if between else {})):
        remove(part)


def _at_once(retries: str) -> str | None:
    """The waits between that many attempts, none long; "" where one says nothing of it."""
    if not (retries.isascii() and retries.isdigit() and 2 <= int(retries) <= MOST + 1):
        return None
    return ",".join(["PT0S"] * (int(retries) - 1))


def waits(cycle: str) -> str | None:
    """R3/PT10M is three attempts, ten minutes between them; PT1M,PT5M are the waits themselves."""
    found = _CYCLE.fullmatch(cycle.strip())
    if found:
        return ",".join([found[2]] * (int(found[1]) - 1)) if 2 <= int(found[1]) <= MOST + 1 else None
    return cycle.strip() if re.fullmatch(r"P[\dA-Z.]+(,\s*P[\dA-Z.]+)*", cycle.strip()) else None
