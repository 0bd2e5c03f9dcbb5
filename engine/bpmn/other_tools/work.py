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
    words = {"topic": topic} if retries is None else {"topic": topic, "retries": _at_once(retries.strip())}
    if give(element, **words):
        remove(part)


def _at_once(retries: str) -> str | None:
    """The waits between that many attempts, none of them long."""
    return _between(int(retries), "PT0S") if retries.isascii() and retries.isdigit() else None


def _between(attempts: int, wait: str) -> str | None:
    if attempts == 1:
        return "none"
    return ",".join([wait] * (attempts - 1)) if 2 <= attempts <= MOST + 1 else None


def waits(cycle: str) -> str | None:
    """R3/PT10M is three attempts, ten minutes between them; PT1M,PT5M are the waits themselves."""
    found = _CYCLE.fullmatch(cycle.strip())
    if found:
        return _between(int(found[1]), found[2])
    return cycle.strip() if re.fullmatch(r"P[\dA-Z.]+(,\s*P[\dA-Z.]+)*", cycle.strip()) else None
