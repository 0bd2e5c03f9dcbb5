"""Service tasks: a topic that somebody serves, and retries that can be read."""

from collections.abc import Iterator

from engine.bpmn.checks.given import Given, Node, Source, hint, is_span, problem
from engine.bpmn.diagram import NO_RETRY, split
from engine.bpmn.lowering.topics import WORKING
from engine.bpmn.xml import extension, local
from engine.errors import Problem

RULE = "service_tasks"

MOST_RETRIES = 20
AT_ONCE = "0s"  # design.md 8a writes PT0S so


def check(given: Given) -> Iterator[Problem]:
    """Topic and retries of every service task, and of what else names a topic."""
    for source, node in given.nodes("serviceTask", *WORKING):
        topic = extension(node, "topic")
        if topic is None and given.topics is not None and local(node) == "serviceTask":
            known = f" Known are: {', '.join(sorted(given.topics))}." if given.topics else ""
            yield problem(RULE, source, node, f"This service task has no topic, so nothing would do it. Set redress:topic.{known}")
        elif topic is not None and given.topics is not None and topic not in given.topics:
            known = hint(topic, given.topics) or f" Known are: {', '.join(sorted(given.topics))}."
            yield problem(RULE, source, node, f"Nothing serves the topic '{topic}'; choose one that is served.{known}")
        yield from _retries(source, node)


def _retries(source: Source, node: Node) -> Iterator[Problem]:
    retries = split(extension(node, "retries"))
    for wait in () if retries == NO_RETRY else retries:
        if wait != AT_ONCE and not is_span(wait):
            message = f"'{wait}' in retries is no duration; write the waits between the attempts like PT0S,PT1M,PT5M."
            yield problem(RULE, source, node, message)
    if len(retries) > MOST_RETRIES:
        yield problem(RULE, source, node, f"{len(retries)} retries are too many; at most {MOST_RETRIES}, then a person should look at it.")
